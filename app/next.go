package app

import (
	"errors"

	"github.com/madoguchi/madoguchi/mykey"
)

// Move is what the card calls for next. Reserve and Write are one card session,
// step write; Release is step release.
type Move int

// Moves.
const (
	MoveReserve Move = iota // the card AP area is not there
	MoveWrite               // the record is not there, or not whole
	MoveRelease             // given up: the area holds nothing valid
	MoveAsk                 // given up, but which record is wanted must be asked first
	MoveKeep                // given up: a valid older record stays
	MoveRefuse              // with a code; nothing is written
	MoveDone                // read back and equal; or given up and nothing there
)

// cardState is what one read of the card shows.
type cardState struct {
	reserved bool
	area     mykey.Area
	binding  [mykey.BindingSize]byte // of this card
}

// goal is where the work is to end.
type goal struct {
	want    mykey.Record // the platform's; zero until it was asked
	known   bool         // want was asked
	release bool         // given up
	keys    []mykey.RecordKey
}

// next decides from what the card shows, and from nothing else. Its table test
// is the flow's specification (the tear table of the card profile).
func next(c cardState, g goal) (Move, Code) {
	if !c.reserved {
		if g.release {
			return MoveDone, ""
		}
		return MoveReserve, ""
	}
	if c.area.State() == mykey.AreaDamaged {
		return MoveRefuse, CodeCardDamaged
	}
	current, holds := c.area.Current()
	if !holds {
		if g.release {
			return MoveRelease, ""
		}
		return MoveWrite, ""
	}
	if code := g.check(current, c.binding); code != "" {
		return MoveRefuse, code
	}
	switch {
	case g.known && current == g.want:
		return MoveDone, ""
	case g.release && !g.known:
		return MoveAsk, ""
	case g.release:
		return MoveKeep, ""
	case !g.known, current.Kind == mykey.KindTombstone:
		return MoveWrite, ""
	case current.ID != g.want.ID:
		return MoveRefuse, CodeMyKeyOther
	case current.Generation < g.want.Generation:
		return MoveWrite, ""
	default:
		return MoveRefuse, CodeCardUnexpected
	}
}

// check looks at a valid slot's record: a bad signature is forged, never blank.
func (g goal) check(r mykey.Record, binding [mykey.BindingSize]byte) Code {
	switch err := r.Verify(g.keys); {
	case errors.Is(err, mykey.ErrKeyUnknown):
		return CodeMyKeyKeyUnknown
	case err != nil:
		return CodeCardForged
	case r.Binding != binding:
		return CodeCardBinding
	}
	return ""
}
