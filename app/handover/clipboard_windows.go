package handover

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// openClipboard puts numbers on the clipboard, where the clerk pastes them.
func openClipboard(context.Context, Config, *slog.Logger) (Way, error) {
	return &winClipboard{turns: newTurns()}, nil
}

// winClipboard waits until somebody pastes. Windows tells the first reader only:
// one that comes too early for a person watches the clipboard (remote desktop does),
// and whether a paste followed is then Unknown.
type winClipboard struct{ turns *turns }

func (c *winClipboard) Ready(context.Context) error { return nil }

func (c *winClipboard) Hand(ctx context.Context, number mykey.ServiceID, _ Window) (Outcome, error) {
	ctx, give, err := c.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	o, err := offerOnClipboard(number.Reveal())
	if err != nil {
		return NotDelivered, err
	}
	defer o.withdraw()
	begin := time.Now()
	late := time.NewTimer(clipboardTake)
	defer late.Stop()
	outcome := NotDelivered
	for {
		select {
		case <-o.fetches:
			if time.Since(begin) >= clipboardHuman {
				rest(ctx, o.lost)
				return Delivered, nil
			}
			outcome = Unknown
		case <-late.C:
			return outcome, ErrNobody
		case <-o.lost:
			return outcome, fmt.Errorf("another program took the clipboard: %w", ErrClipboard)
		case <-ctx.Done():
			return outcome, ctx.Err()
		}
	}
}

func (c *winClipboard) Close() error {
	c.turns.over()
	return nil
}
