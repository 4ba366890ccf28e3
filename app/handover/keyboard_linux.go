package handover

import (
	"context"
	"errors"
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

// errWait: a key is down, and its finger has not had its time yet.
var errWait = errors.New("a key is down")

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
	inFront := func() error {
		_, err := await(ctx, func() (struct{}, error) { return struct{}{}, k.x.inFront(to) })
		return err
	}
	released := sync.OnceValue(func() error { // once: who holds a key for longer than that is asked for no more
		if err := inFront(); err != nil {
			return err
		}
		return awaitReleased(ctx, k.x.anyHeld)
	})
	var answering []inputMethod
	if k.imes != nil {
		switched, all, err := k.imes.off(ctx, released)
		defer func() {
			if back := switched.back(ctx, outcome != NotDelivered); back != nil {
				k.log.Warn("the input method stays off", "err", back)
			}
		}()
		if err != nil {
			return NotDelivered, err
		}
		answering = all
	}
	// All is checked in the moment that is typed in. What comes before is done only
	// where there is something to wait for or to switch.
	waited := false
	check := func() error {
		keys, servers := xproto.QueryKeymap(k.x.conn), k.x.ask(k.x.root, atomXIM)
		if err := k.x.inFront(to); err != nil {
			return err
		}
		if held, err := k.x.anyOf(keys.Reply()); err != nil {
			return err
		} else if held && !waited {
			return errWait
		}
		if k.imes == nil {
			return nil
		}
		if err := k.x.knows(servers, answering); err != nil {
			return fmt.Errorf("%w: %w", ErrIME, err)
		}
		return nil
	}
	delay := time.Duration(k.c.Delay) * time.Millisecond
	strokes := func(m keymap, state uint16) ([]stroke, error) {
		return m.strokes(k.c.Prefix+number.Reveal()+suffixText(k.c), state)
	}
	sent, err := k.x.typeInto(ctx, xproto.Window(to.ID), check, delay, strokes)
	if errors.Is(err, errWait) {
		if err := released(); err != nil {
			return NotDelivered, err
		}
		waited = true
		sent, err = k.x.typeInto(ctx, xproto.Window(to.ID), check, delay, strokes)
	}
	return typed(sent, err)
}

func (k *x11Keyboard) Close() error {
	if !k.turns.over() {
		return nil
	}
	k.x.close()
	return k.imes.close()
}
