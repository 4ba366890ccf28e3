package custody

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

// deskCALife is how long the training desk CA is valid.
const deskCALife = 10 * 365 * 24 * time.Hour

// deskCAFile is the desk CA as kept: PKCS #8 and X.509, both DER.
type deskCAFile struct {
	Key         []byte `json:"key"`
	Certificate []byte `json:"certificate"`
}

// deskCA is the desk CA in use.
type deskCA struct {
	certificate *x509.Certificate
	signer      crypto.Signer
}

// signOnly is the one thing the private key may be used for. It holds a method
// and not the key, because fmt prints what an unexported field points to.
type signOnly struct {
	public crypto.PublicKey
	sign   func(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

func (s signOnly) Public() crypto.PublicKey { return s.public }

func (s signOnly) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.sign(rand, digest, opts)
}

// Format shows nothing of the key, for every verb.
func (s signOnly) Format(f fmt.State, _ rune) { io.WriteString(f, "desk CA signer") }

func (f deskCAFile) empty() bool { return f.Key == nil && f.Certificate == nil }

func (f deskCAFile) open() (deskCA, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(f.Key)
	if err != nil {
		return deskCA{}, errors.Join(ErrKeyFile, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return deskCA{}, ErrKeyFile
	}
	cert, err := x509.ParseCertificate(f.Certificate)
	if err != nil {
		return deskCA{}, errors.Join(ErrKeyFile, err)
	}
	if public, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(key.Public()) {
		return deskCA{}, ErrKeyFile
	}
	return deskCA{certificate: cert, signer: signOnly{public: key.Public(), sign: key.Sign}}, nil
}

func newDeskCA(rand io.Reader, now time.Time) (deskCAFile, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand)
	if err != nil {
		return deskCAFile{}, fmt.Errorf("make desk CA: %w", err)
	}
	serial := make([]byte, 16)
	if _, err := io.ReadFull(rand, serial); err != nil {
		return deskCAFile{}, fmt.Errorf("make desk CA: %w", err)
	}
	serial[0] = serial[0]&0x7F | 0x40 // positive, and always 16 bytes
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               pkix.Name{Organization: []string{"MyKey Platform (training)"}, CommonName: "Desk CA (training)"},
		NotBefore:             now.Add(-time.Hour), // a desk's clock may be behind
		NotAfter:              now.Add(deskCALife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand, template, template, key.Public(), key)
	if err != nil {
		return deskCAFile{}, fmt.Errorf("make desk CA: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return deskCAFile{}, fmt.Errorf("make desk CA: %w", err)
	}
	return deskCAFile{Key: pkcs8, Certificate: der}, nil
}
