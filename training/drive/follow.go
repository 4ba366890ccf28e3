package drive

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/app"
)

// Follow waits for a View that ok accepts, looking at each one since the last
// Follow or Views, in order: none is left out. Until looks at the latest alone.
func (d *Driver) Follow(ctx context.Context, what string, ok func(app.View) bool) (app.View, error) {
	for {
		d.mu.Lock()
		moved := d.moved
		for i, view := range d.seen {
			if ok(view) {
				d.seen = d.seen[i+1:]
				d.mu.Unlock()
				return view, nil
			}
		}
		d.seen = nil
		view := d.view
		d.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return view, fmt.Errorf("waiting for %s on screen %v, phase %v, code %q: %w",
				what, view.Screen, view.Write.Phase, view.Write.Problem.Code, ctx.Err())
		}
	}
}

// View is app's: for those who work a counter and never see its inside.
type View = app.View

// How a tap ends, among other ends.
const (
	Done     = app.PhaseDone
	Torn     = app.PhaseTorn
	Problem  = app.PhaseProblem
	Released = app.PhaseReleased
	KeptOld  = app.PhaseKeptOld
)

// Tap lays the chosen card on the R/W and works it to the end of its
// transaction, as Answer does. A card that leaves by itself in the middle is an
// end too: the View is then what the screen shows of it, and the R/W is empty.
func (d *Driver) Tap(ctx context.Context, pin string) (app.View, error) {
	d.mu.Lock()
	last := d.view.Write.Phase
	d.seen = nil
	d.mu.Unlock()
	lies, left := false, false
	d.App.Send(app.InsertCard{})
	for {
		view, err := d.Follow(ctx, "the next question or the end", func(v app.View) bool {
			lies = lies || v.Write.CardPresent
			left = left || lies && !v.Write.CardPresent
			if left {
				return v.Write.Phase == Torn || v.Write.Phase == Problem
			}
			return v.Write.Phase != last && (in(v.Write.Phase, asked) || in(v.Write.Phase, ends))
		})
		if err != nil || left {
			return view, err
		}
		last = view.Write.Phase
		if !d.reply(last, pin) {
			return view, nil
		}
	}
}

// Empty waits until the R/W is empty.
func (d *Driver) Empty(ctx context.Context) error {
	_, err := d.Until(ctx, "the empty R/W", func(v app.View) bool { return !v.Write.CardPresent })
	return err
}

// Clear takes the card away and goes on to the next person.
func (d *Driver) Clear(ctx context.Context) error {
	d.App.Send(app.RemoveCard{})
	_, err := d.Until(ctx, "the way to the next person", func(v app.View) bool {
		return !v.Write.CardPresent && v.Write.Primary.Enabled
	})
	if err != nil {
		return err
	}
	d.App.Send(app.Next{})
	_, err = d.Phase(ctx, app.PhaseWaiting)
	return err
}

// GiveUp gives up the torn write that the screen shows.
func (d *Driver) GiveUp(ctx context.Context) error {
	if _, err := d.Phase(ctx, Torn); err != nil {
		return err
	}
	d.App.Send(app.GiveUp{})
	_, err := d.Until(ctx, "that giving up was taken", func(v app.View) bool { return v.Write.Give.Intent == nil })
	return err
}
