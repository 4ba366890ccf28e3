package registry

import (
	"context"
	"fmt"
	"sync"

	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Outcomes of refusals that are kept, as the contract names them.
const (
	codeExists     = "MYKEY-EXISTS"
	codeStopped    = "MYKEY-STOPPED"
	codeLinkTaken  = "LINK-TAKEN"
	codeLinkExists = "LINK-EXISTS"
	codeLinkNone   = "LINK-NONE"
)

var linkCodes = store.LinkCodes{Linked: codeLinkExists, NotLinked: codeLinkNone, NumberUsed: codeLinkTaken, Stopped: codeStopped}

// keptRefusal is the error that was kept as a code.
func keptRefusal(code string) error {
	for _, k := range []struct {
		code string
		is   error
	}{
		{codeExists, ErrMyKeyExists},
		{codeStopped, ErrMyKeyStopped},
		{codeLinkTaken, ErrLinkTaken},
		{codeLinkExists, ErrLinkExists},
		{codeLinkNone, ErrLinkNone},
		{store.OutcomeClosed, ErrKeyReused},
	} {
		if k.code == code {
			return k.is
		}
	}
	return fmt.Errorf("kept outcome %q is none", code)
}

// OutcomeState says what became of a change.
type OutcomeState string

// What becomes of a change.
const (
	OutcomeDone     OutcomeState = "done"
	OutcomeRefused  OutcomeState = "refused"
	OutcomeUnderWay OutcomeState = "under-way"
	OutcomeNever    OutcomeState = "never"
)

// Outcome says what became of the change that this desk sent with a key, in the
// last 24 hours; code is set where it was refused. A key that did nothing, for it
// never came or was refused before it was known whose change it was, is closed:
// what comes with it from then on is refused. Another desk's key is one that
// never came.
func (r *Registry) Outcome(ctx context.Context, d Desk, key string) (state OutcomeState, code string, err error) {
	handle, err := r.key(ctx, d, key)
	if err != nil {
		return "", "", err
	}
	if r.underWay.has(handle) {
		return OutcomeUnderWay, "", nil
	}
	change, err := r.Store.CloseKey(ctx, handle, r.Now())
	switch {
	case err != nil:
		return "", "", err
	case change.Outcome == store.OutcomeDone:
		return OutcomeDone, "", nil
	case change.Outcome == store.OutcomeClosed:
		return OutcomeNever, "", nil
	}
	return OutcomeRefused, change.Outcome, nil
}

// key is what is kept of a desk's Idempotency-Key.
func (r *Registry) key(ctx context.Context, d Desk, key string) (store.Handle, error) {
	return r.newest(ctx, custody.UseIdempotency, "key", d.ID, key)
}

// underWay knows which changes are being carried out.
type underWay struct {
	mu   sync.Mutex
	keys map[store.Handle]chan struct{} // closed at the end
}

// begin marks a key until the function that it gives is called. Where the key is
// marked it waits: a request that was sent again comes after the first.
func (u *underWay) begin(ctx context.Context, key store.Handle) (end func(), err error) {
	for {
		before, mine := u.mark(key)
		if before == nil {
			return func() { u.end(key, mine) }, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-before:
		}
	}
}

func (u *underWay) mark(key store.Handle) (before, mine chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if before, marked := u.keys[key]; marked {
		return before, nil
	}
	mine = make(chan struct{})
	u.keys[key] = mine
	return nil, mine
}

func (u *underWay) end(key store.Handle, mine chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.keys, key)
	close(mine)
}

func (u *underWay) has(key store.Handle) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.keys[key] != nil
}
