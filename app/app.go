// Package app is the counter's work: one flow per file, no widgets, no HTTP, no
// raw bytes. It publishes immutable Views and takes intents. The card is the
// memory of a flow; the journal only remembers that work is unfinished.
package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// Parts is what an App is made of. All are required.
type Parts struct {
	Reader   *cardio.Reader
	Platform Platform
	Journal  *journal.Journal
	Trainer  Trainer
	Handing  Handing
	Training bool // exempt from the legal basis
	Clock    Clock
	Limits   Limits
	Clerk    string // who sits here (窓口01)
	Log      *slog.Logger
}

// App is one counter. Run does the work; the other methods may be called from
// any goroutine and return at once.
type App struct {
	Parts
	events    *queue
	tapAtHome bool          // a card came while Home stood; of Run's goroutine alone
	noticed   chan struct{} // a notice was shown
	banners   chan struct{} // a banner was shown
	lost      chan struct{} // an answer was lost

	mu       sync.Mutex // all below
	view     View
	pin      mykey.PIN
	presence cardio.Presence
	desk     platformclient.Desk
	known    bool   // desk was fetched
	sending  string // Idempotency-Key of the change that is on its way
	back     Screen // from ScreenLocked
	watchers map[int]func(View)
	serial   int

	publishing sync.Mutex // keeps the order of Views
}

// New makes a counter that does nothing until Run.
func New(p Parts) *App {
	a := &App{
		Parts: p, events: newQueue(), watchers: map[int]func(View){},
		noticed: make(chan struct{}, 1), banners: make(chan struct{}, 1), lost: make(chan struct{}, 1),
	}
	a.view.Write.TriesLeft, a.view.Write.FreeBytes, a.view.Resident.TriesLeft = -1, -1, -1
	a.view.Desk.Clerk = p.Clerk
	a.view.Status.Clock = p.Clock.Now()
	a.view.Training = a.trainingView()
	return a
}

// Run serves the counter until ctx ends. All that it started has ended when it
// returns, and the PIN is wiped.
func (a *App) Run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	watchers.Go(func() { a.watchReader(ctx) })
	watchers.Go(func() { a.watchPlatform(ctx) })
	watchers.Go(func() { a.watchClock(ctx) })
	watchers.Go(func() { a.watchNotices(ctx) })
	watchers.Go(func() { a.watchBanners(ctx) })
	watchers.Go(func() { a.watchOutbox(ctx) })
	defer watchers.Wait()
	defer stop() // a panic in here must end the program: waiting for the watchers alone would hang it
	defer a.wipePIN()
	job := "" // of 終わっていない処理, taken up on Home
	for ctx.Err() == nil {
		switch a.View().Screen {
		case ScreenWrite:
			a.write(ctx, job)
		case ScreenRegister:
			a.register(ctx)
		case ScreenLookup:
			a.lookup(ctx)
		case ScreenSetup:
			a.setup(ctx)
		case ScreenLocked:
			a.locked(ctx)
		default:
			job = a.home(ctx)
		}
	}
}

// View is the View of this moment.
func (a *App) View() View {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.view
}

// Subscribe calls f with every View from now on, in order, on whatever
// goroutine made it; f must not wait. cancel ends it.
func (a *App) Subscribe(f func(View)) (cancel func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	key := a.serial
	a.watchers[key] = f
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, key)
	}
}

// Send takes an intent and returns at once. What does not fit the moment does
// nothing.
func (a *App) Send(i Intent) {
	switch i := i.(type) {
	case ChooseCard:
		a.Trainer.Choose(i.Index)
		a.publish(nil)
	case InsertCard:
		a.Trainer.Insert()
		a.publish(nil)
	case RemoveCard:
		a.Trainer.Remove()
		a.publish(nil)
	case Erase:
		a.editPIN(func(p *mykey.PIN) { p.Erase() })
	case Scanned:
		a.notice(CodeScan)
	default:
		a.events.put(event{intent: i})
	}
}

// Digit adds a digit of the PIN, 0–9. It is not an intent: it goes straight into
// the one array and is nowhere else.
func (a *App) Digit(d byte) {
	a.editPIN(func(p *mykey.PIN) { p.Digit(d) })
}

func (a *App) editPIN(edit func(*mykey.PIN)) {
	a.publish(func(v *View) {
		if v.Resident.Face != FacePIN {
			return
		}
		edit(&a.pin)
		v.Write.Digits, v.Register.Digits, v.Resident.Digits = a.pin.Len(), a.pin.Len(), a.pin.Len()
		v.Resident.CanEnter = a.pin.Complete()
		if a.pin.Len() > 0 && v.Resident.Code == CodePINWrong {
			v.Resident.Code = ""
		}
	})
}

func (a *App) wipePIN() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pin.Wipe()
}

// publish changes the View and shows it to all watchers. change may be nil.
func (a *App) publish(change func(*View)) {
	a.publishing.Lock()
	defer a.publishing.Unlock()
	a.mu.Lock()
	before := a.view
	if change != nil {
		change(&a.view)
	}
	a.view.Training = a.trainingView()
	after := a.view
	watchers := make([]func(View), 0, len(a.watchers))
	for _, f := range a.watchers {
		watchers = append(watchers, f)
	}
	a.mu.Unlock()
	if line := after.line(); line != before.line() {
		a.Log.Info("view", "screen", line.screen.String(), "phase", line.phase, "code", line.code, "online", line.online)
	}
	for _, f := range watchers {
		f(after)
	}
}

// line is what the log says of a View: where the work stands, never of whom. A
// look-up leaves no line at all.
type line struct {
	screen Screen
	phase  string
	code   Code
	online bool
}

func (v *View) line() line {
	l := line{screen: v.Screen, online: v.Status.Platform == PlatformOnline}
	switch v.Screen {
	case ScreenWrite:
		l.phase, l.code = v.Write.Phase.String(), v.Write.Problem.Code
	case ScreenRegister:
		l.phase, l.code = v.Register.Phase.String(), v.Register.Problem.Code
	}
	return l
}

func (a *App) trainingView() TrainingView {
	if !a.Training {
		return TrainingView{}
	}
	i, on, pin := a.Trainer.Chosen()
	return TrainingView{On: true, Cards: a.Trainer.Cards(), Current: i, OnReader: on, PIN: pin}
}

// notice shows a passing notice over any screen.
func (a *App) notice(code Code) {
	a.publish(func(v *View) { v.Notice = code })
	select {
	case a.noticed <- struct{}{}:
	default: // the watcher is about to look anyway
	}
}

// banner shows a passing notice over the business application.
func (a *App) banner(kind BannerKind) {
	a.publish(func(v *View) { v.Banner = Banner{kind, v.Banner.Serial + 1} })
	select {
	case a.banners <- struct{}{}:
	default: // the watcher is about to look anyway
	}
}

func (a *App) now() time.Time { return a.Clock.Now() }
