package training

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/server"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// The demo desk.
const (
	deskID       = "training-1"
	operatorCode = "demo-city"
	operatorName = "○○市"
	office       = "○○市 市民課"
	counter      = "1番窓口"
	// Clerk is who sits at the demo desk.
	Clerk = "窓口01"
)

// embedded is a whole platform on loopback: its own test CA with an OCSP
// responder, published test keys, SQLite, TLS.
type embedded struct {
	pki     *simpki.PKI
	custody *custody.Training
	store   *store.Store
	address string // https://127.0.0.1:port
	roots   *x509.CertPool
	desk    platformclient.Config // of the demo desk, once enrolled
	now     func() time.Time

	stop    context.CancelFunc
	running sync.WaitGroup
}

// startPlatform starts it with its database in dir, and in o.Dir, where there is
// one, its keys and authorities.
func startPlatform(ctx context.Context, dir string, o Options) (e *embedded, err error) {
	ctx, stop := context.WithCancel(ctx)
	now, log := o.Now, o.Log
	e = &embedded{stop: stop, now: now}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	ocsp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return e, fmt.Errorf("OCSP responder: %w", err)
	}
	responderURL := "http://" + ocsp.Addr().String()
	if e.pki, err = openPKI(o.Dir, simpki.Options{OCSPURL: responderURL, Now: now}); err != nil {
		return e, errors.Join(fmt.Errorf("test CA: %w", err), ocsp.Close())
	}
	responder := &http.Server{Handler: o.Front(e.pki.OCSP()), ReadHeaderTimeout: 5 * time.Second}
	e.running.Go(func() {
		if err := responder.Serve(ocsp); !errors.Is(err, http.ErrServerClosed) {
			log.Error("OCSP responder", "error", err)
		}
	})
	context.AfterFunc(ctx, func() { responder.Close() })

	if e.custody, err = custody.OpenTraining(o.Dir, custody.Options{Training: true, Now: now, Rand: rand.Reader}); err != nil {
		return e, err
	}
	if e.store, err = store.Open(ctx, filepath.Join(dir, "platform.db")); err != nil {
		return e, err
	}
	checks, err := verifier.New(verifier.Config{
		Roots: []*x509.Certificate{e.pki.Root()},
		// A kept card names the responder of the run that made it.
		Authorities: []verifier.Authority{{Certificate: e.pki.Issuing(), Policy: simpki.PolicyAuthentication, Responder: responderURL}},
		HTTP:        &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{Proxy: nil}},
		Now:         now,
	})
	if err != nil {
		return e, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return e, fmt.Errorf("platform: %w", err)
	}
	e.address = "https://" + listener.Addr().String()
	certificate, err := e.loopbackCertificate()
	if err != nil {
		return e, errors.Join(err, listener.Close())
	}
	rules := registry.New(registry.Config{
		Store: e.store, Keys: e.custody, Issuer: issuer.New(e.custody, now, rand.Reader), Verifier: checks,
		Origin: e.address, Training: true, Clerk: Clerk, Now: now, Rand: rand.Reader,
	})
	s := server.New(server.Config{
		Rules: rules, Certificate: certificate, Log: log, Now: now, Rand: rand.Reader,
		Rates: server.Rates{Desk: rate.Inf, Open: rate.Inf}, // one desk of our own
	})
	s.Behind(o.Front)
	e.running.Go(func() {
		if err := s.Serve(ctx, listener); err != nil {
			log.Error("platform", "error", err)
		}
	})
	return e, nil
}

// loopbackCertificate makes the platform's TLS certificate, of an authority that
// lives as long as this process.
func (e *embedded) loopbackCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("platform certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Madoguchi training platform"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(30 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("platform certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("platform certificate: %w", err)
	}
	e.roots = x509.NewCertPool()
	e.roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// enrol makes the demo desk by a one-time code, as any desk is made. Its key
// stays in this process.
func (e *embedded) enrol(ctx context.Context) (*platformclient.Client, error) {
	code, err := registry.NewCode(rand.Reader)
	if err != nil {
		return nil, err
	}
	desk := store.Desk{
		ID: deskID, Operator: operatorCode, OperatorName: operatorName, Office: office, Counter: counter,
		Roles: []store.DeskRole{{Role: registry.RoleMunicipal}},
	}
	log := store.Administration{At: e.now(), Who: "training", What: "desk add", Subject: deskID}
	if err := e.store.AddDesk(ctx, desk, code.Enrolment(deskID, e.now()), log); err != nil {
		return nil, fmt.Errorf("demo desk: %w", err)
	}
	request, err := settings.NewRequest()
	if err != nil {
		return nil, err
	}
	config := platformclient.Config{BaseURL: e.address, Roots: e.roots}
	enrolled, err := platformclient.Enrol(ctx, config, platformclient.Enrolment{Code: code.Reveal(), CSR: request.CSR})
	if err != nil {
		return nil, fmt.Errorf("enrol demo desk: %w", err)
	}
	certificate := request.Certificate(enrolled.Certificate)
	config.Certificate = func() (*tls.Certificate, error) { return certificate, nil }
	e.desk = config
	return platformclient.New(config)
}

// Close stops the platform and all that it started.
func (e *embedded) Close() error {
	e.stop()
	e.running.Wait()
	if e.store == nil {
		return nil
	}
	return e.store.Close()
}
