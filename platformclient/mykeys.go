package platformclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/api/assertion"
	"github.com/madoguchi/madoguchi/mykey"
)

// Purpose is what a resident's signature is for.
type Purpose string

// Purposes.
const (
	PurposeCreate    Purpose = "create"
	PurposeRename    Purpose = "rename"
	PurposeWrite     Purpose = "write"
	PurposeStop      Purpose = "stop"
	PurposeReinstate Purpose = "reinstate"
	PurposeWithdraw  Purpose = "withdraw"
	PurposeExport    Purpose = "export"
	PurposeRegister  Purpose = "register"
	PurposeSignIn    Purpose = "sign-in"
)

// CertificateState is the user authentication certificate's.
type CertificateState string

// States of a certificate.
const (
	CertificateGood    CertificateState = "good"
	CertificateExpired CertificateState = "expired"
	CertificateRevoked CertificateState = "revoked"
	CertificateUnknown CertificateState = "unknown" // nobody could say
)

// Challenges are nonces to sign, one for each purpose in order.
type Challenges struct {
	Nonces    [][]byte
	State     CertificateState
	CheckedAt time.Time // of State
}

// Challenges asks for nonces and for the certificate's state. It returns
// ErrCertificateRefused and ErrRole.
func (c *Client) Challenges(ctx context.Context, purposes []Purpose, certificate []byte) (Challenges, error) {
	in := api.ChallengesRequest{Certificate: certificate}
	for _, p := range purposes {
		in.Purposes = append(in.Purposes, api.Purpose(p))
	}
	var answer api.Challenges
	_, err := c.send(ctx, request{
		method: http.MethodPost, path: "/v1/challenges", limit: c.limits.Call, in: in, out: &answer,
	})
	if err != nil {
		return Challenges{}, err
	}
	if len(answer.Nonces) != len(purposes) || !answer.CertificateState.Valid() {
		return Challenges{}, fmt.Errorf("%w: %d nonces for %d purposes, state %q",
			ErrNotUnderstood, len(answer.Nonces), len(purposes), answer.CertificateState)
	}
	for _, n := range answer.Nonces {
		if len(n) != assertion.NonceSize {
			return Challenges{}, fmt.Errorf("%w: a nonce of %d bytes", ErrNotUnderstood, len(n))
		}
	}
	return Challenges{answer.Nonces, CertificateState(answer.CertificateState), answer.CheckedAt}, nil
}

// Assertion is a resident's signature over a digest of this package
// (RSASSA-PKCS1-v1_5 with SHA-256).
type Assertion struct {
	Purpose     Purpose
	Nonce       []byte
	Certificate []byte // DER
	Signature   []byte
}

func (a Assertion) wire() api.Assertion {
	return api.Assertion{
		Purpose: api.Purpose(a.Purpose), Algorithm: api.RsaPkcs1Sha256,
		Nonce: a.Nonce, Certificate: a.Certificate, Signature: a.Signature,
	}
}

const myKeysPath = "/v1/mykeys"

// MakeMyKey asks for a MyKey ID.
type MakeMyKey struct {
	Transaction string   // 32 hex digits
	Wished      mykey.ID // zero: the platform proposes
	Key         string   // Idempotency-Key; "" makes one. Not signed
}

func (m MakeMyKey) wire() api.MakeMyKeyRequest {
	in := api.MakeMyKeyRequest{Transaction: m.Transaction}
	if !m.Wished.IsZero() {
		wished := m.Wished.Reveal()
		in.Wished = &wished
	}
	return in
}

// MakeMyKeyDigest is what the card signs (purpose create).
func (c *Client) MakeMyKeyDigest(nonce []byte, m MakeMyKey) ([32]byte, error) {
	return c.digest(PurposeCreate, nonce, http.MethodPost, myKeysPath, m.wire())
}

// MakeMyKey makes the resident's MyKey ID. It returns ErrMyKeyExists,
// ErrMyKeyTaken, ErrWishes and the certificate's errors.
func (c *Client) MakeMyKey(ctx context.Context, m MakeMyKey, a Assertion) (mykey.ID, error) {
	in := m.wire()
	in.Assertions = []api.Assertion{a.wire()}
	var answer api.MadeMyKey
	err := c.change(ctx, keyOr(m.Key), request{
		method: http.MethodPost, path: myKeysPath, limit: c.limits.Call, in: in, out: &answer,
	})
	if err != nil {
		return mykey.ID{}, err
	}
	return idOf(answer.MykeyID)
}

func idOf(s string) (mykey.ID, error) {
	id, err := mykey.ParseID(s)
	if err != nil {
		return mykey.ID{}, fmt.Errorf("%w: %w", ErrNotUnderstood, err)
	}
	return id, nil
}

func (c *Client) digest(purpose Purpose, nonce []byte, method, path string, body any) ([32]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return [32]byte{}, fmt.Errorf("digest of request: %w", err)
	}
	request, err := assertion.RequestDigest(method, path, b)
	if err != nil {
		return [32]byte{}, err
	}
	return assertion.Digest(string(purpose), c.origin, nonce, request), nil
}
