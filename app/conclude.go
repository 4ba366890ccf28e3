package app

import (
	"context"
	"errors"
	"time"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
)

// conclude shows how a transaction ended, waits until that is seen to, and gives
// the next one; nil where the screen was left.
func (p *provision) conclude(ctx context.Context, err error) *provision {
	var torn *tornError
	switch {
	case errors.Is(err, errLeave):
		return p.leave()
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

// after waits at the end of a transaction: for the card to leave, then for 次の方,
// another card or the wiping time.
func (p *provision) after(ctx context.Context) *provision {
	fresh := &provision{App: p.App}
	if p.card == nil { // it failed before a card was opened: the one that lies there changes nothing
		p.count = p.cardNow().Count
	}
	left := p.Clock.After(p.Limits.CardLeft)
	var wipe <-chan time.Time
	away := false
	for {
		now := p.cardNow()
		if now.State != cardio.Present && now.State != cardio.Mute && !away {
			away, left, wipe = true, nil, p.Clock.After(p.Limits.Wipe)
			p.publish(func(v *View) {
				v.Write.CardLeft = false
				v.cardAway(true)
			})
		}
		if now.State == cardio.Present && (away || now.Count != p.count) {
			return p.wiped(fresh) // another person, or the same card once more
		}
		limit := left
		if away {
			limit = wipe
		}
		e, err := p.events.wait(ctx, limit)
		switch {
		case err != nil:
			return nil
		case e.over && away:
			return p.wiped(fresh)
		case e.over:
			left = nil
			p.publish(func(v *View) {
				if v.Write.Phase != PhaseProblem { // there the resident still reads why
					v.leftCard()
				}
			})
		}
		switch i := e.intent.(type) {
		case GoTo:
			if i.Screen != ScreenWrite {
				return p.leave()
			}
		case Cancel, Later:
			return p.leave()
		case Next:
			if away {
				return p.wiped(fresh)
			}
		case Again:
			if retryable[p.View().Write.Problem.Code] {
				return p.wiped(fresh)
			}
		}
	}
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

func (p *provision) leave() *provision {
	p.publish(func(v *View) {
		v.forget()
		v.Screen, v.Resident = ScreenHome, ResidentView{Face: FaceIdle, TriesLeft: -1}
	})
	return nil
}

// sameCard goes on waiting for the card of a torn write. why is what the clerk is
// told, "" for nothing.
func (p *provision) sameCard(why Code) *provision {
	return &provision{
		App: p.App, job: p.job, saved: p.saved, torn: true, release: p.release, started: p.started,
		count: p.count, reached: p.reached, begun: true, why: why,
	}
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
		if err != nil || stops(e.intent) != nil {
			return p.leave()
		}
		switch e.intent.(type) {
		case Later:
			return p.leave()
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
