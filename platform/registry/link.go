package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Changed is what every change of a link carries.
type Changed struct {
	Key         string   // Idempotency-Key
	Body        []byte   // the request as it came, to know it again
	Request     [32]byte // assertion.RequestDigest
	Transaction string   // 32 hex digits
	Service     string   // code
	Holder      Holder
}

// Link asks to link a number.
type Link struct {
	Changed
	Number    mykey.ServiceID
	Replace   bool       // in the place of the number that the person has
	Assertion *Assertion // nil: none came
}

// Link links a number to a person: at most one number a person and service, and
// one person a number unless the service shares them, however many ask at once.
// The same key with the same request gives the same outcome. ErrService,
// ErrLinkNumber, ErrNoMyKey, ErrMyKeyStopped, ErrLinkTaken, ErrLinkExists,
// ErrAuthority where the PIN is asked for, and what person and certificate lack.
func (r *Registry) Link(ctx context.Context, d Desk, l Link) error {
	return r.once(ctx, d, l.Changed, func(change store.Change, v store.Service) error {
		return r.link(ctx, d, l, change, v)
	})
}

func (r *Registry) link(ctx context.Context, d Desk, l Link, change store.Change, v store.Service) error {
	rule, err := ParseRule(v.Rule)
	if err != nil {
		return err
	}
	if fits, err := rule.fits(l.Number); !fits || err != nil {
		return errors.Join(ErrLinkNumber, err)
	}
	w, err := r.consenting(ctx, d, l, v)
	if err != nil {
		return err
	}
	n := store.NewLink{
		Person: w.person.ID, Service: v, Record: w.record, Replace: l.Replace, Change: change, Codes: linkCodes,
	}
	if n.Handles, err = r.pairwise(ctx, v.Operator, w.person.ID); err != nil {
		return err
	}
	if n.Numbers, _, err = r.handles(ctx, custody.UseServiceNumber, closed(v.Operator, v.Code, l.Number.Reveal())); err != nil {
		return err
	}
	if n.Sealed, err = r.seal(ctx, v, n.Handles[0], l.Number); err != nil {
		return err
	}
	return r.Store.PutLink(ctx, n)
}

// consenting finds who registers, and that they may now: a certificate of theirs
// is good, and where the service asks for the PIN they have entered it.
func (r *Registry) consenting(ctx context.Context, d Desk, l Link, v store.Service) (whose, error) {
	w, err := r.whose(ctx, l.Holder)
	if err != nil {
		return whose{}, err
	}
	if l.Assertion != nil {
		cert, err := r.authenticate(ctx, d, purposeRegister, l.Request, *l.Assertion)
		if err != nil {
			return whose{}, err
		}
		holder, _, err := r.person(ctx, cert)
		if err != nil && !errors.Is(err, ErrNoMyKey) {
			return whose{}, err
		}
		if !w.nobody() && holder.ID != w.person.ID {
			return whose{}, ErrNotThisCertificate
		}
	} else if v.RegistrationAuth == RegistrationPIN {
		return whose{}, ErrAuthority
	}
	if w.nobody() {
		return whose{}, ErrNoMyKey
	}
	if l.Assertion != nil {
		return w, nil // its certificate was good just now
	}
	return w, r.fresh(ctx, w)
}

// Unlink removes a person's number from a service. It takes a record: whoever
// only has a certificate in hand removes nothing. ErrService, ErrLinkNone,
// ErrMyKeyStopped (only where a link is) and whose's.
func (r *Registry) Unlink(ctx context.Context, d Desk, u Changed) error {
	if u.Holder.Record == nil {
		return fmt.Errorf("%w: no record", ErrRequest)
	}
	return r.once(ctx, d, u, func(change store.Change, v store.Service) error {
		w, err := r.whose(ctx, u.Holder)
		if err != nil {
			return err
		}
		handles, err := r.pairwise(ctx, v.Operator, w.person.ID)
		if err != nil {
			return err
		}
		err = r.Store.RemoveLink(ctx, store.OldLink{
			Person: w.person.ID, Handles: handles, Service: v, Record: w.record, Change: change, Codes: linkCodes,
		})
		if errors.Is(err, store.ErrNone) {
			return ErrLinkNone
		}
		return err
	})
}

// once carries a change of a link out once for its key, and says again what came
// of it.
func (r *Registry) once(ctx context.Context, d Desk, c Changed, do func(store.Change, store.Service) error) error {
	v, err := r.service(ctx, d, c.Service)
	if err != nil {
		return err
	}
	change, err := r.change(ctx, c.Transaction)
	if err != nil {
		return err
	}
	if change.Key, err = r.key(ctx, d, c.Key); err != nil {
		return err
	}
	end, err := r.underWay.begin(ctx, change.Key)
	if err != nil {
		return err
	}
	defer end()
	request, err := r.newest(ctx, custody.UseIdempotency, "request", string(c.Request[:]), string(c.Body))
	if err != nil {
		return err
	}
	change.Request = request[:]
	if found, err := r.outcomeOf(ctx, change); found || err != nil {
		return err
	}
	err = do(change, v)
	if errors.Is(err, store.ErrKeyUsed) { // closed meanwhile, or used by another process
		_, err = r.outcomeOf(ctx, change)
	}
	return linkError(err)
}

// outcomeOf says what came of a key that was used already.
func (r *Registry) outcomeOf(ctx context.Context, change store.Change) (found bool, err error) {
	was, err := r.Store.Change(ctx, change.Key, r.Now())
	switch {
	case errors.Is(err, store.ErrNone):
		return false, nil
	case err != nil:
		return false, err
	case string(was.Request) != string(change.Request):
		return true, ErrKeyReused
	case was.Outcome == store.OutcomeDone:
		return true, nil
	}
	return true, keptRefusal(was.Outcome)
}

// linkError gives the store's refusals the rules' names.
func linkError(err error) error {
	for _, e := range []struct{ is, as error }{
		{store.ErrNumberUsed, ErrLinkTaken},
		{store.ErrLinked, ErrLinkExists},
		{store.ErrNotLinked, ErrLinkNone},
		{store.ErrStopped, ErrMyKeyStopped},
		{store.ErrMixed, ErrMixed},
		{store.ErrConflict, ErrRecordOld},
		{store.ErrNone, ErrNoMyKey},
	} {
		if errors.Is(err, e.is) {
			return e.as
		}
	}
	return err
}
