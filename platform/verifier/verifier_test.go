package verifier

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/api/assertion"
)

var testPolicy, _ = x509.OIDFromInts([]uint64{2, 999, 1})

// authority is a small one on ECDSA, quick to make.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func makeCert(t *testing.T, template *x509.Certificate, parent *authority, public crypto.PublicKey, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	signer, issuer := key, template
	if parent != nil {
		signer, issuer = parent.key, parent.cert
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func newKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newAuthority(t *testing.T, until time.Time) authority {
	t.Helper()
	key := newKey(t, elliptic.P384())
	cert := makeCert(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"SAME NAME"}},
		NotBefore: time.Now().AddDate(-10, 0, 0), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, key.Public(), key)
	return authority{cert, key}
}

func leaf() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(0x00ABCDEF), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(5, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, Policies: []x509.OID{testPolicy},
	}
}

func verifierOf(t *testing.T, authorities ...authority) *Verifier {
	t.Helper()
	c := Config{Now: time.Now}
	for _, a := range authorities {
		c.Roots = append(c.Roots, a.cert)
		c.Authorities = append(c.Authorities, Authority{Certificate: a.cert, Policy: testPolicy})
	}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestOnlyAUserAuthenticationCertificateIsTaken(t *testing.T) {
	a, ended, unknown := newAuthority(t, time.Now().AddDate(5, 0, 0)), newAuthority(t, time.Now().AddDate(0, 0, -1)), newAuthority(t, time.Now().AddDate(5, 0, 0))
	v := verifierOf(t, ended, a)
	key := newKey(t, elliptic.P384())
	other, _ := x509.OIDFromInts([]uint64{2, 999, 2})
	tests := []struct {
		name  string
		by    authority
		spoil func(*x509.Certificate)
		key   crypto.PublicKey
		ok    bool
	}{
		{"as it should be", a, func(*x509.Certificate) {}, key.Public(), true},
		{"for client authentication", a, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, key.Public(), true},
		{"same name, unknown generation", unknown, func(*x509.Certificate) {}, key.Public(), false},
		{"its authority has ended", ended, func(*x509.Certificate) {}, key.Public(), false},
		{"another policy", a, func(c *x509.Certificate) { c.Policies = []x509.OID{other} }, key.Public(), false},
		{"no policy", a, func(c *x509.Certificate) { c.Policies = nil }, key.Public(), false},
		{"for signatures", a, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageContentCommitment }, key.Public(), false},
		{"for encryption", a, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, key.Public(), false},
		{"for a server", a, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, key.Public(), false},
		{"an authority", a, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, key.Public(), false},
		{"critical extension nobody knows", a, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{2, 999, 9}, Critical: true, Value: []byte{5, 0}}}
		}, key.Public(), false},
		{"a curve we do not take", a, func(*x509.Certificate) {}, newKey(t, elliptic.P256()).Public(), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			template := leaf()
			test.spoil(template)
			cert := makeCert(t, template, &test.by, test.key, nil)
			if _, err := v.Parse(cert.Raw); (err == nil) != test.ok || (err != nil && !errors.Is(err, ErrRefused)) {
				t.Errorf("got %v, want ok %v", err, test.ok)
			}
		})
	}
	if _, err := v.Parse([]byte("garbage")); !errors.Is(err, ErrRefused) {
		t.Errorf("garbage: got %v, want ErrRefused", err)
	}
	if _, err := New(Config{Roots: []*x509.Certificate{a.cert}, Authorities: []Authority{{Certificate: unknown.cert}}}); err == nil {
		t.Error("an authority that no root vouches for was taken")
	}
}

func TestGenerationsOfOneNameMakeDifferentHandles(t *testing.T) {
	a, b := newAuthority(t, time.Now().AddDate(5, 0, 0)), newAuthority(t, time.Now().AddDate(5, 0, 0))
	v, key := verifierOf(t, a, b), newKey(t, elliptic.P384())
	var handles []string
	for _, by := range []authority{a, b} {
		c, err := v.Parse(makeCert(t, leaf(), &by, key.Public(), nil).Raw)
		if err != nil {
			t.Fatal(err)
		}
		handles = append(handles, string(c.HolderBytes()))
	}
	if handles[0] == handles[1] || len(handles[0]) != 32+3 {
		t.Errorf("got %x and %x, want different ones of 35 bytes", handles[0], handles[1])
	}
}

func TestEndIsRoundedAwayFromTheBirthday(t *testing.T) {
	for in, want := range map[string]string{
		"2030-01-01": "2030-03-31", "2030-03-31": "2030-09-30", "2030-05-05": "2030-09-30", "2030-09-30": "2031-03-31", "2030-12-31": "2031-03-31",
	} {
		end, err := time.Parse(time.DateOnly, in)
		if err != nil {
			t.Fatal(err)
		}
		c := Certificate{parsed: &x509.Certificate{NotAfter: end.Add(time.Hour)}}
		if got := c.Ends().Format(time.DateOnly); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestAlgorithmIsTheKeysNotTheSenders(t *testing.T) {
	a, key := newAuthority(t, time.Now().AddDate(5, 0, 0)), newKey(t, elliptic.P384())
	c, err := verifierOf(t, a).Parse(makeCert(t, leaf(), &a, key.Public(), nil).Raw)
	if err != nil {
		t.Fatal(err)
	}
	s := Assertion{Purpose: "create", Origin: "https://platform.example", Nonce: make([]byte, assertion.NonceSize), Algorithm: ECDSASHA384}
	digest := sha512.Sum384(assertion.Text(s.Purpose, s.Origin, s.Nonce, s.Request))
	if s.Signature, err = ecdsa.SignASN1(rand.Reader, key, digest[:]); err != nil {
		t.Fatal(err)
	}
	if err := CheckAssertion(c, s); err != nil {
		t.Errorf("the next card's: %v", err)
	}
	for name, spoil := range map[string]func(*Assertion){
		"RSA named":     func(s *Assertion) { s.Algorithm = RSASHA256 },
		"none named":    func(s *Assertion) { s.Algorithm = "" },
		"short nonce":   func(s *Assertion) { s.Nonce = s.Nonce[1:] },
		"other request": func(s *Assertion) { s.Request[0] = 1 },
		"no signature":  func(s *Assertion) { s.Signature = nil },
	} {
		bad := s
		spoil(&bad)
		if err := CheckAssertion(c, bad); !errors.Is(err, ErrAssertion) {
			t.Errorf("%s: got %v, want ErrAssertion", name, err)
		}
	}
}
