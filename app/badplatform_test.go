package app_test

import (
	"fmt"
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
)

// A platform that answers badly, at each call of a write, over real HTTP and
// TLS: its own code, nothing lost, and with Again the same card is written.
func TestAPlatformThatAnswersBadly(t *testing.T) {
	t.Parallel()
	codes := map[bad]app.Code{
		bad500: app.CodePlatformError, badProblem: app.CodePlatformError,
		badHTML: app.CodePlatformUnclear, bad502: app.CodePlatformUnclear, badJSON: app.CodePlatformUnclear,
		badNothing: app.CodePlatformOffline, badLate: app.CodePlatformTime, badTLS: app.CodePlatformTLS,
	}
	moments := []struct {
		name  string
		call  string
		nth   int
		jobs  int
		holds content
		every bool // every way of answering badly, else the four that a counter meets
		lost  bool // may be done with the answer lost
	}{
		{name: "the certificate's state", call: callChallenges, nth: 1},
		{name: "the nonce", call: callChallenges, nth: 2},
		{name: "the session", call: callOpen, nth: 1, every: true, lost: true},
		{name: "trip 2", call: callStep, nth: 1, lost: true},
		{name: "trip 3, reserved", call: callStep, nth: 2, jobs: 1, holds: begun, every: true, lost: true},
		{name: "trip 4, written", call: callStep, nth: 3, jobs: 1, holds: written, lost: true},
	}
	for _, m := range moments {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.way.server = newBadServer(t)
			var plans []detour
			for how := range codes {
				if m.every || how == bad500 || how == badHTML || how == badNothing || how == badLate {
					plans = append(plans, detour{call: m.call, nth: m.nth, how: how})
				}
				if m.lost && (how == badNothing || how == badLate) {
					plans = append(plans, detour{call: m.call, nth: m.nth, how: how, lost: true})
				}
			}
			for _, d := range plans {
				if !t.Run(fmt.Sprintf("%s lost %v", d.how, d.lost), func(t *testing.T) {
					badPlatform(t, b, d, codes[d.how], m.jobs, m.holds)
				}) {
					return // nobody knows how this counter stands
				}
			}
		})
	}
}

func badPlatform(t *testing.T, b *bench, d detour, code app.Code, jobs int, holds content) {
	card := b.person(t, "training.card.fresh")
	before := card.Chip.Snapshot()
	b.way.plan(&d)
	b.put(card.Fault)
	view := b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, code)
	if view.Resident.Face != app.FaceProblem || view.Resident.Code != code || view.Status.Platform != app.PlatformOffline {
		t.Errorf("face %v, resident reads %q, platform %v; want problem, the same, offline", view.Resident.Face, view.Resident.Code, view.Status.Platform)
	}
	badCard{holds: holds}.look(t, card, before)
	if b.jobs(t) != jobs {
		t.Errorf("%d jobs in the journal, want %d", b.jobs(t), jobs)
	}
	if !view.Write.Primary.Enabled || view.Write.Primary.Label != "action.again" || (view.Write.Escape.Label == "action.later") != (jobs > 0) {
		t.Errorf("buttons %q (%v) and %q; want Again, and Later where work is kept", view.Write.Primary.Label, view.Write.Primary.Enabled, view.Write.Escape.Label)
	}
	b.way.plan(nil)
	b.App.Send(app.Again{})
	view = b.must(t, b.until(t, app.PhaseProblem), app.PhaseDone, "")
	if view.Write.Resumed != (jobs > 0) || view.Status.Platform != app.PlatformOnline {
		t.Errorf("resumed %v, platform %v; want %v, online", view.Write.Resumed, view.Status.Platform, jobs > 0)
	}
	holdsRecord(t, card)
	area, _ := card.Chip.Area()
	if record, _ := mykey.ParseArea(area).Current(); record.Generation != 1 {
		t.Errorf("generation %d was written, want the first record, finished", record.Generation)
	}
	if b.jobs(t) != 0 {
		t.Errorf("%d jobs are left", b.jobs(t))
	}
	b.next(t)
	b.stillWorks(t)
}

// A card session that is over is no matter for people: the card is looked at
// again, once, and the work goes on without a word and without a PIN.
func TestAPlatformThatSaysLookAgainIsBelievedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.way.server = newBadServer(t)
	for _, d := range []detour{
		{call: callOpen, nth: 1, lost: true}, {call: callStep, nth: 1}, {call: callStep, nth: 2}, {call: callStep, nth: 3}, {call: callStep, nth: 3, lost: true},
	} {
		t.Run(fmt.Sprintf("%s %d lost %v", d.call, d.nth, d.lost), func(t *testing.T) {
			d.how = lookAgain
			card := b.person(t, "training.card.fresh")
			b.way.plan(&d)
			b.Views()
			b.put(card.Fault)
			b.must(t, b.until(t, app.PhaseWaiting), app.PhaseDone, "")
			holdsRecord(t, card)
			asked, last := 0, app.PhaseWaiting
			for _, v := range b.Views() {
				if v.Write.Phase == app.PhasePIN && last != app.PhasePIN {
					asked++
				}
				last = v.Write.Phase
			}
			if asked != 1 || b.jobs(t) != 0 {
				t.Errorf("the PIN was asked %d times, %d jobs are left; want once, none", asked, b.jobs(t))
			}
			b.next(t)
		})
	}
	card := b.person(t, "training.card.fresh")
	b.way.plan(&detour{call: callStep, how: lookAgain})
	b.put(card.Fault)
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, app.CodeIssuerSession)
	if n := b.way.asked(callOpen); n != 2 {
		t.Errorf("%d card sessions were opened, want 2", n)
	}
	b.way.plan(nil)
	b.App.Send(app.Again{})
	b.must(t, b.until(t, app.PhaseProblem), app.PhaseDone, "")
	holdsRecord(t, card)
	b.next(t)
	b.stillWorks(t)
}

// A desk that may not write says so once for each card, not without end.
func TestADeskWithoutALegalBasisReadsNoCard(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(p *app.Parts) { p.Training = false })
	card := b.person(t, "training.card.fresh")
	b.counter.until(t, "the refusal", func(v app.View) bool { return v.Write.Problem.Code == app.CodeLegalBasis })
	b.put(card.Fault)
	b.counter.until(t, "the refusal, the card lying there", func(v app.View) bool { return v.Write.Problem.Code == app.CodeLegalBasis && v.Write.CardPresent })
	b.App.Send(app.Again{})
	b.App.Send(app.GoTo{Screen: app.ScreenHome}) // taken in order: after the refusal of the other try
	view := b.counter.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome && v.Home.Today.Failed > 0 })
	if n := view.Home.Today.Failed; n < 2 || n > 3 || card.Fault.APDUs() > 0 {
		t.Errorf("refused %d times, %d commands to the card; want 2 or 3, none", n, card.Fault.APDUs())
	}
}
