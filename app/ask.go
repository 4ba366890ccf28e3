package app

import (
	"context"

	"github.com/madoguchi/madoguchi/cardio"
)

// await waits for a card: for any, or after a tear for the same one.
func (p *provision) await(ctx context.Context) error {
	if p.arrived() {
		return nil // it lies there: nobody need be asked for it
	}
	p.publish(func(v *View) {
		if p.torn {
			v.enter(PhaseTorn)
			if p.release {
				v.Write.Give = Action{}
			}
			v.Write.Problem, v.Write.Reached = Problem{Code: p.why}, p.reached
			return
		}
		v.enter(PhaseWaiting)
	})
	for {
		if p.arrived() {
			return nil
		}
		if !p.torn {
			p.showReader(p.cardNow().State)
		}
		e, err := p.events.wait(ctx, nil)
		if err != nil {
			return err
		}
		switch i := e.intent.(type) {
		case GoTo:
			if i.Screen != ScreenWrite {
				return leaving{i.Screen}
			}
		case Cancel, Later:
			return leaving{ScreenHome}
		case GiveUp:
			if p.torn {
				p.giveUp()
			}
		}
	}
}

// giveUp has the next tap of the torn card give its area back.
func (p *provision) giveUp() {
	p.release = true
	p.publish(func(v *View) { v.Write.Give = Action{} })
}

// arrived reports a card that may be worked on, and notes its coming.
func (p *provision) arrived() bool {
	now := p.cardNow()
	if now.State != cardio.Present || p.torn && now.Count == p.count {
		return false
	}
	p.count = now.Count
	return true
}

// showReader says on the waiting screen why no card can come.
func (p *provision) showReader(s cardio.State) {
	code := map[cardio.State]Code{
		cardio.NoService: CodeReaderNoService, cardio.NoReader: CodeReaderNone, cardio.Mute: CodeCardSilent,
	}[s]
	p.publish(func(v *View) {
		phase := PhaseWaiting
		if code != "" {
			phase = PhaseProblem
		}
		if v.Write.Phase != phase || v.Write.Problem.Code != code {
			v.enter(phase)
			v.Write.Problem.Code, v.Resident.Code = code, code
			v.Write.Primary = noCard
		}
	})
}

// resume takes up a job of 終わっていない処理: its card is asked for. An id that is
// not there, or "", changes nothing.
func (p *provision) resume(ctx context.Context, id string) error {
	jobs, err := p.Journal.Jobs(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.ID != id {
			continue
		}
		p.job, p.saved, p.begun, p.torn, p.reached, p.why = job, true, true, true, Reached(job.Reached), CodeCardRemoved
		p.count = p.cardNow().Count
		if p.cardNow().State == cardio.Present {
			p.count-- // the card that lies there may be the one
		}
		p.publish(func(v *View) {
			v.Write.Steps = [StepCount]StepState{}
			v.Write.Steps[p.reached.step()] = StepNow
			v.Write.Resumed = true
		})
	}
	return nil
}

// step is the step at which work stands that reached r.
func (r Reached) step() int {
	if r == ReachedNothing {
		return StepReserve
	}
	return StepWrite
}

// askPerson is step 1: whose procedure it is, and the resident's consent.
func (p *provision) askPerson(ctx context.Context) error {
	p.publish(func(v *View) { v.enter(PhaseWhose) })
	err := p.ask(ctx, p.Limits.Progress, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		tell, ok := i.(Tell)
		if !ok {
			return false, nil
		}
		p.publish(func(v *View) { v.Write.Who = tell.Who })
		if tell.Who == WhoseProxy {
			return true, refusal{CodeProxy}
		}
		return tell.Who != WhoseUnknown, nil
	})
	if err != nil {
		return err
	}
	p.publish(func(v *View) { v.enter(PhaseConsent) })
	return p.ask(ctx, p.Limits.PIN, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		consent, ok := i.(Consent)
		if ok && !consent.Yes {
			return true, errDeclined
		}
		return ok, nil
	})
}
