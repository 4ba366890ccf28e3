package registry

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/store"
)

// stand is where a card stands, seen from the platform, and what follows.
type stand struct {
	Done    bool          // the confirmed record stands on the card; Record is it
	Record  *mykey.Record // Done: on the card. Else, if set: the offered one, found in a slot
	Offered bool          // the offered record is still the wanted one: find it again
	Next    uint32        // else: the generation of a new one
}

// look decides what a card is to hold (write). It is pure: the area as the desk
// read it, what the platform knows, whose card it is. The desk's reading is a
// claim; a false one spoils that desk's own session alone.
//
//	forged, bound elsewhere, another's   refused
//	the offered record                   stays wanted, byte for byte, until confirmed; where it stands
//	                                     whole (the commit's answer was lost), a session reads it under
//	                                     R-MAC and so confirms it
//	the confirmed record                 done; anew under a retired key or beside a damaged slot
//	anything else                        a new record, one generation up
func look(area mykey.Area, card store.Card, id mykey.ID, binding [mykey.BindingSize]byte, keys []mykey.RecordKey, now time.Time) (stand, error) {
	if err := genuine(area, binding, keys); err != nil {
		return stand{}, err
	}
	if area.State() == mykey.AreaDamaged {
		return stand{}, ErrDamaged
	}
	current, holds := area.Current()
	if holds && current.Kind == mykey.KindRecord && current.ID != id {
		return stand{}, ErrMyKeyOther
	}
	next := card.Generation() + 1
	if holds {
		next = max(next, current.Generation+1)
	}
	switch {
	case holds && is(card.Offered, current):
		return stand{Offered: true, Record: &current, Next: next}, nil
	case card.Offered != nil && (!holds || card.OfferedGeneration > current.Generation):
		return stand{Offered: true, Record: begun(area, card.Offered), Next: next}, nil
	case holds && is(card.Confirmed, current) && !retired(current, keys, now) && !torn(area):
		return stand{Done: true, Record: &current}, nil
	default:
		return stand{Next: next}, nil
	}
}

// genuine checks every valid slot's signature and binding.
func genuine(area mykey.Area, binding [mykey.BindingSize]byte, keys []mykey.RecordKey) error {
	for _, slot := range []mykey.Slot{area.A, area.B} {
		if slot.State != mykey.SlotValid {
			continue
		}
		switch err := slot.Record.Verify(keys); {
		case errors.Is(err, mykey.ErrForged):
			return ErrForged
		case errors.Is(err, mykey.ErrKeyUnknown):
			return ErrKeyUnknown
		case err != nil:
			return fmt.Errorf("check record: %w", err)
		case slot.Record.Binding != binding:
			return ErrBinding
		}
	}
	return nil
}

// begun finds the wanted record in a slot that was torn before its commit.
func begun(area mykey.Area, wanted *store.Hash) *mykey.Record {
	for _, slot := range []mykey.Slot{area.A, area.B} {
		if slot.State == mykey.SlotUncommitted && is(wanted, slot.Record) {
			return &slot.Record
		}
	}
	return nil
}

// torn reports whether a slot holds neither a record nor nothing.
func torn(area mykey.Area) bool {
	for _, slot := range []mykey.Slot{area.A, area.B} {
		if slot.State == mykey.SlotDamaged || slot.State == mykey.SlotUncommitted {
			return true
		}
	}
	return false
}

func retired(r mykey.Record, keys []mykey.RecordKey, now time.Time) bool {
	for _, k := range keys {
		if k.ID == r.KeyID {
			return now.After(k.NotAfter)
		}
	}
	return true
}

func is(hash *store.Hash, r mykey.Record) bool { return hash != nil && *hash == hashOf(r) }

func hashOf(r mykey.Record) store.Hash {
	b := r.Marshal()
	return sha256.Sum256(b[:])
}
