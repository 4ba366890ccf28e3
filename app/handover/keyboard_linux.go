package handover

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"

	"github.com/madoguchi/madoguchi/mykey"
)

// openKeyboard types by XTEST on an X11 desktop, through the portal on a Wayland
// one.
func openKeyboard(ctx context.Context, c Config, log *slog.Logger) (Way, error) {
	if waylandSession() {
		return openPortal(ctx, c.Keyboard, log), nil
	}
	x, err := dialX11("XTEST")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyboard, err)
	}
	x.drain()
	k := &x11Keyboard{x: x, c: c.Keyboard, log: log, turns: newTurns()}
	if !c.Keyboard.KeepIME {
		k.imes = newIMEs(x)
	}
	return k, nil
}

// x11Keyboard types by XTEST. Its house rules:
//
//   - Keycodes come from the live map; the map, the locks and the layout are never
//     changed. A character without a key is ErrKeyboard before the first key.
//   - What is checked and what is typed is one moment of the server's (hold).
//   - The input method is off before the first key and on again only when the
//     target has had time to read the last one.
//   - A key that the user holds is waited for (1 s); a modifier that is held
//     longer is released and not pressed again.
type x11Keyboard struct {
	x     *x11
	c     KeyboardConfig
	imes  *imes // nil: stays as it is
	log   *slog.Logger
	turns *turns
}

func (k *x11Keyboard) Ready(ctx context.Context) error {
	_, err := await(ctx, func() (struct{}, error) {
		m, err := k.x.keyboard()
		if err != nil {
			return struct{}{}, fmt.Errorf("%w: %w", ErrKeyboard, err)
		}
		_, err = m.strokes(k.c.Prefix+"0123456789"+suffixText(k.c), 0)
		return struct{}{}, err
	})
	if err != nil || k.imes == nil {
		return err
	}
	return k.imes.reachable(ctx)
}

func (k *x11Keyboard) Hand(ctx context.Context, number mykey.ServiceID, to Window) (outcome Outcome, err error) {
	ctx, give, err := k.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	check := func() error { return k.x.inFront(to) }
	// typeInto checks in the moment that it types. What comes before is asked only
	// where something would be done for the wrong window.
	before := func() error {
		_, err := await(ctx, func() (struct{}, error) { return struct{}{}, check() })
		return err
	}
	keys := xproto.QueryKeymap(k.x.conn)
	released := sync.OnceValue(func() error {
		held, err := await(ctx, func() (bool, error) { return k.x.anyOf(keys.Reply()) })
		if err != nil || !held {
			return err
		}
		if err := before(); err != nil {
			return err
		}
		return awaitReleased(ctx, k.x.anyHeld)
	})
	if k.imes != nil {
		switched, err := k.imes.off(ctx, func() error {
			if err := released(); err != nil {
				return err
			}
			return before()
		})
		defer func() {
			if back := switched.back(ctx, outcome != NotDelivered); back != nil {
				k.log.Warn("the input method stays off", "err", back)
			}
		}()
		if err != nil {
			return NotDelivered, err
		}
	}
	if err := released(); err != nil {
		return NotDelivered, err
	}
	delay := time.Duration(k.c.Delay) * time.Millisecond
	sent, err := k.x.typeInto(ctx, xproto.Window(to.ID), check, delay, func(m keymap, state uint16) ([]stroke, error) {
		return m.strokes(k.c.Prefix+number.Reveal()+suffixText(k.c), state)
	})
	return typed(sent, err)
}

func (k *x11Keyboard) Close() error {
	if !k.turns.over() {
		return nil
	}
	k.x.close()
	return k.imes.close()
}
