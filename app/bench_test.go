package app_test

import (
	"bytes"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

const demoPIN = "1234"

// bench is a counter with all its edges in the test's hands: what lies on the
// R/W, the way to the platform, the time. All Views of it are looked at.
type bench struct {
	*counter
	hand    *hand
	socket  *socket
	way     *way
	clock   *clock
	journal *journal.Journal
	eyes    *eyes
}

func newBench(t *testing.T, change ...func(*app.Parts)) *bench {
	t.Helper()
	b := &bench{clock: newClock(), hand: &hand{slot: training.NewSlot("R/W")}, eyes: newEyes()}
	b.socket = newSocket(b.hand.slot)
	o := training.Options{Cards: []string{"training.card.phone"}, Now: b.clock.Now} // a phone is made soonest; it is not used
	b.counter = startWith(t, o, func(p *app.Parts) {
		b.way = newWay(p.Platform)
		p.Reader = cardio.NewReader(b.socket, cardio.SystemClock{}, slog.New(slog.DiscardHandler))
		p.Platform, p.Trainer, p.Clock = b.way, b.hand, b.clock
		p.Limits.Platform = 24 * time.Hour // as long as nothing else that a test waits for
		for _, c := range change {
			c(p)
		}
		b.journal = p.Journal
	})
	t.Cleanup(b.App.Subscribe(b.eyes.look))
	t.Cleanup(func() { b.eyes.tell(t) })
	b.open(t)
	return b
}

// lying is what can lie on the R/W.
type lying interface {
	vpcd.Card
	Restore()
}

// hand puts cards on the R/W, as the training band does.
type hand struct {
	slot *training.Slot
	card lying
	mute bool
}

func (h *hand) Cards() []app.TrainingCard { return []app.TrainingCard{{Name: "training.card.fresh"}} }
func (h *hand) Choose(int)                {}
func (h *hand) Insert()                   { h.slot.Insert(h.card, h.mute) }
func (h *hand) Remove()                   { h.slot.Remove() }

func (h *hand) Chosen() (int, bool, string) { return 0, h.slot.Present(), demoPIN }

// person makes a resident with a demo card.
func (b *bench) person(t *testing.T, name string) *training.Card {
	t.Helper()
	card, err := b.training.Make(b.ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	if !card.MyKey.IsZero() {
		b.eyes.secret(card.MyKey.Reveal())
	}
	return card
}

func (b *bench) put(card lying) {
	b.hand.card, b.hand.mute = card, false
	b.App.Send(app.InsertCard{})
}

func (b *bench) take() { b.App.Send(app.RemoveCard{}) }

// asks are the phases in which somebody must act, ends those after which nothing
// happens by itself.
var (
	asks = []app.Phase{app.PhaseWhose, app.PhaseConsent, app.PhaseLastTry, app.PhasePIN}
	ends = []app.Phase{
		app.PhaseDone, app.PhaseTorn, app.PhaseReleased, app.PhaseKeptOld, app.PhaseDeclined, app.PhaseProblem,
	}
)

// until goes on from a phase with what lies there, answering as ご本人 with はい
// and the demo PIN, and stops at one of the phases wanted, or at an end.
func (b *bench) until(t *testing.T, from app.Phase, wanted ...app.Phase) app.View {
	t.Helper()
	for last := from; ; {
		view := b.counter.until(t, "the next question or the end", func(v app.View) bool {
			return v.Write.Phase != last && (slices.Contains(wanted, v.Write.Phase) || slices.Contains(asks, v.Write.Phase) || slices.Contains(ends, v.Write.Phase))
		})
		last = view.Write.Phase
		if slices.Contains(wanted, last) || slices.Contains(ends, last) {
			return view
		}
		b.reply(last)
	}
}

// reply answers the question of a phase.
func (b *bench) reply(to app.Phase) {
	switch to {
	case app.PhaseWhose:
		b.App.Send(app.Tell{Who: app.WhoseSelf})
	case app.PhaseConsent:
		b.App.Send(app.Consent{Yes: true})
	case app.PhaseLastTry:
		b.App.Send(app.LastTry{Yes: true})
	case app.PhasePIN:
		b.Type(demoPIN)
	}
}

// toPIN puts a card down and goes as far as the PIN pad.
func (b *bench) toPIN(t *testing.T, card lying) app.View {
	t.Helper()
	b.put(card)
	return b.must(t, b.until(t, app.PhaseWaiting, app.PhasePIN), app.PhasePIN, "")
}

func (b *bench) must(t *testing.T, v app.View, phase app.Phase, code app.Code) app.View {
	t.Helper()
	if v.Write.Phase != phase || v.Write.Problem.Code != code {
		t.Fatalf("phase %v, code %q; want %v, %q", v.Write.Phase, v.Write.Problem.Code, phase, code)
	}
	return v
}

// next takes the card off and makes the way free for the next person: by 次の方,
// or, where work is kept for later, by way of Home.
func (b *bench) next(t *testing.T) {
	t.Helper()
	b.take()
	view := b.counter.until(t, "the card to be away", func(v app.View) bool {
		return v.Write.Phase == app.PhaseWaiting || !v.Write.CardPresent && (v.Write.Primary.Enabled || v.Write.Phase == app.PhaseTorn)
	})
	if view.Write.Phase == app.PhaseTorn {
		b.App.Send(app.Later{})
		b.counter.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome })
		b.open(t)
	} else if view.Write.Phase != app.PhaseWaiting {
		b.App.Send(view.Write.Primary.Intent)
	}
	b.counter.until(t, "the empty screen", func(v app.View) bool { return v.Write.Phase == app.PhaseWaiting })
}

// stillWorks has another resident's card written, whole, at the same counter:
// the PIN pad is empty, the record is theirs.
func (b *bench) stillWorks(t *testing.T) {
	t.Helper()
	card := b.person(t, "training.card.fresh")
	b.toPIN(t, card.Fault)
	b.App.Digit(7)
	if v := b.App.View(); v.Write.Digits != 1 || v.Resident.Digits != 1 {
		t.Errorf("the first digit of the next person is number %d (resident %d)", v.Write.Digits, v.Resident.Digits)
	}
	b.App.Send(app.Erase{})
	b.Type(demoPIN)
	view := b.must(t, b.until(t, app.PhasePIN), app.PhaseDone, "")
	if view.Write.MyKeyID != card.MyKey.Masked() || view.Resident.Face != app.FaceDone {
		t.Errorf("the next person reads %q, face %v; want %q", view.Write.MyKeyID, view.Resident.Face, card.MyKey.Masked())
	}
	holdsRecord(t, card)
	b.next(t)
}

// jobs are the jobs in the journal.
func (b *bench) jobs(t *testing.T) int {
	t.Helper()
	jobs, err := b.journal.Jobs(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return len(jobs)
}

// tidy closes the rows that a case left, as the clerk does with 帰られた.
func (b *bench) tidy(t *testing.T) {
	t.Helper()
	b.App.Send(app.GoTo{Screen: app.ScreenHome})
	for {
		view := b.counter.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome && len(v.Home.Jobs) == b.jobs(t) })
		if len(view.Home.Jobs) == 0 {
			break
		}
		b.App.Send(app.Left{Job: view.Home.Jobs[0].ID})
		b.counter.until(t, "the row to be gone", func(v app.View) bool { return len(v.Home.Jobs) == len(view.Home.Jobs)-1 })
	}
	b.open(t)
}

func holdsRecord(t *testing.T, card *training.Card) {
	t.Helper()
	content, _ := card.Chip.Area()
	record, holds := mykey.ParseArea(content).Current()
	if !holds || record.ID != card.MyKey {
		t.Errorf("the card holds %v (%v); want its resident's MyKey ID", record, holds)
	}
	if tripped := card.Chip.Tripped(); len(tripped) > 0 {
		t.Errorf("APs were selected that must never be: %v", tripped)
	}
}

// Parts of a card's snapshot.
const (
	partTries    = "JPKI/tries/0018" // of the user authentication PIN
	partSequence = "ISD/sequence"    // moves with every secure channel
)

// ours reports a part that reserving and writing may change.
func ours(part string) bool {
	return strings.HasPrefix(part, "F04D594B455906/") ||
		slices.Contains([]string{"ISD/registry", "ISD/free", partSequence, "ISD/tries"}, part)
}

// changed lists the parts of a card that differ between two snapshots.
func changed(was, is map[string][]byte) (parts []string) {
	all := maps.Clone(was)
	maps.Copy(all, is)
	for part := range all {
		before, had := was[part]
		after, has := is[part]
		if had != has || !bytes.Equal(before, after) {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return parts
}

var _ app.Trainer = (*hand)(nil)
