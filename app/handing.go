package app

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/handover/sip2"
	"github.com/madoguchi/madoguchi/app/settings"
)

// Handing is how this desk hands numbers over: its settings, the desktop that the
// tap gate looks at, and the ways. Its methods may be called from any goroutine.
type Handing interface {
	Settings() settings.Reception
	// Keep keeps changed settings over a restart.
	Keep(settings.Reception) error
	// Foreground and Idle are handover.Desktop's.
	Foreground(ctx context.Context) (handover.Window, error)
	Idle(ctx context.Context) (time.Duration, error)
	// Open is handover.Open. A way stays open beyond its Close, for as long as the
	// settings name it: a page that is paired and a port that is held stay so from
	// screen to screen.
	Open(ctx context.Context, c handover.Config) (handover.Way, error)
	// SIP2 is the library system that is asked whether a number exists, with its
	// passwords; nil where none is set up.
	SIP2() *sip2.Config
}

// NoHanding is the Handing of a desk that hands nothing over.
type NoHanding struct{}

// Settings gives none.
func (NoHanding) Settings() settings.Reception { return settings.Reception{} }

// Keep keeps nothing.
func (NoHanding) Keep(settings.Reception) error { return nil }

// Foreground sees nothing.
func (NoHanding) Foreground(context.Context) (handover.Window, error) {
	return handover.Window{}, handover.ErrNotHere
}

// Idle sees nothing.
func (NoHanding) Idle(context.Context) (time.Duration, error) { return 0, handover.ErrNotHere }

// Open opens nothing.
func (NoHanding) Open(context.Context, handover.Config) (handover.Way, error) {
	return nil, handover.ErrNotHere
}

// SIP2 gives none.
func (NoHanding) SIP2() *sip2.Config { return nil }

// Machine is the Handing of this machine.
type Machine struct {
	keep func(settings.Reception) error
	log  *slog.Logger

	mu       sync.Mutex
	settings settings.Reception
	desktop  handover.Desktop // nil until something looks at it
	serial   int              // of its opening, from 1
	way      handover.Way     // open; nil for none
	of       handover.Config  // that way names
}

var _ Handing = (*Machine)(nil)

// NewMachine begins with s; keep writes what changes to the disk. Close it.
func NewMachine(s settings.Reception, keep func(settings.Reception) error, log *slog.Logger) *Machine {
	return &Machine{settings: s, keep: keep, log: log}
}

// Close lets the desktop and the way go.
func (m *Machine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.closeWay()
	if m.desktop != nil {
		err = errors.Join(err, m.desktop.Close())
		m.desktop = nil
	}
	return err
}

func (m *Machine) closeWay() error {
	if m.way == nil {
		return nil
	}
	err := m.way.Close()
	m.way = nil
	return err
}

// Settings implements Handing.
func (m *Machine) Settings() settings.Reception {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settings
}

// Keep implements Handing.
func (m *Machine) Keep(s settings.Reception) error {
	if err := m.keep(s); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settings = s
	return nil
}

// Foreground implements Handing.
func (m *Machine) Foreground(ctx context.Context) (w handover.Window, err error) {
	err = m.look(ctx, func(d handover.Desktop) error {
		w, err = d.Foreground(ctx)
		return err
	})
	return w, err
}

// Idle implements Handing.
func (m *Machine) Idle(ctx context.Context) (idle time.Duration, err error) {
	err = m.look(ctx, func(d handover.Desktop) error {
		idle, err = d.Idle(ctx)
		return err
	})
	return idle, err
}

// look asks the desktop, opened anew once where it has gone away (a display
// server that was started again). Several may look at once.
func (m *Machine) look(ctx context.Context, ask func(handover.Desktop) error) error {
	d, serial, fresh, err := m.opened(ctx, 0)
	if err != nil {
		return err
	}
	if err = ask(d); err == nil || fresh || ctx.Err() != nil {
		return err
	}
	m.log.Debug("desktop", "again", err)
	if d, _, _, err = m.opened(ctx, serial); err != nil {
		return err
	}
	return ask(d)
}

// opened gives the desktop, opened if it has to be, and which opening of it that was;
// where it is the one that is gone, another.
func (m *Machine) opened(ctx context.Context, gone int) (d handover.Desktop, serial int, fresh bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.desktop != nil && m.serial == gone {
		if err := m.desktop.Close(); err != nil {
			m.log.Debug("desktop", "close", err)
		}
		m.desktop = nil
	}
	if m.desktop == nil {
		if d, err = handover.OpenDesktop(ctx); err != nil {
			return nil, 0, false, err
		}
		m.desktop, fresh = d, true
		m.serial++
	}
	return m.desktop, m.serial, fresh, nil
}

// Open implements Handing.
func (m *Machine) Open(ctx context.Context, c handover.Config) (handover.Way, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.way != nil && reflect.DeepEqual(m.of, c) {
		return lent{m.way}, nil
	}
	if err := m.closeWay(); err != nil {
		m.log.Warn("hand-over", "close", err)
	}
	way, err := handover.Open(ctx, c, m.log)
	if err != nil {
		return nil, err
	}
	m.way, m.of = way, c
	return lent{way}, nil
}

// lent is a way that belongs to the machine.
type lent struct{ handover.Way }

// Close leaves the way open for the next.
func (lent) Close() error { return nil }

// Pair is handover.Pairer's; "" where the way pairs with nothing.
func (l lent) Pair() string {
	if p, pairs := l.Way.(handover.Pairer); pairs {
		return p.Pair()
	}
	return ""
}

// SIP2 implements Handing.
func (m *Machine) SIP2() *sip2.Config {
	c := m.Settings().Handover.SIP2
	if c == nil {
		return nil
	}
	filled := *c
	filled.LoginPassword, filled.TerminalPassword = settings.Secret(settings.SIP2Login), settings.Secret(settings.SIP2Terminal)
	return &filled
}
