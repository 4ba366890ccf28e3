//go:build linux

package e2e

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// StartManager starts openbox, the window manager of a plain desk, and waits until
// it works. env is what it needs beside the display; its words go to log.
func (d *Display) StartManager(ctx context.Context, log io.Writer, env ...string) (*Program, error) {
	cmd := exec.Command("openbox")
	cmd.Env = Env(append(d.Env(), env...)...)
	p, err := Start(cmd, log)
	if err != nil {
		return nil, err
	}
	for {
		out, err := d.run(ctx, "xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		if err == nil && strings.Contains(out, "window id") {
			return p, nil
		}
		select {
		case <-time.After(lookAgain):
		case <-p.done:
			return nil, fmt.Errorf("start openbox: %w", ErrEnded)
		case <-ctx.Done():
			p.Stop()
			return nil, fmt.Errorf("wait for openbox: %w", ctx.Err())
		}
	}
}

// Activate brings a window to the front with the focus, and waits until it is
// there. It needs a window manager.
func (d *Display) Activate(ctx context.Context, window string) error {
	for {
		if _, err := d.run(ctx, "xdotool", "windowactivate", window); err != nil {
			return err
		}
		for range 10 {
			if front, err := d.Front(ctx); err == nil && front == window {
				return nil
			}
			select {
			case <-time.After(lookAgain):
			case <-ctx.Done():
				return fmt.Errorf("bring the window to the front: %w", ctx.Err())
			}
		}
	}
}

// Front is the window that has the focus.
func (d *Display) Front(ctx context.Context) (string, error) {
	out, err := d.run(ctx, "xdotool", "getactivewindow")
	return strings.TrimSpace(out), err
}

// Title is a window's title.
func (d *Display) Title(ctx context.Context, window string) (string, error) {
	out, err := d.run(ctx, "xdotool", "getwindowname", window)
	return strings.TrimSuffix(out, "\n"), err
}

// Place moves a window's left upper corner to x, y in pixels.
func (d *Display) Place(ctx context.Context, window string, x, y int) error {
	_, err := d.run(ctx, "xdotool", "windowmove", window, fmt.Sprint(x), fmt.Sprint(y))
	return err
}
