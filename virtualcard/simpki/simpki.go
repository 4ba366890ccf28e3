// Package simpki is a public-key infrastructure for tests and training that has the shape of JPKI:
// a root, one issuing authority for user authentication and one for signatures, certificates for
// cards, and an OCSP responder whose answers can be set by serial number. Every name in it lies
// under O=JPKI-SIM and its policies under the arc 2.999 that is set aside for examples, so that
// no certificate of it can be taken for a real one.
package simpki

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"sync"
	"time"
)

// Policies under which certificates are issued (arc 2.999: ITU-T X.660, "example").
var (
	// PolicyAuthentication stands in certificates for user authentication.
	PolicyAuthentication = mustOID(2, 999, 8, 5, 1, 3, 30)
	// PolicySignature stands in certificates for signatures.
	PolicySignature = mustOID(2, 999, 8, 5, 1, 3, 10)
)

// Options set up a PKI.
type Options struct {
	OCSPURL string           // what certificates say under AIA; empty leaves the extension out
	Now     func() time.Time // clock; nil is time.Now
	Rand    io.Reader        // for serial numbers; nil is crypto/rand
}

// PKI is a root with its issuing authorities. It is safe for concurrent use.
type PKI struct {
	now     func() time.Time
	rand    io.Reader
	ocspURL string

	root, auth authority

	mu      sync.Mutex
	sign    *authority // made when the first signature certificate is
	former  *authority // same name as auth, another key
	serials map[uint32]bool
	states  map[string]State // by serial number in decimal
	down    bool
}

type authority struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

// New makes the keys and certificates of the authorities; it takes as long as two RSA-2048 keys.
func New(o Options) (*PKI, error) {
	rootKey, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	authKey, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("%s key: %w", authUnit, err)
	}
	p := empty(o)
	return p, p.found(rootKey, authKey)
}

func empty(o Options) *PKI {
	p := &PKI{now: o.Now, rand: o.Rand, ocspURL: o.OCSPURL, serials: map[uint32]bool{}, states: map[string]State{}}
	if p.now == nil {
		p.now = time.Now
	}
	if p.rand == nil {
		p.rand = rand.Reader
	}
	return p
}

const authUnit = "User Authentication CA"

// found makes the certificates of root and issuing authority from their keys.
func (p *PKI) found(rootKey, authKey *rsa.PrivateKey) error {
	template, err := p.authorityTemplate("Root CA", rootKey)
	if err != nil {
		return err
	}
	if p.root, err = selfSigned(template, rootKey); err != nil {
		return fmt.Errorf("root: %w", err)
	}
	auth, err := p.certify(authUnit, authKey)
	if err != nil {
		return err
	}
	p.auth = *auth
	return nil
}

// Root is the trust anchor.
func (p *PKI) Root() *x509.Certificate { return p.root.cert }

// Issuing is the authority of the user authentication certificates.
func (p *PKI) Issuing() *x509.Certificate { return p.auth.cert }

const keyBits = 2048

func selfSigned(template *x509.Certificate, key *rsa.PrivateKey) (authority, error) {
	cert, err := create(template, template, key, key)
	return authority{key, cert}, err
}

func (p *PKI) authority(unit string) (*authority, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("%s key: %w", unit, err)
	}
	return p.certify(unit, key)
}

// certify lets the root vouch for an authority's key.
func (p *PKI) certify(unit string, key *rsa.PrivateKey) (*authority, error) {
	template, err := p.authorityTemplate(unit, key)
	if err != nil {
		return nil, err
	}
	template.MaxPathLen, template.MaxPathLenZero = 0, true
	cert, err := create(template, p.root.cert, key, p.root.key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", unit, err)
	}
	return &authority{key, cert}, nil
}

func (p *PKI) authorityTemplate(unit string, key *rsa.PrivateKey) (*x509.Certificate, error) {
	serial, err := p.serial()
	if err != nil {
		return nil, err
	}
	now := p.now()
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               name(unit, ""),
		NotBefore:             now.AddDate(-2, 0, 0),
		NotAfter:              now.AddDate(12, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLen:            -1,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		SubjectKeyId:          keyID(key),
	}, nil
}

func name(unit, common string) pkix.Name {
	n := pkix.Name{Country: []string{"JP"}, Organization: []string{"JPKI-SIM"}, CommonName: common}
	if unit != "" {
		n.OrganizationalUnit = []string{unit}
	}
	return n
}

func create(template, parent *x509.Certificate, key, signer *rsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// keyID is SHA-1 of the public key (RFC 5280 4.2.1.2 method 1): a name, not a protection.
func keyID(key *rsa.PrivateKey) []byte {
	sum := sha1.Sum(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	return sum[:]
}

// serial draws a number of at most 4 bytes that no certificate of this PKI has.
func (p *PKI) serial() (*big.Int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		var b [4]byte
		if _, err := io.ReadFull(p.rand, b[:]); err != nil {
			return nil, fmt.Errorf("serial number: %w", err)
		}
		b[0] = b[0]&0x7F | 0x01 // positive and never 0
		n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		if !p.serials[n] {
			p.serials[n] = true
			return new(big.Int).SetBytes(b[:]), nil
		}
	}
}

func mustOID(arcs ...uint64) x509.OID {
	oid, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic(err) // constants of this file
	}
	return oid
}
