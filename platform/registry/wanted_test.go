package registry

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/store"
)

// The table is the specification of what a card is to hold.
func TestWhatTheCardIsToHold(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, japan)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := []mykey.RecordKey{
		{ID: 2, Public: public, NotAfter: now.AddDate(1, 0, 0)},
		{ID: 1, Public: public, NotAfter: now.AddDate(-1, 0, 0)}, // retired
	}
	id, other := parse(t, "AAAA2345"), parse(t, "BBBB2345")
	binding := mykey.Binding([]byte("this card"))
	record := func(generation, key uint32, who mykey.ID, kind mykey.Kind, bound string) mykey.Record {
		r := mykey.Record{Kind: kind, Generation: generation, ID: who, Issued: mykey.DateOf(now), KeyID: key, Binding: mykey.Binding([]byte(bound))}
		r.Signature = [64]byte(ed25519.Sign(private, r.SignedBytes()))
		return r
	}
	mine := func(generation uint32) mykey.Record { return record(generation, 2, id, mykey.KindRecord, "this card") }
	forged := mine(1)
	forged.Signature[5] ^= 1
	stranger := mine(1)
	stranger.KeyID = 9
	whole := func(r mykey.Record) []byte { b := r.Marshal(); return b[:] }
	begunSlot := func(r mykey.Record) []byte { b := whole(r); b[mykey.CommitOffset] = mykey.CommitWriting; return b }
	blank := make([]byte, mykey.SlotSize)
	garbage := append([]byte("garbage"), make([]byte, mykey.SlotSize-7)...)
	hash := func(r mykey.Record) *store.Hash { h := hashOf(r); return &h }
	confirmed := func(r mykey.Record) store.Card {
		return store.Card{ConfirmedGeneration: r.Generation, Confirmed: hash(r), OfferedGeneration: r.Generation}
	}
	offered := func(was store.Card, r mykey.Record) store.Card {
		was.OfferedGeneration, was.Offered = r.Generation, hash(r)
		return was
	}
	retiredRecord := record(1, 1, id, mykey.KindRecord, "this card")
	tests := []struct {
		name string
		a, b []byte
		card store.Card
		want stand // Record by generation
		err  error
	}{
		{"first card", blank, blank, store.Card{}, stand{Next: 1}, nil},
		{"offered, nothing written", blank, blank, offered(store.Card{}, mine(1)), stand{Offered: true, Next: 2}, nil},
		{"offered, torn in the body", garbage, blank, offered(store.Card{}, mine(1)), stand{Offered: true, Next: 2}, nil},
		{"offered, torn before its commit", begunSlot(mine(1)), blank, offered(store.Card{}, mine(1)), stand{Offered: true, Record: rec(mine(1)), Next: 2}, nil},
		{"offered, and the answer to the commit was lost", whole(mine(1)), blank, offered(store.Card{}, mine(1)), stand{Offered: true, Record: rec(mine(1)), Next: 2}, nil},
		{"offered over a confirmed one, and the answer to the commit was lost", whole(mine(1)), whole(mine(2)), offered(confirmed(mine(1)), mine(2)), stand{Offered: true, Record: rec(mine(2)), Next: 3}, nil},
		{"confirmed", whole(mine(1)), blank, confirmed(mine(1)), stand{Done: true, Record: rec(mine(1))}, nil},
		{"confirmed, older beside it", whole(mine(1)), whole(mine(2)), confirmed(mine(2)), stand{Done: true, Record: rec(mine(2))}, nil},
		{"confirmed, the other slot damaged", whole(mine(1)), garbage, confirmed(mine(1)), stand{Next: 2}, nil},
		{"confirmed, a newer one offered", whole(mine(1)), garbage, offered(confirmed(mine(1)), mine(2)), stand{Offered: true, Next: 3}, nil},
		{"confirmed under a retired key", whole(retiredRecord), blank, confirmed(retiredRecord), stand{Next: 2}, nil},
		{"a new card after an old one", blank, blank, confirmed(mine(3)), stand{Next: 4}, nil},
		{"the card is ahead of what is known", whole(mine(7)), blank, confirmed(mine(3)), stand{Next: 8}, nil},
		{"given back, then again", blank, blank, store.Card{OfferedGeneration: 5}, stand{Next: 6}, nil},
		{"a tombstone", whole(record(4, 2, mykey.ID{}, mykey.KindTombstone, "this card")), blank, store.Card{}, stand{Next: 5}, nil},
		{"another MyKey ID", whole(record(1, 2, other, mykey.KindRecord, "this card")), blank, store.Card{}, stand{}, ErrMyKeyOther},
		{"forged", whole(forged), blank, store.Card{}, stand{}, ErrForged},
		{"forged beside the confirmed", whole(mine(2)), whole(forged), confirmed(mine(2)), stand{}, ErrForged},
		{"unknown key", whole(stranger), blank, store.Card{}, stand{}, ErrKeyUnknown},
		{"copied from another card", whole(record(1, 2, id, mykey.KindRecord, "that card")), blank, store.Card{}, stand{}, ErrBinding},
		{"two of one generation", whole(mine(1)), whole(record(1, 1, id, mykey.KindRecord, "this card")), store.Card{}, stand{}, ErrDamaged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			area := mykey.ParseArea(append(append([]byte(nil), test.a...), test.b...))
			got, err := look(area, test.card, id, binding, keys, now)
			if !errors.Is(err, test.err) || (err != nil) != (test.err != nil) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			same := (got.Record == nil) == (test.want.Record == nil) && (got.Record == nil || *got.Record == *test.want.Record)
			if got.Done != test.want.Done || got.Offered != test.want.Offered || (!got.Done && got.Next != test.want.Next) || !same {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func rec(r mykey.Record) *mykey.Record { return &r }

func parse(t *testing.T, s string) mykey.ID {
	t.Helper()
	id, err := mykey.ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
