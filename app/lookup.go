package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// lookup is F4: tap → record verified → platform → tap gate → hand-over → ready
// for the next, all without a key. It serves one tap after another until another
// screen is chosen. What one tap gave is one value (tap), replaced as a whole.
type lookup struct {
	visit
	set     settings.Reception
	service platformclient.Service
	profile membercard.Profile
	way     handover.Way // nil: none, why says the reason
	why     Code
	gate    *gate
	tap     tap
	passing *passing  // the hand-over that is under way, nil for none
	active  time.Time // of the last tap or key
}

// tap is what one tap gave. The zero value is: nothing.
type tap struct {
	sum    [32]byte // of what was read, so that the same card within 3 s is one tap
	at     time.Time
	number mykey.ServiceID // zero: none, or wiped and not waiting
	waits  bool            // the number waits for the gate
	until  time.Time       // it waits no longer
	shown  time.Time       // it stands on the screen no longer; zero: it does not
	lies   bool            // the card is still there
	left   time.Time       // then it is called left; zero: it has been, or it went
}

// passing is one hand-over under way.
type passing struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// passed is how a hand-over ended.
type passed struct {
	of      *passing
	outcome handover.Outcome
	err     error
}

// lookup serves taps until another screen is chosen.
func (a *App) lookup(ctx context.Context) {
	l := &lookup{visit: visit{App: a, screen: ScreenLookup, cancel: errDeclined}, set: a.Handing.Settings()}
	err := l.open(ctx)
	defer l.close()
	if err == nil {
		err = l.serve(ctx)
	}
	var away leaving
	if errors.As(err, &away) {
		a.goTo(away.to)
	}
}

// open shows the waiting screen and makes the way ready.
func (l *lookup) open(ctx context.Context) error {
	l.count = l.cardNow().Count
	if l.tapAtHome {
		l.count-- // the card that opened this screen from Home is a tap; one that lies there is none
		l.tapAtHome = false
	}
	l.publish(func(v *View) {
		v.Lookup.Stays, v.Lookup.WipesOnExit, v.Lookup.Unattended = l.stays(), l.set.WipeOnExit, l.set.Unattended
		v.Lookup.enter(LookupWaiting)
		v.Resident = ResidentView{Face: FaceTap, TriesLeft: -1}
	})
	desk, err := l.known(ctx)
	for err != nil { // the platform will be there one day: the screen says so and waits
		var away leaving
		if errors.As(err, &away) || ctx.Err() != nil {
			return err
		}
		l.problem(CodeNoLookup)
		if err = l.pause(ctx); err == nil {
			desk, err = l.known(ctx)
		}
	}
	l.service, err = chosen(desk.Services, l.set.Service)
	if err != nil {
		l.problem(CodeLinkService)
		return l.until(ctx)
	}
	l.profile = profile(l.service)
	l.openWay(ctx)
	l.today(ctx)
	l.rest()
	return nil
}

// pause waits for the next look at the platform, or for another screen.
func (l *lookup) pause(ctx context.Context) error {
	over := l.Clock.After(l.Limits.Platform)
	for {
		e, err := l.events.wait(ctx, over)
		if err != nil || e.over {
			return err
		}
		if err := l.stops(e.intent); err != nil {
			return away(err)
		}
	}
}

// until waits for another screen: nothing can be done here.
func (l *lookup) until(ctx context.Context) error {
	for {
		e, err := l.events.wait(ctx, nil)
		if err != nil {
			return err
		}
		if err := l.stops(e.intent); err != nil {
			return away(err)
		}
	}
}

// away makes 中止 the way home where there is nothing to stop.
func away(err error) error {
	if errors.Is(err, errDeclined) || errors.Is(err, errRedo) {
		return leaving{ScreenHome}
	}
	return err
}

// chosen is the service of this code, the first where none is named.
func chosen(services []platformclient.Service, code string) (platformclient.Service, error) {
	for _, s := range services {
		if code == "" || string(s.Code) == code {
			return s, nil
		}
	}
	return platformclient.Service{}, platformclient.ErrService
}

// openWay makes the way ready that 引渡し先 names, and the gate before it.
func (l *lookup) openWay(ctx context.Context) {
	l.gate = &gate{}
	if l.set.Handover.Way == "" {
		l.why = CodeHandoverSetup
		return
	}
	g, err := newGate(l.set.Handover, l.Limits.Idle)
	if err == nil {
		l.way, err = l.Handing.Open(ctx, l.set.Handover)
	}
	if err != nil {
		l.why = code(err)
		l.Log.Warn("hand-over", "code", l.why, "error", err)
		return
	}
	l.gate = g
}

func (l *lookup) close() {
	l.stopPassing()
	if l.way != nil {
		if err := l.way.Close(); err != nil {
			l.Log.Warn("hand-over", "close", err)
		}
	}
	l.publish(func(v *View) { v.Lookup.forget() })
}

func (l *lookup) stays() time.Duration {
	if l.set.Stays > 0 {
		return time.Duration(l.set.Stays) * time.Second
	}
	return l.Limits.Shown
}

// serve is the loop: what is due is done, then the next event or the next time is
// waited for.
func (l *lookup) serve(ctx context.Context) error {
	l.active = l.now()
	for {
		// The R/W is looked at each time, not only when it tells: what it told while a
		// card was being read is not in the queue any more.
		if read, err := l.presence(ctx); err != nil {
			return err
		} else if read {
			continue
		}
		if l.attend(ctx); l.idle() {
			return leaving{ScreenLocked}
		}
		var due <-chan time.Time
		if d, some := l.due(); some {
			due = l.Clock.After(d)
		}
		e, err := l.events.wait(ctx, due)
		switch {
		case err != nil:
			return err
		case e.passed != nil:
			l.ended(ctx, *e.passed)
		case e.intent != nil:
			if err := l.key(ctx, e.intent); err != nil {
				return err
			}
		}
	}
}

// presence follows the R/W: another card is another tap. It reports whether one
// was read.
func (l *lookup) presence(ctx context.Context) (read bool, err error) {
	now := l.cardNow()
	switch {
	case now.State == cardio.Present && now.Count != l.count:
		return true, l.tapped(ctx, now.Count)
	case now.State == cardio.Present:
		return false, nil
	case l.tap.lies:
		l.lifted()
	}
	if c := readerCode(now.State); c != "" {
		if l.View().Lookup.Problem.Code != c {
			l.problem(c)
		}
	} else if p := l.View().Lookup; p.Phase == LookupProblem && readerProblems[p.Problem.Code] {
		l.rest()
	}
	return false, nil
}

// readerProblems go when the R/W is well again.
var readerProblems = map[Code]bool{CodeReaderNoService: true, CodeReaderNone: true, CodeCardSilent: true}

// tapped is one tap, from the card to the number.
func (l *lookup) tapped(ctx context.Context, count uint32) error {
	l.count, l.transaction = count, newTransaction()
	now := l.now()
	l.active = now
	before := l.tap
	soon := before.sum != [32]byte{} && now.Sub(before.at) < l.Limits.Repeat
	if !soon { // nothing of the person before stays while this card is read
		l.stopPassing()
		l.tap = tap{}
		l.reading()
	}
	defer l.letGo()
	p, err := l.readCard(ctx)
	if soon && err == nil && p.sum == before.sum {
		l.tap.at, l.tap.lies, l.tap.left = now, true, now.Add(l.Limits.CardLeft)
		return nil
	}
	l.stopPassing()
	l.tap = tap{sum: p.sum, at: now, lies: true, left: now.Add(l.Limits.CardLeft)}
	var found platformclient.Found
	if err == nil {
		if soon { // what was read shows that it is another card
			l.reading()
		}
		found, err = l.ask(ctx, p)
	}
	if err == nil {
		err = l.found(ctx, found)
	}
	return l.settle(ctx, err)
}

// ask asks the platform for the person's number. Meanwhile the card is let go, and the
// desktop is looked at: a title that is back is seen, and a display server that slept
// is awake when the number comes. Whether the gate is open is not decided by this
// look.
func (l *lookup) ask(ctx context.Context, p person) (found platformclient.Found, err error) {
	var meanwhile sight
	err = l.during(ctx, true, func(ctx context.Context) error {
		look, stop := context.WithCancel(ctx)
		looked := make(chan sight, 1)
		go func() { looked <- l.sight(look) }()
		closed := make(chan struct{})
		go func() { defer close(closed); l.letGo() }()
		found, err = l.Platform.Lookup(ctx, l.service.Code, p.holder(l.transaction))
		stop()
		meanwhile = <-looked
		<-closed
		l.heard(err)
		return err
	})
	l.gate.see(meanwhile)
	return found, err
}

// readCard opens the card and reads it; the person's own record is not verified anew
// where the platform will. letGo closes it.
func (l *lookup) readCard(ctx context.Context) (p person, err error) {
	err = l.during(ctx, true, func(ctx context.Context) error {
		if l.card, err = l.Reader.Open(ctx); err != nil {
			return l.gone(err)
		}
		p, err = l.read(ctx, l.card, false)
		return err
	})
	return p, err
}

// letGo closes the card of this tap. A second time does nothing.
func (l *lookup) letGo() {
	if l.card != nil {
		l.card.Close()
		l.card = nil
	}
}

// found takes in what the platform says.
func (l *lookup) found(ctx context.Context, f platformclient.Found) error {
	switch f.State {
	case platformclient.FoundLinked:
		l.tap.number = f.Number
		l.tap.shown = l.now().Add(l.stays())
		l.offer(ctx)
		l.tally(ctx, journal.LookedUp) // a disk is slow: the number goes meanwhile
		l.publish(func(v *View) { v.Lookup.Today++ })
		return nil
	case platformclient.FoundStopped:
		return refusal{CodeLinkStopped}
	default:
		return refusal{CodeLinkNotHere}
	}
}

// settle shows what a tap came to where it gave no number.
func (l *lookup) settle(ctx context.Context, err error) error {
	var elsewhere leaving
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &elsewhere):
		return err
	case errors.Is(err, errDeclined):
		l.tap = tap{}
		l.rest()
		return nil
	}
	c := code(err)
	if offline(err) {
		c = CodeNoLookup
	}
	if c != CodeLinkNotHere && c != CodeLinkStopped { // a look-up that was answered leaves no line
		l.Log.Warn("look-up", "code", c, "reference", l.transaction, "error", err)
	}
	l.problem(c)
	return nil
}

// lifted is the card leaving the R/W.
func (l *lookup) lifted() {
	l.tap.lies, l.tap.left = false, time.Time{}
	if l.set.WipeOnExit {
		l.tap.shown = time.Time{}
	}
	l.lift()
	if l.set.WipeOnExit {
		l.hide()
	}
}

// due is how long until something must be looked at without an event.
func (l *lookup) due() (time.Duration, bool) {
	var next time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	now := l.now()
	if l.tap.waits || l.way != nil && l.gate.watches() {
		sooner(now.Add(l.Limits.Gate))
	}
	sooner(l.tap.shown)
	sooner(l.tap.left)
	if l.set.LockAfter > 0 {
		sooner(l.active.Add(time.Duration(l.set.LockAfter) * time.Minute))
	}
	return max(0, next.Sub(now)), !next.IsZero()
}

// attend does what is due.
func (l *lookup) attend(ctx context.Context) {
	if l.tap.waits || l.way != nil && l.gate.watches() {
		s := l.sight(ctx)
		l.gate.see(s)
		if l.tap.waits {
			l.try(ctx, s)
		}
	}
	now := l.now()
	if t := l.tap.shown; !t.IsZero() && !now.Before(t) {
		l.tap.shown = time.Time{}
		l.hide()
	}
	if t := l.tap.left; !t.IsZero() && !now.Before(t) {
		l.tap.left = time.Time{}
		l.forgotten()
	}
}

// idle reports whether the desk has stood for so long that it locks.
func (l *lookup) idle() bool {
	after := time.Duration(l.set.LockAfter) * time.Minute
	return after > 0 && l.now().Sub(l.active) >= after
}

func (l *lookup) sight(ctx context.Context) sight {
	s := sight{at: l.now()}
	var idle error
	var both sync.WaitGroup
	if l.gate.typing || l.gate.quiet > 0 {
		both.Go(func() { s.idle, idle = l.Handing.Idle(ctx) })
	}
	if l.gate.typing || l.gate.start != nil {
		s.window, s.err = l.Handing.Foreground(ctx)
	}
	both.Wait()
	if s.err == nil {
		s.err = idle
	}
	return s
}

// key is what the clerk pressed.
func (l *lookup) key(ctx context.Context, i Intent) error {
	l.active = l.now()
	switch i := i.(type) {
	case GoTo:
		if i.Screen != l.screen {
			return leaving{i.Screen}
		}
	case Cancel, Quit:
		return leaving{ScreenHome}
	case Clear:
		l.stopPassing()
		l.tap.number, l.tap.waits, l.tap.shown = mykey.ServiceID{}, false, time.Time{}
		l.rest()
	case Release:
		l.gate.act()
	case HandOver:
		l.again(ctx)
	case ShowBarcode:
		l.toggleBars()
	case TryTarget: // 試しに渡す is 引渡し先's
		l.events.put(event{intent: i})
		return leaving{ScreenSetup}
	}
	return nil
}
