package handover

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jezek/xgb/xproto"

	"github.com/madoguchi/madoguchi/mykey"
)

// openPaste pastes by Ctrl+V on an X11 desktop. On Wayland no program may put a
// text on the clipboard from behind.
func openPaste(_ context.Context, c Config, _ *slog.Logger) (Way, error) {
	if waylandSession() {
		return noWay{ErrWayland}, nil
	}
	x, err := dialX11("XTEST")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyboard, err)
	}
	x.drain()
	return &x11Paste{x: x, c: c.Keyboard, turns: newTurns()}, nil
}

// x11Paste puts the number on the clipboard, presses Ctrl+V in the target and then
// the suffix. An input method lets Ctrl+V pass, so it stays as it is. Delivered
// means that a connection of the target's own fetched the text; another program's
// fetch is Unknown: it may be a helper of the target's, or a clipboard manager.
type x11Paste struct {
	x     *x11
	c     KeyboardConfig
	turns *turns
}

func (p *x11Paste) Ready(ctx context.Context) error {
	_, err := await(ctx, func() (stroke, error) {
		m, err := p.x.keyboard()
		if err != nil {
			return stroke{}, fmt.Errorf("%w: %w", ErrKeyboard, err)
		}
		return m.shortcut('v', 0)
	})
	return err
}

func (p *x11Paste) Hand(ctx context.Context, number mykey.ServiceID, to Window) (Outcome, error) {
	ctx, give, err := p.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	check := func() error { return p.x.inFront(to) }
	if _, err := await(ctx, func() (struct{}, error) { return struct{}{}, check() }); err != nil {
		return NotDelivered, err
	}
	if err := awaitReleased(ctx, p.x.anyHeld); err != nil {
		return NotDelivered, err
	}
	o, err := offerText(p.c.Prefix + number.Reveal())
	if err != nil {
		return NotDelivered, err
	}
	defer o.withdraw()
	id := xproto.Window(to.ID)
	sent, err := p.x.typeInto(ctx, id, check, 0, func(m keymap, state uint16) ([]stroke, error) {
		for len(o.fetches) > 0 { // who watches the clipboard has it by now, and did not paste
			<-o.fetches
		}
		v, err := m.shortcut('v', state)
		return []stroke{v}, err
	})
	if err != nil {
		return typed(sent, err)
	}
	if outcome, err := p.fetched(ctx, o, p.x.client(id)); outcome != Delivered {
		return outcome, err
	}
	if suffix := suffixText(p.c); suffix != "" {
		still := func() error { return p.x.holds(id) } // the title may have changed by the number
		_, err := p.x.typeInto(ctx, id, still, 0, func(m keymap, state uint16) ([]stroke, error) {
			return m.strokes(suffix, state)
		})
		if err != nil {
			return Unknown, fmt.Errorf("the number is pasted, the key after it is not typed: %w", err)
		}
	}
	rest(ctx, o.lost)
	return Delivered, nil
}

// fetched waits until target has fetched the text.
func (p *x11Paste) fetched(ctx context.Context, o *offer, target uint32) (Outcome, error) {
	limit := time.NewTimer(pasteTake)
	defer limit.Stop()
	outcome := NotDelivered
	for {
		select {
		case f := <-o.fetches:
			if f.text && f.client == target {
				return Delivered, nil
			}
			if f.text {
				outcome = Unknown
			}
		case <-limit.C:
			return outcome, ErrNobody
		case <-o.lost:
			return outcome, fmt.Errorf("another program took the clipboard: %w", ErrClipboard)
		case <-ctx.Done():
			return outcome, ctx.Err()
		}
	}
}

func (p *x11Paste) Close() error {
	if p.turns.over() {
		p.x.close()
	}
	return nil
}
