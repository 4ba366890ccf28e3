package server_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

func TestSixtyFourAskAtOnceAndOneMyKeyIDIsMade(t *testing.T) {
	w := newWorld(t, options{})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	var (
		wg            sync.WaitGroup
		mu            sync.Mutex
		made, refused int
		others        []error
		begin         = make(chan struct{})
	)
	for range 64 {
		m := platformclient.MakeMyKey{Transaction: hex16()}
		nonce := r.nonce(desk, platformclient.PurposeCreate)
		digest, err := desk.MakeMyKeyDigest(nonce, m)
		must(t, err)
		a := r.sign(platformclient.PurposeCreate, nonce, digest)
		wg.Go(func() {
			<-begin
			_, err := desk.MakeMyKey(context.Background(), m, a)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case errors.Is(err, platformclient.ErrMyKeyExists):
				refused++
			default:
				others = append(others, err)
			}
		})
	}
	close(begin)
	wg.Wait()
	if made != 1 || refused != 63 {
		t.Errorf("got %d made, %d refused, others %v; want 1 and 63", made, refused, others)
	}
}

func TestTheSameRequestAgainGivesTheSameMyKeyID(t *testing.T) {
	w := newWorld(t, options{})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	m := platformclient.MakeMyKey{Transaction: hex16(), Key: "a-key-of-the-desk-0001"}
	nonce := r.nonce(desk, platformclient.PurposeCreate)
	digest, err := desk.MakeMyKeyDigest(nonce, m)
	must(t, err)
	a := r.sign(platformclient.PurposeCreate, nonce, digest)
	first, err := desk.MakeMyKey(t.Context(), m, a)
	must(t, err)
	second, err := desk.MakeMyKey(t.Context(), m, a)
	if err != nil || first != second {
		t.Errorf("second: got %v, %v, want %v", second, err, first)
	}
	m.Transaction = hex16()
	if _, err := desk.MakeMyKey(t.Context(), m, a); !errors.Is(err, platformclient.ErrKeyReused) {
		t.Errorf("the key with another request: got %v, want ErrKeyReused", err)
	}
}

func TestWishedMyKeyID(t *testing.T) {
	w := newWorld(t, options{})
	desk := w.desk("counter-1")
	wished, err := mykey.ParseID("TAKEN234")
	must(t, err)
	got, err := w.resident(simpki.Request{}).make(desk, platformclient.MakeMyKey{Transaction: hex16(), Wished: wished})
	if err != nil || got != wished {
		t.Fatalf("got %v, %v, want the wished one", got, err)
	}
	late := w.resident(simpki.Request{})
	for range 3 {
		if _, err := late.make(desk, platformclient.MakeMyKey{Transaction: hex16(), Wished: wished}); !errors.Is(err, platformclient.ErrMyKeyTaken) {
			t.Errorf("got %v, want ErrMyKeyTaken", err)
		}
	}
	if _, err := late.make(desk, platformclient.MakeMyKey{Transaction: hex16(), Wished: wished}); !errors.Is(err, platformclient.ErrWishes) {
		t.Errorf("fourth wish: got %v, want ErrWishes", err)
	}
	if _, err := late.make(desk, platformclient.MakeMyKey{Transaction: hex16()}); err != nil {
		t.Errorf("a proposed one: %v", err)
	}
}

func TestOneTransactionIsOnePerson(t *testing.T) {
	w := newWorld(t, options{})
	desk, transaction := w.desk("counter-1"), hex16()
	_, err := w.resident(simpki.Request{}).make(desk, platformclient.MakeMyKey{Transaction: transaction})
	must(t, err)
	if _, err := w.resident(simpki.Request{}).make(desk, platformclient.MakeMyKey{Transaction: transaction}); !errors.Is(err, platformclient.ErrMixed) {
		t.Errorf("got %v, want ErrMixed", err)
	}
}

func TestAssertionThatDoesNotHoldIsRefused(t *testing.T) {
	w := newWorld(t, options{})
	desk, other := w.desk("counter-1"), w.desk("counter-2")
	plain := func() resident { return w.resident(simpki.Request{}) }
	config := w.config()
	config.Origin = "https://elsewhere.example"
	elsewhere, err := platformclient.New(config)
	must(t, err)
	defer elsewhere.Close()
	tests := []struct {
		name string
		who  func() resident
		// spoil changes what is asked after it was signed
		spoil  func(r resident, m *platformclient.MakeMyKey, a *platformclient.Assertion)
		digest *platformclient.Client // who makes the digest; nil: desk
		sender *platformclient.Client // who sends; nil: desk
		want   error
	}{
		{"another origin", plain, nil, elsewhere, nil, platformclient.ErrAssertion},
		{"another desk's nonce", plain, nil, nil, other, platformclient.ErrChallenge},
		{"body changed", plain, func(_ resident, m *platformclient.MakeMyKey, _ *platformclient.Assertion) { m.Transaction = hex16() }, nil, nil, platformclient.ErrAssertion},
		{"purpose swapped", plain, func(_ resident, _ *platformclient.MakeMyKey, a *platformclient.Assertion) {
			a.Purpose = platformclient.PurposeStop
		}, nil, nil, platformclient.ErrAssertion},
		{"nonce of another purpose", plain, func(r resident, _ *platformclient.MakeMyKey, a *platformclient.Assertion) {
			a.Nonce = r.nonce(desk, platformclient.PurposeWrite)
		}, nil, nil, platformclient.ErrChallenge},
		{"another nonce of the same purpose", plain, func(r resident, _ *platformclient.MakeMyKey, a *platformclient.Assertion) {
			a.Nonce = r.nonce(desk, platformclient.PurposeCreate)
		}, nil, nil, platformclient.ErrAssertion},
		{"nonce after two minutes", plain, func(resident, *platformclient.MakeMyKey, *platformclient.Assertion) {
			w.clock.Forward(registry.ChallengeLife + time.Second)
		}, nil, nil, platformclient.ErrChallenge},
		{"somebody else's certificate", plain, func(_ resident, _ *platformclient.MakeMyKey, a *platformclient.Assertion) {
			a.Certificate = plain().certificate
		}, nil, nil, platformclient.ErrAssertion},
		{"revoked meanwhile", plain, func(r resident, _ *platformclient.MakeMyKey, _ *platformclient.Assertion) {
			w.pki.Revoke(simpki.Serial(r.certificate))
		}, nil, nil, platformclient.ErrCertificateRevoked},
		{"responder does not know it", plain, func(r resident, _ *platformclient.MakeMyKey, _ *platformclient.Assertion) {
			w.pki.SetUnknown(simpki.Serial(r.certificate))
		}, nil, nil, platformclient.ErrCertificateUnknown},
		{"stale answer", plain, func(r resident, _ *platformclient.MakeMyKey, _ *platformclient.Assertion) {
			w.pki.Set(simpki.Serial(r.certificate), simpki.Stale)
		}, nil, nil, platformclient.ErrCertificateUnknown},
		{"answer that is not the authority's", plain, func(r resident, _ *platformclient.MakeMyKey, _ *platformclient.Assertion) {
			w.pki.Set(simpki.Serial(r.certificate), simpki.Forged)
		}, nil, nil, platformclient.ErrCertificateUnknown},
		{"no answer", plain, func(r resident, _ *platformclient.MakeMyKey, _ *platformclient.Assertion) {
			w.pki.Set(simpki.Serial(r.certificate), simpki.Down)
		}, nil, nil, platformclient.ErrCertificateUnknown},
		{"ended", func() resident {
			return w.resident(simpki.Request{NotBefore: time.Now().AddDate(-6, 0, 0), NotAfter: time.Now().AddDate(0, 0, -1)})
		}, nil, nil, nil, platformclient.ErrCertificateExpired},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, m := test.who(), platformclient.MakeMyKey{Transaction: hex16()}
			nonce := r.nonce(desk, platformclient.PurposeCreate)
			by := desk
			if test.digest != nil {
				by = test.digest
			}
			digest, err := by.MakeMyKeyDigest(nonce, m)
			must(t, err)
			a := r.sign(platformclient.PurposeCreate, nonce, digest)
			if test.spoil != nil {
				test.spoil(r, &m, &a)
			}
			sender := desk
			if test.sender != nil {
				sender = test.sender
			}
			if _, err := sender.MakeMyKey(t.Context(), m, a); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if !errors.Is(test.want, platformclient.ErrChallenge) {
				m.Key = ""
				if _, err := sender.MakeMyKey(t.Context(), m, a); err == nil {
					t.Error("the nonce could be used again")
				}
			}
		})
	}
}

func TestCertificateOfAnotherKindIsRefused(t *testing.T) {
	w := newWorld(t, options{})
	desk := w.desk("counter-1")
	for _, test := range []struct {
		name string
		r    simpki.Request
	}{
		{"policy of a signature certificate", simpki.Request{SignaturePolicy: true}},
		{"same name, another generation's key", simpki.Request{FormerGeneration: true}},
	} {
		r := w.resident(test.r)
		_, err := desk.Challenges(t.Context(), []platformclient.Purpose{platformclient.PurposeCreate}, r.certificate)
		if !errors.Is(err, platformclient.ErrCertificateRefused) {
			t.Errorf("%s: got %v, want ErrCertificateRefused", test.name, err)
		}
	}
	if _, err := desk.Challenges(t.Context(), []platformclient.Purpose{platformclient.PurposeRegister}, w.resident(simpki.Request{}).certificate); !errors.Is(err, platformclient.ErrRole) {
		t.Errorf("a purpose of another role: got %v, want ErrRole", err)
	}
}
