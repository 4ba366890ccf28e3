package app_test

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/platformclient"
)

// Calls of the platform.
const (
	callDesk       = "desk"
	callChallenges = "challenges"
	callOpen       = "open session"
	callStep       = "next step"
)

// detour sends one call elsewhere: to a server that answers badly.
type detour struct {
	call string
	nth  int  // of this call, from 1; 0 each of them
	how  bad  // what the server does
	lost bool // the platform has done it; only its answer is lost
}

// way is the way to the platform: the real one, past detours, and with ears.
type way struct {
	app.Platform
	server *badServer // where detours lead

	mu     sync.Mutex
	detour *detour
	calls  map[string]int
	heard  func(platformclient.CardSession, *platformclient.Assertion)
	// change alters what the platform answers to the nth trip, from 1: a platform
	// that has gone over to the enemy.
	change func(trip int, step platformclient.CardStep) platformclient.CardStep
	trip   int
}

func newWay(real app.Platform) *way { return &way{Platform: real, calls: map[string]int{}} }

// plan counts calls anew and sends one of them elsewhere; nil: none.
func (w *way) plan(d *detour) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.detour, w.calls = d, map[string]int{}
}

// turn has change alter the answers; nil: nobody.
func (w *way) turn(change func(trip int, step platformclient.CardStep) platformclient.CardStep) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.change = change
}

// listen has f hear every request for a card session.
func (w *way) listen(f func(platformclient.CardSession, *platformclient.Assertion)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = f
}

// asked is how often a call was made since plan.
func (w *way) asked(call string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[call]
}

// elsewhere gives the client to ask in place of the platform, nil for none.
func (w *way) elsewhere(call string) (client *platformclient.Client, lost bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[call]++
	if w.detour == nil || w.detour.call != call || w.detour.nth != 0 && w.detour.nth != w.calls[call] {
		return nil, false
	}
	return w.server.client(w.detour.how), w.detour.lost
}

func (w *way) Desk(ctx context.Context) (platformclient.Desk, error) {
	if client, _ := w.elsewhere(callDesk); client != nil {
		return client.Desk(ctx)
	}
	return w.Platform.Desk(ctx)
}

func (w *way) Challenges(ctx context.Context, purposes []platformclient.Purpose, certificate []byte) (platformclient.Challenges, error) {
	if client, _ := w.elsewhere(callChallenges); client != nil {
		return client.Challenges(ctx, purposes, certificate)
	}
	return w.Platform.Challenges(ctx, purposes, certificate)
}

func (w *way) OpenCardSession(ctx context.Context, s platformclient.CardSession, a *platformclient.Assertion) (platformclient.CardStep, error) {
	w.mu.Lock()
	w.trip = 1
	if w.heard != nil {
		w.heard(s, a)
	}
	w.mu.Unlock()
	client, lost := w.elsewhere(callOpen)
	if client == nil || lost {
		step, err := w.Platform.OpenCardSession(ctx, s, a)
		if client == nil {
			return w.turned(step, err)
		}
	}
	return client.OpenCardSession(ctx, s, a)
}

func (w *way) NextCardStep(ctx context.Context, session string, answers [][]byte) (platformclient.CardStep, error) {
	w.mu.Lock()
	w.trip++
	w.mu.Unlock()
	client, lost := w.elsewhere(callStep)
	if client == nil || lost {
		step, err := w.Platform.NextCardStep(ctx, session, answers)
		if client == nil {
			return w.turned(step, err)
		}
	}
	return client.NextCardStep(ctx, session, answers)
}

func (w *way) turned(step platformclient.CardStep, err error) (platformclient.CardStep, error) {
	w.mu.Lock()
	change, trip := w.change, w.trip
	w.mu.Unlock()
	if change == nil {
		return step, err
	}
	if changed := change(trip, step); err == nil || changed.Script != nil {
		return changed, nil
	}
	return step, err
}

// bad is a way to answer badly.
type bad string

const (
	bad500     bad = "500"
	badProblem bad = "500 as problem+json"
	badHTML    bad = "an HTML page with 200"
	bad502     bad = "a proxy's page with 502"
	badJSON    bad = "JSON of somebody else"
	badNothing bad = "nothing: the connection is closed"
	badLate    bad = "later than its limit"
	badTLS     bad = "another's certificate"
	lookAgain  bad = "ISSUER-SESSION: look again"
)

// badServer is a TLS server that answers badly, each way through a client of its
// own.
type badServer struct {
	clients map[bad]*platformclient.Client
}

// hasty is a limit that ends soon: the server answers after it, never before.
const hasty = 30 * time.Millisecond

func newBadServer(t *testing.T) *badServer {
	t.Helper()
	s := &badServer{clients: map[bad]*platformclient.Client{}}
	over := make(chan struct{})
	for how, answer := range map[bad]http.HandlerFunc{
		bad500: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		badProblem: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusInternalServerError)
			io.WriteString(w, `{"type":"about:blank","title":"error","status":500,"code":"PLATFORM-ERROR","reference":"r"}`)
		},
		lookAgain: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusConflict)
			io.WriteString(w, `{"type":"about:blank","title":"over","status":409,"code":"ISSUER-SESSION","reference":"r"}`)
		},
		badHTML: func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>log in</html>") },
		bad502: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>bad gateway</html>")
		},
		badJSON: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"weather":"fine"}`)
		},
		badNothing: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, // net/http's way to close without an answer
		badLate: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-over // an empty answer in the moment of the limit would be an answer
		},
		badTLS: func(http.ResponseWriter, *http.Request) {},
	} {
		server := httptest.NewUnstartedServer(answer)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		config := platformclient.Config{BaseURL: server.URL, Roots: x509.NewCertPool()}
		if how != badTLS {
			config.Roots.AddCert(server.Certificate())
		}
		if how == badLate {
			config.Limits = platformclient.Limits{Call: hasty, CardTrip: hasty}
		}
		client, err := platformclient.New(config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		s.clients[how] = client
	}
	t.Cleanup(func() { close(over) })
	return s
}

func (s *badServer) client(how bad) *platformclient.Client { return s.clients[how] }
