package issuer

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// planRelease refuses at once where the desk itself says that a slot is valid.
func (r *run) planRelease() error {
	for i := range 2 {
		if r.facts.area().Slot(i).State == mykey.SlotValid {
			return ErrHolds
		}
	}
	if r.facts.Reserved {
		r.then = openISD(proveEmpty)
	} else {
		r.then = openISD(proveUnselectable)
	}
	return nil
}

// proveEmpty makes script 2 where the area can be selected.
func proveEmpty(_ context.Context, r *run) error {
	if err := r.enterISD(); err != nil {
		return err
	}
	return r.openArea(readBoth)
}

// readBoth makes script 3: both slots under R-MAC, then back to the ISD.
func readBoth(_ context.Context, r *run) error {
	if err := r.authenticate(scp03.LevelCENCRENCRMAC); err != nil {
		return err
	}
	for slot := range 2 {
		if err := r.read(slot, r.facts.slot(slot), on{differs: holds}); err != nil {
			return err
		}
	}
	if err := r.plain("SELECT ISD", selectISD(r.facts.ISD), nil, on{}); err != nil {
		return err
	}
	return r.initialize(deleteScript)
}

// holds is a slot that is not what the desk claimed.
func holds(data []byte) error {
	if mykey.ParseSlot(data).State == mykey.SlotValid {
		return ErrHolds
	}
	return ErrDiffers
}

// proveUnselectable makes script 2 where the desk says that the area cannot be
// selected: torn between INSTALL and make selectable, or not there. The state
// comes under R-MAC, so a false claim deletes no record.
func proveUnselectable(_ context.Context, r *run) error {
	if err := r.enterISD(); err != nil {
		return err
	}
	r.then = deleteOnly
	return r.secured("GET STATUS", getStatus(), on{
		good: func(data []byte) error {
			state, err := parseStatus(data)
			if err == nil && state != stateInstalled {
				err = fmt.Errorf("%w: the card AP is in state %02X", ErrFacts, state)
			}
			return err
		},
		status: func(status apdu.Status) (stage, error) {
			if status == apdu.ReferenceNotFound {
				return lookAgain, nil // there is none: nothing to do, nothing proved
			}
			return nil, unexpected("GET STATUS", status)
		},
	})
}

// deleteScript makes script 4. The card image number is proved again: this is a
// new channel.
func deleteScript(ctx context.Context, r *run) error {
	if err := r.enterISD(); err != nil {
		return err
	}
	return deleteOnly(ctx, r)
}

func deleteOnly(_ context.Context, r *run) error {
	r.then = lookAgain
	err := r.certain("DELETE", deleteArea(), []byte{0x00}, on{good: func([]byte) error {
		r.proof.Released = true
		return nil
	}})
	if err != nil {
		return err
	}
	return r.askFree(lookAgain, func(int) error { return nil })
}
