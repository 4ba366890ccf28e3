package handover

import (
	"context"
	"fmt"
	"time"
)

// OpenDesktop gives the macOS desktop, or ErrNotHere. The caller closes it. It has
// been built and vetted, not run: nobody here has such a machine.
func OpenDesktop(context.Context) (Desktop, error) {
	g, err := openCoreGraphics()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotHere, err)
	}
	return macDesktop{g}, nil
}

// macDesktop is this session's desktop. macOS tells titles only to a program that
// the user allows to record the screen; without that they are empty, and a gate
// that wants a title stays shut.
type macDesktop struct{ g *coreGraphics }

func (d macDesktop) Foreground(ctx context.Context) (Window, error) {
	return await(ctx, func() (Window, error) { return d.g.front().Window, nil })
}

func (d macDesktop) Idle(context.Context) (time.Duration, error) {
	return time.Duration(d.g.idle(sessionState, anyInput) * float64(time.Second)), nil
}

func (d macDesktop) Close() error { return nil }
