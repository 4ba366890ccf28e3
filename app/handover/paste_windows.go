package handover

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sys/windows"

	"github.com/madoguchi/madoguchi/mykey"
)

// openPaste pastes by Ctrl+V.
func openPaste(_ context.Context, c Config, _ *slog.Logger) (Way, error) {
	desk, err := newWinDesk()
	if err != nil {
		return nil, err
	}
	return &winPaste{desk: desk, c: c.Keyboard, turns: newTurns()}, nil
}

// winPaste puts the number on the clipboard, presses Ctrl+V in the target and then
// the suffix. Delivered means that the target's process fetched the text; whose
// fetch cannot be told, or another's, is Unknown.
type winPaste struct {
	desk  winDesk
	c     KeyboardConfig
	turns *turns
}

func (p *winPaste) Ready(context.Context) error { return nil }

func (p *winPaste) Hand(ctx context.Context, number mykey.ServiceID, to Window) (Outcome, error) {
	ctx, give, err := p.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	check := func() error { return p.desk.inFront(to) }
	if err := check(); err != nil {
		return NotDelivered, err
	}
	if err := awaitReleased(ctx, anyHeld); err != nil {
		return NotDelivered, err
	}
	var target uint32
	if _, err := windows.GetWindowThreadProcessId(windows.HWND(to.ID), &target); err != nil {
		return NotDelivered, ErrTarget
	}
	o, err := offerOnClipboard(p.c.Prefix + number.Reveal())
	if err != nil {
		return NotDelivered, err
	}
	defer o.withdraw()
	ctrlV := []winStroke{{vk: vkV, scan: scanV, hold: holdControl}}
	if sent, err := p.desk.send(ctx, to, check, 0, ctrlV); err != nil {
		return typed(sent, err)
	}
	if outcome, err := p.fetched(ctx, o, target); outcome != Delivered {
		return outcome, err
	}
	if suffix := suffixText(p.c); suffix != "" {
		// Let the target put the text where it belongs: the key comes by another queue.
		rest(ctx, o.lost)
		still := func() error { return p.desk.holds(windows.HWND(to.ID)) }
		if _, err := p.desk.send(ctx, to, still, 0, unicodeStrokes(suffix)); err != nil {
			return Unknown, fmt.Errorf("the number is pasted, the key after it is not typed: %w", err)
		}
	}
	rest(ctx, o.lost)
	return Delivered, nil
}

func (p *winPaste) fetched(ctx context.Context, o *winOffer, target uint32) (Outcome, error) {
	limit := time.NewTimer(pasteTake)
	defer limit.Stop()
	select {
	case pid := <-o.fetches:
		if pid == target {
			return Delivered, nil
		}
		return Unknown, ErrNobody
	case <-limit.C:
		return NotDelivered, ErrNobody
	case <-o.lost:
		return NotDelivered, fmt.Errorf("another program took the clipboard: %w", ErrClipboard)
	case <-ctx.Done():
		return NotDelivered, ctx.Err()
	}
}

func (p *winPaste) Close() error {
	p.turns.over()
	return nil
}
