package handover_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
)

func openDesktop(t *testing.T) handover.Desktop {
	t.Helper()
	d, err := handover.OpenDesktop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestTheDesktopTellsWhatIsInFront(t *testing.T) {
	comm, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	us := string(comm[:len(comm)-1])
	for _, test := range []struct {
		name    string
		prepare func(f *field)
		process string
		title   string
	}{
		{"a Japanese title", func(f *field) { f.title("貸出 – 図書館システム") }, us, "貸出 – 図書館システム"},
		{"an old title", func(f *field) {
			f.unset("_NET_WM_NAME")
			f.set("WM_NAME", "STRING", 8, []byte("pr\xEAt"))
		}, us, "prêt"},
		{"no process id", func(f *field) { f.unset("_NET_WM_PID") }, "counter", "lending"},
		{"a process of another machine", func(f *field) {
			f.set("WM_CLIENT_MACHINE", "STRING", 8, []byte("elsewhere.example"))
		}, "counter", "lending"},
		{"a process that is not there", func(f *field) {
			f.set("_NET_WM_PID", "CARDINAL", 32, []byte{0xFF, 0xFF, 0xFF, 0x7F})
		}, "counter", "lending"},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			f := openField(t, "lending")
			test.prepare(f)
			want := handover.Window{ID: uint64(f.id), Process: test.process, Title: test.title}
			// A test's binary may have a longer name than /proc/self/comm holds.
			if got := foreground(t, openDesktop(t)); got.ID != want.ID || got.Title != want.Title ||
				got.Process[:min(15, len(got.Process))] != want.Process {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestAWindowManagersActiveWindowIsInFront(t *testing.T) {
	needs(t, "openbox")
	startDisplay(t)
	d := openDesktop(t)
	first := openField(t, "first")
	second := openField(t, "second")
	run(t, exec.Command("openbox", "--sm-disable"))
	eventually(t, "a window manager that answers", func() bool {
		return exec.Command("xdotool", "windowactivate", "--sync", windowArg(uint64(second.id))).Run() == nil
	})
	eventually(t, "the second window in front", func() bool { return foreground(t, d).ID == uint64(second.id) })
	tool(t, "xdotool", "windowactivate", "--sync", windowArg(uint64(first.id)))
	eventually(t, "the first window in front", func() bool { return foreground(t, d).ID == uint64(first.id) })
	way, _ := openWay(t, handover.Config{Way: handover.WayKeyboard})
	if outcome, err := hand(t, way, "0000001", foreground(t, d)); outcome != handover.Delivered || err != nil {
		t.Fatalf("%v, %v", outcome, err)
	}
	first.sync()
	if got := first.text(); got != "0000001\n" {
		t.Errorf("arrived %q", got)
	}
	if got := second.pressed(); got != 0 {
		t.Errorf("%d keys came to the window behind", got)
	}
}

func TestIdleTimeIsTheTimeSinceTheLastInput(t *testing.T) {
	startDisplay(t)
	d := openDesktop(t)
	idle := func() time.Duration {
		t.Helper()
		i, err := d.Idle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	eventually(t, "300 ms without input", func() bool { return idle() >= 300*time.Millisecond })
	tool(t, "xdotool", "mousemove_relative", "1", "1")
	if i := idle(); i >= 300*time.Millisecond {
		t.Errorf("after a movement: idle for %v", i)
	}
	eventually(t, "300 ms without input", func() bool { return idle() >= 300*time.Millisecond })
	tool(t, "xdotool", "key", "a")
	if i := idle(); i >= 300*time.Millisecond {
		t.Errorf("after a key: idle for %v", i)
	}
}

func TestWithoutTheExtensionTheIdleTimeIsAnError(t *testing.T) {
	startDisplay(t, "-extension", "MIT-SCREEN-SAVER")
	d := openDesktop(t)
	if i, err := d.Idle(t.Context()); !errors.Is(err, handover.ErrNotHere) {
		t.Errorf("idle %v, %v; want ErrNotHere", i, err)
	}
	f := openField(t, "lending")
	if w := foreground(t, d); w.ID != uint64(f.id) {
		t.Errorf("in front is %+v", w)
	}
}

func TestWithoutADisplayThereIsNoDesktop(t *testing.T) {
	session(t, nil)
	if _, err := handover.OpenDesktop(t.Context()); !errors.Is(err, handover.ErrNotHere) {
		t.Errorf("open: %v, want ErrNotHere", err)
	}
	if _, err := handover.Open(t.Context(), handover.Config{Way: handover.WayKeyboard}, nil); !errors.Is(err, handover.ErrKeyboard) {
		t.Errorf("open the keyboard: %v, want ErrKeyboard", err)
	}
}

func TestOnWaylandNoWindowIsKnown(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"by its socket":    {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"},
		"by its log-in":    {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"},
		"without X at all": {"WAYLAND_DISPLAY": "wayland-0"},
	} {
		t.Run(name, func(t *testing.T) {
			session(t, env)
			d := openDesktop(t)
			if w, err := d.Foreground(t.Context()); !errors.Is(err, handover.ErrWayland) || w != (handover.Window{}) {
				t.Errorf("foreground: %+v, %v; want ErrWayland", w, err)
			}
			if _, err := d.Idle(t.Context()); !errors.Is(err, handover.ErrWayland) {
				t.Errorf("idle: %v, want ErrWayland", err)
			}
		})
	}
}

func TestALockedServerDoesNotHoldTheCallerForEver(t *testing.T) {
	startDisplay(t)
	d := openDesktop(t)
	holdServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.Foreground(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("foreground: %v, want its context's error", err)
	}
}
