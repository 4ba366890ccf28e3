package app

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// The table is the specification of next: the tear table of the card profile,
// and what a clerk who gives up must find.
func TestNextMove(t *testing.T) {
	t.Parallel()
	ours := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	theirs := ed25519.NewKeyFromSeed([]byte("another platform's key, 32 bytes"))
	keys := []mykey.RecordKey{{ID: 7, Public: ours.Public().(ed25519.PublicKey)}}
	here, elsewhere := mykey.Binding([]byte("this card")), mykey.Binding([]byte("another card"))
	record := func(id string, generation uint32, change ...func(*mykey.Record)) mykey.Record {
		parsed, err := mykey.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		r := mykey.Record{
			Kind: mykey.KindRecord, Generation: generation, ID: parsed, KeyID: 7, Binding: here,
			Issued: mykey.DateOf(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)),
		}
		for _, c := range change {
			c(&r)
		}
		r.Signature = [64]byte(ed25519.Sign(ours, r.SignedBytes()))
		return r
	}
	tombstone := func(r *mykey.Record) { r.Kind, r.ID = mykey.KindTombstone, mykey.ID{} }
	forge := func(r mykey.Record) mykey.Record {
		r.Signature = [64]byte(ed25519.Sign(theirs, r.SignedBytes()))
		return r
	}
	slot := func(r mykey.Record) []byte { b := r.Marshal(); return b[:] }
	uncommitted := func(r mykey.Record) []byte { b := slot(r); b[mykey.CommitOffset] = mykey.CommitWriting; return b }
	garbage := func(r mykey.Record) []byte { b := slot(r); b[9] ^= 0x40; return b }
	erased := make([]byte, mykey.SlotSize)

	want := record("MY4KABCD", 2)
	older, other := record("MY4KABCD", 1), record("ZZ99ZZ99", 1)
	for _, c := range []struct {
		name    string
		absent  bool // the area is not there
		a, b    []byte
		asked   bool // the wanted record is known
		release bool
		move    Move
		code    Code
	}{
		{name: "a card without the area", absent: true, move: MoveReserve},
		{name: "a card without the area, the record asked", absent: true, asked: true, move: MoveReserve},
		{name: "reserved and blank", a: erased, b: erased, move: MoveWrite},
		{name: "first write torn in the body", a: garbage(want), b: erased, asked: true, move: MoveWrite},
		{name: "first write whole, commit lost", a: uncommitted(want), b: erased, asked: true, move: MoveWrite},
		{name: "old whole, new torn in the erase", a: slot(older), b: erased, asked: true, move: MoveWrite},
		{name: "old whole, new torn in the body", a: slot(older), b: garbage(want), asked: true, move: MoveWrite},
		{name: "old whole, new not committed", a: slot(older), b: uncommitted(want), asked: true, move: MoveWrite},
		{name: "commit done, answer lost", a: slot(older), b: slot(want), asked: true, move: MoveDone},
		{name: "written and equal", a: slot(want), b: erased, asked: true, move: MoveDone},
		{name: "written, but the platform was not asked", a: slot(want), b: erased, move: MoveWrite},
		{name: "an older record, the platform was not asked", a: slot(older), b: erased, move: MoveWrite},
		{name: "removed before", a: slot(record("MY4KABCD", 1, tombstone)), b: erased, asked: true, move: MoveWrite},
		{name: "another MyKey ID", a: slot(other), b: erased, asked: true, move: MoveRefuse, code: CodeMyKeyOther},
		{name: "the same MyKey ID, a later record", a: slot(record("MY4KABCD", 3)), b: erased, asked: true, move: MoveRefuse, code: CodeCardUnexpected},
		{name: "forged", a: slot(forge(want)), b: erased, asked: true, move: MoveRefuse, code: CodeCardForged},
		{name: "forged, not asked", a: slot(forge(older)), b: erased, move: MoveRefuse, code: CodeCardForged},
		{name: "a key nobody knows", a: slot(record("MY4KABCD", 2, func(r *mykey.Record) { r.KeyID = 8 })), b: erased, move: MoveRefuse, code: CodeMyKeyKeyUnknown},
		{name: "a record made for another card", a: slot(record("MY4KABCD", 2, func(r *mykey.Record) { r.Binding = elsewhere })), b: erased, asked: true, move: MoveRefuse, code: CodeCardBinding},
		{name: "two records of one generation", a: slot(older), b: slot(other), move: MoveRefuse, code: CodeCardDamaged},
		{name: "both slots bad", a: garbage(older), b: garbage(want), asked: true, move: MoveWrite},

		{name: "given up, nothing there", absent: true, release: true, move: MoveDone},
		{name: "given up, blank", a: erased, b: erased, release: true, move: MoveRelease},
		{name: "given up, torn", a: garbage(want), b: erased, release: true, move: MoveRelease},
		{name: "given up, not committed", a: uncommitted(want), b: erased, release: true, move: MoveRelease},
		{name: "given up, a valid record, not asked", a: slot(older), b: garbage(want), release: true, move: MoveAsk},
		{name: "given up, an older record stays", a: slot(older), b: garbage(want), asked: true, release: true, move: MoveKeep},
		{name: "given up, but the write was done", a: slot(older), b: slot(want), asked: true, release: true, move: MoveDone},
		{name: "given up, forged", a: slot(forge(older)), b: erased, release: true, move: MoveRefuse, code: CodeCardForged},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			state := cardState{reserved: !c.absent, area: mykey.ParseArea(append(append([]byte{}, c.a...), c.b...)), binding: here}
			g := goal{known: c.asked, release: c.release, keys: keys}
			if c.asked {
				g.want = want
			}
			move, code := next(state, g)
			if move != c.move || code != c.code {
				t.Errorf("next = move %d, code %q; want move %d, code %q", move, code, c.move, c.code)
			}
		})
	}
}
