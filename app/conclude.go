package app

import (
	"context"
	"errors"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
)

// conclude shows how a transaction ended, waits until that is seen to, and gives
// the next one; nil where the screen was left.
func (p *provision) conclude(ctx context.Context, err error) *provision {
	var torn *tornError
	var away leaving
	switch {
	case errors.As(err, &away):
		return p.leave(away.to)
	case errors.As(err, &torn), p.begun && errors.Is(err, errGone), p.begun && errors.Is(err, errDeclined):
		p.Log.Warn("torn", "error", err)
		why := CodeCardRemoved
		if errors.Is(err, errDeclined) {
			why = "" // nothing has happened to the card: it may lie there still
		}
		p.keepJob(ctx, why)
		same := p.sameCard(why)
		if torn != nil && !p.retried && !errors.Is(err, cardio.ErrRemoved) {
			// A reset, or a trip that took too long: the card lies there still.
			same.count, same.retried = p.count-1, true
		}
		return same
	case p.torn && code(err) == CodeCardNotSame:
		return p.wrongCard(ctx)
	case err == nil:
		p.finishJob(ctx)
		p.tally(ctx, journal.Written)
		p.publish(func(v *View) {
			v.enter(PhaseDone)
			v.Write.Took, v.Write.Reached = p.now().Sub(p.started), ReachedWritten
		})
	case errors.Is(err, errReleased):
		p.finishJob(ctx)
		p.tally(ctx, journal.Cancelled)
		p.publish(func(v *View) { v.enter(PhaseReleased) })
	case errors.Is(err, errKept):
		p.finishJob(ctx)
		p.tally(ctx, journal.Cancelled)
		p.publish(func(v *View) { v.enter(PhaseKeptOld) })
	case errors.Is(err, errDeclined):
		p.dropUnused(ctx)
		p.tally(ctx, journal.Cancelled)
		p.publish(func(v *View) { v.enter(PhaseDeclined) })
	case errors.Is(err, errGone):
		p.dropUnused(ctx)
		p.problem(CodeCardGone)
	default:
		c := code(err)
		p.Log.Warn("problem", "code", c, "reference", p.reference(), "error", err)
		switch {
		case c == CodeCardFull: // refused whole: nothing changed
			p.finishJob(ctx)
			p.saved = false
		case p.begun:
			p.keepJob(ctx, c)
		default:
			p.dropUnused(ctx)
		}
		p.tally(ctx, journal.Failed)
		p.problem(c)
	}
	return p.after(ctx)
}

// problem shows a code. Where the same card can be tried at once, the blue
// button says so.
func (p *provision) problem(c Code) {
	p.publish(func(v *View) {
		v.enter(PhaseProblem)
		v.Write.Problem.Code, v.Resident.Code = c, c
		if c == CodeDeskUnknown {
			v.Write.Problem.Reference = p.reference()
		}
		if retryable[c] {
			v.Write.Primary = again
		}
		if p.saved {
			v.Write.Escape = later
		}
	})
}

// reference is what the clerk tells the help desk, and what stands in the log.
func (p *provision) reference() string {
	if p.transaction == "" { // it failed before a card was looked at
		p.transaction = newTransaction()
	}
	return p.transaction[:8]
}

// retryable are the codes after which the same card is worth another go.
var retryable = map[Code]bool{
	CodePlatformOffline: true, CodePlatformTime: true, CodePlatformError: true, CodePlatformUnclear: true,
	CodePlatformTLS: true, CodePlatformBusy: true, CodeCertUnknown: true, CodeReaderInUse: true, CodeIssuerSession: true,
	CodeChallengeOver: true, CodeNoProgress: true, CodePINTime: true, CodeDeskUnknown: true, CodeCardUnexpected: true,
	CodeDeskRevoked: true, CodeDeskNotEnrolled: true, CodeLegalBasis: true, CodeJournal: true,
}

// after waits at the end of a transaction until that is seen to.
func (p *provision) after(ctx context.Context) *provision {
	if p.card == nil { // it failed before a card was opened: the one that lies there changes nothing
		p.count = p.cardNow().Count
	}
	err := p.linger(ctx, finale{
		away: func() {
			p.publish(func(v *View) {
				v.Write.CardLeft = false
				v.cardAway(true)
			})
		},
		left: func() {
			p.publish(func(v *View) {
				if v.Write.Phase != PhaseProblem { // there the resident still reads why
					v.leftCard()
				}
			})
		},
		answer: func(i Intent) bool {
			_, again := i.(Again)
			return again && retryable[p.View().Write.Problem.Code]
		},
	})
	var elsewhere leaving
	switch {
	case errors.As(err, &elsewhere):
		return p.leave(elsewhere.to)
	case err != nil:
		return nil
	}
	return p.wiped(p.newProvision())
}

// leftCard says on both sides that the card still lies there.
func (v *View) leftCard() {
	v.Write.CardLeft = true
	v.Resident.Face, v.Resident.Code = FaceForgot, CodeCardLeft
}

// wiped forgets all that the screen showed of the last person.
func (p *provision) wiped(fresh *provision) *provision {
	p.publish(func(v *View) {
		v.forget()
		v.enter(PhaseWaiting)
	})
	return fresh
}

// forget empties F2; whether a card lies there is the R/W's.
func (v *View) forget() {
	v.Write = WriteView{TriesLeft: -1, FreeBytes: -1, CardPresent: v.Write.CardPresent}
}

func (p *provision) leave(to Screen) *provision {
	p.goTo(to)
	return nil
}

// sameCard goes on waiting for the card of a torn write. why is what the clerk is
// told, "" for nothing.
func (p *provision) sameCard(why Code) *provision {
	same := p.newProvision()
	same.job, same.saved, same.release, same.started, same.reached = p.job, p.saved, p.release, p.started, p.reached
	same.count, same.torn, same.begun, same.why = p.count, true, true, why
	return same
}

// wrongCard names another card than the torn one, until it leaves.
func (p *provision) wrongCard(ctx context.Context) *provision {
	p.publish(func(v *View) {
		v.enter(PhaseTorn)
		if p.release {
			v.Write.Give = Action{}
		}
		v.Write.Problem.Code, v.Resident.Code = CodeCardNotSame, CodeCardNotSame
		v.Write.Reached = p.reached
	})
	for {
		if now := p.cardNow(); now.State != cardio.Present || now.Count != p.count {
			return p.sameCard(CodeCardRemoved)
		}
		e, err := p.events.wait(ctx, nil)
		var away leaving
		if err != nil || errors.As(p.stops(e.intent), &away) {
			return p.leave(away.to)
		}
		switch e.intent.(type) {
		case Cancel, Quit, Later:
			return p.leave(ScreenHome)
		case GiveUp:
			p.giveUp()
		}
	}
}

// keepJob leaves the job in the journal with what is known.
func (p *provision) keepJob(ctx context.Context, c Code) {
	if p.job.ID == "" {
		return
	}
	if err := p.saveJob(ctx, c); err != nil {
		p.Log.Error("journal", "error", err)
		p.notice(CodeJournal)
	}
}

// finishJob forgets the job: the work is done, or given up.
func (p *provision) finishJob(ctx context.Context) {
	if err := p.Journal.Finish(ctx, p.job.ID); err != nil {
		p.Log.Error("journal", "error", err)
		p.notice(CodeJournal)
	}
}

// dropUnused forgets a job under which nothing changed on the card.
func (p *provision) dropUnused(ctx context.Context) {
	if p.saved && !p.begun {
		p.finishJob(ctx)
		p.saved = false
	}
}
