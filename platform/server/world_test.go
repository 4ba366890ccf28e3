package server_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/server"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// clock is a clock that tests move.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) Forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// jpki is one test authority for all tests: its keys take time to make.
var jpki = sync.OnceValues(func() (*simpki.PKI, error) { return simpki.New(simpki.Options{}) })

// world is a platform that listens on loopback with TLS, beside its responder.
type world struct {
	t         *testing.T
	clock     *clock
	pki       *simpki.PKI
	store     *store.Store
	file      string
	keys      *custody.Training
	admin     platform.Administrator
	url       string
	authority *x509.CertPool
	log       *lockedBuffer
	rules     *registry.Registry
}

type options struct {
	ocsp   func(http.Handler) http.Handler // before the responder
	office bool                            // not training: approval and legal basis are asked for
	rates  server.Rates
	ownPKI bool // an authority on this world's clock
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T, o options) *world {
	t.Helper()
	clock := &clock{}
	pki, err := jpki()
	if o.ownPKI {
		pki, err = simpki.New(simpki.Options{Now: clock.Now})
	}
	must(t, err)
	w := &world{t: t, clock: clock, pki: pki, log: &lockedBuffer{}, file: filepath.Join(t.TempDir(), "platform.db")}
	w.keys, err = custody.OpenTraining("", custody.Options{Training: true, Now: w.clock.Now, Rand: rand.Reader})
	must(t, err)
	w.store, err = store.Open(t.Context(), w.file)
	must(t, err)
	t.Cleanup(func() { must(t, w.store.Close()) })
	if o.ocsp == nil {
		o.ocsp = func(h http.Handler) http.Handler { return h }
	}
	ocsp := httptest.NewServer(o.ocsp(pki.OCSP()))
	t.Cleanup(ocsp.Close)
	verify, err := verifier.New(verifier.Config{
		Roots:       []*x509.Certificate{pki.Root()},
		Authorities: []verifier.Authority{{Certificate: pki.Issuing(), Policy: simpki.PolicyAuthentication, Responder: ocsp.URL}},
		HTTP:        ocsp.Client(), Wait: time.Minute, Now: w.clock.Now,
	})
	must(t, err)
	own := selfSigned(t)
	w.authority = x509.NewCertPool()
	w.authority.AddCert(own.Leaf)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w.url = "https://" + listener.Addr().String()
	w.rules = registry.New(registry.Config{
		Store: w.store, Keys: w.keys, Issuer: issuer.New(w.keys, w.clock.Now, rand.Reader), Verifier: verify,
		Origin: w.url, Training: !o.office, Clerk: "窓口01", Now: w.clock.Now, Rand: rand.Reader,
	})
	if o.rates == (server.Rates{}) {
		o.rates = server.Rates{Desk: 1e6, DeskBurst: 1e6, Open: 1e6, OpenBurst: 1e6}
	}
	s := server.New(server.Config{
		Rules: w.rules, Certificate: own, Rates: o.rates, Now: w.clock.Now, Rand: rand.Reader,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		must(t, <-served)
	})
	w.admin = platform.Administrator{Store: w.store, Who: "test", Now: w.clock.Now, Rand: rand.Reader}
	return w
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	leaf, err := x509.ParseCertificate(der)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// machine is a PC that may become a desk.
type machine struct {
	w   *world
	key *ecdsa.PrivateKey
	csr []byte
}

func (w *world) machine() machine {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(w.t, err)
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	must(w.t, err)
	return machine{w, key, csr}
}

func (w *world) config() platformclient.Config {
	return platformclient.Config{BaseURL: w.url, Roots: w.authority}
}

func (m machine) enrol(code string) (platformclient.Enrolled, error) {
	return platformclient.Enrol(m.w.t.Context(), m.w.config(), platformclient.Enrolment{Code: code, CSR: m.csr})
}

// client is a desk's: with the certificate that the machine's key belongs to.
func (m machine) client(certificate []byte) *platformclient.Client {
	m.w.t.Helper()
	c := m.w.config()
	c.Certificate = func() (*tls.Certificate, error) {
		return &tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: m.key}, nil
	}
	client, err := platformclient.New(c)
	must(m.w.t, err)
	m.w.t.Cleanup(client.Close)
	return client
}

func (w *world) invite(id string, roles ...store.DeskRole) string {
	w.t.Helper()
	code, err := w.admin.AddDesk(w.t.Context(), store.Desk{
		ID: id, Operator: "city", OperatorName: "○○市", Office: "市民課", Counter: "1番窓口", Roles: roles,
	})
	must(w.t, err)
	return code.Reveal()
}

// desk enrols a desk that works.
func (w *world) desk(id string, roles ...store.DeskRole) *platformclient.Client {
	w.t.Helper()
	if roles == nil {
		roles = []store.DeskRole{{Role: registry.RoleMunicipal, LegalBasis: "○○市条例第1条"}}
	}
	m := w.machine()
	enrolled, err := m.enrol(w.invite(id, roles...))
	must(w.t, err)
	if !enrolled.Approved {
		must(w.t, w.admin.ApproveDesk(w.t.Context(), id, enrolled.CSRFingerprint))
	}
	return m.client(enrolled.Certificate)
}

// resident is someone with a card.
type resident struct {
	w           *world
	key         *rsa.PrivateKey
	certificate []byte
	identity    virtualcard.Identity
}

func (w *world) resident(r simpki.Request) resident {
	w.t.Helper()
	identity, err := w.pki.Issue(r)
	must(w.t, err)
	return resident{w, identity.AuthKey, identity.AuthCertificate, identity}
}

func (r resident) sign(purpose platformclient.Purpose, nonce []byte, digest [32]byte) platformclient.Assertion {
	r.w.t.Helper()
	signature, err := rsa.SignPKCS1v15(rand.Reader, r.key, crypto.SHA256, digest[:])
	must(r.w.t, err)
	return platformclient.Assertion{Purpose: purpose, Nonce: nonce, Certificate: r.certificate, Signature: signature}
}

func (r resident) nonce(desk *platformclient.Client, purpose platformclient.Purpose) []byte {
	r.w.t.Helper()
	challenges, err := desk.Challenges(r.w.t.Context(), []platformclient.Purpose{purpose}, r.certificate)
	must(r.w.t, err)
	return challenges.Nonces[0]
}

// make makes a MyKey ID at a desk, with a fresh nonce and signature.
func (r resident) make(desk *platformclient.Client, m platformclient.MakeMyKey) (mykey.ID, error) {
	r.w.t.Helper()
	nonce := r.nonce(desk, platformclient.PurposeCreate)
	digest, err := desk.MakeMyKeyDigest(nonce, m)
	must(r.w.t, err)
	return desk.MakeMyKey(r.w.t.Context(), m, r.sign(platformclient.PurposeCreate, nonce, digest))
}

func (r resident) open(desk *platformclient.Client, s platformclient.CardSession) (platformclient.CardStep, error) {
	r.w.t.Helper()
	nonce := r.nonce(desk, platformclient.PurposeWrite)
	digest, err := desk.CardSessionDigest(nonce, s)
	must(r.w.t, err)
	a := r.sign(platformclient.PurposeWrite, nonce, digest)
	return desk.OpenCardSession(r.w.t.Context(), s, &a)
}

// personOf finds a person's internal id by the certificate.
func (w *world) personOf(r resident) store.PersonID {
	w.t.Helper()
	cert, err := x509.ParseCertificate(r.certificate)
	must(w.t, err)
	issuer := sha256.Sum256(w.pki.Issuing().RawSubjectPublicKeyInfo)
	tags, err := w.keys.HMAC(w.t.Context(), custody.UseHolder, append(issuer[:], cert.SerialNumber.Bytes()...))
	must(w.t, err)
	holder, err := w.store.Holder(w.t.Context(), []store.Handle{tags[0].Sum})
	must(w.t, err)
	return holder.ID
}

// card is the platform's row of a person's card.
func (w *world) card(r resident) store.Card {
	w.t.Helper()
	person, err := w.store.Person(w.t.Context(), w.personOf(r), w.clock.Now())
	must(w.t, err)
	return person.Card
}

func hex16() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func hash(b []byte) [32]byte { return sha256.Sum256(b) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
