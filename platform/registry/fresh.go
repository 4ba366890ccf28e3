package registry

import (
	"context"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

// CertificateAge is how long ago a certificate may have been found good for a
// link to be made without asking again.
const CertificateAge = 24 * time.Hour

// state asks how a certificate stands and remembers when it was found good.
func (r *Registry) state(ctx context.Context, cert verifier.Certificate) (verifier.State, time.Time, error) {
	handles, _, err := r.handles(ctx, custody.UseHolder, cert.HolderBytes())
	if err != nil {
		return "", time.Time{}, err
	}
	state, at := r.Verifier.State(ctx, cert)
	r.found.keep(handles, state, at)
	return state, at, nil
}

// good asks how a certificate stands now: nil, or what it lacks.
func (r *Registry) good(ctx context.Context, cert verifier.Certificate) error {
	state, _, err := r.state(ctx, cert)
	if err != nil {
		return err
	}
	switch state {
	case verifier.Good:
		return nil
	case verifier.Expired:
		return ErrCertificateExpired
	case verifier.Revoked:
		return ErrCertificateRevoked
	default:
		return ErrCertificateUnknown
	}
}

// fresh refuses a person none of whose certificates was found good within
// CertificateAge, unless the one in hand is good now. Only user authentication
// certificates count: nothing here ever sees another.
func (r *Registry) fresh(ctx context.Context, w whose) error {
	if w.certificate != nil {
		if r.found.fresh(w.holders) && !r.Verifier.Ended(*w.certificate) {
			return nil
		}
		return r.good(ctx, *w.certificate)
	}
	holders, err := r.Store.Holders(ctx, w.person.ID)
	if err != nil {
		return err
	}
	if !r.found.fresh(holders) {
		return ErrCertificateUnknown
	}
	return nil
}

// foundGood remembers, in memory alone, which certificates were found good and
// when.
type foundGood struct {
	now func() time.Time

	mu    sync.Mutex
	at    map[store.Handle]time.Time
	swept time.Time
}

// keep remembers a good state, forgets a certificate that is over, and leaves
// what was known where nobody could say.
func (f *foundGood) keep(handles []store.Handle, state verifier.State, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch state {
	case verifier.Good:
		f.sweep()
		for _, h := range handles { // the row may stand under an older key
			f.at[h] = at
		}
	case verifier.Expired, verifier.Revoked:
		for _, h := range handles {
			delete(f.at, h)
		}
	}
}

// sweep forgets what is too old, at most once an hour.
func (f *foundGood) sweep() {
	now := f.now()
	if now.Sub(f.swept) < time.Hour {
		return
	}
	f.swept = now
	for h, at := range f.at {
		if now.Sub(at) > CertificateAge {
			delete(f.at, h)
		}
	}
}

func (f *foundGood) fresh(handles []store.Handle) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range handles {
		if at, ok := f.at[h]; ok && f.now().Sub(at) <= CertificateAge {
			return true
		}
	}
	return false
}
