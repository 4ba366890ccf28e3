package handover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
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

// running gives the input methods that answer. It returns ErrIME for one that is
// there but cannot be asked.
func (s *imes) running(ctx context.Context) ([]inputMethod, error) {
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
	if s.x == nil {
		return found, nil
	}
	servers, err := await(ctx, s.x.imServers)
	if err != nil {
		return nil, err
	}
	for _, server := range servers {
		if !slices.ContainsFunc(found, func(m inputMethod) bool { return m.name() == server }) {
			return nil, fmt.Errorf("%s does not answer", server)
		}
	}
	return found, nil
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

// off switches every input method off that is on, where before says that it may.
// What it gives holds those, also beside ErrIME, which says that one is still on.
func (s *imes) off(ctx context.Context, before func() error) (switchedOff, error) {
	limited, cancel := context.WithTimeout(ctx, imeLimit)
	defer cancel()
	var done switchedOff
	running, err := s.running(limited)
	if err == nil && len(running) > 0 {
		if err := before(); err != nil {
			return done, err
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
		return done, ctx.Err()
	}
	if err != nil {
		return done, fmt.Errorf("%w: %w", ErrIME, err)
	}
	return done, nil
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
