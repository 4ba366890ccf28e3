package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/api/assertion"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

// ChallengeLife is how long a nonce can be used, once.
const ChallengeLife = 2 * time.Minute

// maxChallenges is how many nonces one desk may have out; one more ends its
// oldest. A desk throws away one for each card that it reads, so it must not lock
// itself out.
const maxChallenges = 256

// Purposes.
const (
	purposeCreate   = "create"
	purposeWrite    = "write"
	purposeRegister = "register"
)

// purposes says what residents may be asked to sign at a desk of each role.
var purposes = map[string][]string{
	RoleMunicipal: {purposeCreate, purposeWrite, "stop", "reinstate", "withdraw"},
	RoleReception: {purposeRegister},
	RoleResident:  {purposeCreate, "rename", "stop", "reinstate", "withdraw", "export", "sign-in"},
}

func (d Desk) may(purpose string) bool {
	return slices.ContainsFunc(d.Roles, func(role Role) bool { return slices.Contains(purposes[role.Name], purpose) })
}

// Challenges are nonces, one for each purpose in order, and a certificate's state.
type Challenges struct {
	Nonces    [][]byte
	State     verifier.State
	CheckedAt time.Time
}

// Challenge gives nonces to a desk and says how the certificate stands. It says
// nothing about a MyKey ID. ErrRole, ErrRequest, ErrCertificateRefused.
func (r *Registry) Challenge(ctx context.Context, d Desk, wanted []string, certificate []byte) (Challenges, error) {
	if len(wanted) == 0 || len(wanted) > 4 {
		return Challenges{}, fmt.Errorf("%w: %d purposes", ErrRequest, len(wanted))
	}
	for _, p := range wanted {
		if !d.may(p) {
			return Challenges{}, fmt.Errorf("%w: purpose", ErrRole)
		}
	}
	cert, err := r.Verifier.Parse(certificate)
	if err != nil {
		return Challenges{}, errors.Join(ErrCertificateRefused, err)
	}
	var out Challenges
	if out.State, out.CheckedAt, err = r.state(ctx, cert); err != nil {
		return Challenges{}, err
	}
	for _, p := range wanted {
		nonce, err := r.challenges.give(d, p)
		if err != nil {
			return Challenges{}, err
		}
		out.Nonces = append(out.Nonces, nonce)
	}
	return out, nil
}

// Assertion is a resident's signature as it came.
type Assertion struct {
	Purpose, Algorithm            string
	Nonce, Certificate, Signature []byte
}

// authenticate checks an assertion whole: the nonce (which is used up by it,
// whatever follows), the certificate, the signature over this request, and that
// the certificate is good now.
func (r *Registry) authenticate(ctx context.Context, d Desk, purpose string, request [32]byte, a Assertion) (verifier.Certificate, error) {
	if a.Purpose != purpose {
		return verifier.Certificate{}, fmt.Errorf("%w: another purpose", ErrAssertion)
	}
	if !r.challenges.take(d, purpose, a.Nonce) {
		return verifier.Certificate{}, ErrChallenge
	}
	cert, err := r.Verifier.Parse(a.Certificate)
	if err != nil {
		return verifier.Certificate{}, errors.Join(ErrCertificateRefused, err)
	}
	err = verifier.CheckAssertion(cert, verifier.Assertion{
		Purpose: purpose, Origin: r.Origin, Nonce: a.Nonce, Request: request, Algorithm: a.Algorithm, Signature: a.Signature,
	})
	if err != nil {
		return verifier.Certificate{}, errors.Join(ErrAssertion, err)
	}
	return cert, r.good(ctx, cert)
}

// challenges are the nonces that are out. In memory: a restart drops them.
type challenges struct {
	now  func() time.Time
	rand io.Reader

	mu  sync.Mutex
	out map[[assertion.NonceSize]byte]challenge
	per map[string]int // by desk certificate
}

type challenge struct {
	purpose     string
	certificate string // of the desk
	until       time.Time
}

func newChallenges(now func() time.Time, rand io.Reader) *challenges {
	return &challenges{now: now, rand: rand, out: map[[assertion.NonceSize]byte]challenge{}, per: map[string]int{}}
}

func (c *challenges) give(d Desk, purpose string) ([]byte, error) {
	var nonce [assertion.NonceSize]byte
	if _, err := io.ReadFull(c.rand, nonce[:]); err != nil {
		return nil, fmt.Errorf("make a nonce: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	var oldest [assertion.NonceSize]byte
	for n, old := range c.out {
		switch {
		case now.After(old.until):
			c.drop(n, old)
		case old.certificate != d.certificate:
		case c.out[oldest].until.IsZero() || old.until.Before(c.out[oldest].until):
			oldest = n
		}
	}
	if c.per[d.certificate] >= maxChallenges {
		c.drop(oldest, c.out[oldest])
	}
	c.out[nonce] = challenge{purpose, d.certificate, now.Add(ChallengeLife)}
	c.per[d.certificate]++
	return nonce[:], nil
}

// take uses a nonce up. Only the desk certificate that it was given to can.
func (c *challenges) take(d Desk, purpose string, nonce []byte) bool {
	if len(nonce) != assertion.NonceSize {
		return false
	}
	n := [assertion.NonceSize]byte(nonce)
	c.mu.Lock()
	defer c.mu.Unlock()
	have, ok := c.out[n]
	if !ok || have.certificate != d.certificate {
		return false
	}
	c.drop(n, have)
	return have.purpose == purpose && !c.now().After(have.until)
}

func (c *challenges) drop(n [assertion.NonceSize]byte, old challenge) {
	delete(c.out, n)
	if c.per[old.certificate]--; c.per[old.certificate] <= 0 {
		delete(c.per, old.certificate)
	}
}
