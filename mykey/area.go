package mykey

// AreaSize is the length of the card AP's EF: two slots, in bytes.
const AreaSize = 2 * SlotSize

// Area is the card AP's EF as read: slot A at 000, slot B at 080.
type Area struct {
	A, B Slot
}

// AreaState says where an area stands as a whole.
type AreaState int

// States of an area.
const (
	AreaBlank      AreaState = iota // 256 × 00 or 256 × FF
	AreaUnfinished                  // no valid slot, but something was written
	AreaHolds                       // a valid record or tombstone: Current
	AreaDamaged                     // two valid slots of one generation that differ
)

// ParseArea reads the EF. A length other than 256 is damaged in both slots.
func ParseArea(b []byte) Area {
	if len(b) != AreaSize {
		return Area{Slot{State: SlotDamaged}, Slot{State: SlotDamaged}}
	}
	a := Area{ParseSlot(b[:SlotSize]), ParseSlot(b[SlotSize:])}
	if a.A.State == SlotErased && a.B.State == SlotErased && b[0] != b[SlotSize] {
		a.A.State, a.B.State = SlotDamaged, SlotDamaged // half 00, half FF: not blank
	}
	return a
}

// State says where the area stands.
func (a Area) State() AreaState {
	switch {
	case a.conflict():
		return AreaDamaged
	case a.A.State == SlotValid || a.B.State == SlotValid:
		return AreaHolds
	case a.A.State == SlotErased && a.B.State == SlotErased:
		return AreaBlank
	default:
		return AreaUnfinished
	}
}

// Current is the record that counts: the valid one of the higher generation. It
// reports false where State is not AreaHolds.
func (a Area) Current() (Record, bool) {
	if a.State() != AreaHolds {
		return Record{}, false
	}
	return a.Slot(a.winner()).Record, true
}

// Target is the slot that the next write goes to (0 for A, 1 for B): the losing
// one, so that the record that counts stays whole whatever happens.
func (a Area) Target() int {
	if a.State() != AreaHolds {
		// Nothing to lose: finish the slot that was begun, else A.
		if a.A.State == SlotErased && a.B.State != SlotErased {
			return 1
		}
		return 0
	}
	return 1 - a.winner()
}

// Slot gives slot 0 (A) or 1 (B).
func (a Area) Slot(i int) Slot {
	if i == 0 {
		return a.A
	}
	return a.B
}

func (a Area) winner() int {
	switch {
	case a.B.State != SlotValid:
		return 0
	case a.A.State != SlotValid:
		return 1
	case a.B.Record.Generation > a.A.Record.Generation:
		return 1
	default:
		return 0
	}
}

func (a Area) conflict() bool {
	return a.A.State == SlotValid && a.B.State == SlotValid &&
		a.A.Record.Generation == a.B.Record.Generation && a.A.Record != a.B.Record
}
