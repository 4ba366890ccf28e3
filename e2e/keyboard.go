//go:build linux

package e2e

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/screensaver"
	"github.com/jezek/xgb/xproto"
)

// Layout sets the keyboard of the display: "us", "jp".
func (d *Display) Layout(ctx context.Context, layout string) error {
	_, err := d.run(ctx, "setxkbmap", "-display", d.Name, "-layout", layout)
	return err
}

// CapsLock switches it on or off, as a finger does, and waits until the server
// says so.
func (d *Display) CapsLock(ctx context.Context, on bool) error {
	for {
		now, err := d.capsLock()
		if now == on || err != nil {
			return err
		}
		if _, err := d.run(ctx, "xdotool", "key", "Caps_Lock"); err != nil {
			return err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return fmt.Errorf("switch CapsLock: %w", ctx.Err())
		}
	}
}

func (d *Display) capsLock() (bool, error) {
	x, err := d.connect()
	if err != nil {
		return false, err
	}
	defer x.Close()
	pointer, err := xproto.QueryPointer(x, xproto.Setup(x).DefaultScreen(x).Root).Reply()
	if err != nil {
		return false, fmt.Errorf("ask for CapsLock: %w", err)
	}
	return pointer.Mask&xproto.KeyButMaskLock != 0, nil
}

// Idle is how long no key and no pointer was used.
func (d *Display) Idle() (time.Duration, error) {
	x, err := d.connect()
	if err != nil {
		return 0, err
	}
	defer x.Close()
	if err := screensaver.Init(x); err != nil {
		return 0, fmt.Errorf("ask for the idle time: %w", err)
	}
	info, err := screensaver.QueryInfo(x, xproto.Drawable(xproto.Setup(x).DefaultScreen(x).Root)).Reply()
	if err != nil {
		return 0, fmt.Errorf("ask for the idle time: %w", err)
	}
	return time.Duration(info.MsSinceUserInput) * time.Millisecond, nil
}

// connect is a connection of our own to the display.
func (d *Display) connect() (*xgb.Conn, error) {
	xgb.Logger.SetOutput(io.Discard) // it tells of every ~/.Xauthority that is not there
	x, err := xgb.NewConnDisplay(d.Name)
	if err != nil {
		return nil, fmt.Errorf("connect to the display: %w", err)
	}
	return x, nil
}

// Press sends one key to whatever has the focus.
func (d *Display) Press(ctx context.Context, key string) error {
	_, err := d.run(ctx, "xdotool", "key", key)
	return err
}

// Scan types text as a scanner does, 5 ms a letter, into whatever has the focus. The
// text is read from standard input, so that it stands in no argument list.
func (d *Display) Scan(ctx context.Context, text string) error {
	return d.typed(ctx, text, "type", "--delay", "5", "--file", "-")
}
