package simpki

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

// State is what the responder says about a certificate.
type State int

// States of a certificate at the responder.
const (
	Good     State = iota
	Revoked        // revoked, with a time
	Unknown        // the responder does not know the serial number
	Stale          // good, but nextUpdate has passed
	TryLater       // the responder's own "try later"
	Forged         // good, signed with a key that is not the authority's
	Down           // the connection is closed without an answer
)

// maxRequest is the largest OCSP request that is read, in bytes.
const maxRequest = 4096

// Set fixes what the responder says about one certificate from now on.
func (p *PKI) Set(serial *big.Int, s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.states[serial.String()] = s
}

// Revoke is Set with Revoked.
func (p *PKI) Revoke(serial *big.Int) { p.Set(serial, Revoked) }

// SetUnknown is Set with Unknown.
func (p *PKI) SetUnknown(serial *big.Int) { p.Set(serial, Unknown) }

// SetDown switches the whole responder off (true) and on.
func (p *PKI) SetDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// OCSP is the responder (RFC 6960), by GET and POST, for certificates of the issuing authority.
func (p *PKI) OCSP() http.Handler { return http.HandlerFunc(p.serveOCSP) }

func (p *PKI) serveOCSP(w http.ResponseWriter, r *http.Request) {
	raw, err := readRequest(r)
	if err != nil {
		http.Error(w, "not an OCSP request", http.StatusBadRequest)
		return
	}
	answer, ok := p.answer(raw)
	if !ok {
		panic(http.ErrAbortHandler) // net/http's way to close the connection without an answer
	}
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(answer) // a client that has gone needs no answer
}

func readRequest(r *http.Request) ([]byte, error) {
	switch r.Method {
	case http.MethodPost:
		return io.ReadAll(io.LimitReader(r.Body, maxRequest))
	case http.MethodGet:
		path := r.URL.EscapedPath()
		last := path[strings.LastIndex(path, "/")+1:]
		text, err := url.PathUnescape(last)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(text)
	}
	return nil, fmt.Errorf("method %s", r.Method)
}

// answer makes the response in DER; false means no answer at all.
func (p *PKI) answer(raw []byte) ([]byte, bool) {
	req, err := ocsp.ParseRequest(raw)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse, true
	}
	p.mu.Lock()
	state, down := p.states[req.SerialNumber.String()], p.down
	known := req.SerialNumber.IsUint64() && p.serials[uint32(req.SerialNumber.Uint64())]
	former := p.former
	p.mu.Unlock()
	if down || state == Down {
		return nil, false
	}
	if state == TryLater {
		return ocsp.TryLaterErrorResponse, true
	}
	if !known {
		state = Unknown
	}
	signer := p.auth
	if former != nil && matches(req, former) {
		signer = *former
	}
	response, err := p.respond(req, signer, state)
	if err != nil {
		return ocsp.InternalErrorErrorResponse, true
	}
	return response, true
}

// matches reports whether the request names this generation of the authority by its key.
func matches(req *ocsp.Request, a *authority) bool {
	probe, err := ocsp.CreateRequest(a.cert, a.cert, &ocsp.RequestOptions{Hash: req.HashAlgorithm})
	if err != nil {
		return false
	}
	own, err := ocsp.ParseRequest(probe)
	return err == nil && string(own.IssuerKeyHash) == string(req.IssuerKeyHash)
}

func (p *PKI) respond(req *ocsp.Request, signer authority, state State) ([]byte, error) {
	now := p.now().Truncate(time.Second)
	template := ocsp.Response{
		Status:       ocsp.Good,
		SerialNumber: req.SerialNumber,
		ThisUpdate:   now.Add(-time.Minute),
		NextUpdate:   now.Add(time.Hour),
		IssuerHash:   req.HashAlgorithm,
	}
	var key crypto.Signer = signer.key
	switch state {
	case Revoked:
		template.Status = ocsp.Revoked
		template.RevokedAt = now.Add(-time.Hour)
		template.RevocationReason = ocsp.CessationOfOperation
	case Unknown:
		template.Status = ocsp.Unknown
	case Stale:
		template.ThisUpdate, template.NextUpdate = now.AddDate(0, 0, -3), now.AddDate(0, 0, -2)
	case Forged:
		other, err := rsa.GenerateKey(rand.Reader, keyBits)
		if err != nil {
			return nil, err
		}
		key = other
	}
	return ocsp.CreateResponse(signer.cert, signer.cert, template, key)
}
