package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Stop stops a MyKey ID; until zero: until it is reinstated. It needs a reason,
// which no desk is ever told. ErrRequest, ErrNoMyKey.
func (r *Registry) Stop(ctx context.Context, id store.PersonID, reason string, until time.Time) error {
	if reason == "" {
		return fmt.Errorf("%w: a stop without a reason", ErrRequest)
	}
	err := r.Store.Stop(ctx, id, reason, until)
	if errors.Is(err, store.ErrNone) {
		return ErrNoMyKey
	}
	return err
}

// Withdraw forgets a person: MyKey ID, holders, card and every link at once. The
// MyKey ID is never given out again. ErrNoMyKey.
func (r *Registry) Withdraw(ctx context.Context, id store.PersonID) error {
	person, err := r.Store.Person(ctx, id, r.Now())
	if errors.Is(err, store.ErrNone) {
		return ErrNoMyKey
	}
	if err != nil {
		return err
	}
	gone := store.Gone{Person: id, Handles: map[string][]store.Handle{}}
	operators, err := r.Store.Operators(ctx)
	if err != nil {
		return err
	}
	for _, operator := range operators {
		if gone.Handles[operator], err = r.pairwise(ctx, operator, id); err != nil {
			return err
		}
	}
	hashes, _, err := r.handles(ctx, custody.UseWithdrawn, []byte(person.MyKeyID.Reveal()))
	if err != nil {
		return err
	}
	gone.Hash = hashes[0]
	err = r.Store.Withdraw(ctx, gone)
	if errors.Is(err, store.ErrNone) {
		return ErrNoMyKey
	}
	return err
}
