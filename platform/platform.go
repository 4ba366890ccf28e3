// Package platform puts the reference platform's parts together: store, custody,
// issuer, verifier, rules, transport.
package platform

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/server"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

// Config says how a platform runs.
type Config struct {
	// Dir holds the database. It is made where missing.
	Dir string
	// KeyDir holds the training keys; "" keeps them in memory alone.
	KeyDir string
	// Listen is a TCP address; port 0 takes a free one.
	Listen string
	// Origin is what residents sign for, https://host[:port]. Empty: the listener's
	// address.
	Origin string
	// Training uses published card keys and lets desks approve themselves. Keys in
	// a token are a later part, so nothing else runs yet.
	Training bool
	// Clerk is who is signed in at desks that enrol in training.
	Clerk string

	Roots       []*x509.Certificate  // of JPKI
	Authorities []verifier.Authority // of user authentication certificates
	OCSP        *http.Client         // nil: one of its own, five seconds

	// Certificate is the platform's own, for TLS. Empty, in training alone: one
	// made at start, for localhost.
	Certificate tls.Certificate
	Rates       server.Rates // zero: server.DefaultRates
	// Front stands before everything that the platform does, as tests want it; nil:
	// nothing does.
	Front func(http.Handler) http.Handler
	Log   *slog.Logger
	Now   func() time.Time
	Rand  io.Reader
}

// Platform is a platform that listens. Close it.
type Platform struct {
	Origin string         // https://host:port, what it answers to
	Roots  *x509.CertPool // vouch for its TLS certificate, where it was made at start
	// Authority is the certificate in Roots, DER; nil where there is none.
	Authority []byte
	Store     *store.Store
	Keys      *custody.Training
	Rules     *registry.Registry

	config Config
	cancel context.CancelFunc
	served chan error
}

// DatabaseFile is the database's name in Config.Dir.
const DatabaseFile = "platform.db"

// ErrNoCustody: outside training there is no key store yet.
var ErrNoCustody = errors.New("keys in a token (PKCS#11) are not built yet: this platform runs in training only")

// Open starts a platform. It answers when Open returns, until ctx ends or Close.
func Open(ctx context.Context, c Config) (*Platform, error) {
	if !c.Training {
		return nil, ErrNoCustody
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	keys, err := custody.OpenTraining(c.KeyDir, custody.Options{Training: c.Training, Now: c.Now, Rand: c.Rand})
	if err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	verify, err := verifier.New(verifier.Config{Roots: c.Roots, Authorities: c.Authorities, HTTP: ocspClient(c.OCSP), Now: c.Now})
	if err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	db, err := store.Open(ctx, filepath.Join(c.Dir, DatabaseFile))
	if err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	p := &Platform{Store: db, Keys: keys, config: c, served: make(chan error, 1)}
	if err := p.listen(ctx, verify); err != nil {
		return nil, errors.Join(fmt.Errorf("platform: %w", err), db.Close())
	}
	return p, nil
}

func (p *Platform) listen(ctx context.Context, verify *verifier.Verifier) error {
	c := p.config
	if c.Certificate.Certificate == nil {
		made, err := localCertificate(c.Rand, c.Now())
		if err != nil {
			return err
		}
		c.Certificate, p.Authority = made, made.Leaf.Raw
		p.Roots = x509.NewCertPool()
		p.Roots.AddCert(made.Leaf)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	if p.Origin = c.Origin; p.Origin == "" {
		p.Origin = "https://" + listener.Addr().String()
	}
	if c.Rates == (server.Rates{}) {
		c.Rates = server.DefaultRates()
	}
	p.Rules = registry.New(registry.Config{
		Store: p.Store, Keys: p.Keys, Issuer: issuer.New(p.Keys, c.Now, c.Rand), Verifier: verify,
		Origin: p.Origin, Training: c.Training, Clerk: c.Clerk, Now: c.Now, Rand: c.Rand,
	})
	s := server.New(server.Config{Rules: p.Rules, Certificate: c.Certificate, Rates: c.Rates, Log: c.Log, Now: c.Now, Rand: c.Rand})
	if c.Front != nil {
		s.Behind(c.Front)
	}
	ctx, p.cancel = context.WithCancel(ctx)
	go func() { p.served <- s.Serve(ctx, listener) }()
	return nil
}

// Wait blocks until the platform no longer answers, and says why.
func (p *Platform) Wait() error {
	err := <-p.served
	p.served <- err // for Close, and for whoever else waits
	return err
}

// Close lets running requests finish and the database go.
func (p *Platform) Close() error {
	p.cancel()
	return errors.Join(p.Wait(), p.Store.Close())
}

// Administrator does what an administrator does, on this platform's database.
func (p *Platform) Administrator(who string) Administrator {
	return Administrator{Store: p.Store, Who: who, Now: p.config.Now, Rand: p.config.Rand}
}

func ocspClient(c *http.Client) *http.Client {
	if c != nil {
		return c
	}
	return &http.Client{Timeout: 5 * time.Second}
}
