package registry

import (
	"context"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
)

// AuthorityLife is how long a job goes on without a new PIN.
const AuthorityLife = 10 * time.Minute

// jobKey names a job's authority: this desk, this card, this job.
type jobKey struct {
	desk, job string
	chip      store.Handle
}

// authority is what an assertion leaves behind for its job.
type authority struct {
	certificate []store.Handle // the holder's
	until       time.Time
}

// authority gives the holder's handles: from the assertion, which is then kept
// for the job, or from what the job was given within ten minutes. ErrAuthority,
// or what the assertion lacks.
func (r *Registry) authority(ctx context.Context, d Desk, s CardSession, chip store.Handle) ([]store.Handle, error) {
	key := jobKey{d.ID, s.Job, chip}
	if s.Assertion == nil {
		return r.jobs.get(key)
	}
	cert, err := r.authenticate(ctx, d, purposeWrite, s.Request, *s.Assertion)
	if err != nil {
		return nil, err
	}
	handles, _, err := r.handles(ctx, custody.UseHolder, cert.HolderBytes())
	if err != nil {
		return nil, err
	}
	r.jobs.put(key, handles)
	return handles, nil
}

// jobs keeps authority in memory: a restart asks for the PIN again.
type jobs struct {
	now func() time.Time

	mu   sync.Mutex
	held map[jobKey]authority
}

func (j *jobs) put(key jobKey, certificate []store.Handle) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now()
	for k, a := range j.held {
		if now.After(a.until) {
			delete(j.held, k)
		}
	}
	j.held[key] = authority{certificate, now.Add(AuthorityLife)}
}

func (j *jobs) get(key jobKey) ([]store.Handle, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	a, ok := j.held[key]
	if !ok || j.now().After(a.until) {
		return nil, ErrAuthority
	}
	return a.certificate, nil
}
