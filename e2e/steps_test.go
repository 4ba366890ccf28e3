//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

func TestStepsStopAtTheFirstThatDoesNotHold(t *testing.T) {
	var out bytes.Buffer
	s := Steps{Folder: t.TempDir(), Out: &out, Limit: time.Minute, Shoot: func(_ context.Context, file string) error {
		return os.WriteFile(file, nil, 0o600)
	}}
	stale := filepath.Join(s.Folder, "09-old.png")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Clear(); err != nil {
		t.Fatal(err)
	}
	wrong := errors.New("6A82")
	s.Do(t.Context(), "home", func(context.Context) error { return nil })
	s.Quiet(t.Context(), "select", func(context.Context) error { return wrong })
	s.Do(t.Context(), "done", func(context.Context) error { t.Error("went on after a failure"); return nil })
	shots, err := s.End()
	if !errors.Is(err, wrong) || shots != 1 {
		t.Errorf("got %d screenshots, %v; want 1 and %v", shots, err, wrong)
	}
	want := regexp.MustCompile(`^run step=1 name=home ms=\d+ shot=\S+01-home\.png\nrun step=2 name=select ms=\d+ shot=-\n$`)
	if !want.Match(out.Bytes()) {
		t.Errorf("got\n%s", out.String())
	}
}

func TestAPictureThatCannotBeTakenFailsTheStep(t *testing.T) {
	s := Steps{Folder: t.TempDir(), Out: &bytes.Buffer{}, Limit: time.Minute, Shoot: func(context.Context, string) error { return ErrEmptyShot }}
	s.Do(t.Context(), "home", func(context.Context) error { return nil })
	if _, err := s.End(); !errors.Is(err, ErrEmptyShot) {
		t.Errorf("got %v, want ErrEmptyShot", err)
	}
}
