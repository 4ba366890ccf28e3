package verifier

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

// State is a certificate's state at a moment.
type State string

// States. Unknown covers every way of not knowing: no answer, a stale one, one
// that is not the authority's, or "unknown" itself.
const (
	Good    State = "good"
	Expired State = "expired"
	Revoked State = "revoked"
	Unknown State = "unknown"
)

const (
	maxResponse = 64 << 10        // bytes
	skew        = 5 * time.Minute // a responder's clock may differ
	maxAge      = 24 * time.Hour  // of an answer that names no next update
	askLimit    = 2 * time.Second
)

// State asks the authority's responder (OCSP). It never returns an error: what
// could not be found out is Unknown. The time is this machine's, of the asking.
func (v *Verifier) State(ctx context.Context, c Certificate) (State, time.Time) {
	now := v.c.Now()
	if outside(now, c.parsed) {
		return Expired, now
	}
	response, err := v.ask(ctx, c)
	if err != nil {
		return Unknown, now
	}
	switch response.Status {
	case ocsp.Good:
		return Good, now
	case ocsp.Revoked:
		return Revoked, now
	default:
		return Unknown, now
	}
}

// Ended reports whether a certificate's time is over, or has not begun.
func (v *Verifier) Ended(c Certificate) bool { return outside(v.c.Now(), c.parsed) }

// ask gives an answer that is the authority's, about this certificate, and fresh.
func (v *Verifier) ask(ctx context.Context, c Certificate) (*ocsp.Response, error) {
	responder := c.authority.Responder
	if responder == "" && len(c.parsed.OCSPServer) > 0 {
		responder = c.parsed.OCSPServer[0]
	}
	if responder == "" {
		return nil, errors.New("no responder")
	}
	question, err := ocsp.CreateRequest(c.parsed, c.authority.Certificate, &ocsp.RequestOptions{Hash: crypto.SHA1}) // SHA-1 names the issuer here, it protects nothing
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, v.c.Wait)
	defer cancel()
	raw, err := v.post(ctx, responder, question)
	if err != nil {
		return nil, err
	}
	response, err := ocsp.ParseResponseForCert(raw, c.parsed, c.authority.Certificate)
	if err != nil {
		return nil, fmt.Errorf("OCSP: %w", err)
	}
	return response, v.fresh(response, c.authority.Certificate)
}

func (v *Verifier) post(ctx context.Context, responder string, question []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, responder, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/ocsp-request")
	answer, err := v.c.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("OCSP: status %d", answer.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxResponse+1))
	if err == nil && len(raw) > maxResponse {
		err = errors.New("OCSP: answer too long")
	}
	return raw, err
}

// fresh checks what x/crypto/ocsp leaves to its caller: the times, and that a
// delegated responder may speak (RFC 6960, 4.2.2.2).
func (v *Verifier) fresh(r *ocsp.Response, authority *x509.Certificate) error {
	now := v.c.Now()
	next := r.NextUpdate
	if next.IsZero() {
		next = r.ThisUpdate.Add(maxAge)
	}
	switch {
	case r.ThisUpdate.After(now.Add(skew)):
		return errors.New("OCSP: answer from the future")
	case now.After(next):
		return errors.New("OCSP: stale answer")
	case r.Certificate == nil || r.Certificate.Equal(authority):
		return nil
	case !slices.Contains(r.Certificate.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) || outside(now, r.Certificate):
		return errors.New("OCSP: responder may not speak for the authority")
	}
	return nil
}
