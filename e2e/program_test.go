//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// say starts a shell that prints lines to its standard error and goes on.
func say(t *testing.T, script string) (*Program, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	p, err := Start(exec.Command("sh", "-c", script), &log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop() })
	return p, &log
}

func view(phase string) func(Event) bool {
	return func(e Event) bool { return e.View("write", phase) }
}

func TestAMomentIsFoundOnceEvenWhenItHasPassed(t *testing.T) {
	p, log := say(t, `echo words >&2
		echo '{"msg":"view","screen":"write","phase":"pin"}' >&2
		echo '{"msg":"view","screen":"write","phase":"done"}' >&2; exit 3`)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	code, err := p.Exit(ctx)
	if err != nil || code != 3 {
		t.Errorf("exit: got %d, %v, want 3", code, err)
	}
	if _, err := p.Wait(ctx, "the PIN step", view("pin")); err != nil {
		t.Error(err)
	}
	if _, err := p.Wait(ctx, "the PIN step again", view("pin")); !errors.Is(err, ErrEnded) {
		t.Errorf("a moment was found twice: %v", err)
	}
	if e, err := p.Wait(ctx, "the end", view("done")); err != nil || e.Text("phase") != "done" {
		t.Errorf("got %v, %v", e, err)
	}
	if _, found := p.Find(view("pin")); !found {
		t.Error("Find does not look back")
	}
	if !strings.HasPrefix(log.String(), "words\n{") {
		t.Errorf("the log is not whole: %q", log.String())
	}
}

func TestAProgramThatEndsEarlyIsNamedWithItsLastWords(t *testing.T) {
	p, _ := say(t, "echo cannot open the display >&2; exit 1")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := p.Wait(ctx, "the home screen", view(""))
	if !errors.Is(err, ErrEnded) || !strings.Contains(err.Error(), "cannot open the display") {
		t.Errorf("got %v, want ErrEnded with the last words", err)
	}
}

func TestWaitingHasALimit(t *testing.T) {
	p, _ := say(t, "exec cat /dev/zero >/dev/null")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Wait(ctx, "a word", view("")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if code := p.Stop(); code != -1 {
		t.Errorf("exit code after SIGTERM: got %d, want -1", code)
	}
}
