package app

import (
	"context"
	"errors"
	"time"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// closeWait is how long the platform is told that a card session has ended: a
// courtesy, it ends by itself too.
const closeWait = 2 * time.Second

// session opens a card session at the platform, with the job's authority or, where
// there is none, with the resident's PIN, and runs its scripts on the card.
func (p *provision) session(ctx context.Context, kind platformclient.CardStepKind) error {
	step, err := p.begin(ctx, kind)
	if err != nil {
		return err
	}
	if step.Script == nil {
		return nil // the card already holds it, confirmed
	}
	return p.during(ctx, false, func(ctx context.Context) error { return p.trips(ctx, step) })
}

// begin is trip 1. Before it, the job is on the disk.
func (p *provision) begin(ctx context.Context, kind platformclient.CardStepKind) (step platformclient.CardStep, err error) {
	var assertion *platformclient.Assertion
	if p.fresh {
		if assertion, err = p.authorise(ctx, kind, ""); err != nil {
			return step, err
		}
	}
	for {
		err = p.during(ctx, false, func(ctx context.Context) error {
			p.enterSession(kind)
			if err := p.saveJob(ctx, ""); err != nil {
				return err
			}
			step, err = p.Platform.OpenCardSession(ctx, p.request(kind), assertion)
			p.heard(err)
			return err
		})
		if !errors.Is(err, platformclient.ErrAuthority) || assertion != nil {
			break
		}
		if assertion, err = p.authorise(ctx, kind, CodeAuthorityOver); err != nil {
			return step, err
		}
	}
	// Who is told to look again has been believed: the job has its authority.
	p.fresh = err != nil && !errors.Is(err, platformclient.ErrSession)
	if err != nil {
		return step, err
	}
	return step, p.learned(step)
}

func (p *provision) enterSession(kind platformclient.CardStepKind) {
	phase := PhaseReserving
	switch {
	case kind == platformclient.StepRelease:
		phase = PhaseReleasing
	case p.facts.Reserved:
		phase = PhaseWriting
	}
	p.publish(func(v *View) { v.enter(phase) })
}

// learn asks which record the platform wants on this card, without writing.
func (p *provision) learn(ctx context.Context) error {
	return p.during(ctx, false, func(ctx context.Context) error {
		step, err := p.Platform.OpenCardSession(ctx, p.request(platformclient.StepWrite), nil)
		p.heard(err)
		if err != nil {
			return err
		}
		if err := p.learned(step); err != nil {
			return err
		}
		current, _ := p.state().area.Current()
		if step.Script != nil && current == p.want {
			return p.trips(ctx, step) // it is there: let the platform read it too
		}
		if step.Session != "" {
			p.closeSession(ctx, step.Session)
		}
		return nil
	})
}

func (p *provision) learned(step platformclient.CardStep) error {
	if len(step.Wanted) == 0 {
		return nil // release: nothing is wanted
	}
	slot := mykey.ParseSlot(step.Wanted)
	if slot.State != mykey.SlotValid {
		return platformclient.ErrNotUnderstood
	}
	p.want, p.known = slot.Record, true
	p.publish(func(v *View) { v.Write.MyKeyID = p.want.ID.Masked() })
	return nil
}

func (p *provision) request(kind platformclient.CardStepKind) platformclient.CardSession {
	f := platformclient.CardFacts{
		ISD: p.facts.ISD, ImageNumber: p.facts.ImageNumber, FreeSpace: p.facts.FreeSpace, Reserved: p.facts.Reserved,
	}
	if len(p.facts.Area) == mykey.AreaSize {
		f.SlotA, f.SlotB = p.facts.Area[:mykey.SlotSize], p.facts.Area[mykey.SlotSize:]
	}
	return platformclient.CardSession{Transaction: p.transaction, Job: p.job.ID, Step: kind, Facts: f}
}

// trips runs script after script: one transaction on the card from the first
// SELECT to the last answer, and nobody is asked anything in it.
func (p *provision) trips(ctx context.Context, step platformclient.CardStep) (err error) {
	s, err := p.card.Begin(ctx)
	if err != nil {
		return &tornError{err}
	}
	defer func() { err = errors.Join(err, s.End()) }()
	for step.Script != nil {
		answers, ran := s.Run(ctx, script(step.Script), p.stage)
		if ran != nil && !posted(ran) {
			p.closeSession(ctx, step.Session)
			if errors.Is(ran, cardio.ErrScript) {
				return ran // nothing of it was sent
			}
			return &tornError{ran}
		}
		if errors.Is(ran, cardio.ErrAuthRefused) {
			p.card.BarIssuer()
			if err := p.Journal.Bar(ctx, p.job.Card); err != nil {
				p.Log.Error("journal", "error", err)
			}
		}
		after, err := p.Platform.NextCardStep(ctx, step.Session, answers)
		p.heard(err)
		switch {
		case errors.Is(ran, cardio.ErrAuthRefused), errors.Is(ran, cardio.ErrDiffers):
			return ran
		case err != nil:
			return err
		}
		step = after
	}
	return nil
}

// posted says whether the answers of a script go to the platform although the
// script ended early: the card answered, only not as foreseen.
func posted(err error) bool {
	return errors.Is(err, cardio.ErrDiffers) || errors.Is(err, cardio.ErrUnexpected) || errors.Is(err, cardio.ErrAuthRefused)
}

func script(s *platformclient.Script) cardio.Script {
	out := cardio.Script{Nonce: s.Nonce, Commands: make([]cardio.Command, 0, len(s.Commands))}
	for _, c := range s.Commands {
		out.Commands = append(out.Commands, cardio.Command{APDU: c.APDU, Expect: c.Expect})
	}
	return out
}

// stage follows the session on the screen: steps 4, 5 and 6 are its INSTALL, its
// UPDATE and its READ.
func (p *provision) stage(s cardio.Stage) {
	p.begun = p.begun || s != cardio.StageOpen
	switch s {
	case cardio.StageReserve:
		p.publish(func(v *View) { v.enter(PhaseReserving) })
	case cardio.StageWrite:
		p.reach(ReachedReserved)
		p.publish(func(v *View) { v.enter(PhaseWriting) })
		p.reach(ReachedWriting)
	case cardio.StageVerify:
		if p.reached >= ReachedWriting {
			p.publish(func(v *View) { v.enter(PhaseVerifying) })
		}
	}
}

func (p *provision) reach(r Reached) {
	p.reached = max(p.reached, r)
	p.publish(func(v *View) { v.Write.Reached = p.reached })
}

// closeSession tells the platform that the session ends; its answer does not
// matter, a session ends by itself.
func (p *provision) closeSession(ctx context.Context, session string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWait)
	defer cancel()
	if err := p.Platform.CloseCardSession(ctx, session); err != nil {
		p.Log.Warn("card session", "close", err)
	}
}

// saveJob puts the job on the disk with the furthest point reached.
func (p *provision) saveJob(ctx context.Context, code Code) error {
	p.job.Reached, p.job.Code = int(p.reached), string(code)
	if err := p.Journal.Save(ctx, p.job); err != nil {
		return err
	}
	p.saved = true
	return nil
}
