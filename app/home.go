package app

import (
	"context"

	"github.com/madoguchi/madoguchi/app/journal"
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
		switch i := e.intent.(type) {
		case GoTo:
			if i.Screen != ScreenHome && a.open(i.Screen) {
				return ""
			}
		case Continue:
			if a.open(ScreenWrite) {
				return i.Job
			}
		case Left:
			if err := a.Journal.Finish(ctx, i.Job); err != nil {
				a.Log.Error("journal", "error", err)
				a.notice(CodeJournal)
			}
		}
	}
}

// open changes the screen; it reports false for one that this desk does not have.
func (a *App) open(s Screen) bool {
	ok := s == ScreenHome
	for _, have := range a.View().Desk.Screens {
		ok = ok || have == s
	}
	if ok {
		a.publish(func(v *View) {
			v.Screen = s
			v.forget()
			if s == ScreenWrite {
				v.enter(PhaseWaiting)
			}
		})
	}
	return ok
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
		v.Home.Today = Counts{Written: counts[journal.Written], Cancelled: counts[journal.Cancelled], Failed: counts[journal.Failed]}
	})
}

// tally adds one to a count of the day.
func (a *App) tally(ctx context.Context, what journal.Count) {
	if err := a.Journal.Add(ctx, a.now(), what); err != nil {
		a.Log.Error("journal", "error", err)
	}
}
