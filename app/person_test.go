package app_test

import (
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// upTo puts the card down and answers until one of the questions.
func (b *bench) upTo(t *testing.T, card lying, phase app.Phase) app.View {
	t.Helper()
	b.put(card)
	return b.must(t, b.until(t, app.PhaseWaiting, phase), phase, map[app.Phase]app.Code{app.PhaseLastTry: app.CodePINLast}[phase])
}

// sends plays a case: up to a phase, then one intent, then the end.
func sends(phase app.Phase, intent app.Intent) func(*testing.T, *bench, lying) app.View {
	return func(t *testing.T, b *bench, card lying) app.View {
		b.upTo(t, card, phase)
		b.App.Send(intent)
		return b.until(t, phase)
	}
}

// waits plays a case: up to a phase, then its limit passes.
func waits(phase app.Phase, limits ...time.Duration) func(*testing.T, *bench, lying) app.View {
	return func(t *testing.T, b *bench, card lying) app.View {
		begun := map[time.Duration]int{}
		for _, l := range limits {
			begun[l] = b.clock.begun(l)
		}
		if phase == app.PhaseLastTry { // consent waits as long
			begun[limits[0]]++
		}
		b.upTo(t, card, phase)
		for _, l := range limits {
			b.clock.elapse(b.ctx, t, l, begun[l])
		}
		return b.until(t, phase)
	}
}

func TestHowAResidentOrAClerkEndsIt(t *testing.T) {
	t.Parallel()
	limits := app.DefaultLimits()
	problem := func(name, as string, code app.Code, play func(*testing.T, *bench, lying) app.View) badCard {
		return badCard{name: name, as: as, play: play, code: code, phase: app.PhaseProblem, face: app.FaceProblem}
	}
	declined := func(name, as string, play func(*testing.T, *bench, lying) app.View) badCard {
		return badCard{name: name, as: as, play: play, phase: app.PhaseDeclined, face: app.FaceDeclined}
	}
	const lastTry = "training.card.last-try"
	tryAll(t, []badCard{
		problem("それ以外の代理人", "", app.CodeProxy, sends(app.PhaseWhose, app.Tell{Who: app.WhoseProxy})),
		declined("中止 at the first question", "", sends(app.PhaseWhose, app.Cancel{})),
		problem("nobody answers the first question", "", app.CodeNoProgress, waits(app.PhaseWhose, limits.Progress)),
		declined("the resident does not consent", "", sends(app.PhaseConsent, app.Consent{Yes: false})),
		declined("やめる at the consent", "", sends(app.PhaseConsent, app.Quit{})),
		declined("中止 at the consent", "", sends(app.PhaseConsent, app.Cancel{})),
		problem("no consent in time", "", app.CodeNoProgress, waits(app.PhaseConsent, limits.PIN)),
		problem("わからない", "", app.CodePINUnknown, sends(app.PhasePIN, app.DontKnow{})),
		declined("やめる at the PIN", "", sends(app.PhasePIN, app.Quit{})),
		declined("中止 at the PIN", "", sends(app.PhasePIN, app.Cancel{})),
		problem("no PIN in time", "", app.CodePINTime, waits(app.PhasePIN, limits.PIN-limits.PINWarn, limits.PINWarn)),
		problem("no last try: いいえ", lastTry, app.CodePINUnknown, sends(app.PhaseLastTry, app.LastTry{Yes: false})),
		problem("no last try: わからない", lastTry, app.CodePINUnknown, sends(app.PhaseLastTry, app.DontKnow{})),
		declined("やめる at the last try", lastTry, sends(app.PhaseLastTry, app.Quit{})),
		problem("no answer about the last try", lastTry, app.CodePINTime, waits(app.PhaseLastTry, limits.PIN)),
		{name: "the last try is right", as: lastTry, phase: app.PhaseDone, face: app.FaceDone, holds: written, parts: []string{partTries}},
		{
			name: "the last try is wrong", as: lastTry, code: app.CodePINBlocked, phase: app.PhaseProblem, face: app.FaceProblem, parts: []string{partTries},
			play: func(t *testing.T, b *bench, card lying) app.View {
				b.upTo(t, card, app.PhasePIN)
				b.Type("9999")
				return b.until(t, app.PhasePIN)
			},
		},
		{
			name: "a wrong PIN, twice, then the right one", phase: app.PhaseDone, face: app.FaceDone, holds: written,
			play: func(t *testing.T, b *bench, card lying) app.View {
				b.upTo(t, card, app.PhasePIN)
				b.Type("9999")
				view := b.counter.until(t, "word of the wrong PIN", func(v app.View) bool { return v.Write.Problem.Code == app.CodePINWrong })
				if view.Write.Phase != app.PhasePIN || view.Resident.Code != app.CodePINWrong || view.Write.TriesLeft != 2 || view.Resident.TriesLeft != 2 {
					t.Errorf("phase %v, resident %q, tries %d and %d; want the pad again, PIN-WRONG on both sides, 2",
						view.Write.Phase, view.Resident.Code, view.Write.TriesLeft, view.Resident.TriesLeft)
				}
				b.Type("8888")
				view = b.must(t, b.until(t, app.PhasePIN, app.PhaseLastTry), app.PhaseLastTry, app.CodePINLast)
				if view.Resident.Code != app.CodePINLast || view.Resident.TriesLeft != 1 {
					t.Errorf("the resident reads %q, tries %d; want PIN-LAST, 1", view.Resident.Code, view.Resident.TriesLeft)
				}
				return b.until(t, app.PhaseWaiting)
			},
		},
		{
			name: "more time at the PIN pad", phase: app.PhaseDone, face: app.FaceDone, holds: written,
			play: func(t *testing.T, b *bench, card lying) app.View {
				begun, warned := b.clock.begun(limits.PIN-limits.PINWarn), b.clock.begun(limits.PINWarn)
				b.upTo(t, card, app.PhasePIN)
				b.App.Digit(1)
				for range 3 {
					b.clock.elapse(b.ctx, t, limits.PIN-limits.PINWarn, begun)
					view := b.counter.until(t, "the offer of more time", func(v app.View) bool { return v.Resident.TimeLeft })
					if !view.Write.TimeLeft || view.Resident.Digits != 1 {
						t.Errorf("clerk sees it %v, digits %d; want both to see it, 1 digit kept", view.Write.TimeLeft, view.Resident.Digits)
					}
					begun = b.clock.begun(limits.PIN - limits.PINWarn)
					b.App.Send(app.Extend{})
					b.counter.until(t, "more time", func(v app.View) bool { return !v.Resident.TimeLeft })
					if warned++; b.clock.begun(limits.PINWarn) != warned {
						t.Errorf("warned %d times", b.clock.begun(limits.PINWarn))
					}
				}
				b.App.Send(app.Erase{})
				b.Type(demoPIN)
				return b.until(t, app.PhasePIN)
			},
		},
	})
}

// A card that leaves before the write leaves nothing behind: not on the card, not
// in the journal.
func TestACardThatLeavesBeforeTheWrite(t *testing.T) {
	t.Parallel()
	leaves := func(phase app.Phase) func(*testing.T, *bench, lying) app.View {
		return func(t *testing.T, b *bench, card lying) app.View {
			b.upTo(t, card, phase)
			b.take()
			return b.until(t, phase)
		}
	}
	told := func(name, as string, play func(*testing.T, *bench, lying) app.View, spoil func(*testing.T, *bench, *training.Card) lying) badCard {
		return badCard{name: name, as: as, play: play, spoil: spoil, code: app.CodeCardGone, phase: app.PhaseProblem, face: app.FaceProblem}
	}
	lost := fault.Fault{Kind: fault.LoseCommand}
	tryAll(t, []badCard{
		told("while it is recognised", "", nil, fails("00A4040C07", 1, lost)),
		told("at the first question", "", leaves(app.PhaseWhose), nil),
		told("at the consent", "", leaves(app.PhaseConsent), nil),
		told("while its facts are read", "", nil, fails("80CA0045", 1, lost)),
		told("while its certificate is read", "", nil, fails("00B00100", 1, lost)),
		told("while the tries are asked", "", nil, fails("00200080", 1, lost)),
		told("at the PIN pad", "", leaves(app.PhasePIN), nil),
		told("at the question about the last try", "training.card.last-try", leaves(app.PhaseLastTry), nil),
		told("as the PIN is to be tried", "", nil, fails("0020008004", 1, lost)),
		told("as it signs", "", nil, fails("802A", 1, lost)),
	})
}

func TestACardThatIsForgottenIsCalledFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	limits := app.DefaultLimits()
	card := b.person(t, "training.card.fresh")
	begun := b.clock.begun(limits.CardLeft)
	b.put(card.Fault)
	view := b.must(t, b.until(t, app.PhaseWaiting), app.PhaseDone, "")
	if view.Write.Primary.Enabled || view.Write.Primary.Note == "" {
		t.Error("the next person is let in while the card lies there, or nothing says why not")
	}
	b.App.Send(app.Next{})
	b.clock.elapse(b.ctx, t, limits.CardLeft, begun)
	view = b.counter.until(t, "the call", func(v app.View) bool { return v.Write.CardLeft })
	if view.Write.Phase != app.PhaseDone || view.Resident.Face != app.FaceForgot || view.Resident.Code != app.CodeCardLeft || view.Write.Primary.Enabled {
		t.Errorf("phase %v, face %v, code %q, next %v; want done, forgot, CARD-LEFT, no next",
			view.Write.Phase, view.Resident.Face, view.Resident.Code, view.Write.Primary.Enabled)
	}
	begun = b.clock.begun(limits.Wipe)
	b.take()
	view = b.counter.until(t, "the way to the next person", func(v app.View) bool { return v.Write.Primary.Enabled })
	if view.Write.CardLeft || view.Write.MyKeyID == "" {
		t.Errorf("card left %v, MyKey ID %q; want it taken, still shown", view.Write.CardLeft, view.Write.MyKeyID)
	}
	b.clock.elapse(b.ctx, t, limits.Wipe, begun)
	view = b.counter.until(t, "the screen to be wiped", func(v app.View) bool { return v.Write.Phase == app.PhaseWaiting })
	if view.Write.MyKeyID != "" {
		t.Errorf("%q is still shown", view.Write.MyKeyID)
	}
	b.stillWorks(t)
}

// tear has a write torn in the middle, and gives its card.
func tear(t *testing.T, b *bench) *training.Card {
	t.Helper()
	card := b.person(t, "training.card.fresh")
	torn := fails("04D6", 1, fault.Fault{Kind: fault.TearPrefix, Byte: 40})(t, b, card)
	b.put(torn)
	view := b.must(t, b.until(t, app.PhaseWaiting), app.PhaseTorn, app.CodeCardRemoved)
	if view.Write.Reached != app.ReachedWriting || b.jobs(t) != 1 || !view.Write.Escape.Enabled || !view.Write.Give.Enabled {
		t.Fatalf("reached %v, %d jobs, later %v, give up %v", view.Write.Reached, b.jobs(t), view.Write.Escape.Enabled, view.Write.Give.Enabled)
	}
	return card
}

// resumes puts the card of unfinished work down again; the PIN is not asked.
func resumes(t *testing.T, b *bench, card *training.Card) {
	t.Helper()
	b.put(card.Fault)
	view := b.must(t, b.until(t, app.PhaseTorn, app.PhasePIN), app.PhaseDone, "")
	if !view.Write.Resumed || b.jobs(t) != 0 {
		t.Errorf("resumed %v, %d jobs; want resumed, none", view.Write.Resumed, b.jobs(t))
	}
	holdsRecord(t, card)
	b.next(t)
}

func TestAfterATearAnotherCardIsSentAwayAndTheSameTakenUp(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"training.card.fresh", "training.card.phone", "training.card.unknown", "training.card.no-number"} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			card, other := tear(t, b), b.person(t, wrong)
			before := other.Chip.Snapshot()
			b.put(other.Fault)
			view := b.counter.until(t, "word of the wrong card", func(v app.View) bool { return v.Write.Problem.Code == app.CodeCardNotSame })
			if view.Write.Phase != app.PhaseTorn || view.Resident.Code != app.CodeCardNotSame || view.Write.Reached != app.ReachedWriting {
				t.Errorf("phase %v, resident %q, reached %v; want torn, CARD-NOT-SAME, writing", view.Write.Phase, view.Resident.Code, view.Write.Reached)
			}
			if parts := changed(before, other.Chip.Snapshot()); len(parts) > 0 {
				t.Errorf("the other card has changed: %v", parts)
			}
			b.take()
			b.counter.until(t, "the torn card to be asked for", func(v app.View) bool { return v.Write.Problem.Code == app.CodeCardRemoved })
			resumes(t, b, card)
			b.stillWorks(t)
		})
	}
}

// Giving up is heard also while the wrong card lies there.
func TestGivingUpBeforeTheWrongCard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card, other := tear(t, b), b.person(t, "training.card.fresh")
	b.put(other.Fault)
	b.counter.until(t, "word of the wrong card", func(v app.View) bool { return v.Write.Problem.Code == app.CodeCardNotSame })
	b.App.Send(app.GiveUp{})
	b.counter.until(t, "that giving up was taken", func(v app.View) bool { return v.Write.Give.Intent == nil })
	b.take()
	view := b.counter.until(t, "the torn card to be asked for", func(v app.View) bool { return v.Write.Problem.Code == app.CodeCardRemoved })
	if view.Write.Give.Intent != nil {
		t.Error("giving up is offered again")
	}
	b.put(card.Fault)
	b.must(t, b.until(t, app.PhaseTorn), app.PhaseReleased, "")
	if _, reserved := card.Chip.Area(); reserved || b.jobs(t) != 0 {
		t.Errorf("reserved %v, %d jobs; want neither", reserved, b.jobs(t))
	}
	b.next(t)
	b.stillWorks(t)
}

func TestWorkKeptForLaterGoesOnFromHome(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card := tear(t, b)
	b.App.Send(app.Later{})
	view := b.counter.until(t, "Home with the row", func(v app.View) bool { return v.Screen == app.ScreenHome && len(v.Home.Jobs) == 1 })
	if view.Home.Jobs[0].Reached != app.ReachedWriting {
		t.Errorf("the row says reached %v", view.Home.Jobs[0].Reached)
	}
	b.open(t)
	b.stillWorks(t) // the next resident comes first
	b.App.Send(app.GoTo{Screen: app.ScreenHome})
	b.counter.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome })
	b.App.Send(app.Continue{Job: view.Home.Jobs[0].ID})
	view = b.counter.until(t, "the torn card to be asked for", func(v app.View) bool { return v.Write.Phase == app.PhaseTorn })
	if !view.Write.Resumed || !view.Write.Give.Enabled {
		t.Errorf("resumed %v, give up %v", view.Write.Resumed, view.Write.Give.Enabled)
	}
	if view.Write.Steps[app.StepWrite] != app.StepFailed || view.Write.Steps[app.StepPerson] != app.StepDone {
		t.Errorf("steps %v; want the write failed, those before it done", view.Write.Steps)
	}
	resumes(t, b, card)
	b.stillWorks(t)
}

// The card of unfinished work is known without its row being taken up.
func TestTheCardOfUnfinishedWorkIsKnownAtAnyTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card := tear(t, b)
	b.next(t) // by way of Home
	b.put(card.Fault)
	view := b.must(t, b.until(t, app.PhaseWaiting, app.PhaseWhose, app.PhasePIN), app.PhaseDone, "")
	if !view.Write.Resumed || b.jobs(t) != 0 {
		t.Errorf("resumed %v, %d jobs; want resumed, none", view.Write.Resumed, b.jobs(t))
	}
	holdsRecord(t, card)
}

func TestAResidentWhoWentHomeLeavesNoRow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card := tear(t, b)
	b.App.Send(app.Later{})
	view := b.counter.until(t, "Home with the row", func(v app.View) bool { return v.Screen == app.ScreenHome && len(v.Home.Jobs) == 1 })
	b.App.Send(app.Left{Job: view.Home.Jobs[0].ID})
	b.counter.until(t, "no row", func(v app.View) bool { return len(v.Home.Jobs) == 0 })
	if b.jobs(t) != 0 {
		t.Error("the job is still in the journal")
	}
	b.open(t)
	b.stillWorks(t)
	// Any desk finishes later from what the card shows: as a new transaction.
	b.put(card.Fault)
	b.must(t, b.until(t, app.PhaseWaiting, app.PhasePIN), app.PhasePIN, "")
	b.Type(demoPIN)
	b.must(t, b.until(t, app.PhasePIN), app.PhaseDone, "")
	holdsRecord(t, card)
}

func TestAfterTenMinutesThePINIsAskedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card := tear(t, b)
	b.clock.mu.Lock()
	b.clock.pass(app.DefaultLimits().Authority + time.Second)
	b.clock.mu.Unlock()
	b.put(card.Fault)
	view := b.must(t, b.until(t, app.PhaseTorn, app.PhasePIN), app.PhasePIN, app.CodeAuthorityOver)
	if view.Resident.Code != "" || !view.Write.Resumed {
		t.Errorf("the resident reads %q, resumed %v; want nothing but the pad, resumed", view.Resident.Code, view.Write.Resumed)
	}
	b.Type(demoPIN)
	b.must(t, b.until(t, app.PhasePIN), app.PhaseDone, "")
	holdsRecord(t, card)
	if b.jobs(t) != 0 {
		t.Error("the job is still in the journal")
	}
	b.next(t)
	b.stillWorks(t)
}

// At the PIN pad of unfinished work every way out keeps the work.
func TestUnfinishedWorkIsKeptWhateverHappensAtThePINPad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    func(b *bench)
		phase app.Phase
		code  app.Code
	}{
		"中止":              {func(b *bench) { b.App.Send(app.Cancel{}) }, app.PhaseTorn, ""},
		"やめる":             {func(b *bench) { b.App.Send(app.Quit{}) }, app.PhaseTorn, ""},
		"わからない":           {func(b *bench) { b.App.Send(app.DontKnow{}) }, app.PhaseProblem, app.CodePINUnknown},
		"the card leaves": {func(b *bench) { b.take() }, app.PhaseTorn, app.CodeCardRemoved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			card := tear(t, b)
			b.clock.mu.Lock()
			b.clock.pass(app.DefaultLimits().Authority + time.Second)
			b.clock.mu.Unlock()
			b.put(card.Fault)
			b.must(t, b.until(t, app.PhaseTorn, app.PhasePIN), app.PhasePIN, app.CodeAuthorityOver)
			c.do(b)
			view := b.must(t, b.until(t, app.PhasePIN), c.phase, c.code)
			if b.jobs(t) != 1 || view.Write.Escape.Label != "action.later" {
				t.Errorf("%d jobs, way out %q; want 1, action.later", b.jobs(t), view.Write.Escape.Label)
			}
			b.next(t)
			b.put(card.Fault)
			b.must(t, b.until(t, app.PhaseWaiting, app.PhasePIN), app.PhasePIN, app.CodeAuthorityOver)
			b.Type(demoPIN)
			b.must(t, b.until(t, app.PhasePIN), app.PhaseDone, "")
			holdsRecord(t, card)
			b.next(t)
			b.stillWorks(t)
		})
	}
}
