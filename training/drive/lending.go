package drive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/cardio/pcsc"
	"github.com/madoguchi/madoguchi/training"
)

// Lending is a running reception desk that is measured: it waits at F4, reads what
// lies on a virtual R/W behind PC/SC, and types the number into the window of
// another program. A card that comes and goes is told by Come and Next, for the PC/SC
// service looks at a virtual R/W only now and then; all else is the desk's own.
type Lending struct {
	*Counter
	door    *door
	slot    *pcsc.Slot
	machine *app.Machine
}

// Target is a window of a business application.
type Target struct {
	Process string // the program's name
	Title   string // as it stands there; it never changes
}

// settings are a desk's that types into this window. The clerk says when the person
// before is done: the title cannot.
func (t Target) settings() settings.Reception {
	return settings.Reception{Handover: handover.Config{
		Way: handover.WayKeyboard,
		Target: handover.TargetConfig{
			Name: t.Title, Process: t.Process, Title: "^" + regexp.QuoteMeta(t.Title) + "$", Release: handover.ReleaseAction,
		},
	}}
}

// KeepTarget writes into dir, a training desk's, that it types into this window.
func KeepTarget(dir string, t Target) error {
	return settings.Save(dir, settings.Settings{Reception: t.settings()})
}

// virtualReader is how vpcd names its R/W.
const virtualReader = "Virtual PCD"

// StartLending runs the reception desk of t, with the limits of a real desk; idle
// stands in for theirs where it is not negative. A card must lie on the virtual R/W
// already: the desk is not told of it before Come. Stop ends it.
func StartLending(ctx context.Context, t *training.Training, into Target, idle time.Duration) (*Lending, error) {
	slot := pcsc.NewSlot(cardio.SystemClock{}, pcsc.Options{Only: virtualReader})
	at := cardio.Presence{State: -1}
	for at.State != cardio.Present {
		var err error
		if at, err = slot.Wait(ctx, at); err != nil {
			return nil, errors.Join(fmt.Errorf("a card on the virtual R/W: %w", err), slot.Close())
		}
	}
	log := slog.New(slog.DiscardHandler)
	limits := app.DefaultLimits()
	limits.Platform = rarely
	if idle >= 0 {
		limits.Idle = idle
	}
	l := &Lending{
		door: newDoor(slot, at), slot: slot,
		machine: app.NewMachine(into.settings(), func(settings.Reception) error { return nil }, log),
	}
	l.Counter = start(ctx, app.New(app.Parts{
		Reader: cardio.NewReader(l.door, cardio.SystemClock{}, log), Platform: t.Platform(), Journal: t.Journal(),
		Trainer: app.NoTraining{}, Handing: l.machine, Training: true,
		Clock: app.SystemClock{}, Limits: limits, Clerk: training.ReceptionClerk, Log: log,
	}))
	return l, nil
}

// Stop ends the desk and waits for it.
func (l *Lending) Stop() error {
	l.Counter.Stop()
	return errors.Join(l.machine.Close(), l.slot.Close())
}

// Ready waits until F4 waits for a card, its way of hand-over ready.
func (l *Lending) Ready(ctx context.Context) error {
	view, err := l.Until(ctx, "F4, waiting", func(v app.View) bool {
		return v.Screen == app.ScreenLookup && v.Lookup.Phase == app.LookupWaiting && v.Lookup.Target.Way != ""
	})
	if err == nil && view.Lookup.Target.Code != "" {
		err = fmt.Errorf("the way is not ready: %s", view.Lookup.Target.Code)
	}
	return err
}

// Come tells the desk of a card, another one than before. It returns at once.
func (l *Lending) Come() { l.door.show(cardio.Present) }

// Typed waits until the screen says that the number was handed over. Any other
// end of the tap is an error with its code.
func (l *Lending) Typed(ctx context.Context) error {
	view, err := l.Until(ctx, "the number handed over", func(v app.View) bool {
		return v.Lookup.Phase == app.LookupProblem || v.Lookup.Phase == app.LookupShown && handed(v.Lookup.Delivery)
	})
	if err == nil && view.Lookup.Delivery != app.DeliveryDone {
		err = fmt.Errorf("the tap ended in %v, %v, with code %q", view.Lookup.Phase, view.Lookup.Delivery, view.Lookup.Problem.Code)
	}
	return err
}

// handed reports an end of a hand-over.
func handed(d app.Delivery) bool {
	return d == app.DeliveryDone || d == app.DeliveryUnknown || d == app.DeliveryNot || d == app.DeliveryHeld
}

// Next takes the card away, says that its holder is done, takes the number off the
// screen and waits until F4 waits again.
func (l *Lending) Next(ctx context.Context) error {
	l.door.show(cardio.Empty)
	l.App.Send(app.Release{})
	l.App.Send(app.Clear{})
	_, err := l.Until(ctx, "F4, waiting for the next", func(v app.View) bool {
		return v.Lookup.Phase == app.LookupWaiting && !v.Lookup.CardPresent
	})
	l.Views() // seen, and let go
	return err
}

// door is an R/W on which cards come and go as its owner says. What lies there is
// the slot's.
type door struct {
	cardio.Slot
	at    cardio.Presence // of the owner's goroutine
	shows chan cardio.Presence
}

// newDoor begins empty. at is how the slot tells of a card.
func newDoor(slot cardio.Slot, at cardio.Presence) *door {
	d := &door{Slot: slot, at: at, shows: make(chan cardio.Presence, 2)} // a card that comes and goes: show never waits
	d.show(cardio.Empty)
	return d
}

// Wait gives the next presence.
func (d *door) Wait(ctx context.Context, _ cardio.Presence) (cardio.Presence, error) {
	select {
	case p := <-d.shows:
		return p, nil
	case <-ctx.Done():
		return cardio.Presence{}, ctx.Err()
	}
}

func (d *door) show(s cardio.State) {
	d.at.State = s
	d.at.Count++
	d.shows <- d.at
}
