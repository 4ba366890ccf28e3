//go:build linux

package e2e

import (
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb"
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
	x, err := xgb.NewConnDisplay(d.Name)
	if err != nil {
		return false, fmt.Errorf("ask for CapsLock: %w", err)
	}
	defer x.Close()
	pointer, err := xproto.QueryPointer(x, xproto.Setup(x).DefaultScreen(x).Root).Reply()
	if err != nil {
		return false, fmt.Errorf("ask for CapsLock: %w", err)
	}
	return pointer.Mask&xproto.KeyButMaskLock != 0, nil
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
