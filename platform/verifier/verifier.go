// Package verifier checks user authentication certificates of JPKI and what is
// signed with them: the work of a certified verifier (認定事業者). It keeps
// nothing and learns nothing about MyKey IDs.
package verifier

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Errors.
var (
	// ErrRefused: not a user authentication certificate of an authority we trust.
	ErrRefused = errors.New("certificate is refused")
	// ErrAssertion: the signature does not say what is asked.
	ErrAssertion = errors.New("assertion does not hold")
)

// Authority is one issuer of user authentication certificates: one generation,
// known by its key. Three generations share one name.
type Authority struct {
	Certificate *x509.Certificate
	// Policy that its user authentication certificates carry. A test authority has
	// its own, so that a test certificate never passes under a real one.
	Policy x509.OID
	// Responder answers OCSP for it; empty: what the certificate names.
	Responder string
}

// Config says whom to trust.
type Config struct {
	Roots       []*x509.Certificate // trust anchors
	Authorities []Authority         // issued by a root, or roots themselves
	HTTP        *http.Client        // for OCSP
	Wait        time.Duration       // for a responder's answer; zero: 2 s, for a card session's trip takes 4 at most
	Now         func() time.Time
}

// Verifier checks certificates. Goroutines may share it.
type Verifier struct{ c Config }

// New makes a verifier. An authority that no root vouches for is an error.
func New(c Config) (*Verifier, error) {
	for _, a := range c.Authorities {
		if !vouched(a.Certificate, c.Roots) {
			return nil, fmt.Errorf("authority %q: no root vouches for it", a.Certificate.Subject)
		}
	}
	if c.Wait <= 0 {
		c.Wait = askLimit
	}
	return &Verifier{c}, nil
}

func vouched(authority *x509.Certificate, roots []*x509.Certificate) bool {
	return slices.ContainsFunc(roots, func(root *x509.Certificate) bool {
		return authority.Equal(root) || authority.CheckSignatureFrom(root) == nil
	})
}

// Certificate is a user authentication certificate whose chain, policy and use
// were checked. Its validity in time and its revocation are State's.
type Certificate struct {
	parsed    *x509.Certificate
	authority Authority
}

// Parse reads a certificate (DER) and checks it down to a root: who signed it by
// key, policy, key usage. It returns ErrRefused.
func (v *Verifier) Parse(der []byte) (Certificate, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{}, fmt.Errorf("%w: not X.509", ErrRefused)
	}
	authority, err := v.issuer(cert)
	if err != nil {
		return Certificate{}, err
	}
	switch {
	case cert.IsCA:
		err = fmt.Errorf("%w: an authority's own", ErrRefused)
	case len(cert.UnhandledCriticalExtensions) > 0:
		err = fmt.Errorf("%w: critical extension %v", ErrRefused, cert.UnhandledCriticalExtensions[0])
	case !slices.ContainsFunc(cert.Policies, authority.Policy.Equal):
		err = fmt.Errorf("%w: policy of another kind of certificate", ErrRefused)
	case cert.KeyUsage&x509.KeyUsageDigitalSignature == 0 || cert.KeyUsage&x509.KeyUsageContentCommitment != 0:
		err = fmt.Errorf("%w: key usage of another kind of certificate", ErrRefused)
	case len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) > 0 && !slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth):
		err = fmt.Errorf("%w: extended key usage without client authentication", ErrRefused)
	case !strongKey(cert):
		err = fmt.Errorf("%w: key of a kind we do not take", ErrRefused)
	}
	if err != nil {
		return Certificate{}, err
	}
	return Certificate{cert, authority}, nil
}

// issuer finds who signed cert by trying keys; names only have to agree. An
// authority that has ended by now signs for nobody.
func (v *Verifier) issuer(cert *x509.Certificate) (Authority, error) {
	now := v.c.Now()
	for _, a := range v.c.Authorities {
		if string(cert.RawIssuer) != string(a.Certificate.RawSubject) {
			continue
		}
		if err := cert.CheckSignatureFrom(a.Certificate); err != nil { // also refuses SHA-1
			continue
		}
		if outside(now, a.Certificate) {
			return Authority{}, fmt.Errorf("%w: its authority has ended", ErrRefused)
		}
		return a, nil
	}
	return Authority{}, fmt.Errorf("%w: no authority we know signed it", ErrRefused)
}

func strongKey(cert *x509.Certificate) bool {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		return key.Curve.Params().BitSize == 384 // the next card
	default:
		return false
	}
}

func outside(now time.Time, cert *x509.Certificate) bool {
	return now.Before(cert.NotBefore) || now.After(cert.NotAfter)
}

// HolderBytes is what a holder's handle is made of: SHA-256 of the issuer's
// public key (SubjectPublicKeyInfo) ‖ serial number, big-endian without leading
// zeros. The issuer's name would not do: generations share it.
func (c Certificate) HolderBytes() []byte {
	sum := sha256.Sum256(c.authority.Certificate.RawSubjectPublicKeyInfo)
	return append(sum[:], c.parsed.SerialNumber.Bytes()...)
}

// Ends is the first 31 March or 30 September after the certificate's end: the
// exact date would be the holder's birthday.
func (c Certificate) Ends() time.Time {
	end := c.parsed.NotAfter.UTC()
	for year := end.Year(); ; year++ {
		for _, day := range []time.Time{
			time.Date(year, time.March, 31, 0, 0, 0, 0, time.UTC),
			time.Date(year, time.September, 30, 0, 0, 0, 0, time.UTC),
		} {
			if day.After(end) {
				return day
			}
		}
	}
}
