package server_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

var isd = []byte{0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00}

// table is a card on a desk's reader, with the facts read from it.
type table struct {
	t      *testing.T
	card   *virtualcard.Card
	number []byte
}

func (r resident) card(t *testing.T, number string) table {
	t.Helper()
	card, err := virtualcard.New(virtualcard.Options{Identity: r.identity, ImageNumber: []byte(number)})
	must(t, err)
	card.PowerOn()
	return table{t, card, []byte(number)}
}

func (b table) send(apdu ...byte) (data []byte, ok bool) {
	b.t.Helper()
	answer, err := b.card.Transmit(apdu)
	must(b.t, err)
	n := len(answer) - 2
	return answer[:n], answer[n] == 0x90 && answer[n+1] == 0x00
}

func (b table) area() (area []byte, reserved bool) {
	b.t.Helper()
	if _, ok := b.send(0x00, 0xA4, 0x04, 0x0C, 0x07, 0xF0, 0x4D, 0x59, 0x4B, 0x45, 0x59, 0x06); !ok {
		return nil, false
	}
	return b.send(0x00, 0xB0, 0x81, 0x00, 0x00)
}

func (b table) facts() platformclient.CardFacts {
	b.t.Helper()
	f := platformclient.CardFacts{ISD: isd, ImageNumber: b.number}
	area, reserved := b.area()
	if reserved {
		f.Reserved, f.SlotA, f.SlotB = true, area[:mykey.SlotSize], area[mykey.SlotSize:]
	}
	return f
}

// run plays a card session to its end as a desk does.
func (b table) run(desk *platformclient.Client, step platformclient.CardStep, err error) (platformclient.CardStep, error) {
	b.t.Helper()
	for trips := 0; err == nil && !step.Done; trips++ {
		if trips > 4 {
			b.t.Fatal("session does not end")
		}
		step, err = desk.NextCardStep(b.t.Context(), step.Session, b.play(step.Script))
	}
	return step, err
}

// play sends a script to the card, up to the first answer that is not the
// expected one.
func (b table) play(script *platformclient.Script) (answers [][]byte) {
	b.t.Helper()
	for _, c := range script.Commands {
		answer, err := b.card.Transmit(c.APDU)
		must(b.t, err)
		answers = append(answers, answer)
		sum := sha256.Sum256(append(bytes.Clone(script.Nonce), answer...))
		if c.Expect != nil && !bytes.Equal(sum[:], c.Expect) || c.Expect == nil && !bytes.HasSuffix(answer, []byte{0x90, 0x00}) {
			break
		}
	}
	return answers
}

func write(b table) platformclient.CardSession {
	return platformclient.CardSession{Transaction: hex16(), Job: hex16(), Step: platformclient.StepWrite, Facts: b.facts()}
}

func TestCardIsWrittenWholeAndOnce(t *testing.T) {
	w := newWorld(t, options{})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	id, err := r.make(desk, platformclient.MakeMyKey{Transaction: hex16()})
	must(t, err)
	card := r.card(t, "1234567890")
	first, err := r.open(desk, write(card))
	must(t, err)
	if first.MyKeyID != id || len(first.Wanted) != mykey.SlotSize || first.Done {
		t.Fatalf("trip 1: got %v, %d bytes, done %v", first.MyKeyID, len(first.Wanted), first.Done)
	}
	done, err := card.run(desk, first, nil)
	if err != nil || !done.Done {
		t.Fatalf("write: got %+v, %v", done, err)
	}
	area, _ := card.area()
	if !bytes.Equal(area[:mykey.SlotSize], first.Wanted) {
		t.Errorf("slot A: got %x, want %x", area[:mykey.SlotSize], first.Wanted)
	}
	info, err := desk.Desk(t.Context())
	must(t, err)
	if slot := mykey.ParseSlot(area[:mykey.SlotSize]); slot.Record.ID != id || slot.Record.Verify(info.RecordKeys) != nil {
		t.Errorf("record: got %v, want %v under the platform's key", slot.Record, id)
	}
	before := card.card.Snapshot()
	again, err := r.open(desk, write(card))
	if err != nil || !again.Done || again.Session != "" || !bytes.Equal(again.Wanted, first.Wanted) {
		t.Errorf("once more: got %+v, %v, want done with the same record and no script", again, err)
	}
	for name, content := range before {
		if !bytes.Equal(card.card.Snapshot()[name], content) {
			t.Errorf("%s changed", name)
		}
	}
	if tripped := card.card.Tripped(); len(tripped) != 0 {
		t.Errorf("selected what is never selected: %v", tripped)
	}
	t.Run("the same certificate with another chip", func(t *testing.T) {
		if _, err := r.open(desk, write(r.card(t, "another one"))); !errors.Is(err, platformclient.ErrNotThisCertificate) {
			t.Errorf("got %v, want ErrNotThisCertificate", err)
		}
	})
	t.Run("nothing valid is given back", func(t *testing.T) {
		s := write(card)
		s.Step = platformclient.StepRelease
		if _, err := r.open(desk, s); !errors.Is(err, platformclient.ErrNotReleased) {
			t.Errorf("got %v, want ErrNotReleased", err)
		}
	})
	t.Run("on another person's card", func(t *testing.T) {
		other := w.resident(simpki.Request{})
		_, err := other.make(desk, platformclient.MakeMyKey{Transaction: hex16()})
		must(t, err)
		if _, err := other.open(desk, write(card)); !errors.Is(err, platformclient.ErrMyKeyOther) {
			t.Errorf("got %v, want ErrMyKeyOther", err)
		}
	})
	t.Run("copied to another card", func(t *testing.T) {
		s := write(card)
		s.Facts.ImageNumber = []byte("copy")
		if _, err := w.resident(simpki.Request{}).open(desk, s); !errors.Is(err, platformclient.ErrNoMyKey) {
			t.Errorf("a holder without one: got %v, want ErrNoMyKey", err)
		}
		fresh := w.resident(simpki.Request{})
		_, err := fresh.make(desk, platformclient.MakeMyKey{Transaction: hex16()})
		must(t, err)
		if _, err := fresh.open(desk, s); !errors.Is(err, platformclient.ErrBinding) {
			t.Errorf("got %v, want ErrBinding", err)
		}
	})
	t.Run("forged", func(t *testing.T) {
		s := write(card)
		forged := mykey.ParseSlot(s.Facts.SlotA).Record
		forged.Signature[0] ^= 1
		b := forged.Marshal()
		s.Facts.SlotA = b[:]
		if _, err := r.open(desk, s); !errors.Is(err, platformclient.ErrForged) {
			t.Errorf("got %v, want ErrForged", err)
		}
	})
	t.Run("stopped", func(t *testing.T) {
		holder := w.personOf(r)
		must(t, w.store.Stop(t.Context(), holder, "wish", time.Time{}))
		if _, err := r.open(desk, write(card)); !errors.Is(err, platformclient.ErrMyKeyStopped) {
			t.Errorf("got %v, want ErrMyKeyStopped", err)
		}
	})
}

func TestTornWriteIsFinishedWithTheSameRecord(t *testing.T) {
	w := newWorld(t, options{ownPKI: true})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	_, err := r.make(desk, platformclient.MakeMyKey{Transaction: hex16()})
	must(t, err)
	card := r.card(t, "1234567890")
	s := write(card)
	first, err := r.open(desk, s)
	must(t, err)
	// The answer got lost. The next day nothing of the record may have changed.
	again, err := desk.OpenCardSession(t.Context(), s, nil)
	if err != nil || !bytes.Equal(again.Wanted, first.Wanted) {
		t.Fatalf("with the job's authority: got %v", err)
	}
	elsewhere := s
	elsewhere.Job = hex16()
	if _, err := desk.OpenCardSession(t.Context(), elsewhere, nil); !errors.Is(err, platformclient.ErrAuthority) {
		t.Errorf("another job: got %v, want ErrAuthority", err)
	}
	if _, err := w.desk("counter-2").OpenCardSession(t.Context(), s, nil); !errors.Is(err, platformclient.ErrAuthority) {
		t.Errorf("another desk: got %v, want ErrAuthority", err)
	}
	w.clock.Forward(registry.AuthorityLife + time.Second)
	if _, err := desk.OpenCardSession(t.Context(), s, nil); !errors.Is(err, platformclient.ErrAuthority) {
		t.Errorf("after ten minutes: got %v, want ErrAuthority", err)
	}
	w.clock.Forward(24 * time.Hour)
	next, err := r.open(desk, write(card))
	must(t, err)
	if !bytes.Equal(next.Wanted, first.Wanted) {
		t.Error("the next day another record was wanted")
	}
	if done, err := card.run(desk, next, nil); err != nil || !done.Done {
		t.Errorf("got %+v, %v", done, err)
	}
}

// A commit whose answer nobody heard: the record stands on the card, and the
// platform must learn of it from the card, not from the desk.
func TestRecordWhoseCommitAnswerWasLostIsConfirmedByReadingIt(t *testing.T) {
	w := newWorld(t, options{})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	_, err := r.make(desk, platformclient.MakeMyKey{Transaction: hex16()})
	must(t, err)
	card := r.card(t, "1234567890")
	step, err := r.open(desk, write(card))
	must(t, err)
	wanted := step.Wanted
	for range 2 { // SELECT ISD …, EXTERNAL AUTHENTICATE … INSTALL
		step, err = desk.NextCardStep(t.Context(), step.Session, card.play(step.Script))
		must(t, err)
	}
	card.play(step.Script) // UPDATE … commit; the answers are lost
	if row := w.card(r); row.Confirmed != nil || row.Offered == nil || *row.Offered != hash(wanted) {
		t.Fatalf("before the next tap: %+v, want the record offered", row)
	}
	next, err := r.open(desk, write(card))
	if err != nil || next.Done || next.Script == nil || !bytes.Equal(next.Wanted, wanted) {
		t.Fatalf("next tap: got %+v, %v, want a session over the same record", next, err)
	}
	area, _ := card.area()
	if done, err := card.run(desk, next, nil); err != nil || !done.Done {
		t.Fatalf("got %+v, %v", done, err)
	}
	if after, _ := card.area(); !bytes.Equal(after, area) {
		t.Errorf("confirming wrote to the card")
	}
	if row := w.card(r); row.Offered != nil || row.Confirmed == nil || *row.Confirmed != hash(wanted) {
		t.Errorf("after it: %+v, want the record confirmed", row)
	}
	if again, err := r.open(desk, write(card)); err != nil || !again.Done || again.Script != nil {
		t.Errorf("once more: got %+v, %v, want done without a script", again, err)
	}
}

// A release that the card proved forgets the offered record, but not its
// generation: none is used twice.
func TestAreaIsGivenBack(t *testing.T) {
	w := newWorld(t, options{})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	_, err := r.make(desk, platformclient.MakeMyKey{Transaction: hex16()})
	must(t, err)
	card := r.card(t, "0000000001")
	_, err = r.open(desk, write(card)) // offered, and the card torn in its body
	must(t, err)
	must(t, card.card.LoadArea(bytes.Repeat([]byte{0x4D}, mykey.AreaSize)))
	s := write(card)
	s.Step = platformclient.StepRelease
	step, err := r.open(desk, s)
	if done, err := card.run(desk, step, err); err != nil || !done.Done {
		t.Fatalf("got %+v, %v", done, err)
	}
	if _, reserved := card.area(); reserved {
		t.Error("the area is still there")
	}
	if row := w.card(r); row.Offered != nil || row.Confirmed != nil || row.OfferedGeneration != 1 {
		t.Errorf("after it: %+v, want no record, generation 1 used", row)
	}
	again, err := r.open(desk, write(card))
	must(t, err)
	if got := mykey.ParseSlot(again.Wanted).Record.Generation; got != 2 {
		t.Errorf("written again: generation %d, want 2", got)
	}
}

func TestDeskWithoutLegalBasisWritesNothing(t *testing.T) {
	w := newWorld(t, options{office: true})
	desk, r := w.desk("counter-1", store.DeskRole{Role: registry.RoleMunicipal}), w.resident(simpki.Request{})
	if _, err := r.open(desk, write(r.card(t, "1234567890"))); !errors.Is(err, platformclient.ErrLegalBasis) {
		t.Errorf("got %v, want ErrLegalBasis", err)
	}
	if _, err := w.desk("library-1", reception).NextCardStep(t.Context(), "0123456789abcdef", [][]byte{{0x90, 0x00}}); !errors.Is(err, platformclient.ErrRole) {
		t.Errorf("a reception desk: got %v, want ErrRole", err)
	}
}
