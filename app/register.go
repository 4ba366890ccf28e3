package app

import (
	"context"
	"errors"

	"github.com/madoguchi/madoguchi/app/handover/sip2"
	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// register is F3 for one card-present transaction: both cards in hand → the
// member card's number → consent on the resident's side → platform → done. It is
// one value, replaced as a whole: what was scanned or typed for one person is
// gone with their card and is never sent for another.
type register struct {
	visit
	serial   uint64 // of this person: what comes with another is dropped
	person   person
	services []platformclient.Service
	current  int
	links    []platformclient.Found // same order

	number  mykey.ServiceID // accepted; zero: none yet
	typed   bool
	reason  TypedReason
	unlinks int
	receipt string // 受付番号
}

// errLost: a change was sent and its answer is not known. It will be asked for
// until it is.
var errLost = errors.New("the platform's answer is lost")

// register serves one person after another until another screen is chosen.
func (a *App) register(ctx context.Context) {
	r := a.newRegister(false)
	for r != nil && ctx.Err() == nil {
		err := r.work(ctx)
		r.wipePIN()
		r.close()
		if ctx.Err() == nil {
			r = r.conclude(ctx, err)
		}
	}
}

// newRegister begins with the next person. seen says that the card that lies
// there has been dealt with.
func (a *App) newRegister(seen bool) *register {
	r := &register{visit: visit{App: a, screen: ScreenRegister, cancel: errRedo}}
	a.events.drop() // what was pressed for the person before
	now := a.cardNow()
	r.count = now.Count
	if !seen {
		r.count--
	}
	a.publish(func(v *View) {
		r.serial = v.Register.Serial + 1
		v.Register = RegisterView{Serial: r.serial, TriesLeft: -1, CardPresent: v.Register.CardPresent}
		v.registering(RegisterWaiting)
	})
	return r
}

// work goes from the empty R/W to the link, or to its removal.
func (r *register) work(ctx context.Context) error {
	if err := r.allowed(ctx); err != nil {
		return err
	}
	if err := r.await(ctx); err != nil {
		return err
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	unlink, err := r.choose(ctx)
	if err != nil {
		return err
	}
	if unlink {
		return r.unlink(ctx)
	}
	return r.link(ctx)
}

// allowed asks what this desk may register for.
func (r *register) allowed(ctx context.Context) error {
	desk, err := r.known(ctx)
	if err != nil {
		return err
	}
	if len(desk.Services) == 0 {
		return platformclient.ErrService
	}
	r.services = desk.Services
	r.publish(func(v *View) {
		v.Register.Services = nil
		for _, s := range r.services {
			v.Register.Services = append(v.Register.Services, serviceView(s))
		}
	})
	return nil
}

// await waits for a card. A number that is scanned before it is gone at once.
func (r *register) await(ctx context.Context) error {
	for {
		now := r.cardNow()
		if now.State == cardio.Present && now.Count != r.count {
			r.count, r.transaction = now.Count, newTransaction()
			return nil
		}
		r.showReader(readerCode(now.State))
		e, err := r.events.wait(ctx, nil)
		if err != nil {
			return err
		}
		if _, scanned := e.intent.(Entered); scanned {
			r.notice(CodeScanFirstCard)
		}
		if err := r.stops(e.intent); err != nil {
			return away(err)
		}
	}
}

// showReader says on the waiting screen why no card can come.
func (r *register) showReader(c Code) {
	r.publish(func(v *View) {
		phase := RegisterWaiting
		if c != "" {
			phase = RegisterProblem
		}
		if v.Register.Phase != phase || v.Register.Problem.Code != c {
			v.registering(phase)
			v.Register.Problem.Code, v.Resident.Code = c, c
			v.Register.Primary = noCard
		}
	})
}

// read is panel 1: whose card it is, and what this operator has linked with it.
func (r *register) read(ctx context.Context) error {
	r.publish(func(v *View) { v.registering(RegisterReading) })
	err := r.during(ctx, true, func(ctx context.Context) (err error) {
		if r.person, err = r.who(ctx, true); err != nil {
			return err
		}
		return r.lookUp(ctx)
	})
	if err != nil {
		return err
	}
	r.publish(func(v *View) {
		v.Register.Read, v.Register.MyKeyID = true, r.person.id
		v.Register.Links = r.linkViews()
	})
	return nil
}

// lookUp asks what is linked, service by service. A stopped MyKey ID ends here.
func (r *register) lookUp(ctx context.Context) error {
	r.links = nil
	for _, s := range r.services {
		found, err := r.Platform.Lookup(ctx, s.Code, r.person.holder(r.transaction))
		r.heard(err)
		if err != nil {
			return err
		}
		if found.State == platformclient.FoundStopped {
			return refusal{CodeLinkStopped}
		}
		r.links = append(r.links, found)
	}
	return nil
}

func (r *register) linkViews() []LinkView {
	var links []LinkView
	for i, found := range r.links {
		l := LinkView{Service: serviceView(r.services[i])}
		if !found.Number.IsZero() {
			l.Number = Shown{profile(r.services[i]).Shown(found.Number)}
			l.CanUnlink = r.person.record != nil
		}
		links = append(links, l)
	}
	return links
}

// choose is panel 2: a number that fits, or a link to be taken away.
func (r *register) choose(ctx context.Context) (unlink bool, err error) {
	var why Code
	var entered *Entered
	for {
		r.number, r.typed, r.reason = mykey.ServiceID{}, false, TypedUnknown
		if entered == nil {
			if entered, err = r.field(ctx, why); err != nil || entered == nil {
				return entered == nil, err
			}
		}
		why, entered, err = r.take(ctx, *entered)
		if err != nil || why == "" && entered == nil {
			return false, err
		}
	}
}

// field waits for what comes into the number's field; nil where a link is to be
// taken away instead. why is what was wrong with the entry before.
func (r *register) field(ctx context.Context, why Code) (entered *Entered, err error) {
	r.publish(func(v *View) {
		v.registering(RegisterNumber)
		v.Register.Problem.Code = why
	})
	err = r.ask(ctx, r.Limits.Progress, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		switch i := i.(type) {
		case ChooseService:
			r.pick(i.Index)
		case Unlink:
			return r.mayUnlink(i.Service), nil
		case Entered:
			if i.Serial == r.serial {
				entered = &i
				return true, nil
			}
		}
		return false, nil
	})
	return entered, err
}

func (r *register) pick(service int) {
	if service < 0 || service >= len(r.services) {
		return
	}
	r.current = service
	r.publish(func(v *View) {
		v.registering(RegisterNumber)
		v.Register.Current = service
	})
}

// mayUnlink notes which link is meant. A link goes with a record alone.
func (r *register) mayUnlink(service int) bool {
	if service < 0 || service >= len(r.links) || r.links[service].Number.IsZero() || r.person.record == nil {
		return false
	}
	r.unlinks = service
	return true
}

// take looks at one number. Scanned, it is taken if it fits; typed, a reason and
// the number once more come first. It gives why it is not taken, and the other
// entry where another number was scanned meanwhile.
func (r *register) take(ctx context.Context, e Entered) (why Code, other *Entered, err error) {
	p := profile(r.services[r.current])
	number, err := p.Read(e.Text.text)
	if err != nil {
		return code(err), nil, nil
	}
	if !e.Scanned {
		if other, err = r.because(ctx); err != nil || other != nil {
			return "", other, err
		}
		second, err := r.field2(ctx)
		if err != nil {
			return "", nil, err
		}
		if second.Scanned {
			return "", &second, nil
		}
		if err := p.Same(number, second.Text.text); err != nil {
			return code(err), nil, nil
		}
		r.typed = true
	}
	if why, err = r.exists(ctx, number); err != nil || why != "" {
		return why, nil, err
	}
	r.number = number
	return "", nil, nil
}

// because asks why a number was typed. Where it is scanned after all, it gives
// that.
func (r *register) because(ctx context.Context) (scanned *Entered, err error) {
	r.publish(func(v *View) { v.registering(RegisterReason) })
	err = r.ask(ctx, r.Limits.Progress, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		switch i := i.(type) {
		case TypedBecause:
			if i.Reason > TypedUnknown && i.Reason <= TypedNoCard {
				r.reason = i.Reason
				return true, nil
			}
		case Entered:
			if i.Serial == r.serial && i.Scanned {
				scanned = &i
				return true, nil
			}
		}
		return false, nil
	})
	return scanned, err
}

// field2 waits for a typed number once more.
func (r *register) field2(ctx context.Context) (second Entered, err error) {
	r.publish(func(v *View) {
		v.registering(RegisterAgain)
		v.Register.Typed, v.Register.Reason = true, r.reason
	})
	err = r.ask(ctx, r.Limits.Progress, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		e, ok := i.(Entered)
		if !ok || e.Serial != r.serial {
			return false, nil
		}
		second = e
		return true, nil
	})
	return second, err
}

// exists asks the business system whether it knows the number, where the desk is
// set up so.
func (r *register) exists(ctx context.Context, number mykey.ServiceID) (Code, error) {
	check := r.Handing.SIP2()
	if check == nil {
		return "", nil
	}
	err := r.during(ctx, true, func(ctx context.Context) error {
		_, err := sip2.Exists(ctx, *check, profile(r.services[r.current]).Handed(number))
		return err
	})
	switch {
	case err == nil:
		return "", nil
	case errors.Is(err, sip2.ErrUnknownNumber), errors.Is(err, sip2.ErrServer):
		r.Log.Warn("check of the number", "error", err)
		return code(err), nil
	default:
		return "", err
	}
}

// link is the resident's はい, the clerk's 登録する and the platform's word.
func (r *register) link(ctx context.Context) error {
	service := r.services[r.current]
	old := r.links[r.current].Number
	if old == r.number {
		return nil // it is linked already, as it is
	}
	if err := r.consent(ctx, old); err != nil {
		return err
	}
	change := platformclient.Link{
		Holder: r.person.holder(r.transaction), Number: r.number, Replace: !old.IsZero(), Key: platformclient.NewKey(),
	}
	var assertion *platformclient.Assertion
	if service.RegistrationAuth == "pin" {
		var err error
		if assertion, err = r.authorise(ctx, service, change); err != nil {
			return err
		}
	}
	return r.send(ctx, change.Key, "link", func(ctx context.Context) error {
		return r.Platform.Link(ctx, service.Code, change, assertion)
	})
}

// consent asks the resident on their own side, then waits for the clerk.
func (r *register) consent(ctx context.Context, old mykey.ServiceID) error {
	r.publish(func(v *View) {
		v.registering(RegisterConsent)
		r.showNumber(v, old)
	})
	yes := false
	err := r.ask(ctx, r.Limits.PIN, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		c, ok := i.(Consent)
		yes = ok && c.Yes
		return ok, nil
	})
	if err != nil {
		return err
	}
	if !yes {
		return errDeclined
	}
	r.publish(func(v *View) {
		v.registering(RegisterReady)
		r.showNumber(v, old)
	})
	return r.ask(ctx, r.Limits.Progress, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		_, ok := i.(Put)
		return ok, nil
	})
}

func (r *register) showNumber(v *View, old mykey.ServiceID) {
	p, w := profile(r.services[r.current]), &v.Register
	w.Number, w.Last3, w.Typed, w.Reason = Shown{p.Shown(r.number)}, last3(r.number), r.typed, r.reason
	w.Checked = p.Check != "" && p.Check != membercard.Scheme("none")
	if !old.IsZero() {
		w.Replaces = Shown{p.Shown(old)}
	}
	s := serviceView(r.services[r.current])
	v.Resident.Service, v.Resident.Word, v.Resident.Last3, v.Resident.Replaces = s.Name, s.Word, w.Last3, !old.IsZero()
}

// unlink takes a link away: the clerk is asked once more, the resident decides.
func (r *register) unlink(ctx context.Context) error {
	service := r.services[r.unlinks]
	show := func(p RegisterPhase) {
		r.publish(func(v *View) {
			v.registering(p)
			v.Register.Unlinks = r.unlinks
			s := serviceView(service)
			v.Resident.Service, v.Resident.Word, v.Resident.Last3 = s.Name, s.Word, last3(r.links[r.unlinks].Number)
		})
	}
	show(RegisterAskUnlink)
	err := r.ask(ctx, r.Limits.Progress, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		_, ok := i.(Really)
		return ok, nil
	})
	if err != nil {
		return err
	}
	show(RegisterUnlinking)
	err = r.ask(ctx, r.Limits.PIN, refusal{CodeNoProgress}, func(i Intent) (bool, error) {
		c, ok := i.(Consent)
		if ok && !c.Yes {
			return true, errDeclined
		}
		return ok, nil
	})
	if err != nil {
		return err
	}
	change := platformclient.Unlink{Holder: r.person.holder(r.transaction), Key: platformclient.NewKey()}
	err = r.send(ctx, change.Key, "unlink", func(ctx context.Context) error {
		return r.Platform.Unlink(ctx, service.Code, change)
	})
	if err == nil {
		return errUnlinked
	}
	return err
}

// errUnlinked ends a visit in which a link was taken away.
var errUnlinked = errors.New("unlinked")

// send sends one change of this person's, unless their card has left. Its key is
// on the disk before it goes, so that an answer that is lost is asked for until
// it is known, even after a power cut.
func (r *register) send(ctx context.Context, key, kind string, change func(context.Context) error) error {
	r.publish(func(v *View) { v.registering(RegisterSending) })
	if err := r.same(ctx); err != nil {
		return err
	}
	r.receipt = newReceipt()
	r.publish(func(v *View) { v.Register.Receipt = r.receipt })
	defer r.sends(key)()
	if err := r.post(ctx, key, kind, r.receipt); err != nil {
		return err
	}
	err := r.during(ctx, false, func(ctx context.Context) error {
		err := change(ctx)
		r.heard(err)
		return err
	})
	if offline(err) {
		r.Log.Warn("registration", "answer", "lost", "error", err)
		r.lookAgain()
		return errLost
	}
	r.settled(ctx, key)
	return err
}

// same asks the card itself whether it is still this person's. That it has left is
// heard of late: a reader may take half a second to say so, in which a number
// could be scanned for the next person.
func (r *register) same(ctx context.Context) error {
	var now person
	err := r.during(ctx, false, func(ctx context.Context) (err error) {
		now, err = r.who(ctx, false)
		return err
	})
	switch {
	case !r.here() || err == nil && now.sum != r.person.sum:
		return errGone
	default:
		return err
	}
}
