package app

import (
	"context"
	"time"

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
				return errLeave
			}
		case Cancel, Later:
			return errLeave
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

func (p *provision) askLastTry(ctx context.Context) error {
	p.publish(func(v *View) {
		v.enter(PhaseLastTry)
		v.Write.Problem.Code, v.Resident.Code = CodePINLast, CodePINLast
	})
	return p.ask(ctx, p.Limits.PIN, errPINTime, func(i Intent) (bool, error) {
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

// askPIN waits for 決定. The resident is told of a wrong PIN; why else the PIN
// is asked for is the clerk's.
func (p *provision) askPIN(ctx context.Context, why Code) error {
	p.publish(func(v *View) {
		p.pin.Wipe()
		v.enter(PhasePIN)
		v.Write.Problem.Code = why
		if why == CodePINWrong {
			v.Resident.Code = why
		}
	})
	for {
		err := p.ask(ctx, p.Limits.PIN-p.Limits.PINWarn, errPINTime, p.pinAnswer)
		if err != errPINTime {
			return err
		}
		p.publish(func(v *View) { v.Write.TimeLeft, v.Resident.TimeLeft = true, true })
		extended := false
		err = p.ask(ctx, p.Limits.PINWarn, errPINTime, func(i Intent) (bool, error) {
			if _, ok := i.(Extend); ok {
				extended = true
				return true, nil
			}
			return p.pinAnswer(i)
		})
		if err != nil || !extended {
			return err
		}
		p.publish(func(v *View) { v.Write.TimeLeft, v.Resident.TimeLeft = false, false })
	}
}

func (p *provision) pinAnswer(i Intent) (bool, error) {
	switch i.(type) {
	case Enter:
		return p.View().Resident.CanEnter, nil
	case DontKnow:
		return true, errPINUnknown
	}
	return false, nil
}

// ask waits until answer accepts an intent. The card leaving, 中止, やめる and the
// limit end it: with errGone, errDeclined and over.
func (p *provision) ask(ctx context.Context, limit time.Duration, over error, answer func(Intent) (bool, error)) error {
	timer := p.Clock.After(limit)
	for {
		if now := p.cardNow(); now.Count != p.count || now.State != cardio.Present {
			return errGone
		}
		e, err := p.events.wait(ctx, timer)
		switch {
		case err != nil:
			return err
		case e.over:
			return over
		case e.reader:
			continue
		}
		switch i := e.intent.(type) {
		case Cancel, Quit:
			return errDeclined
		case GoTo:
			if i.Screen != ScreenWrite {
				return errLeave
			}
		default:
			if done, err := answer(i); done || err != nil {
				return err
			}
		}
	}
}

// during runs work off the flow's goroutine and waits for it. Where it is safe,
// 中止, やめる and leaving end it; else they wait. What was pressed meanwhile for
// another screen is dropped.
func (p *provision) during(ctx context.Context, safe bool, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	var stopped error
	for {
		select {
		case err := <-done:
			if stopped != nil {
				return stopped
			}
			return err
		case <-p.events.some:
			for e, ok := p.events.take(); ok; e, ok = p.events.take() {
				if why := stops(e.intent); safe && why != nil {
					stopped = why
					cancel()
				}
			}
		}
	}
}

func stops(i Intent) error {
	switch i := i.(type) {
	case Cancel, Quit:
		return errDeclined
	case GoTo:
		if i.Screen != ScreenWrite {
			return errLeave
		}
	}
	return nil
}
