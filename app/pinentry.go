package app

import (
	"context"
	"errors"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/platformclient"
)

var (
	errPINUnknown = errors.New("the resident does not know the PIN")
	errPINTime    = errors.New("the time for the PIN is over")
)

// pinScreen is how a flow shows the PIN's entry on both sides.
type pinScreen interface {
	showTries(left int)
	showLastTry()
	showPIN(why Code) // the pad; why it is asked for again, "" for nothing
	showChecking()
	showTime(nearlyOver bool)
}

// authenticate asks the resident for the PIN and has the card sign: sign is called
// with the digits entered, and gives the assertion. Tries left are asked before
// each try; at one left a consent of its own; at none no try.
// why is the code that the clerk reads beside it, "" for none.
func (v *visit) authenticate(ctx context.Context, s pinScreen, why Code, sign func(context.Context) (*platformclient.Assertion, error)) (*platformclient.Assertion, error) {
	defer v.wipePIN()
	for {
		tries, err := v.tries(ctx)
		if err != nil {
			return nil, err
		}
		s.showTries(tries)
		if tries == 0 {
			return nil, cardio.ErrPINBlocked
		}
		if tries == 1 {
			if err := v.askLastTry(ctx, s); err != nil {
				return nil, err
			}
		}
		if err := v.askPIN(ctx, s, why); err != nil {
			return nil, err
		}
		s.showChecking()
		var a *platformclient.Assertion
		err = v.during(ctx, false, func(ctx context.Context) error {
			a, err = sign(ctx)
			return v.gone(err)
		})
		var pin *cardio.PINError
		if !errors.As(err, &pin) {
			return a, err
		}
		if pin.Left == 0 {
			return nil, cardio.ErrPINBlocked
		}
		why = CodePINWrong
	}
}

func (v *visit) tries(ctx context.Context) (left int, err error) {
	err = v.during(ctx, true, func(ctx context.Context) error {
		left, err = v.card.Tries(ctx)
		return v.gone(err)
	})
	return left, err
}

// signed asks for a nonce now, and lets the card sign what digest makes of it with
// the digits entered.
func (v *visit) signed(ctx context.Context, purpose platformclient.Purpose, certificate []byte, digest func(nonce []byte) ([32]byte, error)) (*platformclient.Assertion, error) {
	c, err := v.Platform.Challenges(ctx, []platformclient.Purpose{purpose}, certificate)
	v.heard(err)
	if err != nil {
		return nil, err
	}
	if _, code := certificateState(c.State); code != "" {
		return nil, refusal{code}
	}
	if len(c.Nonces) != 1 {
		return nil, platformclient.ErrNotUnderstood
	}
	sum, err := digest(c.Nonces[0])
	if err != nil {
		return nil, err
	}
	signatures, err := v.card.Authenticate(ctx, &v.pin, [][32]byte{sum})
	if err != nil {
		return nil, err
	}
	return &platformclient.Assertion{Purpose: purpose, Nonce: c.Nonces[0], Certificate: certificate, Signature: signatures[0]}, nil
}

func (v *visit) askLastTry(ctx context.Context, s pinScreen) error {
	s.showLastTry()
	return v.ask(ctx, v.Limits.PIN, errPINTime, func(i Intent) (bool, error) {
		switch i := i.(type) {
		case LastTry:
			if !i.Yes {
				return true, errPINUnknown
			}
			return true, nil
		case DontKnow:
			return true, errPINUnknown
		}
		return false, nil
	})
}

// askPIN waits for 決定. The resident is told of a wrong PIN; why else the PIN is
// asked for is the clerk's.
func (v *visit) askPIN(ctx context.Context, s pinScreen, why Code) error {
	v.wipePIN()
	s.showPIN(why)
	for {
		err := v.ask(ctx, v.Limits.PIN-v.Limits.PINWarn, errPINTime, v.pinAnswer)
		if err != errPINTime {
			return err
		}
		s.showTime(true)
		extended := false
		err = v.ask(ctx, v.Limits.PINWarn, errPINTime, func(i Intent) (bool, error) {
			if _, ok := i.(Extend); ok {
				extended = true
				return true, nil
			}
			return v.pinAnswer(i)
		})
		if err != nil || !extended {
			return err
		}
		s.showTime(false)
	}
}

func (v *visit) pinAnswer(i Intent) (bool, error) {
	switch i.(type) {
	case Enter:
		return v.View().Resident.CanEnter, nil
	case DontKnow:
		return true, errPINUnknown
	}
	return false, nil
}
