package handover

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// OpenDesktop gives this system's desktop: X11's, or on Wayland one whose every
// answer is ErrWayland, since no program may know there what is in front or when
// the last key was: no gate can hold. It returns ErrNotHere where there is no
// display at all. The caller closes it.
func OpenDesktop(ctx context.Context) (Desktop, error) {
	if waylandSession() {
		return noDesktop{ErrWayland}, nil
	}
	d := x11Desktop{}
	_, err := await(ctx, func() (struct{}, error) {
		var err error
		d.x, err = dialX11()
		return struct{}{}, err
	})
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotHere, err)
	}
	d.x.drain()
	if err := d.x.extension("MIT-SCREEN-SAVER"); errors.Is(err, errNoExtension) {
		d.noIdle = fmt.Errorf("%w: %w", ErrNotHere, err)
	} else if err != nil {
		d.x.close()
		return nil, err
	}
	return d, nil
}

// x11Desktop is an X11 desktop. What this program types counts as input too, so a
// hand-over starts the idle time anew.
type x11Desktop struct {
	x      *x11
	noIdle error // why the server does not tell the idle time
}

func (d x11Desktop) Foreground(ctx context.Context) (Window, error) {
	return await(ctx, d.x.foreground)
}

func (d x11Desktop) Idle(ctx context.Context) (time.Duration, error) {
	if d.noIdle != nil {
		return 0, d.noIdle
	}
	return await(ctx, d.x.idle)
}

func (d x11Desktop) Close() error {
	d.x.close()
	return nil
}

// noDesktop answers every question with the reason why it cannot be answered.
type noDesktop struct{ why error }

func (d noDesktop) Foreground(context.Context) (Window, error)  { return Window{}, d.why }
func (d noDesktop) Idle(context.Context) (time.Duration, error) { return 0, d.why }
func (d noDesktop) Close() error                                { return nil }
