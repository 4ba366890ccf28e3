package simpki

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// ErrKept: the file holds no PKI.
var ErrKept = errors.New("kept authorities are damaged")

// kept is a PKI in a file. What the responder says of a certificate is not kept:
// a loaded PKI calls every certificate that it issued good.
type kept struct {
	Root    []byte   `json:"root"` // PKCS #8, as is Auth
	Auth    []byte   `json:"auth"`
	Serials []uint32 `json:"serials"`
}

// Save keeps the keys of root and issuing authority, and which serial numbers were
// given, in a file that its owner alone may read. The signature authority and
// former generations are not kept.
func (p *PKI) Save(path string) error {
	var k kept
	var err error
	if k.Root, err = x509.MarshalPKCS8PrivateKey(p.root.key); err != nil {
		return fmt.Errorf("keep authorities: %w", err)
	}
	if k.Auth, err = x509.MarshalPKCS8PrivateKey(p.auth.key); err != nil {
		return fmt.Errorf("keep authorities: %w", err)
	}
	p.mu.Lock()
	for n := range p.serials {
		k.Serials = append(k.Serials, n)
	}
	p.mu.Unlock()
	slices.Sort(k.Serials)
	text, err := json.Marshal(k)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep authorities: %w", err)
	}
	return nil
}

// Load takes up what Save kept: the same keys under certificates made anew, so
// that cards issued before are still good. Errors: os.ErrNotExist, ErrKept.
func Load(path string, o Options) (*PKI, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("kept authorities: %w", err)
	}
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	root, err := privateKey(k.Root)
	if err != nil {
		return nil, err
	}
	auth, err := privateKey(k.Auth)
	if err != nil {
		return nil, err
	}
	p := empty(o)
	for _, n := range k.Serials {
		p.serials[n] = true
	}
	return p, p.found(root, auth)
}

func privateKey(der []byte) (*rsa.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%w: a key that is not RSA", ErrKept)
	}
	return private, nil
}
