// Package server is the platform's transport: TLS 1.3 with desk certificates,
// one chain in front of generated routes, problem+json. Its handlers name input
// and output and make one call of the rules.
package server

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
	"time"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/platform/registry"
	"golang.org/x/time/rate"
)

// Rates are how often may be asked; counted in memory alone.
type Rates struct {
	Desk      rate.Limit // calls a second, one desk certificate
	DeskBurst int
	Open      rate.Limit // calls a second without a certificate, one address
	OpenBurst int
}

// DefaultRates stop a program that runs wild, not a desk at work.
func DefaultRates() Rates { return Rates{Desk: 100, DeskBurst: 400, Open: 2, OpenBurst: 20} }

// Config is what a server stands on.
type Config struct {
	Rules       *registry.Registry
	Certificate tls.Certificate // the platform's own
	Rates       Rates
	Log         *slog.Logger // one line a request; never an ID
	Now         func() time.Time
	Rand        io.Reader // for references
}

// Server answers desks. Goroutines may share it.
type Server struct {
	c       Config
	handler http.Handler
}

// Times of one connection; a desk waits 4 to 10 s for an answer.
const (
	headerTime = 5 * time.Second
	readTime   = 10 * time.Second
	writeTime  = 15 * time.Second
	idleTime   = 2 * time.Minute
	shutTime   = 10 * time.Second
)

// New makes a server.
func New(c Config) *Server {
	s := &Server{c: c}
	mux := http.NewServeMux()
	strict := api.NewStrictHandlerWithOptions(handlers{c.Rules}, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  malformed,
		ResponseErrorHandlerFunc: refuse,
	})
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{BaseRouter: mux, ErrorHandlerFunc: malformed})
	s.handler = newChain(c, mux)
	return s
}

// Behind stands front before everything that the server does: it sees each request
// whole, as it came. Call it before Serve.
func (s *Server) Behind(front func(http.Handler) http.Handler) { s.handler = front(s.handler) }

// Serve answers on a listener until ctx ends, then lets running requests finish.
// It closes the listener.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	hs := &http.Server{
		Handler:           s.handler,
		TLSConfig:         s.tls(),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.c.Log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- hs.ServeTLS(listener, "", "") }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutTime)
	defer cancel()
	err := hs.Shutdown(limited)
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// tls takes certificates of the desk CA. Enrolment and operations come without
// one, so it is asked for, not demanded; which call needs one the route says.
func (s *Server) tls() *tls.Config {
	pool := x509.NewCertPool()
	if ca, err := x509.ParseCertificate(s.c.Rules.Authority()); err == nil {
		pool.AddCert(ca)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{s.c.Certificate},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    pool,
		Time:         s.c.Now,
	}
}
