package simpki

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"time"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// Request asks for the JPKI part of one card. The zero value is a valid user authentication
// certificate of five years with no signature certificate beside it.
type Request struct {
	Holder string // CommonName; empty makes one from the serial number
	// Key to certify for user authentication; nil makes one. A renewed certificate may keep it.
	Key *rsa.PrivateKey
	// NotBefore and NotAfter; zero is yesterday and five years from now.
	NotBefore, NotAfter time.Time
	// SignaturePolicy puts the policy of a signature certificate into the authentication
	// certificate: what a verifier must refuse.
	SignaturePolicy bool
	// FormerGeneration signs with a former key of the authority, under the same name.
	FormerGeneration bool
	// WithSignature adds key and certificate for signatures (a second RSA key).
	WithSignature bool
}

// Issue makes keys and certificates as a card holds them.
func (p *PKI) Issue(r Request) (virtualcard.Identity, error) {
	var id virtualcard.Identity
	issuer, err := p.issuer(r)
	if err != nil {
		return id, err
	}
	policy := PolicyAuthentication
	if r.SignaturePolicy {
		policy = PolicySignature
	}
	id.AuthIssuer = issuer.cert.Raw
	if id.AuthKey, id.AuthCertificate, err = p.leaf(r, issuer, r.Key, policy); err != nil {
		return id, fmt.Errorf("user authentication certificate: %w", err)
	}
	if !r.WithSignature {
		return id, nil
	}
	sign, err := p.signatureAuthority()
	if err != nil {
		return id, err
	}
	id.SignIssuer = sign.cert.Raw
	if id.SignKey, id.SignCertificate, err = p.leaf(r, sign, nil, PolicySignature); err != nil {
		return id, fmt.Errorf("signature certificate: %w", err)
	}
	return id, nil
}

// Serial is the serial number of a certificate in DER, nil where it is none.
func Serial(der []byte) *big.Int {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return cert.SerialNumber
}

func (p *PKI) leaf(r Request, issuer *authority, key *rsa.PrivateKey, policy x509.OID) (*rsa.PrivateKey, []byte, error) {
	serial, err := p.serial()
	if err != nil {
		return nil, nil, err
	}
	if key == nil {
		if key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
			return nil, nil, err
		}
	}
	holder := r.Holder
	if holder == "" {
		holder = fmt.Sprintf("SIM%010d", serial)
	}
	now := p.now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               name("", holder),
		NotBefore:             r.NotBefore,
		NotAfter:              r.NotAfter,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		Policies:              []x509.OID{policy},
		BasicConstraintsValid: true,
		SubjectKeyId:          keyID(key),
	}
	if template.NotBefore.IsZero() {
		template.NotBefore = now.AddDate(0, 0, -1)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = now.AddDate(5, 0, 0)
	}
	if p.ocspURL != "" {
		template.OCSPServer = []string{p.ocspURL}
	}
	cert, err := create(template, issuer.cert, key, issuer.key)
	if err != nil {
		return nil, nil, err
	}
	return key, cert.Raw, nil
}

// issuer picks the authority that signs the authentication certificate.
func (p *PKI) issuer(r Request) (*authority, error) {
	if !r.FormerGeneration {
		return &p.auth, nil
	}
	p.mu.Lock()
	former := p.former
	p.mu.Unlock()
	if former != nil {
		return former, nil
	}
	made, err := p.authority(authUnit)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.former == nil {
		p.former = made
	}
	return p.former, nil
}

func (p *PKI) signatureAuthority() (*authority, error) {
	p.mu.Lock()
	sign := p.sign
	p.mu.Unlock()
	if sign != nil {
		return sign, nil
	}
	made, err := p.authority("Digital Signature CA")
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sign == nil {
		p.sign = made
	}
	return p.sign, nil
}
