package handover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"
)

// inputMethod is a running input method (IME) that converts keys into Japanese.
type inputMethod interface {
	name() string
	// on reports whether keys are converted now.
	on(ctx context.Context) (bool, error)
	off(ctx context.Context) error
	back(ctx context.Context) error
}

// imes are the input methods of this session: fcitx 5 and 4 on the session bus,
// ibus on its own, and whatever else has told the X server that it is there.
type imes struct {
	session *bus
	ibus    *bus
	x       *x11 // nil: no X server is asked
}

// imeLimit is how long an input method may take to answer; 2 ms are usual.
const imeLimit = time.Second

func newIMEs(x *x11) *imes {
	return &imes{session: &bus{address: sessionBus}, ibus: &bus{address: ibusAddress}, x: x}
}

// running gives the input methods that answer. Its error is one that is there but
// cannot be asked.
func (s *imes) running(ctx context.Context) ([]inputMethod, error) {
	found, err := s.answering(ctx)
	if err != nil || s.x == nil {
		return found, err
	}
	_, err = await(ctx, func() (struct{}, error) { return struct{}{}, s.x.knows(s.x.ask(s.x.root, atomXIM), found) })
	return found, err
}

// answering gives the input methods that answer on a bus.
func (s *imes) answering(ctx context.Context) ([]inputMethod, error) {
	fcitx, err := fcitxOn(ctx, s.session)
	if err != nil {
		return nil, err
	}
	found := fcitx
	ibus, err := ibusOn(ctx, s.ibus)
	if err != nil {
		return nil, err
	}
	if ibus != nil {
		found = append(found, ibus)
	}
	return found, nil
}

// knows returns an error unless found has every input method that serves this
// display.
func (x *x11) knows(servers xproto.GetPropertyCookie, found []inputMethod) error {
	names, err := x.imServers(servers)
	for _, name := range names {
		if !slices.ContainsFunc(found, func(m inputMethod) bool { return m.name() == name }) {
			return fmt.Errorf("%s does not answer", name)
		}
	}
	return err
}

// reachable returns ErrIME if an input method could not be switched off.
func (s *imes) reachable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, imeLimit)
	defer cancel()
	running, err := s.running(ctx)
	for _, m := range running {
		if err == nil {
			_, err = m.on(ctx)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrIME, err)
	}
	return nil
}

// off switches every input method off that is on and answers, where before says that
// it may. What it gives holds those, also beside ErrIME, which says that one is still
// on; and all that answer.
func (s *imes) off(ctx context.Context, before func() error) (switchedOff, []inputMethod, error) {
	limited, cancel := context.WithTimeout(ctx, imeLimit)
	defer cancel()
	var done switchedOff
	running, err := s.answering(limited)
	if err == nil && len(running) > 0 {
		if err := before(); err != nil {
			return done, running, err
		}
		limited, cancel = context.WithTimeout(ctx, imeLimit) // waiting for a finger is not theirs
		defer cancel()
	}
	for _, m := range running {
		if err == nil {
			err = done.add(limited, m)
		}
	}
	if ctx.Err() != nil {
		return done, running, ctx.Err()
	}
	if err != nil {
		return done, running, fmt.Errorf("%w: %w", ErrIME, err)
	}
	return done, running, nil
}

func (s *imes) close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.session.close(), s.ibus.close())
}

// switchedOff are the input methods that we switched off, to be switched on again.
type switchedOff []inputMethod

func (s *switchedOff) add(ctx context.Context, m inputMethod) error {
	on, err := m.on(ctx)
	if err != nil || !on {
		return err
	}
	*s = append(*s, m) // even if off fails: its answer may be what was lost
	if err := m.off(ctx); err != nil {
		return err
	}
	if on, err = m.on(ctx); err == nil && on {
		err = fmt.Errorf("%s stays on", m.name())
	}
	return err
}

// back switches them on again, also when ctx has ended. After typing it lets the
// target have its time first.
func (s switchedOff) back(ctx context.Context, typed bool) error {
	if len(s) == 0 {
		return nil
	}
	if typed {
		time.Sleep(imeSettles)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), imeLimit)
	defer cancel()
	var errs []error
	for _, m := range slices.Backward(s) {
		errs = append(errs, m.back(ctx))
	}
	return errors.Join(errs...)
}
