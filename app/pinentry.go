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

// authenticate is step 3: the resident enters the PIN, the card signs one
// assertion for this request. Tries left are asked before each try; at one left
// a consent of its own; at none no try.
// why is the code that the clerk reads beside it, "" for none.
func (p *provision) authenticate(ctx context.Context, kind platformclient.CardStepKind, why Code) (*platformclient.Assertion, error) {
	defer p.wipePIN()
	for {
		tries, err := p.tries(ctx)
		if err != nil {
			return nil, err
		}
		if tries == 0 {
			return nil, cardio.ErrPINBlocked
		}
		if tries == 1 {
			if err := p.askLastTry(ctx); err != nil {
				return nil, err
			}
		}
		if err := p.askPIN(ctx, why); err != nil {
			return nil, err
		}
		assertion, err := p.sign(ctx, kind)
		var pin *cardio.PINError
		if !errors.As(err, &pin) {
			return assertion, err
		}
		if pin.Left == 0 {
			return nil, cardio.ErrPINBlocked
		}
		why = CodePINWrong
	}
}

func (p *provision) tries(ctx context.Context) (left int, err error) {
	err = p.during(ctx, true, func(ctx context.Context) error {
		left, err = p.card.Tries(ctx)
		return p.gone(err)
	})
	if err == nil {
		p.publish(func(v *View) { v.Write.TriesLeft = left })
	}
	return left, err
}

// sign asks for a nonce now, with the digits entered, and lets the card sign.
func (p *provision) sign(ctx context.Context, kind platformclient.CardStepKind) (a *platformclient.Assertion, err error) {
	p.publish(func(v *View) { v.enter(PhaseChecking) })
	err = p.during(ctx, false, func(ctx context.Context) error {
		c, err := p.Platform.Challenges(ctx, []platformclient.Purpose{platformclient.PurposeWrite}, p.certificate)
		p.heard(err)
		if err != nil {
			return err
		}
		if _, code := certificateState(c.State); code != "" {
			return refusal{code}
		}
		if len(c.Nonces) != 1 {
			return platformclient.ErrNotUnderstood
		}
		digest, err := p.Platform.CardSessionDigest(c.Nonces[0], p.request(kind))
		if err != nil {
			return err
		}
		signatures, err := p.card.Authenticate(ctx, &p.pin, [][32]byte{digest})
		if err != nil {
			return p.gone(err)
		}
		a = &platformclient.Assertion{
			Purpose: platformclient.PurposeWrite, Nonce: c.Nonces[0], Certificate: p.certificate, Signature: signatures[0],
		}
		return nil
	})
	return a, err
}
