package issuer

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
	"github.com/madoguchi/madoguchi/platform/issuer/tlv"
)

// newRun checks a request before the card is asked anything.
func newRun(keys Keys, rand io.Reader, req Request) (*run, error) {
	r := &run{keys: keys, rand: rand, facts: req.Facts, wanted: req.Wanted}
	if err := r.facts.check(); err != nil {
		return nil, err
	}
	switch req.Step {
	case StepWrite:
		return r, r.planWrite()
	case StepRelease:
		return r, r.planRelease()
	default:
		return nil, fmt.Errorf("%w: step %d", ErrFacts, req.Step)
	}
}

func (f Facts) check() error {
	switch {
	case !isISD(f.ISD):
		return fmt.Errorf("%w: Issuer Security Domain", ErrFacts)
	case len(f.ImageNumber) == 0:
		return ErrNoNumber
	case len(f.ImageNumber) > 0x7F:
		return fmt.Errorf("%w: card image number of %d bytes", ErrFacts, len(f.ImageNumber))
	case f.Reserved && (len(f.SlotA) != mykey.SlotSize || len(f.SlotB) != mykey.SlotSize):
		return fmt.Errorf("%w: slots of %d and %d bytes", ErrFacts, len(f.SlotA), len(f.SlotB))
	}
	return nil
}

// area is what the desk says that stands in the area; blank where it is not there.
func (f Facts) area() mykey.Area {
	if !f.Reserved {
		return mykey.ParseArea(make([]byte, mykey.AreaSize))
	}
	return mykey.ParseArea(append(bytes.Clone(f.SlotA), f.SlotB...))
}

// slot gives slot 0 or 1 as claimed.
func (f Facts) slot(i int) []byte {
	if i == 0 {
		return f.SlotA
	}
	return f.SlotB
}

// openISD makes script 1: SELECT ISD, INITIALIZE UPDATE.
func openISD(then stage) stage {
	return func(_ context.Context, r *run) error {
		if err := r.plain("SELECT ISD", selectISD(r.facts.ISD), nil, on{}); err != nil {
			return err
		}
		return r.initialize(then)
	}
}

// initialize asks INITIALIZE UPDATE as the script's last command: what comes
// then needs its answer. The channel that was open is closed by it.
func (r *run) initialize(then stage) error {
	if _, err := io.ReadFull(r.rand, r.host[:]); err != nil {
		return fmt.Errorf("make host challenge: %w", err)
	}
	r.channel = nil
	var answer update
	r.then = func(ctx context.Context, r *run) error {
		if err := r.openChannel(ctx, answer); err != nil {
			return err
		}
		return then(ctx, r)
	}
	return r.plain("INITIALIZE UPDATE", initializeUpdate(r.host[:]), nil, on{
		good: func(data []byte) (err error) {
			answer, err = parseUpdate(bytes.Clone(data))
			return err
		},
		status: func(status apdu.Status) (stage, error) {
			if status == apdu.ReferenceNotFound {
				return nil, fmt.Errorf("%w: the card has no key version %02X", custody.ErrNoKeys, cardKeyVersion)
			}
			return nil, unexpected("INITIALIZE UPDATE", status)
		},
	})
}

// openChannel derives the session keys and checks the card cryptogram: before
// EXTERNAL AUTHENTICATE, so that a wrong key costs the card none of its tries.
func (r *run) openChannel(ctx context.Context, u update) error {
	if !u.ours() {
		return fmt.Errorf("%w: the card speaks protocol %02X i=%02X with key version %02X",
			custody.ErrNoKeys, u.protocol, u.parameter, u.keyVersion)
	}
	channel, err := r.keys.SCP03(ctx, u.keyVersion, r.host[:], u.challenge)
	if err != nil {
		return fmt.Errorf("open secure channel: %w", err)
	}
	if err := channel.VerifyCard(u.cryptogram); err != nil {
		return err
	}
	r.channel = channel
	return nil
}

// authenticate asks EXTERNAL AUTHENTICATE. Its answer has no R-MAC: 9000 alone.
func (r *run) authenticate(level scp03.Level) error {
	b, err := r.channel.ExternalAuthenticate(level, apdu.Any())
	if err != nil {
		return at("EXTERNAL AUTHENTICATE", err)
	}
	r.exchanges = append(r.exchanges, exchange{
		name: "EXTERNAL AUTHENTICATE", apdu: b, expect: apdu.OK.Bytes(), open: apdu.Split,
		on: on{status: func(status apdu.Status) (stage, error) {
			if status.Refused() {
				return nil, fmt.Errorf("%w: %v", ErrAuthRefused, status)
			}
			return nil, unexpected("EXTERNAL AUTHENTICATE", status)
		}},
	})
	return nil
}

// enterISD authenticates at the ISD (level 11: what is deleted stays readable for
// the desk's guard) and proves which card it is.
func (r *run) enterISD() error {
	if err := r.authenticate(scp03.LevelCMACRMAC); err != nil {
		return err
	}
	claimed := tlv.Append(nil, tagImageNumber, r.facts.ImageNumber)
	return r.certain("GET DATA 0045", getData(tagImageNumber), claimed, on{
		good: func([]byte) error {
			r.proof.ImageNumber = r.facts.ImageNumber
			return nil
		},
		differs: func([]byte) error { return ErrImageNumber },
	})
}

// openArea asks SELECT MyKey AP and INITIALIZE UPDATE, the script's last two.
func (r *run) openArea(then stage) error {
	if err := r.plain("SELECT MyKey AP", selectMyKeyAP(), apdu.OK.Bytes(), on{}); err != nil {
		return err
	}
	return r.initialize(then)
}

// read asks READ of a slot, where want should stand.
func (r *run) read(slot int, want []byte, o on) error {
	good := o.good
	o.good = func(data []byte) error {
		if slot == 0 {
			r.proof.SlotA = data
		} else {
			r.proof.SlotB = data
		}
		if good == nil {
			return nil
		}
		return good(data)
	}
	return r.certain("READ", readSlot(slot), want, o)
}

// askFree asks FF21 where the card has it; its answer goes into the proof, and
// to check. A card that has it no more is not checked: go on with after.
func (r *run) askFree(after stage, check func(free int) error) error {
	if r.facts.FreeSpace == nil {
		return nil
	}
	return r.secured("GET DATA FF21", getData(tagFreeSpace), on{
		good: func(data []byte) error {
			free, err := parseFree(data)
			if err != nil {
				return err
			}
			r.proof.FreeSpace = data
			return check(free)
		},
		status: func(apdu.Status) (stage, error) { return after, nil },
	})
}
