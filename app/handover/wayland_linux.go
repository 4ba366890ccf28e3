package handover

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// openPortal types on a Wayland desktop through the portal, which asks the user
// once for their consent: at the first Hand.
func openPortal(_ context.Context, c KeyboardConfig, log *slog.Logger) Way {
	k := &portalKeyboard{bus: &bus{address: sessionBus}, c: c, log: log, turns: newTurns()}
	if !c.KeepIME {
		k.imes = newIMEs(nil)
	}
	return k
}

// portalKeyboard types through the RemoteDesktop portal (org.freedesktop.portal,
// version 1 of the interface is enough). No program on Wayland may know which
// window is in front, so this types only for a caller that names none, and what it
// typed is Unknown: somebody must look. The compositor finds the keys and levels
// by the keysym; what it does about CapsLock is its own. Measured only against a
// stand-in for the portal on a real bus.
type portalKeyboard struct {
	bus   *bus
	c     KeyboardConfig
	imes  *imes // nil: stays as it is
	log   *slog.Logger
	turns *turns

	mu   sync.Mutex
	open *portal // nil: no consent yet, or taken back
}

func (k *portalKeyboard) Ready(ctx context.Context) error {
	conn, err := k.bus.connect(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWayland, err)
	}
	if conn == nil {
		return fmt.Errorf("no session bus: %w", ErrWayland)
	}
	if err := portalHasKeyboard(ctx, conn); err != nil {
		return fmt.Errorf("%w: %w", ErrWayland, err)
	}
	if k.imes == nil {
		return nil
	}
	return k.imes.reachable(ctx)
}

// Hand returns ErrTarget if to names a window: whether it is in front cannot be
// known.
func (k *portalKeyboard) Hand(ctx context.Context, number mykey.ServiceID, to Window) (outcome Outcome, err error) {
	ctx, give, err := k.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	if err := k.Ready(ctx); err != nil {
		return NotDelivered, err
	}
	if to != (Window{}) {
		return NotDelivered, ErrTarget
	}
	p, err := k.session(ctx)
	if err != nil {
		return NotDelivered, err
	}
	if k.imes != nil {
		switched, _, err := k.imes.off(ctx, func() error { return nil })
		defer func() {
			if back := switched.back(ctx, outcome != NotDelivered); back != nil {
				k.log.Warn("the input method stays off", "err", back)
			}
		}()
		if err != nil {
			return NotDelivered, err
		}
	}
	sent, err := p.typeText(ctx, k.c.Prefix+number.Reveal()+suffixText(k.c), time.Duration(k.c.Delay)*time.Millisecond)
	if sent == 0 {
		return NotDelivered, err
	}
	return Unknown, err
}

// session gives the session that the user has consented to, and asks for one if
// there is none. A session ends with its connection.
func (k *portalKeyboard) session(ctx context.Context) (*portal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open != nil && k.open.alive() {
		return k.open, nil
	}
	k.open = nil
	conn, err := k.bus.connect(ctx)
	if err != nil || conn == nil {
		return nil, fmt.Errorf("no session bus: %w", ErrWayland)
	}
	p, err := openPortalSession(ctx, conn)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWayland, err)
	}
	k.open = p
	return p, nil
}

func (k *portalKeyboard) Close() error {
	if !k.turns.over() {
		return nil
	}
	if k.imes != nil {
		defer k.imes.close()
	}
	return k.bus.close()
}
