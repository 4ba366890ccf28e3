package app

import (
	"context"
	"slices"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
)

// home shows what is unfinished and the day's counts, until another screen is
// chosen. It gives the job that is to go on, "" for none.
func (a *App) home(ctx context.Context) (job string) {
	a.publish(func(v *View) { v.Resident = ResidentView{Face: FaceIdle, TriesLeft: -1} })
	for {
		a.refreshHome(ctx)
		e, err := a.events.wait(ctx, nil)
		if err != nil {
			return ""
		}
		if e.reader && a.cardNow().State == cardio.Present && startsWithLookup(a.View().Desk.Screens) {
			a.tapAtHome = true // a tap is a look-up, wherever the clerk is
			a.goTo(ScreenLookup)
			return ""
		}
		switch i := e.intent.(type) {
		case GoTo:
			if i.Screen != ScreenHome && a.goTo(i.Screen) {
				return ""
			}
		case Continue:
			if a.goTo(ScreenWrite) {
				return i.Job
			}
		case Left:
			// Job is a row of either list; what is not in one is no error there.
			a.settled(ctx, i.Job)
			if err := a.Journal.Finish(ctx, i.Job); err != nil {
				a.Log.Error("journal", "error", err)
				a.notice(CodeJournal)
			}
		}
	}
}

// goTo changes the screen and forgets what the others showed. To one that this
// desk does not have it goes Home, and reports false.
func (a *App) goTo(s Screen) bool {
	ok := a.has(s)
	if !ok {
		s = ScreenHome
	}
	a.publish(func(v *View) {
		if s == ScreenLocked && v.Screen != ScreenLocked {
			a.back = v.Screen
		}
		v.Screen = s
		v.forget()
		v.Register.forget()
		v.Lookup.forget()
		v.Resident = ResidentView{Face: FaceIdle, TriesLeft: -1}
		if s == ScreenWrite {
			v.enter(PhaseWaiting)
		}
	})
	return ok
}

func (a *App) has(s Screen) bool {
	have := a.View().Desk.Screens
	switch s {
	case ScreenHome, ScreenLocked:
		return true
	case ScreenSetup:
		s = ScreenLookup
	}
	return slices.Contains(have, s)
}

func (a *App) refreshHome(ctx context.Context) {
	jobs, err := a.Journal.Jobs(ctx)
	if err != nil {
		a.Log.Error("journal", "error", err)
	}
	counts, err := a.Journal.Counted(ctx, a.now())
	if err != nil {
		a.Log.Error("journal", "error", err)
	}
	rows := make([]JobView, 0, len(jobs))
	for _, j := range jobs {
		rows = append(rows, JobView{ID: j.ID, Since: j.Since.In(a.now().Location()), Reached: Reached(j.Reached)})
	}
	a.publish(func(v *View) {
		v.Home.Jobs = rows
		v.Home.Today = Counts{
			Written: counts[journal.Written], Cancelled: counts[journal.Cancelled], Failed: counts[journal.Failed],
			LookedUp: counts[journal.LookedUp], Linked: counts[journal.Linked],
		}
	})
}

// tally adds one to a count of the day.
func (a *App) tally(ctx context.Context, what journal.Count) {
	if err := a.Journal.Add(ctx, a.now(), what); err != nil {
		a.Log.Error("journal", "error", err)
	}
}
