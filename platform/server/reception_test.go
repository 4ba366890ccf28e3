package server_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// eightDigits is a rule of eight digits.
const eightDigits = `{"symbologies":["NW7"],"start":"A","stop":"A","pattern":"[0-9]{8}","check":"7dr","display":"#### ####"}`

// service adds a service of an operator, which it adds too.
func (w *world) service(operator, code string, change ...func(*store.Service)) mykey.ServiceCode {
	w.t.Helper()
	must(w.t, w.admin.AddOperator(w.t.Context(), operator, "operator "+operator))
	s := store.Service{
		Operator: operator, Code: code, Name: code, Word: "利用者番号", Card: "利用カード", Rule: eightDigits,
		RegistrationAuth: registry.RegistrationNone,
	}
	for _, c := range change {
		c(&s)
	}
	must(w.t, w.admin.AddService(w.t.Context(), s))
	return mykey.ServiceCode(code)
}

func shared(s *store.Service)  { s.Shared = true }
func withPIN(s *store.Service) { s.RegistrationAuth = registry.RegistrationPIN }

// counter enrols a reception desk of an operator.
func (w *world) counter(id, operator string) *platformclient.Client {
	w.t.Helper()
	code, err := w.admin.AddDesk(w.t.Context(), store.Desk{
		ID: id, Operator: operator, Office: "中央館", Counter: "貸出1", Roles: []store.DeskRole{reception},
	})
	must(w.t, err)
	m := w.machine()
	enrolled, err := m.enrol(code.Reveal())
	must(w.t, err)
	return m.client(enrolled.Certificate)
}

// oneKey is every holder's: they are told apart by serial, and keys take time.
var oneKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// holder is a resident on whose card the confirmed record stands.
type holder struct {
	resident
	record []byte
}

// holder makes one past the calls, whose tests are elsewhere.
func (w *world) holder() holder {
	w.t.Helper()
	key, err := oneKey()
	must(w.t, err)
	h := holder{resident: w.resident(simpki.Request{Key: key})}
	var id store.PersonID
	rand.Read(id[:])
	letters := make([]byte, mykey.IDLength)
	rand.Read(letters)
	for i, b := range letters {
		letters[i] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[b%32]
	}
	name, err := mykey.ParseID(string(letters))
	must(w.t, err)
	cert, err := x509.ParseCertificate(h.certificate)
	must(w.t, err)
	issuer := sha256.Sum256(w.pki.Issuing().RawSubjectPublicKeyInfo)
	must(w.t, w.store.MakeMyKey(w.t.Context(), store.NewMyKey{
		ID: id, MyKeyID: name, Handles: w.tags(custody.UseHolder, append(issuer[:], cert.SerialNumber.Bytes()...)), KeyVersion: 1,
		Ends: time.Date(2031, 3, 31, 0, 0, 0, 0, time.UTC), Withdrawn: w.tags(custody.UseWithdrawn, []byte(letters)), Change: w.change(),
	}, ""))
	h.record = w.confirm(id, name, 1)
	return h
}

// confirm puts a person's next record in force and gives it.
func (w *world) confirm(id store.PersonID, name mykey.ID, generation uint32) []byte {
	w.t.Helper()
	record := w.offer(id, name, generation)
	must(w.t, w.store.Confirm(w.t.Context(), id, sha256.Sum256(record), store.Handle{}, store.Handle{}))
	return record
}

// offer offers a person's next record and gives it.
func (w *world) offer(id store.PersonID, name mykey.ID, generation uint32) []byte {
	w.t.Helper()
	record, err := w.keys.SignRecord(w.t.Context(), mykey.Record{
		Kind: mykey.KindRecord, Generation: generation, ID: name, Issued: mykey.DateOf(w.clock.Now()),
	})
	must(w.t, err)
	b := record.Marshal()
	hash := store.Hash(sha256.Sum256(b[:]))
	person, err := w.store.Person(w.t.Context(), id, w.clock.Now())
	must(w.t, err)
	must(w.t, w.store.BeginCard(w.t.Context(), id, person.Card, &store.Card{OfferedGeneration: generation, Offered: &hash}, w.change()))
	return b[:]
}

func (w *world) tags(use custody.Use, data []byte) (out []store.Handle) {
	w.t.Helper()
	tags, err := w.keys.HMAC(w.t.Context(), use, data)
	must(w.t, err)
	for _, t := range tags {
		out = append(out, t.Sum)
	}
	return out
}

func (w *world) change() store.Change {
	c := store.Change{
		Request: []byte{}, Transaction: []byte(hex16()), Made: w.clock.Now(),
		Tag: func(id store.PersonID) ([]byte, error) { return id[:], nil },
	}
	rand.Read(c.Key[:])
	return c
}

// both is the holder by record and certificate, in a transaction of its own.
func (h holder) both() platformclient.Holder {
	return platformclient.Holder{Transaction: hex16(), Record: h.record, Certificate: h.certificate}
}

func (h holder) byRecord() platformclient.Holder {
	return platformclient.Holder{Transaction: hex16(), Record: h.record}
}

func (h holder) byCertificate() platformclient.Holder {
	return platformclient.Holder{Transaction: hex16(), Certificate: h.certificate}
}

// link links a number at a desk, by record and certificate.
func (h holder) link(desk *platformclient.Client, service mykey.ServiceCode, digits string) error {
	h.w.t.Helper()
	return desk.Link(h.w.t.Context(), service, platformclient.Link{Holder: h.both(), Number: number(h.w.t, digits)}, nil)
}

// found is what a look-up by record says, for people.
func (h holder) found(desk *platformclient.Client, service mykey.ServiceCode) string {
	h.w.t.Helper()
	got, err := desk.Lookup(h.w.t.Context(), service, h.byRecord())
	return said(got, err)
}

func said(f platformclient.Found, err error) string {
	if err != nil {
		return codeOf(err)
	}
	if f.State == platformclient.FoundLinked {
		return f.Number.Reveal()
	}
	return string(f.State)
}

func number(t *testing.T, s string) mykey.ServiceID {
	t.Helper()
	n, err := mykey.ParseServiceID(s)
	must(t, err)
	return n
}

func numbered(i int) string { return fmt.Sprintf("%08d", i) }

// simpkiOf asks for a certificate on the one key.
func simpkiOf(t *testing.T) simpki.Request {
	t.Helper()
	key, err := oneKey()
	must(t, err)
	return simpki.Request{Key: key}
}
