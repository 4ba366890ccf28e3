package app_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

func TestARWThatIsNotThereIsNamedAndWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state  cardio.State
		code   app.Code
		status app.ReaderState
	}{
		"no service": {cardio.NoService, app.CodeReaderNoService, app.ReaderNoService},
		"no reader":  {cardio.NoReader, app.CodeReaderNone, app.ReaderNone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.socket.is(c.state)
			view := b.counter.until(t, "the problem", func(v app.View) bool { return v.Write.Phase == app.PhaseProblem })
			if view.Write.Problem.Code != c.code || view.Resident.Code != c.code || view.Status.Reader != c.status {
				t.Errorf("code %q, the resident reads %q, status %v; want %q", view.Write.Problem.Code, view.Resident.Code, view.Status.Reader, c.code)
			}
			b.socket.plugged()
			b.counter.until(t, "the way to be free", func(v app.View) bool { return v.Write.Phase == app.PhaseWaiting })
			b.stillWorks(t)

			// The same in the middle of a transaction.
			card := b.person(t, "training.card.fresh")
			b.toPIN(t, card.Fault)
			b.socket.is(c.state)
			b.must(t, b.until(t, app.PhasePIN), app.PhaseProblem, app.CodeCardGone)
			if _, reserved := card.Chip.Area(); reserved || b.jobs(t) != 0 {
				t.Errorf("reserved %v, %d jobs", reserved, b.jobs(t))
			}
			b.App.Send(app.Next{})
			b.counter.until(t, "the R/W to be named", func(v app.View) bool { return v.Write.Problem.Code == c.code })
			b.hand.Remove()
			b.socket.plugged()
			b.counter.until(t, "the way to be free", func(v app.View) bool { return v.Write.Phase == app.PhaseWaiting })
			b.stillWorks(t)
		})
	}
}

func TestARWThatDoesNotGiveTheCard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, c := range []struct {
		name string
		err  error
		code app.Code
	}{
		{"another program holds the card", cardio.ErrInUse, app.CodeReaderInUse},
		{"the card is silent", cardio.ErrSilent, app.CodeCardSilent},
		{"the driver fails", cardio.ErrReaderFault, app.CodeReaderFault},
		{"the service has just stopped", cardio.ErrNoService, app.CodeReaderNoService},
		{"the reader has just gone", cardio.ErrNoReader, app.CodeReaderNone},
		{"the card has just gone", cardio.ErrNoCard, app.CodeCardGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := b.person(t, "training.card.fresh")
			b.socket.hold(c.err)
			b.put(card.Fault)
			view := b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, c.code)
			if view.Resident.Code != c.code || b.jobs(t) != 0 {
				t.Errorf("the resident reads %q, %d jobs; want %q, none", view.Resident.Code, b.jobs(t), c.code)
			}
			b.socket.plugged()
			if view.Write.Primary.Label == "action.again" {
				b.App.Send(app.Again{})
				b.must(t, b.until(t, app.PhaseProblem), app.PhaseDone, "")
				holdsRecord(t, card)
			}
			b.next(t)
			b.stillWorks(t)
		})
	}
}

// A card that falls silent, or a driver that fails, before and in the write.
func TestACardThatFallsSilent(t *testing.T) {
	t.Parallel()
	silent := fault.Fault{Kind: fault.Silent}
	tryAll(t, []badCard{
		{name: "before the PIN", spoil: fails("80CA0045", 1, silent), code: app.CodeCardSilent, phase: app.PhaseProblem, face: app.FaceProblem},
		{name: "as it signs", spoil: fails("802A", 1, silent), code: app.CodeCardSilent, phase: app.PhaseProblem, face: app.FaceProblem},
		{name: "in the write, once", spoil: fails("04D6", 1, silent), phase: app.PhaseDone, face: app.FaceDone, holds: written},
	})
}

// Another program resets the card: what was begun is finished without a word;
// where the PIN was in play it is asked again.
func TestACardThatAnotherProgramResets(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, c := range []struct {
		name, at string
		nth      int
		again    bool // the clerk is told, and tries again
	}{
		{"recognised", "00A4040C07", 1, false},
		{"facts", "80CA0045", 1, false},
		{"certificate", "00B00100", 1, false},
		{"tries", "00200080", 1, false},
		{"PIN", "0020008004", 1, true},
		{"signature", "802A", 1, true},
		{"opened", "8050", 1, false},
		{"authenticated", "84821100", 1, false},
		{"reserved", "84E60C00", 1, false},
		{"opened again", "8050", 2, false},
		{"written", "04D6", 1, false},
		{"read back", "04B0", 1, false},
		{"committed", "04D6", 2, false},
		{"read at last", "04B0", 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := b.person(t, "training.card.fresh")
			b.socket.resetAt(c.at, c.nth)
			b.put(card.Fault)
			if c.again {
				b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, app.CodeReaderInUse)
				b.App.Send(app.Again{})
				b.must(t, b.until(t, app.PhaseProblem), app.PhaseDone, "")
			} else {
				b.must(t, b.until(t, app.PhaseWaiting), app.PhaseDone, "")
			}
			holdsRecord(t, card)
			if b.jobs(t) != 0 || b.socket.pending() {
				t.Fatalf("%d jobs are left, reset still to come %v", b.jobs(t), b.socket.pending())
			}
			b.next(t)
		})
	}
	b.stillWorks(t)
}
