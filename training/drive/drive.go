// Package drive works a counter as a clerk and a resident would, through the
// View and the intents alone: for the tests and for the measured runs. It has no
// door of its own into the flow.
package drive

import (
	"context"
	"fmt"
	"sync"

	"github.com/madoguchi/madoguchi/app"
)

// Driver is one pair of hands on a running counter.
type Driver struct {
	App *app.App

	mu     sync.Mutex
	view   app.View
	seen   []app.View
	moved  chan struct{} // closed when view changes, then made anew
	cancel func()
}

// New watches a; Close ends it. The counter must be running already or start
// soon.
func New(a *app.App) *Driver {
	d := &Driver{App: a, view: a.View(), moved: make(chan struct{})}
	d.cancel = a.Subscribe(d.take)
	return d
}

// Close stops watching.
func (d *Driver) Close() { d.cancel() }

func (d *Driver) take(v app.View) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.view = v
	d.seen = append(d.seen, v)
	close(d.moved)
	d.moved = make(chan struct{})
}

// Views gives every View since the last call.
func (d *Driver) Views() []app.View {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen := d.seen
	d.seen = nil
	return seen
}

// Until waits for a View that ok accepts. Its error says which phase it hung in.
func (d *Driver) Until(ctx context.Context, what string, ok func(app.View) bool) (app.View, error) {
	for {
		d.mu.Lock()
		view, moved := d.view, d.moved
		d.mu.Unlock()
		if ok(view) {
			return view, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return view, fmt.Errorf("waiting for %s on screen %v, phase %v, code %q: %w",
				what, view.Screen, view.Write.Phase, view.Write.Problem.Code, ctx.Err())
		}
	}
}

// Phase waits for one of phases.
func (d *Driver) Phase(ctx context.Context, phases ...app.Phase) (app.View, error) {
	return d.Until(ctx, fmt.Sprint(phases), func(v app.View) bool {
		return v.Screen == app.ScreenWrite && in(v.Write.Phase, phases)
	})
}

func in(p app.Phase, phases []app.Phase) bool {
	for _, want := range phases {
		if p == want {
			return true
		}
	}
	return false
}

// OpenWrite opens F2, once the platform has said that this desk may.
func (d *Driver) OpenWrite(ctx context.Context) error {
	_, err := d.Until(ctx, "the menu item F2", func(v app.View) bool { return len(v.Desk.Screens) > 1 })
	if err != nil {
		return err
	}
	d.App.Send(app.GoTo{Screen: app.ScreenWrite})
	_, err = d.Until(ctx, "F2", func(v app.View) bool { return v.Screen == app.ScreenWrite })
	return err
}

// ends are the phases in which F2 waits for the clerk after a transaction, or
// for the same card.
var ends = []app.Phase{
	app.PhaseDone, app.PhaseTorn, app.PhaseReleased, app.PhaseKeptOld, app.PhaseDeclined, app.PhaseProblem,
}

// asked are the phases in which F2 waits for the resident or the clerk.
var asked = []app.Phase{app.PhaseWhose, app.PhaseConsent, app.PhaseLastTry, app.PhasePIN}

// Answer goes on with a card that lies on the R/W until the transaction ends,
// answering as ご本人 with はい and the PIN. It gives the View at the end. from is
// a phase that does not count as an end: the one that is left behind.
func (d *Driver) Answer(ctx context.Context, pin string, from app.Phase) (app.View, error) {
	last := from
	for {
		view, err := d.Until(ctx, "the next question or the end", func(v app.View) bool {
			return v.Write.Phase != last && (in(v.Write.Phase, asked) || in(v.Write.Phase, ends))
		})
		if err != nil {
			return view, err
		}
		last = view.Write.Phase
		if !d.reply(last, pin) {
			return view, nil
		}
	}
}

// reply answers what a phase asks; false where it asks nothing.
func (d *Driver) reply(phase app.Phase, pin string) bool {
	switch phase {
	case app.PhaseWhose:
		d.App.Send(app.Tell{Who: app.WhoseSelf})
	case app.PhaseConsent:
		d.App.Send(app.Consent{Yes: true})
	case app.PhaseLastTry:
		d.App.Send(app.LastTry{Yes: true})
	case app.PhasePIN:
		d.Type(pin)
	default:
		return false
	}
	return true
}

// Type enters a PIN and 決定.
func (d *Driver) Type(pin string) {
	for _, r := range pin {
		d.App.Digit(byte(r - '0'))
	}
	d.App.Send(app.Enter{})
}
