package simpki_test

import (
	"bytes"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

var shared = sync.OnceValues(func() (*simpki.PKI, error) {
	return simpki.New(simpki.Options{OCSPURL: "http://127.0.0.1:1/ocsp"})
})

func issue(t *testing.T, r simpki.Request) (*simpki.PKI, *x509.Certificate) {
	t.Helper()
	pki, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	id, err := pki.Issue(r)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(id.AuthCertificate)
	if err != nil {
		t.Fatal(err)
	}
	if len(cert.Raw) <= 256 || cert.Raw[0] != 0x30 || cert.Raw[1] != 0x82 {
		t.Errorf("certificate of %d bytes, %X…: OpenSC cannot measure it", len(cert.Raw), cert.Raw[:4])
	}
	return pki, cert
}

func TestCertificatesAreWhatAVerifierMustTakeOrRefuse(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, tc := range []struct {
		name      string
		request   simpki.Request
		chain     bool // does it lead to the root, now, through the issuing authority
		signature bool
	}{
		{"good", simpki.Request{}, true, false},
		{"expired", simpki.Request{NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(0, 0, -1)}, false, false},
		{"not yet valid", simpki.Request{NotBefore: now.AddDate(0, 0, 1)}, false, false},
		{"signature policy", simpki.Request{SignaturePolicy: true}, true, true},
		{"former generation, same name", simpki.Request{FormerGeneration: true}, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pki, cert := issue(t, tc.request)
			roots, issuing := x509.NewCertPool(), x509.NewCertPool()
			roots.AddCert(pki.Root())
			issuing.AddCert(pki.Issuing())
			_, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: issuing, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
			if (err == nil) != tc.chain {
				t.Errorf("chain: %v, want good %v", err, tc.chain)
			}
			policy := simpki.PolicyAuthentication
			if tc.signature {
				policy = simpki.PolicySignature
			}
			if len(cert.Policies) != 1 || !cert.Policies[0].Equal(policy) {
				t.Errorf("policies %v, want %v", cert.Policies, policy)
			}
			if !bytes.Equal(cert.RawIssuer, pki.Issuing().RawSubject) {
				t.Errorf("issuer %v, want the name of the issuing authority", cert.Issuer)
			}
			if cert.KeyUsage != x509.KeyUsageDigitalSignature || cert.SerialNumber.BitLen() > 32 || cert.IsCA {
				t.Errorf("key usage %v, serial %v, CA %v", cert.KeyUsage, cert.SerialNumber, cert.IsCA)
			}
			if cert.Subject.Organization[0] != "JPKI-SIM" || cert.Subject.Country[0] != "JP" || len(cert.OCSPServer) != 1 {
				t.Errorf("subject %v, OCSP %v", cert.Subject, cert.OCSPServer)
			}
		})
	}
}

func TestResponderSaysWhatIsSet(t *testing.T) {
	t.Parallel()
	pki, cert := issue(t, simpki.Request{})
	server := httptest.NewServer(pki.OCSP())
	t.Cleanup(server.Close)
	ask := func() (*ocsp.Response, error) {
		request, err := ocsp.CreateRequest(cert, pki.Issuing(), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.Post(server.URL, "application/ocsp-request", bytes.NewReader(request))
		if err != nil {
			return nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return nil, err
		}
		return ocsp.ParseResponseForCert(body, cert, pki.Issuing())
	}
	for _, tc := range []struct {
		name   string
		state  simpki.State
		status int
		fails  bool
	}{
		{"good", simpki.Good, ocsp.Good, false},
		{"revoked", simpki.Revoked, ocsp.Revoked, false},
		{"unknown", simpki.Unknown, ocsp.Unknown, false},
		{"stale", simpki.Stale, ocsp.Good, false},
		{"try later", simpki.TryLater, 0, true},
		{"forged", simpki.Forged, 0, true},
		{"down", simpki.Down, 0, true},
	} {
		pki.Set(cert.SerialNumber, tc.state)
		got, err := ask()
		if (err != nil) != tc.fails {
			t.Errorf("%s: %v, want an error %v", tc.name, err, tc.fails)
			continue
		}
		if err != nil {
			continue
		}
		if got.Status != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, got.Status, tc.status)
		}
		if stale := got.NextUpdate.Before(time.Now()); stale != (tc.state == simpki.Stale) {
			t.Errorf("%s: nextUpdate %v", tc.name, got.NextUpdate)
		}
	}
}
