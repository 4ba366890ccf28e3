package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Found is what a look-up found.
type Found struct {
	State  FoundState
	Number mykey.ServiceID // zero unless FoundLinked
}

// FoundState says what a look-up found.
type FoundState string

// What a look-up can find.
const (
	FoundLinked  FoundState = "linked"
	FoundNone    FoundState = "none"    // no such MyKey ID, or not linked here
	FoundStopped FoundState = "stopped" // only where a link is; never why
)

// Lookup finds a person's number in a service of the desk's operator. It writes
// nothing and asks nobody outside. Whether there is no such MyKey ID or no link
// here, it does the same work and gives the same answer. ErrService and whose's.
func (r *Registry) Lookup(ctx context.Context, d Desk, service string, h Holder) (Found, error) {
	v, err := r.service(ctx, d, service)
	if err != nil {
		return Found{}, err
	}
	w, err := r.whose(ctx, h)
	if err != nil {
		return Found{}, err
	}
	handles, err := r.pairwise(ctx, v.Operator, w.person.ID)
	if err != nil {
		return Found{}, err
	}
	link, err := r.Store.Link(ctx, handles, v.Code)
	if errors.Is(err, store.ErrNone) {
		return Found{State: FoundNone}, r.unsealDecoy(ctx)
	}
	if err != nil {
		return Found{}, err
	}
	number, err := r.unseal(ctx, v, link)
	switch {
	case err != nil:
		return Found{}, err
	case w.person.Stopped:
		return Found{State: FoundStopped}, nil
	}
	return Found{FoundLinked, number}, nil
}

// A service ID is sealed with its length before it and filled up to the longest,
// so that a row does not say how long its number is.
const sealedNumber = 1 + 64

// place is what a number is sealed for: it opens in no other row.
func place(v store.Service, handle store.Handle) []byte { return closed(v.Code, string(handle[:])) }

func (r *Registry) seal(ctx context.Context, v store.Service, handle store.Handle, number mykey.ServiceID) ([]byte, error) {
	plain := make([]byte, sealedNumber)
	plain[0] = byte(len(number.Reveal()))
	copy(plain[1:], number.Reveal())
	sealed, err := r.Keys.Seal(ctx, v.Operator, plain, place(v, handle))
	if err != nil {
		return nil, fmt.Errorf("seal number: %w", err)
	}
	return sealed, nil
}

func (r *Registry) unseal(ctx context.Context, v store.Service, l store.Link) (mykey.ServiceID, error) {
	plain, err := r.Keys.Open(ctx, v.Operator, l.Sealed, place(v, l.Handle))
	if err != nil {
		return mykey.ServiceID{}, fmt.Errorf("unseal number: %w", err)
	}
	if len(plain) != sealedNumber || int(plain[0]) >= sealedNumber {
		return mykey.ServiceID{}, errors.New("unseal number: not one")
	}
	return mykey.ParseServiceID(string(plain[1 : 1+plain[0]]))
}

// nobodys is no operator's service: under it stands what is unsealed where there
// is no link, so that none takes as long as some.
var nobodys = store.Service{Operator: "", Code: ""}

func (r *Registry) makeDecoy() ([]byte, error) {
	number, err := mykey.ParseServiceID("0")
	if err != nil {
		return nil, err
	}
	return r.seal(context.Background(), nobodys, store.Handle{}, number)
}

func (r *Registry) unsealDecoy(ctx context.Context) error {
	sealed, err := r.decoy()
	if err != nil {
		return err
	}
	_, err = r.unseal(ctx, nobodys, store.Link{Sealed: sealed})
	return err
}
