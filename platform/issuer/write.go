package issuer

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// planWrite decides from the claimed area whether to write, or only to prove a
// record whose commit the platform never heard of.
func (r *run) planWrite() error {
	if r.wanted == nil {
		return fmt.Errorf("%w: none", ErrWanted)
	}
	if r.wanted.Binding != mykey.Binding(r.facts.ImageNumber) {
		return fmt.Errorf("%w: bound to another card", ErrWanted)
	}
	area, held := r.facts.area(), -1
	for i := range 2 {
		slot := area.Slot(i)
		switch {
		case slot.State != mykey.SlotValid:
		case slot.Record == *r.wanted:
			held = i
		case slot.Record.Generation >= r.wanted.Generation:
			return fmt.Errorf("%w: generation %d", ErrStale, slot.Record.Generation)
		}
	}
	work := writeSlot(area.Target())
	if held >= 0 {
		work = proveSlot(held)
	}
	r.then = openISD(reserve(work))
	return nil
}

// reserve makes script 2: the area is made where it is not there, and entered.
func reserve(work stage) stage {
	return func(_ context.Context, r *run) error {
		if err := r.enterISD(); err != nil {
			return err
		}
		if !r.facts.Reserved {
			if err := r.install(work); err != nil {
				return err
			}
		}
		return r.openArea(work)
	}
}

func (r *run) install(work stage) error {
	err := r.certain("INSTALL", install(), []byte{0x00}, on{
		status: func(status apdu.Status) (stage, error) {
			switch status {
			case apdu.NoSpace:
				return nil, ErrCardFull
			case apdu.ConditionsOfUse:
				return finishInstall(work), nil
			}
			return nil, unexpected("INSTALL", status)
		},
	})
	if err != nil {
		return err
	}
	before, err := parseFree(r.facts.FreeSpace)
	if r.facts.FreeSpace != nil && err != nil {
		return fmt.Errorf("%w: free space", ErrFacts)
	}
	return r.askFree(enterArea(work), func(after int) error {
		if before-after < reserved {
			return fmt.Errorf("%w: free space went from %d to %d", ErrNotReserved, before, after)
		}
		return nil
	})
}

// finishInstall makes the script after INSTALL answered 6985: the instance is
// there. A tear leaves it installed but not selectable, so that is what the script
// goes on from; four scripts leave no trip to wait for the state.
func finishInstall(work stage) stage {
	return func(_ context.Context, r *run) error {
		var state byte
		err := r.secured("GET STATUS", getStatus(), on{good: func(data []byte) (err error) {
			if state, err = parseStatus(data); err != nil {
				return err
			}
			if state != stateInstalled && state != stateSelectable {
				return fmt.Errorf("%w: the card AP is in state %02X", ErrUnexpected, state)
			}
			return nil
		}})
		if err != nil {
			return err
		}
		err = r.certain("INSTALL [make selectable]", makeSelectable(), []byte{0x00}, on{
			status: func(status apdu.Status) (stage, error) {
				if state == stateSelectable {
					return lookAgain, nil
				}
				return nil, unexpected("INSTALL [make selectable]", status)
			},
		})
		if err != nil {
			return err
		}
		return r.openArea(work)
	}
}

// enterArea makes a script that only enters the area, from the ISD.
func enterArea(work stage) stage {
	return func(_ context.Context, r *run) error { return r.openArea(work) }
}

// lookAgain ends the session without an error: the card showed another state than
// the desk claimed, and there is no script left to go on from it.
func lookAgain(context.Context, *run) error { return nil }

// writeSlot makes script 3: body, read back, commit mark, read back. The desk
// stops at the first difference, so before the commit.
func writeSlot(slot int) stage {
	return func(_ context.Context, r *run) error {
		if err := r.authenticate(scp03.LevelCENCRENCRMAC); err != nil {
			return err
		}
		committed := r.wanted.Marshal()
		writing := committed
		writing[mykey.CommitOffset] = mykey.CommitWriting
		mark := committed[mykey.CommitOffset:]
		if err := r.certain("UPDATE", updateSlot(slot, 0, writing[:]), nil, on{}); err != nil {
			return err
		}
		if err := r.read(slot, writing[:], on{}); err != nil {
			return err
		}
		if err := r.certain("UPDATE commit", updateSlot(slot, mykey.CommitOffset, mark), nil, on{}); err != nil {
			return err
		}
		return r.readCommitted(slot, committed[:])
	}
}

// proveSlot makes script 3 where the wanted record is there already: only read.
func proveSlot(slot int) stage {
	return func(_ context.Context, r *run) error {
		if err := r.authenticate(scp03.LevelCENCRENCRMAC); err != nil {
			return err
		}
		if err := r.read(1-slot, r.facts.slot(1-slot), on{}); err != nil {
			return err
		}
		committed := r.wanted.Marshal()
		return r.readCommitted(slot, committed[:])
	}
}

// readCommitted is the last READ: after it the session is done.
func (r *run) readCommitted(slot int, committed []byte) error {
	r.then = lookAgain
	return r.read(slot, committed, on{good: func([]byte) error {
		r.proof.Committed = true
		return nil
	}})
}
