package app_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// What giving up leaves on the card, and what it must not take away.
func TestGivingUpLooksAtTheCardFirst(t *testing.T) {
	t.Parallel()
	const authority = 10*time.Minute + time.Second
	tearBody := func() (string, int, fault.Fault) { return "04D6", 1, fault.Fault{Kind: fault.TearPrefix, Byte: 40} }
	loseInstall := func() (string, int, fault.Fault) { return "84E60C00", 1, fault.Fault{Kind: fault.LoseAnswer} }
	neverInstalled := func() (string, int, fault.Fault) { return "84E60C00", 1, fault.Fault{Kind: fault.LoseCommand} }
	loseCommit := func() (string, int, fault.Fault) { return "04D6", 2, fault.Fault{Kind: fault.LoseAnswer} }
	for _, c := range []struct {
		name  string
		older bool // a valid record stood there before
		tear  func() (string, int, fault.Fault)
		late  time.Duration // passes before the card comes back
		pin   bool          // is asked again
		phase app.Phase
		holds uint32 // generation of the record afterwards; 0: the area is free
	}{
		{"the body was torn", false, tearBody, 0, false, app.PhaseReleased, 0},
		{"the body was torn, ten minutes ago", false, tearBody, authority, true, app.PhaseReleased, 0},
		{"reserved, and nobody heard", false, loseInstall, 0, false, app.PhaseReleased, 0},
		{"not even reserved", false, neverInstalled, 0, false, app.PhaseReleased, 0},
		{"the write was done, and nobody heard", false, loseCommit, 0, false, app.PhaseDone, 1},
		{"an older record stands", true, tearBody, 0, false, app.PhaseKeptOld, 1},
		{"an older record stands, ten minutes ago", true, tearBody, authority, false, app.PhaseKeptOld, 1},
		{"over an older one the write was done, and nobody heard", true, loseCommit, 0, false, app.PhaseDone, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			card := b.person(t, "training.card.fresh")
			if c.older {
				writeOnce(t, b, card)
			}
			begin, nth, torn := c.tear()
			b.put(fails(begin, nth, torn)(t, b, card))
			b.must(t, b.until(t, app.PhaseWaiting), app.PhaseTorn, app.CodeCardRemoved)
			b.clock.mu.Lock()
			b.clock.pass(c.late)
			b.clock.mu.Unlock()
			b.App.Send(app.GiveUp{})
			b.counter.until(t, "that giving up was taken", func(v app.View) bool { return v.Write.Give.Intent == nil })
			b.put(card.Fault)
			view := b.until(t, app.PhaseTorn, app.PhasePIN)
			if asked := view.Write.Phase == app.PhasePIN; asked != c.pin {
				t.Errorf("the PIN was asked %v, want %v", asked, c.pin)
			}
			if view.Write.Phase == app.PhasePIN {
				b.Type(demoPIN)
				view = b.until(t, app.PhasePIN)
			}
			b.must(t, view, c.phase, "")
			area, reserved := card.Chip.Area()
			record, holds := mykey.ParseArea(area).Current()
			if reserved != (c.holds > 0) || holds != (c.holds > 0) || record.Generation != c.holds || b.jobs(t) != 0 {
				t.Errorf("reserved %v, holds %v, generation %d, %d jobs; want generation %d, no job", reserved, holds, record.Generation, b.jobs(t), c.holds)
			}
			b.next(t)
			b.stillWorks(t)
		})
	}
}

// writeOnce has the card written, and its losing slot spoiled, so that the next
// time it is written again.
func writeOnce(t *testing.T, b *bench, card *training.Card) {
	t.Helper()
	b.put(card.Fault)
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseDone, "")
	b.next(t)
	area, _ := card.Chip.Area()
	copy(area[mykey.SlotSize:], bytes.Repeat([]byte{0x5A}, mykey.SlotSize))
	if err := card.Chip.LoadArea(area); err != nil {
		t.Fatal(err)
	}
}
