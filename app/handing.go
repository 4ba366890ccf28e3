package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
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
	// Open is handover.Open.
	Open(ctx context.Context, c handover.Config) (handover.Way, error)
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

// Machine is the Handing of this machine.
type Machine struct {
	keep func(settings.Reception) error
	log  *slog.Logger

	mu       sync.Mutex
	settings settings.Reception
	desktop  handover.Desktop // nil until something looks at it
}

var _ Handing = (*Machine)(nil)

// NewMachine begins with s; keep writes what changes to the disk. Close it.
func NewMachine(s settings.Reception, keep func(settings.Reception) error, log *slog.Logger) *Machine {
	return &Machine{settings: s, keep: keep, log: log}
}

// Close lets the desktop go.
func (m *Machine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.desktop == nil {
		return nil
	}
	err := m.desktop.Close()
	m.desktop = nil
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
// server that was started again).
func (m *Machine) look(ctx context.Context, ask func(handover.Desktop) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fresh := m.desktop == nil
	for {
		if m.desktop == nil {
			var err error
			if m.desktop, err = handover.OpenDesktop(ctx); err != nil {
				m.desktop = nil
				return err
			}
		}
		err := ask(m.desktop)
		if err == nil || fresh || ctx.Err() != nil {
			return err
		}
		err = errors.Join(err, m.desktop.Close())
		m.desktop, fresh = nil, true
		m.log.Debug("desktop", "again", err)
	}
}

// Open implements Handing.
func (m *Machine) Open(ctx context.Context, c handover.Config) (handover.Way, error) {
	return handover.Open(ctx, c, m.log)
}
