package app_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/training"
)

// With the platform away in the morning there is no F2 to open; when it is back,
// there is.
func TestADeskThatStartsWithoutItsPlatform(t *testing.T) {
	t.Parallel()
	clock, limits := newClock(), app.DefaultLimits()
	var way *way
	c := startWith(t, training.Options{Cards: []string{"training.card.fresh"}, Now: clock.Now}, func(p *app.Parts) {
		way = newWay(p.Platform)
		way.server = newBadServer(t)
		way.plan(&detour{call: callDesk, how: badNothing})
		p.Platform, p.Clock = way, clock
	})
	view := c.until(t, "word of the platform", func(v app.View) bool { return v.Status.Platform == app.PlatformOffline })
	c.App.Send(app.GoTo{Screen: app.ScreenWrite})
	if len(view.Desk.Screens) > 1 || view.Desk.Office != "" {
		t.Errorf("screens %v, office %q; want nothing that nobody has said", view.Desk.Screens, view.Desk.Office)
	}
	way.plan(nil)
	clock.elapse(c.ctx, t, limits.Platform, 0)
	view = c.until(t, "the platform to be back", func(v app.View) bool { return v.Status.Platform == app.PlatformOnline })
	if view.Screen != app.ScreenHome || len(view.Desk.Screens) != 2 {
		t.Errorf("screen %v, screens %v; want Home, and F2 in the menu", view.Screen, view.Desk.Screens)
	}
	c.open(t)
	c.App.Send(app.InsertCard{})
	if view := c.answer(t, app.PhaseWaiting); view.Write.Phase != app.PhaseDone {
		t.Errorf("ended in phase %v, code %q", view.Write.Phase, view.Write.Problem.Code)
	}
}
