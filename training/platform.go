package training

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/platform"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/server"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// Clerk is who sits at the demo desk of a city.
const Clerk = "窓口01"

// embedded is a whole platform on loopback: its own test CA with an OCSP
// responder, published test keys, SQLite, TLS.
type embedded struct {
	*platform.Platform
	pki   *simpki.PKI
	desks map[post]platformclient.Config // of those that are enrolled

	stop    context.CancelFunc
	running sync.WaitGroup
}

// startPlatform starts it with its database in dir, and in o.Dir, where there is
// one, its keys and authorities.
func startPlatform(ctx context.Context, dir string, o Options) (e *embedded, err error) {
	ctx, stop := context.WithCancel(ctx)
	e = &embedded{stop: stop, desks: map[post]platformclient.Config{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	ocsp, err := net.Listen("tcp", loopback)
	if err != nil {
		return e, fmt.Errorf("OCSP responder: %w", err)
	}
	responderURL := "http://" + ocsp.Addr().String()
	if e.pki, err = openPKI(o.Dir, simpki.Options{OCSPURL: responderURL, Now: o.Now}); err != nil {
		return e, errors.Join(fmt.Errorf("test CA: %w", err), ocsp.Close())
	}
	responder := &http.Server{Handler: o.Front(e.pki.OCSP()), ReadHeaderTimeout: 5 * time.Second}
	e.running.Go(func() {
		if err := responder.Serve(ocsp); !errors.Is(err, http.ErrServerClosed) {
			o.Log.Error("OCSP responder", "error", err)
		}
	})
	context.AfterFunc(ctx, func() { responder.Close() })

	_, clerk := o.posts()
	e.Platform, err = platform.Open(ctx, platform.Config{
		Dir: dir, KeyDir: o.Dir, Listen: loopback, Training: true, Clerk: clerk,
		Roots: []*x509.Certificate{e.pki.Root()},
		// A kept card names the responder of the run that made it.
		Authorities: []verifier.Authority{{Certificate: e.pki.Issuing(), Policy: simpki.PolicyAuthentication, Responder: responderURL}},
		OCSP:        &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{Proxy: nil}},
		Rates:       server.Rates{Desk: rate.Inf, Open: rate.Inf}, // one desk of our own
		Front:       o.Front, Log: o.Log, Now: o.Now, Rand: rand.Reader,
	})
	if err != nil {
		return e, err
	}
	return e, e.open(ctx)
}

// loopback is any free port of this machine alone.
const loopback = "127.0.0.1:0"

// invite adds a desk and gives its one-time code.
func (e *embedded) invite(ctx context.Context, p post) (registry.Code, error) {
	return e.Administrator("training").AddDesk(ctx, store.Desk{
		ID: p.id, Operator: p.operator, OperatorName: p.operatorName, Office: p.office, Counter: p.counter,
		Roles: []store.DeskRole{{Role: p.role}},
	})
}

// enrol makes a demo desk by a one-time code, as any desk is made. Its key stays
// in this process.
func (e *embedded) enrol(ctx context.Context, p post) (*platformclient.Client, error) {
	code, err := e.invite(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("demo desk: %w", err)
	}
	request, err := settings.NewRequest()
	if err != nil {
		return nil, err
	}
	config := platformclient.Config{BaseURL: e.Origin, Roots: e.Roots}
	enrolled, err := platformclient.Enrol(ctx, config, platformclient.Enrolment{Code: code.Reveal(), CSR: request.CSR})
	if err != nil {
		return nil, fmt.Errorf("enrol demo desk: %w", err)
	}
	certificate := request.Certificate(enrolled.Certificate)
	config.Certificate = func() (*tls.Certificate, error) { return certificate, nil }
	e.desks[p] = config
	return platformclient.New(config)
}

// Close stops the platform and all that it started.
func (e *embedded) Close() error {
	e.stop()
	e.running.Wait()
	if e.Platform == nil {
		return nil
	}
	return e.Platform.Close()
}
