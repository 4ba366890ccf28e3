package settings

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zalando/go-keyring"
)

// ErrNotEnrolled: this account has no desk key and certificate.
var ErrNotEnrolled = errors.New("this desk is not enrolled")

// Names in the OS's key store.
const (
	store       = "jp.madoguchi.desk"
	itemKey     = "desk-key"
	itemChain   = "desk-certificate"
	itemJournal = "journal-key"
)

// Request is a desk that asks to be enrolled: its key is in this process alone
// until Keep.
type Request struct {
	key *ecdsa.PrivateKey
	CSR []byte // PKCS #10, DER
}

// NewRequest makes a desk key (ECDSA P-256) and its certificate request. Who the
// desk is, the platform says: the request names nobody.
func NewRequest() (*Request, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make desk key: %w", err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, fmt.Errorf("make certificate request: %w", err)
	}
	return &Request{key: key, CSR: csr}, nil
}

// Fingerprint is what the administrator compares: SHA-256 of the request, hex.
func (r *Request) Fingerprint() string { return fmt.Sprintf("%x", sha256.Sum256(r.CSR)) }

// Certificate gives the key with a certificate (DER), for TLS.
func (r *Request) Certificate(der []byte) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: r.key}
}

// Keep puts key and certificate into the OS's key store. Where there is none it
// fails: the desk key is never in a file.
func (r *Request) Keep(der []byte) error {
	key, err := x509.MarshalPKCS8PrivateKey(r.key)
	if err != nil {
		return fmt.Errorf("keep desk key: %w", err)
	}
	for item, value := range map[string][]byte{itemKey: key, itemChain: der} {
		if err := keyring.Set(store, item, base64.StdEncoding.EncodeToString(value)); err != nil {
			return fmt.Errorf("keep desk key in the key store: %w", err)
		}
	}
	return nil
}

// Certificate gives this desk's key and certificate from the OS's key store, or
// ErrNotEnrolled.
func Certificate() (*tls.Certificate, error) {
	der, err := item(itemChain)
	if err != nil {
		return nil, err
	}
	pkcs8, err := item(itemKey)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, fmt.Errorf("desk key: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

func item(name string) ([]byte, error) {
	text, err := keyring.Get(store, name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotEnrolled, err)
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotEnrolled, err)
	}
	return b, nil
}

// JournalKey gives the key of this account's journal, made at first use. It is in
// the OS's key store; where there is none in a file of dir that only the account
// may read, and inFile says so.
func JournalKey(dir string) (key [32]byte, inFile bool, err error) {
	if b, err := item(itemJournal); err == nil && len(b) == len(key) {
		return [32]byte(b), false, nil
	}
	path := filepath.Join(dir, "journal.key")
	b, err := os.ReadFile(path)
	if err == nil && len(b) == len(key) {
		return [32]byte(b), true, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return key, true, fmt.Errorf("journal key: %w", err)
	}
	rand.Read(key[:]) // never fails: crypto/rand aborts the program instead
	if keyring.Set(store, itemJournal, base64.StdEncoding.EncodeToString(key[:])) == nil {
		return key, false, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return key, true, fmt.Errorf("journal key: %w", err)
	}
	if err := os.WriteFile(path, key[:], 0o600); err != nil {
		return key, true, fmt.Errorf("journal key: %w", err)
	}
	return key, true, nil
}
