package verifier

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"

	"github.com/madoguchi/madoguchi/api/assertion"
)

// Algorithms of an assertion's signature. It is a field, checked against the
// certificate's key, so that the key decides and not the sender.
const (
	RSASHA256   = "rsa-pkcs1-sha256"  // RSASSA-PKCS1-v1_5
	ECDSASHA384 = "ecdsa-p384-sha384" // the next card; ASN.1
)

// Assertion is what a resident signed, and what it must say.
type Assertion struct {
	Purpose   string
	Origin    string // the platform's own, from its settings
	Nonce     []byte
	Request   [sha256.Size]byte // assertion.RequestDigest of the request at hand
	Algorithm string
	Signature []byte
}

// CheckAssertion checks a signature with the certificate's key. Whether the
// nonce is one that was given out is the caller's to know. It returns
// ErrAssertion.
func CheckAssertion(c Certificate, a Assertion) error {
	if len(a.Nonce) != assertion.NonceSize {
		return fmt.Errorf("%w: nonce of %d bytes", ErrAssertion, len(a.Nonce))
	}
	text := assertion.Text(a.Purpose, a.Origin, a.Nonce, a.Request)
	switch key := c.parsed.PublicKey.(type) {
	case *rsa.PublicKey:
		digest := sha256.Sum256(text)
		if a.Algorithm != RSASHA256 || rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], a.Signature) != nil {
			return fmt.Errorf("%w: RSA", ErrAssertion)
		}
	case *ecdsa.PublicKey:
		digest := sha512.Sum384(text)
		if a.Algorithm != ECDSASHA384 || !ecdsa.VerifyASN1(key, digest[:], a.Signature) {
			return fmt.Errorf("%w: ECDSA", ErrAssertion)
		}
	default:
		return fmt.Errorf("%w: key of an unknown kind", ErrAssertion)
	}
	return nil
}
