package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

const (
	// proposed holds what we propose from: no I, O, 0, 1. 32 characters, so a
	// byte's low five bits choose without bias.
	proposed = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	// proposals is how often another is proposed when one is taken.
	proposals    = 16
	wishesPerDay = 3
)

// MakeMyKey asks for a MyKey ID.
type MakeMyKey struct {
	Key         string   // Idempotency-Key
	Body        []byte   // the request as it came, to know it again
	Request     [32]byte // assertion.RequestDigest
	Transaction string
	Wished      mykey.ID // zero: one is proposed
	Assertion   Assertion
}

// MakeMyKey makes the resident's MyKey ID: one for each holder, however many ask
// at once. The same key with the same request gives the same answer.
func (r *Registry) MakeMyKey(ctx context.Context, d Desk, m MakeMyKey) (mykey.ID, error) {
	if !d.may(purposeCreate) {
		return mykey.ID{}, ErrRole
	}
	change, err := r.change(ctx, m.Transaction)
	if err != nil {
		return mykey.ID{}, err
	}
	if change.Key, err = r.key(ctx, d, m.Key); err != nil {
		return mykey.ID{}, err
	}
	end, err := r.underWay.begin(ctx, change.Key)
	if err != nil {
		return mykey.ID{}, err
	}
	defer end()
	request, err := r.newest(ctx, custody.UseIdempotency, "request", string(m.Body))
	if err != nil {
		return mykey.ID{}, err
	}
	change.Request = request[:]
	if id, found, err := r.before(ctx, change, m.Assertion); found || err != nil {
		return id, err
	}
	cert, err := r.authenticate(ctx, d, purposeCreate, m.Request, m.Assertion)
	if err != nil {
		return mykey.ID{}, err
	}
	id, err := r.make(ctx, cert, change, m.Wished)
	if errors.Is(err, store.ErrKeyUsed) { // closed meanwhile, or used by another process
		id, _, err = r.before(ctx, change, m.Assertion)
	}
	return id, err
}

// before answers a key that was used already.
func (r *Registry) before(ctx context.Context, change store.Change, a Assertion) (mykey.ID, bool, error) {
	was, err := r.Store.Change(ctx, change.Key, r.Now())
	switch {
	case errors.Is(err, store.ErrNone):
		return mykey.ID{}, false, nil
	case err != nil:
		return mykey.ID{}, false, err
	case string(was.Request) != string(change.Request):
		return mykey.ID{}, true, ErrKeyReused
	case was.Outcome != store.OutcomeDone:
		return mykey.ID{}, true, keptRefusal(was.Outcome)
	}
	// Byte for byte the request that was accepted: its certificate leads to what
	// it made. The answer itself is never kept.
	cert, err := r.Verifier.Parse(a.Certificate)
	if err != nil {
		return mykey.ID{}, true, errors.Join(ErrCertificateRefused, err)
	}
	holder, person, err := r.person(ctx, cert)
	if err != nil {
		return mykey.ID{}, true, err
	}
	if tag, err := change.Tag(holder.ID); err != nil || string(tag) != string(was.Person) {
		return mykey.ID{}, true, errors.Join(ErrKeyReused, err)
	}
	return person.MyKeyID, true, nil
}

func (r *Registry) make(ctx context.Context, cert verifier.Certificate, change store.Change, wished mykey.ID) (mykey.ID, error) {
	handles, version, err := r.handles(ctx, custody.UseHolder, cert.HolderBytes())
	if err != nil {
		return mykey.ID{}, err
	}
	n := store.NewMyKey{Handles: handles, KeyVersion: version, Ends: cert.Ends(), Change: change}
	if _, err := io.ReadFull(r.Rand, n.ID[:]); err != nil {
		return mykey.ID{}, fmt.Errorf("make a MyKey ID: %w", err)
	}
	if !wished.IsZero() && !r.wishes.take(handles[0]) {
		return mykey.ID{}, ErrWishes
	}
	for try := 0; ; try++ {
		n.MyKeyID = wished
		if wished.IsZero() {
			if n.MyKeyID, err = r.propose(); err != nil {
				return mykey.ID{}, err
			}
		}
		if n.Withdrawn, _, err = r.handles(ctx, custody.UseWithdrawn, []byte(n.MyKeyID.Reveal())); err != nil {
			return mykey.ID{}, err
		}
		err := r.Store.MakeMyKey(ctx, n, codeExists)
		switch {
		case err == nil:
			return n.MyKeyID, nil
		case errors.Is(err, store.ErrTaken) && !wished.IsZero():
			return mykey.ID{}, ErrMyKeyTaken
		case errors.Is(err, store.ErrTaken) && try < proposals:
			continue
		case errors.Is(err, store.ErrHolder):
			return mykey.ID{}, ErrMyKeyExists
		case errors.Is(err, store.ErrMixed):
			return mykey.ID{}, ErrMixed
		default:
			return mykey.ID{}, fmt.Errorf("make a MyKey ID: %w", err)
		}
	}
}

func (r *Registry) propose() (mykey.ID, error) {
	b := make([]byte, mykey.IDLength)
	if _, err := io.ReadFull(r.Rand, b); err != nil {
		return mykey.ID{}, fmt.Errorf("propose a MyKey ID: %w", err)
	}
	for i, c := range b {
		b[i] = proposed[int(c)%len(proposed)]
	}
	return mykey.ParseID(string(b))
}

// person finds whose certificate it is, or ErrNoMyKey.
func (r *Registry) person(ctx context.Context, cert verifier.Certificate) (store.Holder, store.Person, error) {
	handles, _, err := r.handles(ctx, custody.UseHolder, cert.HolderBytes())
	if err != nil {
		return store.Holder{}, store.Person{}, err
	}
	return r.personOf(ctx, handles)
}

func (r *Registry) personOf(ctx context.Context, handles []store.Handle) (store.Holder, store.Person, error) {
	holder, err := r.Store.Holder(ctx, handles)
	if errors.Is(err, store.ErrNone) {
		return store.Holder{}, store.Person{}, ErrNoMyKey
	}
	if err != nil {
		return store.Holder{}, store.Person{}, err
	}
	person, err := r.Store.Person(ctx, holder.ID, r.Now())
	if errors.Is(err, store.ErrNone) {
		return store.Holder{}, store.Person{}, ErrNoMyKey
	}
	return holder, person, err
}

// wishes counts wished MyKey IDs per holder and day, in memory.
type wishes struct {
	now func() time.Time

	mu    sync.Mutex
	day   string
	count map[store.Handle]int
}

func (w *wishes) take(holder store.Handle) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if today := w.now().In(japan).Format(time.DateOnly); today != w.day {
		w.day = today
		clear(w.count)
	}
	if w.count[holder] >= wishesPerDay {
		return false
	}
	w.count[holder]++
	return true
}
