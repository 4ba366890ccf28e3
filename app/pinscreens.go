package app

import (
	"context"

	"github.com/madoguchi/madoguchi/platformclient"
)

var (
	_ pinScreen = (*provision)(nil)
	_ pinScreen = (*register)(nil)
)

func (p *provision) showTries(left int) { p.publish(func(v *View) { v.Write.TriesLeft = left }) }

func (p *provision) showLastTry() {
	p.publish(func(v *View) {
		v.enter(PhaseLastTry)
		v.Write.Problem.Code, v.Resident.Code = CodePINLast, CodePINLast
	})
}

func (p *provision) showPIN(why Code) {
	p.publish(func(v *View) {
		v.enter(PhasePIN)
		v.Write.Problem.Code = why
		if why == CodePINWrong {
			v.Resident.Code = why
		}
	})
}

func (p *provision) showChecking() { p.publish(func(v *View) { v.enter(PhaseChecking) }) }

func (p *provision) showTime(over bool) {
	p.publish(func(v *View) { v.Write.TimeLeft, v.Resident.TimeLeft = over, over })
}

// authorise has the resident sign one card session.
func (p *provision) authorise(ctx context.Context, kind platformclient.CardStepKind, why Code) (*platformclient.Assertion, error) {
	return p.authenticate(ctx, p, why, func(ctx context.Context) (*platformclient.Assertion, error) {
		return p.signed(ctx, platformclient.PurposeWrite, p.certificate, func(nonce []byte) ([32]byte, error) {
			return p.Platform.CardSessionDigest(nonce, p.request(kind))
		})
	})
}

func (r *register) showTries(left int) { r.publish(func(v *View) { v.Register.TriesLeft = left }) }

func (r *register) showLastTry() {
	r.publish(func(v *View) {
		v.registering(RegisterLastTry)
		v.Register.Problem.Code, v.Resident.Code = CodePINLast, CodePINLast
	})
}

func (r *register) showPIN(why Code) {
	r.publish(func(v *View) {
		v.registering(RegisterPIN)
		v.Register.Problem.Code = why
		if why == CodePINWrong {
			v.Resident.Code = why
		}
	})
}

func (r *register) showChecking() { r.publish(func(v *View) { v.registering(RegisterSending) }) }

func (r *register) showTime(over bool) {
	r.publish(func(v *View) { v.Register.TimeLeft, v.Resident.TimeLeft = over, over })
}

// authorise has the resident sign one link. The card is opened anew: it is the
// one whose record was read, for it has not left.
func (r *register) authorise(ctx context.Context, service platformclient.Service, change platformclient.Link) (*platformclient.Assertion, error) {
	err := r.during(ctx, true, func(ctx context.Context) (err error) {
		r.card, err = r.Reader.Open(ctx)
		return r.gone(err)
	})
	if err != nil {
		return nil, err
	}
	if !r.here() {
		return nil, errGone
	}
	return r.authenticate(ctx, r, "", func(ctx context.Context) (*platformclient.Assertion, error) {
		return r.signed(ctx, platformclient.PurposeRegister, r.person.certificate, func(nonce []byte) ([32]byte, error) {
			return r.Platform.LinkDigest(nonce, service.Code, change)
		})
	})
}
