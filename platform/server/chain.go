package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/platform/registry"
)

// call is what the chain found out about a request, for handlers and the log.
type call struct {
	desk      registry.Desk
	body      []byte
	path      string
	method    string
	reference string
	code      api.ProblemCode // "" when nothing was refused
}

type callKey struct{}

// callOf gives the request's call; the chain put it there.
func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// chain stands before every route, in this order: headers, route, rate, who,
// body. One log line a request, with the route's pattern and never its path; a
// look-up that was answered leaves none.
type chain struct {
	c     Config
	mux   *http.ServeMux
	rates *rates
}

func newChain(c Config, mux *http.ServeMux) *chain {
	return &chain{c: c, mux: mux, rates: newRates(c.Rates, c.Now)}
}

// ServeHTTP runs the chain.
func (h *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := h.c.Now()
	k := &call{method: r.Method, path: r.URL.Path, reference: h.reference()}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, k))
	out := &recorder{ResponseWriter: w}
	out.Header().Set("Cache-Control", "no-store")
	out.Header().Set("X-Content-Type-Options", "nosniff")
	_, pattern := h.mux.Handler(r)
	defer func() {
		if panicked := recover(); panicked != nil {
			// Its value may quote what is private: only that it happened is told.
			k.code = api.CodePlatformError
			if out.status == 0 {
				refuse(out, r, errPanic)
			}
		}
		if routes[pattern].silent && k.code == "" {
			return
		}
		h.c.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("route", pattern), slog.Int("status", out.status), slog.String("code", string(k.code)),
			slog.Duration("took", h.c.Now().Sub(start)), slog.String("reference", k.reference))
	}()
	if err := h.admit(k, r, pattern); err != nil {
		refuse(out, r, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(k.body))
	h.mux.ServeHTTP(out, r)
}

var errPanic = errors.New("handler panicked")

func (h *chain) admit(k *call, r *http.Request, pattern string) error {
	route, ok := routes[pattern]
	if !ok {
		return errNoRoute
	}
	if !h.rates.allow(r, route.open) {
		return errBusy
	}
	if !route.open {
		if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
			return registry.ErrNotEnrolled
		}
		desk, err := h.c.Rules.Desk(r.Context(), r.TLS.PeerCertificates[0])
		if err != nil {
			return err
		}
		if err := route.admits(desk); err != nil {
			return err
		}
		k.desk = desk
	}
	body, err := readBody(r, route)
	k.body = body
	return err
}

// readBody reads and decodes strictly: one JSON value, no member we do not know.
// The handlers decode it again from the bytes, which the signature is about.
func readBody(r *http.Request, route route) ([]byte, error) {
	if route.body == nil {
		if n, _ := r.Body.Read(make([]byte, 1)); n > 0 {
			return nil, fmt.Errorf("%w: a body where none belongs", registry.ErrRequest)
		}
		return nil, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, route.size))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%w: body broke off", registry.ErrRequest)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(route.body()); err != nil {
		return nil, fmt.Errorf("%w: body", registry.ErrRequest) // the cause may quote it
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: more than one JSON value", registry.ErrRequest)
	}
	return body, nil
}

// reference names one request to people; random, so that it says nothing.
func (h *chain) reference() string {
	var b [5]byte
	if _, err := io.ReadFull(h.c.Rand, b[:]); err != nil {
		return ""
	}
	return hex.EncodeToString(b[:])
}

// asker is who a rate is counted for: the desk's certificate, else the address.
func asker(r *http.Request) string {
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		sum := sha256.Sum256(r.TLS.PeerCertificates[0].Raw)
		return string(sum[:])
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader is http.ResponseWriter's.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write is http.ResponseWriter's.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}
