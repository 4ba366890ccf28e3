//go:build linux

package e2e

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
)

// need skips where a Debian package is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped=1 reason=%q", program+" is not installed")
		}
	}
}

func TestAnEmptyScreenIsNoScreenshot(t *testing.T) {
	need(t, "Xvfb", "import", "xdotool")
	d, err := StartDisplay(320, 200)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	if !strings.HasPrefix(d.Name, ":") {
		t.Errorf("display: got %q, want :N", d.Name)
	}
	if err := d.Shot(t.Context(), filepath.Join(t.TempDir(), "a.png")); !errors.Is(err, ErrEmptyShot) {
		t.Errorf("got %v, want ErrEmptyShot", err)
	}
	ids, err := d.Windows(t.Context(), ByName, ".")
	if err != nil || len(ids) != 0 {
		t.Errorf("windows: got %v, %v, want none", ids, err)
	}
}

// keys has xev print every key it gets as an event of a log.
const keys = `stdbuf -oL xev -name counter -event keyboard |
	sed -un 's/.*keysym 0x[0-9a-f]*, \([A-Za-z0-9]*\)).*/{"msg":"\1"}/p' >&2`

func TestKeysReachTheWindowOfThatName(t *testing.T) {
	need(t, "Xvfb", "xdotool", "import", "xev", "stdbuf", "sed")
	d, err := StartDisplay(320, 200)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	cmd := exec.Command("sh", "-c", keys)
	cmd.Env = Env(append(d.Env(), "LC_ALL=C.UTF-8")...)
	p, err := Start(cmd, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop() })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	window, err := d.Window(ctx, ByName, "counter")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Key(ctx, window, "F12"); err != nil {
		t.Fatal(err)
	}
	if err := d.Type(ctx, window, "42"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"F12", "4", "2"} {
		if _, err := p.Wait(ctx, "the key "+want, func(e Event) bool { return e.Text("msg") == want }); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Shot(ctx, filepath.Join(t.TempDir(), "a.png")); err != nil {
		t.Error(err)
	}
}

func TestTwoDisplaysHaveTwoNumbers(t *testing.T) {
	need(t, "Xvfb")
	a, err := StartDisplay(320, 200)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Stop)
	b, err := StartDisplay(320, 200)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	if a.Name == b.Name {
		t.Errorf("both are %s", a.Name)
	}
}

func TestOpenSCWithoutACardIsAnError(t *testing.T) {
	need(t, "opensc-tool")
	d := pcscdtest.Start(t)
	_, err := OpenSC(t.Context(), d.Socket, []byte{0x00, 0xA4, 0x04, 0x0C, 0x00})
	if err == nil {
		t.Error("got no error")
	}
}
