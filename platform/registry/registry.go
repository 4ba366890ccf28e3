// Package registry holds the platform's rules: who may do what, one MyKey ID a
// person, what a card is to hold. It knows no HTTP. Transactions start here.
package registry

import (
	"context"
	"crypto"
	"crypto/x509"
	"io"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

// Keys is what the rules ask of custody.
type Keys interface {
	HMAC(ctx context.Context, use custody.Use, data []byte) ([]custody.Tag, error)
	Seal(ctx context.Context, operator string, plain, place []byte) ([]byte, error)
	Open(ctx context.Context, operator string, sealed, place []byte) ([]byte, error)
	SignRecord(ctx context.Context, r mykey.Record) (mykey.Record, error)
	RecordKeys() []mykey.RecordKey
	DeskCA() (*x509.Certificate, crypto.Signer)
}

// Issuer makes a card session's scripts and judges the card's answers.
type Issuer interface {
	Open(ctx context.Context, r issuer.Request) (string, issuer.Script, error)
	Next(ctx context.Context, id, desk string, answers [][]byte) (issuer.Outcome, error)
	Close(id, desk string)
}

// Config is what the rules stand on.
type Config struct {
	Store    *store.Store
	Keys     Keys
	Issuer   Issuer
	Verifier *verifier.Verifier
	Origin   string // the platform's own, as desks name it: https://host[:port]
	Training bool   // desks approve themselves and need no legal basis
	Clerk    string // who is signed in at a desk that enrols; "" outside training
	Now      func() time.Time
	Rand     io.Reader
}

// Registry carries out the rules. Goroutines may share it. What it keeps in
// memory (challenges, card sessions, jobs' authority, wishes, which certificates
// were found good, which changes are under way) ends with it.
type Registry struct {
	Config
	challenges *challenges
	sessions   *cardSessions
	jobs       *jobs
	wishes     *wishes
	found      *foundGood
	underWay   *underWay
	decoy      func() ([]byte, error)
}

// New makes a registry.
func New(c Config) *Registry {
	r := &Registry{
		Config:     c,
		challenges: newChallenges(c.Now, c.Rand),
		sessions:   &cardSessions{now: c.Now, open: map[string]*cardSession{}},
		jobs:       &jobs{now: c.Now, held: map[jobKey]authority{}},
		wishes:     &wishes{now: c.Now, count: map[store.Handle]int{}},
		found:      &foundGood{now: c.Now, at: map[store.Handle]time.Time{}},
		underWay:   &underWay{keys: map[store.Handle]chan struct{}{}},
	}
	r.decoy = sync.OnceValues(r.makeDecoy)
	return r
}

// japan is where issue dates are dates.
var japan = time.FixedZone("JST", 9*60*60)

// RecordKeys lists the public record keys.
func (r *Registry) RecordKeys() []mykey.RecordKey { return r.Keys.RecordKeys() }

// Ready reports whether database and keys answer.
func (r *Registry) Ready(ctx context.Context) error {
	if err := r.Store.Ready(ctx); err != nil {
		return err
	}
	_, err := r.Keys.HMAC(ctx, custody.UseIdempotency, nil)
	return err
}

// handles gives the tags of data under every live key, newest first.
func (r *Registry) handles(ctx context.Context, use custody.Use, data []byte) ([]store.Handle, uint32, error) {
	tags, err := r.Keys.HMAC(ctx, use, data)
	if err != nil {
		return nil, 0, err
	}
	out := make([]store.Handle, len(tags))
	for i, t := range tags {
		out[i] = t.Sum
	}
	return out, tags[0].Version, nil
}

// closed puts parts one after the other, each closed by a 00.
func closed(parts ...string) (data []byte) {
	for _, p := range parts {
		data = append(append(data, p...), 0)
	}
	return data
}

// newest is the tag of the parts, each closed by a 00, under the newest key.
func (r *Registry) newest(ctx context.Context, use custody.Use, parts ...string) (store.Handle, error) {
	handles, _, err := r.handles(ctx, use, closed(parts...))
	if err != nil {
		return store.Handle{}, err
	}
	return handles[0], nil
}

// change begins what is kept of a change: its transaction, and who it is about
// once that is known. Both tags are under one key, so that a rotation drops a
// tie but never makes a false one.
func (r *Registry) change(ctx context.Context, transaction string) (store.Change, error) {
	tag, err := r.newest(ctx, custody.UseTransaction, "transaction", transaction)
	if err != nil {
		return store.Change{}, err
	}
	return store.Change{
		Transaction: tag[:],
		Made:        r.Now(),
		Tag: func(id store.PersonID) ([]byte, error) {
			tag, err := r.newest(ctx, custody.UseTransaction, "person", string(id[:]))
			return tag[:], err
		},
	}, nil
}
