package platformclient

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestEveryCodeOfTheContractIsOneError(t *testing.T) {
	text, err := os.ReadFile("../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := contract.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	errorsSeen := map[error]string{}
	for _, c := range codes {
		if other, twice := errorsSeen[c.is]; twice || known[string(c.code)] {
			t.Errorf("%s: its error or code stands twice (%s)", c.code, other)
		}
		known[string(c.code)], errorsSeen[c.is] = true, string(c.code)
	}
	enum := contract.Components.Schemas["ProblemCode"].Value.Enum
	for _, v := range enum {
		if !known[v.(string)] {
			t.Errorf("%v has no error", v)
		}
	}
	if len(enum) != len(codes) || len(enum) == 0 {
		t.Errorf("contract has %d codes, the table %d", len(enum), len(codes))
	}
}

func TestWhatComesInThePlatformsPlaceHasAName(t *testing.T) {
	const problem = "application/problem+json"
	tests := []struct {
		name, kind, body string
		status           int
		want             error
	}{
		{"a proxy's page", "text/html", "<html>sign in</html>", 200, ErrNotUnderstood},
		{"a proxy's error page", "text/html", "<html>bad gateway</html>", 502, ErrNotUnderstood},
		{"an error without words", "", "", 500, ErrServer},
		{"an error in plain text", "text/plain", "oops", 503, ErrServer},
		{"bad JSON", "application/json", `{"office":`, 200, ErrNotUnderstood},
		{"two answers", "application/json", `{}{}`, 200, ErrNotUnderstood},
		{"another type", "text/plain", `{}`, 200, ErrNotUnderstood},
		{"no content", "", "", 204, ErrNotUnderstood},
		{"another address", "text/html", "", 302, ErrNotUnderstood},
		{"not modified, but nothing was asked before", "", "", 304, ErrNotUnderstood},
		{"a code we know", problem, `{"type":"x","title":"x","status":403,"code":"DESK-REVOKED"}`, 403, ErrDeskRevoked},
		{"a code of tomorrow", problem, `{"type":"x","title":"x","status":400,"code":"DESK-ODD","more":1}`, 400, ErrUnknown},
		{"a broken problem", problem, `{`, 400, ErrNotUnderstood},
		{"a problem in HTML", "text/html", `{"code":"DESK-REVOKED"}`, 403, ErrNotUnderstood},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.kind != "" {
					w.Header().Set("Content-Type", test.kind)
				}
				if test.status == 302 {
					w.Header().Set("Location", "/elsewhere")
				}
				w.WriteHeader(test.status)
				if test.body != "" {
					_, _ = w.Write([]byte(test.body)) // the client may be gone
				}
			}, Limits{})
			if _, err := client.Desk(t.Context()); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestPlatformThatDoesNotAnswer(t *testing.T) {
	t.Run("too late", func(t *testing.T) {
		hold := make(chan struct{})
		client := clientOf(t, func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-hold:
			case <-r.Context().Done():
			}
		}, Limits{Call: 50 * time.Millisecond, CardTrip: 50 * time.Millisecond})
		t.Cleanup(func() { close(hold) })
		if _, err := client.Desk(t.Context()); !errors.Is(err, ErrTimeout) {
			t.Errorf("got %v, want ErrTimeout", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := client.Desk(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: got %v, want context.Canceled", err)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		client, err := New(Config{BaseURL: "https://" + listener.Addr().String()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Desk(t.Context()); !errors.Is(err, ErrOffline) {
			t.Errorf("got %v, want ErrOffline", err)
		}
	})
	t.Run("somebody else", func(t *testing.T) {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		defer server.Close()
		client, err := New(Config{BaseURL: server.URL, Roots: x509.NewCertPool()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Desk(t.Context()); !errors.Is(err, ErrTLS) {
			t.Errorf("got %v, want ErrTLS", err)
		}
	})
}

func TestOnlyChangesWithAKeyAreRepeated(t *testing.T) {
	var calls atomic.Int32
	keys := make(chan string, 20)
	client := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		keys <- r.Header.Get("Idempotency-Key")
		w.WriteHeader(http.StatusInternalServerError)
	}, Limits{Backoff: time.Millisecond})
	for _, test := range []struct {
		name string
		call func() error
		want int32
	}{
		{"make", func() error {
			_, err := client.MakeMyKey(t.Context(), MakeMyKey{}, Assertion{})
			return err
		}, 1 + changeRepeats},
		{"link", func() error { return client.Link(t.Context(), "x", Link{}, nil) }, 1 + changeRepeats},
		{"unlink", func() error { return client.Unlink(t.Context(), "x", Unlink{}) }, 1 + changeRepeats},
		{"outcome", func() error { _, err := client.Outcome(t.Context(), "x"); return err }, 1},
		{"challenges", func() error { _, err := client.Challenges(t.Context(), nil, nil); return err }, 1},
		{"card session", func() error { _, err := client.OpenCardSession(t.Context(), CardSession{}, nil); return err }, 1},
		{"card step", func() error { _, err := client.NextCardStep(t.Context(), "x", nil); return err }, 1},
	} {
		calls.Store(0)
		if err := test.call(); !errors.Is(err, ErrServer) {
			t.Errorf("%s: got %v, want ErrServer", test.name, err)
		}
		if got := calls.Load(); got != test.want {
			t.Errorf("%s: got %d calls, want %d", test.name, got, test.want)
		}
	}
	first := <-keys
	if second := <-keys; first == "" || first != second {
		t.Errorf("repeated with key %q after %q", second, first)
	}
}

func clientOf(t *testing.T, handler http.HandlerFunc, limits Limits) *Client {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client, err := New(Config{BaseURL: server.URL, Roots: roots, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
