package tear

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// Left is what a tear left on the card.
type Left int

// What a tear leaves. Of a release: the area as it was, or none.
const (
	Old Left = iota
	New
)

// String says it as the report does.
func (l Left) String() string { return [...]string{"old", "new"}[l] }

// Errors of a case.
var (
	// ErrThird: a valid slot holds neither the old record nor the wanted one.
	ErrThird = errors.New("a third record")
	// ErrLost: there was a record that counts, and now there is none.
	ErrLost = errors.New("the old record is lost")
	// ErrTouched: something else of the card has changed.
	ErrTouched = errors.New("changed what is not ours to change")
)

// Parts of the chip's memory (virtualcard.Card.Snapshot).
const (
	instance  = "F04D594B455906/"
	areaPart  = instance + "0001"
	statePart = instance + "state"
	sequence  = "ISD/sequence" // moves with every secure channel
)

// registration is what INSTALL and DELETE change together.
var registration = []string{"ISD/registry", "ISD/free", statePart, instance + "booked"}

// judge looks at the card that a tear left.
func (t *trial) judge(ctx context.Context, torn map[string][]byte) (Left, error) {
	if err := t.untouched(torn); err != nil {
		return Old, err
	}
	area, there := torn[areaPart]
	if t.part == Release {
		switch {
		case !there:
			return New, nil
		case !bytes.Equal(area, t.before[areaPart]):
			return Old, fmt.Errorf("%w: the area", ErrTouched)
		}
		return Old, nil
	}
	if !there {
		return Old, nil
	}
	known, err := t.counter.set.Known(ctx, t.card)
	if err != nil {
		return Old, err
	}
	parsed := mykey.ParseArea(area)
	for i := range 2 {
		if parsed.Slot(i).State != mykey.SlotValid || bytes.Equal(slot(area, i), t.old) {
			continue
		}
		if err := t.wanted(parsed.Slot(i).Record, known); err != nil {
			return New, fmt.Errorf("%w: slot %d: %w", ErrThird, i, err)
		}
	}
	current, holds := parsed.Current()
	switch {
	case !holds && t.old != nil:
		return Old, ErrLost
	case holds && !is(current, t.old):
		return New, nil
	}
	return Old, nil
}

// wanted reports whether a record is the one that the platform wants there.
func (t *trial) wanted(r mykey.Record, known training.Known) error {
	b := r.Marshal()
	hash := sha256.Sum256(b[:])
	offered := known.Offered != nil && *known.Offered == hash
	confirmed := known.Confirmed != nil && *known.Confirmed == hash
	switch {
	case !offered && !confirmed:
		return errors.New("the platform does not know it")
	case r.ID != t.card.MyKey || r.Kind != mykey.KindRecord:
		return errors.New("not the holder's record")
	case r.Generation != t.generation():
		return fmt.Errorf("generation %d, want %d", r.Generation, t.generation())
	}
	return r.Verify(t.counter.keys)
}

// generation is the wanted record's.
func (t *trial) generation() uint32 {
	if t.part == Rewrite {
		return 2
	}
	return 1
}

// untouched compares all that no part may change, PIN tries among it.
func (t *trial) untouched(now map[string][]byte) error {
	if tripped := t.card.Chip.Tripped(); len(tripped) > 0 {
		return fmt.Errorf("%w: selected %v", ErrTouched, tripped)
	}
	for part := range merged(t.before, now) {
		if strings.HasPrefix(part, instance) || part == sequence || slices.Contains(registration, part) {
			continue
		}
		if !same(t.before, now, part) {
			return fmt.Errorf("%w: %s", ErrTouched, part)
		}
	}
	return nil
}

// between reports whether the registration that a tear left is that of before or
// that of the end: INSTALL and DELETE happen whole or not at all.
func (t *trial) between(torn, end map[string][]byte) error {
	for _, legal := range []map[string][]byte{t.before, end} {
		if !slices.ContainsFunc(registration, func(part string) bool { return !same(torn, legal, part) }) {
			return nil
		}
	}
	return fmt.Errorf("%w: the card's registry is neither before nor after", ErrTouched)
}

func merged(a, b map[string][]byte) map[string][]byte {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func same(a, b map[string][]byte, part string) bool {
	was, before := a[part]
	is, after := b[part]
	return before == after && bytes.Equal(was, is)
}

func is(r mykey.Record, slot []byte) bool {
	b := r.Marshal()
	return bytes.Equal(b[:], slot)
}

// finish lays the card again, untorn, and looks whether card, platform and desk
// agree. left is what stood on the card before.
func (t *trial) finish(ctx context.Context, left Left) error {
	end := drive.Done
	if t.part == Release {
		end = drive.Released
	}
	view, err := t.counter.tap(ctx)
	if err != nil {
		return err
	}
	if view.Write.Phase != end {
		return fmt.Errorf("ended in phase %v, code %q, want %v", view.Write.Phase, view.Write.Problem.Code, end)
	}
	jobs, err := t.counter.set.Journal().Jobs(ctx)
	if err != nil {
		return err
	}
	if len(jobs) != 0 {
		return fmt.Errorf("%d jobs are left in the journal", len(jobs))
	}
	now := t.card.Chip.Snapshot()
	if err := t.untouched(now); err != nil {
		return err
	}
	known, err := t.counter.set.Known(ctx, t.card)
	if err != nil {
		return err
	}
	if t.part == Release {
		return t.released(now, known, left)
	}
	if view.Write.MyKeyID != t.card.MyKey.Masked() {
		return fmt.Errorf("the screen shows %q, want %q", view.Write.MyKeyID, t.card.MyKey.Masked())
	}
	return t.written(now, known)
}

// written looks for the wanted record, confirmed, and the old one beside it.
func (t *trial) written(now map[string][]byte, known training.Known) error {
	area := now[areaPart]
	parsed := mykey.ParseArea(area)
	current, holds := parsed.Current()
	switch {
	case !holds:
		return errors.New("the card holds no record")
	case known.Offered != nil || known.Confirmed == nil || known.ConfirmedGeneration != current.Generation:
		return fmt.Errorf("the platform has not confirmed generation %d", current.Generation)
	case t.old != nil && !bytes.Equal(slot(area, parsed.Target()), t.old):
		return ErrLost
	case !bytes.Equal(now[statePart], []byte{0x07}):
		return fmt.Errorf("the area is in state %X", now[statePart])
	}
	if t.part == Rewrite {
		if err := t.between(now, t.before); err != nil {
			return err
		}
	}
	return t.wanted(current, known)
}

// released looks for a card without the area. Where the tear took the area, the
// platform may lack the proof: then the record stays offered until it is used.
func (t *trial) released(now map[string][]byte, known training.Known, left Left) error {
	for part := range now {
		if strings.HasPrefix(part, instance) {
			return errors.New("the area is still there")
		}
	}
	switch {
	case known.Confirmed != nil || known.OfferedGeneration != 1:
		return fmt.Errorf("the platform holds a confirmed record, or generation %d", known.OfferedGeneration)
	case known.Offered != nil && left != New:
		return errors.New("the platform still offers the record")
	}
	return nil
}
