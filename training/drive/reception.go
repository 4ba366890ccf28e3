package drive

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/hardening"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/training"
)

// Reception runs a reception desk over t as the program does, but for its windows:
// with its folder's settings, this machine's ways of handing over, its log, no core
// dumps and the limits of a real desk; only what became of a lost answer is asked
// sooner. Stop ends it.
func Reception(ctx context.Context, t *training.Training, log *slog.Logger) (*Counter, error) {
	if err := hardening.NoCoreDumps(); err != nil {
		return nil, fmt.Errorf("core dumps: %w", err)
	}
	s, err := settings.Load(t.Dir())
	if err != nil {
		return nil, err
	}
	machine := app.NewMachine(s.Reception, func(r settings.Reception) error {
		s.Reception = r
		return settings.Save(t.Dir(), s)
	}, log)
	limits := app.DefaultLimits()
	limits.Outcome = time.Second
	a := app.New(app.Parts{
		Reader: t.Reader(), Platform: t.Platform(), Journal: t.Journal(), Trainer: t.Trainer(), Handing: machine, Training: true,
		Clock: app.SystemClock{}, Limits: limits, Clerk: t.Clerk(), Log: log,
	})
	ctx, stop := context.WithCancel(ctx)
	c := &Counter{Driver: New(a), stop: stop, stopped: make(chan struct{})}
	go func() {
		defer close(c.stopped)
		a.Run(ctx)
		if err := machine.Close(); err != nil {
			log.Warn("hand-over", "close", err)
		}
	}()
	return c, nil
}

// Ways that need neither a window nor a page.
const (
	ByFile   = handover.WayFile
	BySerial = handover.WaySerial
)

// HandBy sets 引渡し先: a way and where it leads, a folder or a port. It ends on F4.
func (d *Driver) HandBy(ctx context.Context, way, where string) error {
	d.App.Send(app.GoTo{Screen: app.ScreenSetup})
	_, err := d.Until(ctx, "引渡し先", func(v app.View) bool { return v.Screen == app.ScreenSetup && len(v.Setup.Ways) > 0 })
	if err != nil {
		return err
	}
	place := app.SettingFolder
	if way == BySerial {
		place = app.SettingPort
	}
	d.App.Send(app.Configure{What: app.SettingWay, Value: way})
	d.App.Send(app.Configure{What: place, Value: where})
	d.App.Send(app.Save{})
	_, err = d.Until(ctx, "kept settings", func(v app.View) bool {
		return v.Setup.Way == way && (v.Setup.Folder == where || v.Setup.Port == where) && !v.Setup.Changed
	})
	if err != nil {
		return err
	}
	return d.OpenLookups(ctx, way)
}

// OpenLookups opens F4, and waits as Lookups does.
func (d *Driver) OpenLookups(ctx context.Context, way string) error {
	d.App.Send(app.GoTo{Screen: app.ScreenLookup})
	return d.Lookups(ctx, way)
}

// Lookups waits until F4 waits for a card and hands over by a way, "" for any.
func (d *Driver) Lookups(ctx context.Context, way string) error {
	_, err := d.Until(ctx, "F4", func(v app.View) bool {
		return v.Screen == app.ScreenLookup && v.Lookup.Service.Name != "" && (way == "" || v.Lookup.Target.Way == way)
	})
	return err
}

// How a tap at F4 stands, and how it ends.
const (
	Handing     = app.DeliveryHanding
	Delivered   = app.DeliveryDone
	NotLinked   = app.CodeLinkNotHere
	Stopped     = app.CodeLinkStopped
	LookOffline = app.CodeNoLookup
)

// Lay lays card i of the chooser on the R/W, in place of the one that lies there.
func (d *Driver) Lay(i int) {
	d.Views()
	d.App.Send(app.ChooseCard{Index: i})
	d.App.Send(app.InsertCard{})
}

// Look lays card i on the R/W and follows the tap to its end: the number went or did
// not, or there was none. The same card as before within three seconds is no tap.
func (d *Driver) Look(ctx context.Context, i int) (View, error) {
	d.Lay(i)
	return d.tap(ctx, "the end of the tap", func(w app.LookupView) bool {
		switch w.Delivery {
		case app.DeliveryDone, app.DeliveryNot, app.DeliveryUnknown:
			return true
		}
		return w.Phase == app.LookupProblem
	})
}

// Handed lays card i on the R/W and waits until its number is being handed over.
func (d *Driver) Handed(ctx context.Context, i int) (View, error) {
	d.Lay(i)
	return d.tap(ctx, "the hand-over", func(w app.LookupView) bool { return w.Delivery == app.DeliveryHanding })
}

func (d *Driver) tap(ctx context.Context, what string, ok func(app.LookupView) bool) (View, error) {
	read := false
	return d.Follow(ctx, what, func(v app.View) bool {
		read = read || v.Lookup.Phase == app.LookupReading
		return read && ok(v.Lookup)
	})
}

// TakeOff takes the card away and goes Home.
func (d *Driver) TakeOff(ctx context.Context) error {
	d.App.Send(app.RemoveCard{})
	d.App.Send(app.GoTo{Screen: app.ScreenHome})
	_, err := d.Until(ctx, "Home and an empty R/W", func(v app.View) bool {
		return v.Screen == app.ScreenHome && v.Status.Reader == app.ReaderEmpty
	})
	return err
}

// Sent waits until the answer to every change is known.
func (d *Driver) Sent(ctx context.Context) error {
	_, err := d.Until(ctx, "未送信 0", func(v app.View) bool { return v.Status.Unsent == 0 })
	return err
}
