package handover

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// openClipboard puts numbers on the X11 clipboard, where the clerk pastes them. On
// Wayland only the window in front may do so.
func openClipboard(context.Context, Config, *slog.Logger) (Way, error) {
	if waylandSession() {
		return noWay{ErrWayland}, nil
	}
	return &x11Clipboard{turns: newTurns()}, nil
}

// x11Clipboard waits until somebody pastes. A request for the text is taken for a
// paste unless it comes too early for a person, or from a program that also asked
// whether the text is secret. What cannot be told apart: a manager that does
// neither, from a person who pastes.
type x11Clipboard struct{ turns *turns }

func (c *x11Clipboard) Ready(ctx context.Context) error {
	x, err := await(ctx, func() (*x11, error) { return dialX11() })
	if err != nil {
		return fmt.Errorf("%w: %w", ErrClipboard, err)
	}
	x.close()
	return nil
}

func (c *x11Clipboard) Hand(ctx context.Context, number mykey.ServiceID, _ Window) (Outcome, error) {
	ctx, give, err := c.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	o, err := offerText(number.Reveal())
	if err != nil {
		return NotDelivered, err
	}
	defer o.withdraw()
	early := time.NewTimer(clipboardHuman)
	defer early.Stop()
	late := time.NewTimer(clipboardTake)
	defer late.Stop()
	outcome := NotDelivered // Unknown once a watching program has the number
	tooEarly := true
	watching := map[uint32]bool{}
	for {
		select {
		case f := <-o.fetches:
			watching[f.client] = watching[f.client] || !f.text || tooEarly
			if f.text && !watching[f.client] {
				rest(ctx, o.lost)
				return Delivered, nil
			}
			if f.text {
				outcome = Unknown
			}
		case <-early.C:
			tooEarly = false
		case <-late.C:
			return outcome, ErrNobody
		case <-o.lost:
			return outcome, fmt.Errorf("another program took the clipboard: %w", ErrClipboard)
		case <-ctx.Done():
			return outcome, ctx.Err()
		}
	}
}

func (c *x11Clipboard) Close() error {
	c.turns.over()
	return nil
}
