//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/screensaver"
	"github.com/jezek/xgb/xproto"

	"github.com/madoguchi/madoguchi/training/drive"
)

// key is one event of a key, as the target received it.
type key struct {
	code byte
	down bool
}

// target is a window that takes keys, as a business application's, with the focus.
// It has no window manager above it. Close it.
type target struct {
	drive.Target
	x    *xgb.Conn
	id   xproto.Window
	root xproto.Window
	done chan struct{}

	mu   sync.Mutex
	keys []key
	want int
	full chan time.Time // holds when the last key that is wanted came
}

const targetTitle = "貸出"

// openTarget opens the window on the display that DISPLAY names.
func openTarget(ctx context.Context) (t *target, err error) {
	process, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		return nil, err
	}
	xgb.Logger.SetOutput(io.Discard) // it tells of every ~/.Xauthority that is not there
	x, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("window of the target: %w", err)
	}
	screen := xproto.Setup(x).DefaultScreen(x)
	t = &target{
		Target: drive.Target{Process: strings.TrimSpace(string(process)), Title: targetTitle},
		x:      x, root: screen.Root, done: make(chan struct{}), full: make(chan time.Time, 1),
	}
	go t.read()
	if err := t.show(ctx, screen); err != nil {
		return nil, errClose(fmt.Errorf("window of the target: %w", err), t)
	}
	return t, nil
}

// Close takes the window away.
func (t *target) Close() error {
	t.x.Close()
	<-t.done
	return nil
}

func (t *target) show(ctx context.Context, screen *xproto.ScreenInfo) (err error) {
	if err := screensaver.Init(t.x); err != nil {
		return err
	}
	if t.id, err = xproto.NewWindowId(t.x); err != nil {
		return err
	}
	const events = xproto.EventMaskKeyPress | xproto.EventMaskKeyRelease
	xproto.CreateWindow(t.x, screen.RootDepth, t.id, t.root, 0, 0, 400, 300, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwEventMask, []uint32{events})
	pid := make([]byte, 4)
	xgb.Put32(pid, uint32(os.Getpid()))
	for _, p := range []struct {
		name, kind string
		format     byte
		value      []byte
	}{
		{"_NET_WM_NAME", "UTF8_STRING", 8, []byte(targetTitle)},
		{"_NET_WM_PID", "CARDINAL", 32, pid},
		{"WM_STATE", "WM_STATE", 32, []byte{1, 0, 0, 0, 0, 0, 0, 0}}, // as a window manager marks a client's window
	} {
		name, err := t.atom(p.name)
		if err != nil {
			return err
		}
		kind, err := t.atom(p.kind)
		if err != nil {
			return err
		}
		xproto.ChangeProperty(t.x, xproto.PropModeReplace, t.id, name, kind, p.format, uint32(len(p.value)/int(p.format/8)), p.value)
	}
	if err := xproto.MapWindowChecked(t.x, t.id).Check(); err != nil {
		return err
	}
	for { // a window that is not shown yet cannot have the focus
		err := xproto.SetInputFocusChecked(t.x, xproto.InputFocusNone, t.id, xproto.TimeCurrentTime).Check()
		if err == nil {
			return nil
		}
		if pause(ctx, time.Millisecond) != nil {
			return err
		}
	}
}

func (t *target) atom(name string) (xproto.Atom, error) {
	reply, err := xproto.InternAtom(t.x, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	return reply.Atom, nil
}

func (t *target) read() {
	defer close(t.done)
	for {
		event, err := t.x.WaitForEvent()
		switch event := event.(type) {
		case xproto.KeyPressEvent:
			t.take(key{byte(event.Detail), true})
		case xproto.KeyReleaseEvent:
			t.take(key{byte(event.Detail), false})
		case nil:
			if err == nil {
				return
			}
		}
	}
}

func (t *target) take(k key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys = append(t.keys, k)
	if len(t.keys) == t.want {
		t.full <- time.Now()
	}
}

// expect forgets the keys so far and waits for n more.
func (t *target) expect(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys, t.want = nil, n
	select {
	case <-t.full: // of a round that nobody waited for
	default:
	}
}

// last waits for the last key that is expected, and gives the moment it came.
func (t *target) last(ctx context.Context) (time.Time, error) {
	select {
	case at := <-t.full:
		return at, nil
	case <-ctx.Done():
		return time.Time{}, fmt.Errorf("%d of %d keys came: %w", len(t.received()), t.want, ctx.Err())
	}
}

// received are the keys since expect.
func (t *target) received() []key {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.keys)
}

// quiet waits until no key and no pointer was used for d.
func (t *target) quiet(ctx context.Context, d time.Duration) error {
	for {
		info, err := screensaver.QueryInfo(t.x, xproto.Drawable(t.root)).Reply()
		if err != nil {
			return fmt.Errorf("ask for the idle time: %w", err)
		}
		left := d - time.Duration(info.MsSinceUserInput)*time.Millisecond
		if left <= 0 {
			return nil
		}
		if err := pause(ctx, left); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
