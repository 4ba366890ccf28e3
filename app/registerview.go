package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/madoguchi/madoguchi/app/journal"
)

// The buttons of F3. Labels are catalogue keys.
var (
	redo    = Action{Intent: Cancel{}, Label: "action.redo", Enabled: true}
	put     = Action{Intent: Put{}, Label: "action.register", Enabled: true}
	putNot  = Action{Intent: Put{}, Label: "action.register", Note: "note.resident-yes"}
	scan    = Action{Intent: Put{}, Label: "action.register", Note: "note.scan"}
	twice   = Action{Intent: Put{}, Label: "action.register", Note: "note.twice"}
	reason  = Action{Intent: Put{}, Label: "action.register", Note: "note.reason"}
	sending = Action{Intent: Next{}, Label: "action.busy", Note: "note.sending"}
)

var registerFrames = [...]struct {
	face    Face
	asks    bool
	escape  Action
	primary Action
}{
	RegisterWaiting:   {face: FaceTap, escape: goHome, primary: noCard},
	RegisterReading:   {face: FaceKeep, escape: redo, primary: busy},
	RegisterNumber:    {face: FaceWait, escape: redo, primary: scan},
	RegisterReason:    {face: FaceWait, escape: redo, primary: reason},
	RegisterAgain:     {face: FaceWait, escape: redo, primary: twice},
	RegisterConsent:   {face: FaceRegister, asks: true, escape: redo, primary: putNot},
	RegisterReady:     {face: FaceKeep, escape: redo, primary: put},
	RegisterPIN:       {face: FacePIN, asks: true, escape: redo, primary: entering},
	RegisterLastTry:   {face: FaceLastTry, asks: true, escape: redo, primary: deciding},
	RegisterSending:   {face: FaceKeep, primary: sending},
	RegisterDone:      {face: FaceRegistered, escape: goHome, primary: takeIt},
	RegisterAskUnlink: {face: FaceWait, escape: redo},
	RegisterUnlinking: {face: FaceUnlink, asks: true, escape: redo, primary: deciding},
	RegisterUnlinked:  {face: FaceUnlinked, escape: goHome, primary: takeIt},
	RegisterLost:      {face: FaceTake, escape: goHome, primary: takeIt},
	RegisterDeclined:  {face: FaceDeclined, escape: goHome, primary: takeIt},
	RegisterProblem:   {face: FaceProblem, escape: goHome, primary: takeIt},
}

// registering puts F3 into a phase: what the last one showed for itself alone is
// gone, what is known of the person stays.
func (v *View) registering(p RegisterPhase) {
	f, w := registerFrames[p], &v.Register
	w.Phase, w.Problem, w.CardLeft, w.TimeLeft, w.Digits = p, Problem{}, false, false, 0
	w.Escape, w.Primary = f.escape, f.primary
	switch p {
	case RegisterNumber, RegisterReason, RegisterAgain:
		w.Number, w.Last3, w.Typed, w.Reason, w.Replaces, w.Checked = Shown{}, "", false, TypedUnknown, Shown{}, false
	}
	v.Resident = ResidentView{Face: f.face, Asks: f.asks, TriesLeft: w.TriesLeft}
}

// forget empties F3; the serial goes on, so that no field keeps what was typed.
func (w *RegisterView) forget() {
	*w = RegisterView{Serial: w.Serial + 1, TriesLeft: -1, CardPresent: w.CardPresent}
}

// conclude shows how a visit ended, waits until that is seen to, and gives the
// next one; nil where the screen was left.
func (r *register) conclude(ctx context.Context, err error) *register {
	var elsewhere leaving
	end := RegisterProblem
	switch {
	case errors.As(err, &elsewhere):
		return r.leave(elsewhere.to)
	case errors.Is(err, errRedo):
		return r.newRegister(false)
	case err == nil:
		r.tally(ctx, journal.Linked)
		end = RegisterDone
	case errors.Is(err, errUnlinked):
		end = RegisterUnlinked
	case errors.Is(err, errLost):
		end = RegisterLost
	case errors.Is(err, errDeclined):
		r.tally(ctx, journal.Cancelled)
		end = RegisterDeclined
	default:
		r.tally(ctx, journal.Failed)
	}
	r.publish(func(v *View) {
		number, last, service, word := v.Register.Number, v.Register.Last3, v.Resident.Service, v.Resident.Word
		v.registering(end)
		switch end {
		case RegisterDone, RegisterLost, RegisterUnlinked:
			v.Register.Number, v.Register.Last3, v.Register.Receipt = number, last, r.receipt
			v.Resident.Service, v.Resident.Word, v.Resident.Last3 = service, word, last
			if end == RegisterLost {
				v.Register.Problem.Code = CodeLinkLost
			}
		case RegisterProblem:
			r.explain(v, err)
		}
	})
	return r.after(ctx)
}

// explain puts the code of what went wrong on both sides.
func (r *register) explain(v *View, err error) {
	c := code(err)
	switch {
	case errors.Is(err, errGone):
		c = CodeCardGone
	case offline(err):
		c = CodeLinkOnline
	}
	r.Log.Warn("registration", "code", c, "reference", r.transaction, "error", err)
	v.Register.Problem.Code, v.Resident.Code = c, c
	if c == CodeDeskUnknown && r.transaction != "" {
		v.Register.Problem.Reference = r.transaction[:8]
	}
	if retryable[c] || c == CodeLinkOnline {
		v.Register.Primary = again
	}
}

// after waits until the end was seen to.
func (r *register) after(ctx context.Context) *register {
	if r.transaction == "" { // it failed before a card was looked at
		r.count = r.cardNow().Count
	}
	seen := true
	err := r.linger(ctx, finale{
		away: func() {
			r.publish(func(v *View) {
				v.Register.CardLeft = false
				if v.Register.Primary.Label == nextOne.Label {
					v.Register.Primary = nextOne
				}
			})
		},
		left: func() {
			r.publish(func(v *View) {
				if v.Register.Phase != RegisterProblem { // there the resident still reads why
					v.Register.CardLeft = true
					v.Resident.Face, v.Resident.Code = FaceForgot, CodeCardLeft
				}
			})
		},
		answer: func(i Intent) bool {
			_, again := i.(Again)
			if again = again && r.View().Register.Primary.Label == "action.again"; again {
				seen = false
			}
			return again
		},
	})
	var elsewhere leaving
	switch {
	case errors.As(err, &elsewhere):
		return r.leave(elsewhere.to)
	case err != nil:
		return nil
	}
	next := r.newRegister(seen)
	if now := r.cardNow(); seen && now.Count != r.count {
		next.count = now.Count - 1 // it came while the end was looked at
	}
	return next
}

func (r *register) leave(to Screen) *register {
	r.goTo(to)
	return nil
}

// newReceipt makes a 受付番号, so that the resident can ask without an ID.
func newReceipt() string {
	n, err := rand.Int(rand.Reader, big.NewInt(10000))
	if err != nil {
		panic(err) // crypto/rand never fails: it aborts the program instead
	}
	return fmt.Sprintf("%04d", n)
}
