// Package platformclient is the desk's REST client for the MyKey Platform. Its
// methods take and return its own small structs and mykey's types, never the
// wire's. Each code of the platform is one exported error (errors.go).
//
// It never logs: bodies hold people. It follows no redirect, takes its proxy
// from the environment, and repeats nothing but changes that carry a key
// and, once, a look-up whose answer was lost.
package platformclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/madoguchi/madoguchi/api"
)

// Config says which platform, and who asks.
type Config struct {
	// BaseURL is the platform's address, https://host[:port], without a path.
	BaseURL string
	// Origin goes into what residents sign. It comes from the desk's own
	// settings, never from the network. Empty: BaseURL.
	Origin string
	// Roots vouch for the platform's TLS certificate; nil: the system's.
	Roots *x509.CertPool
	// Certificate gives the desk's certificate and key at each new connection.
	// Nil before enrolment. Its error reaches the caller as ErrNotEnrolled.
	Certificate func() (*tls.Certificate, error)
	// Limits; a zero limit is the default's.
	Limits Limits
}

// Limits are how long the platform may take. An answer later than its limit is
// dropped and the outcome is unknown.
type Limits struct {
	Connect  time.Duration // TCP and TLS
	Call     time.Duration // any call but these
	Lookup   time.Duration // one look-up: the queue waits
	CardTrip time.Duration // one trip of a card session: the card waits
	Backoff  time.Duration // before the first repeat of a change, then doubled
}

// DefaultLimits are the platform's agreed ones.
func DefaultLimits() Limits {
	return Limits{
		Connect: 3 * time.Second, Call: 10 * time.Second, Lookup: 5 * time.Second,
		CardTrip: 4 * time.Second, Backoff: 500 * time.Millisecond,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, limit := range []struct{ have, def *time.Duration }{
		{&l.Connect, &d.Connect}, {&l.Call, &d.Call}, {&l.Lookup, &d.Lookup}, {&l.CardTrip, &d.CardTrip}, {&l.Backoff, &d.Backoff},
	} {
		if *limit.have <= 0 {
			*limit.have = *limit.def
		}
	}
	return l
}

const (
	maxAnswer     = 1 << 20 // bytes
	changeRepeats = 3
)

// Client calls one platform. Goroutines may share it. Close it when done.
type Client struct {
	http      *resty.Client
	transport *http.Transport
	origin    string
	limits    Limits

	mu   sync.Mutex
	etag string // of desk
	desk Desk
}

// New makes a client; it connects to nothing yet.
func New(c Config) (*Client, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Scheme != "https" || base.Host == "" || (base.Path != "" && base.Path != "/") {
		return nil, fmt.Errorf("platform address %q is not https://host", c.BaseURL)
	}
	origin := c.Origin
	if origin == "" {
		origin = "https://" + base.Host
	}
	limits := c.Limits.withDefaults()
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: limits.Connect}).DialContext,
		TLSHandshakeTimeout: limits.Connect,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 2,
		TLSClientConfig: &tls.Config{
			MinVersion:           tls.VersionTLS13,
			RootCAs:              c.Roots,
			GetClientCertificate: clientCertificate(c.Certificate),
		},
	}
	client := resty.NewWithClient(&http.Client{Transport: transport}).
		SetBaseURL("https://"+base.Host).
		SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })).
		SetLogger(silent{}).
		SetHeader("Accept", "application/json, application/problem+json").
		SetHeader("User-Agent", "madoguchi")
	return &Client{http: client, transport: transport, origin: origin, limits: limits}, nil
}

// Close lets the connections go.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

func clientCertificate(get func() (*tls.Certificate, error)) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if get == nil {
			return &tls.Certificate{}, nil // none: enrolment needs none
		}
		certificate, err := get()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotEnrolled, err)
		}
		return certificate, nil
	}
}

// request is one call of the platform.
type request struct {
	method, path string
	limit        time.Duration
	header       map[string]string
	in           any // nil: no body
	out          any // nil: no body is expected
}

// change sends a request that carries an Idempotency-Key, and repeats it while
// its outcome is unknown.
func (c *Client) change(ctx context.Context, key string, r request) error {
	r.header = map[string]string{"Idempotency-Key": key}
	wait := c.limits.Backoff
	for repeat := 0; ; repeat++ {
		_, err := c.send(ctx, r)
		if err == nil || !outcomeUnknown(err) || repeat == changeRepeats {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
			wait *= 2
		}
	}
}

// send does one exchange, never repeated.
func (c *Client) send(ctx context.Context, r request) (http.Header, error) {
	limited, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	call := c.http.R().SetContext(limited).SetHeaders(r.header).SetDoNotParseResponse(true)
	if r.in != nil {
		body, err := json.Marshal(r.in)
		if err != nil {
			return nil, fmt.Errorf("ask platform: %w", err)
		}
		call.SetHeader("Content-Type", "application/json").SetBody(body)
	}
	response, err := call.Execute(r.method, r.path)
	if response != nil && response.RawResponse != nil {
		defer response.RawBody().Close()
	}
	if err != nil {
		return nil, transportError(ctx, err)
	}
	body, err := io.ReadAll(io.LimitReader(response.RawBody(), maxAnswer+1))
	if err != nil {
		return nil, transportError(ctx, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrNotUnderstood, maxAnswer)
	}
	return response.Header(), read(response.StatusCode(), response.Header().Get("Content-Type"), body, r.out)
}

// read takes an answer apart: what was asked for, a problem, or something that
// is not the platform's.
func read(status int, contentType string, body []byte, out any) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	switch {
	case status == http.StatusNotModified:
		return errNotModified
	case status == http.StatusNoContent && out == nil:
		return nil
	case status/100 == 2 && out != nil && kind == "application/json":
		return decode(body, out)
	case status >= 400 && kind == "application/problem+json":
		var problem api.Problem
		if err := decode(body, &problem); err != nil {
			return err
		}
		return problemError(problem)
	case status >= 500 && kind != "text/html":
		return fmt.Errorf("%w: status %d", ErrServer, status)
	default:
		return fmt.Errorf("%w: status %d with %q", ErrNotUnderstood, status, kind)
	}
}

// decode reads one JSON value. The platform may grow members, so unknown ones
// are passed over. Its errors never quote the body.
func decode(body []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(out); err != nil {
		return fmt.Errorf("%w: not the JSON we know", ErrNotUnderstood)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: more than one JSON value", ErrNotUnderstood)
	}
	return nil
}

// silent drops resty's own messages: they may quote what is private.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
