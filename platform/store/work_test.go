package store_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
	"github.com/mattn/go-sqlite3"
)

// work is what was asked of the database and of custody, in order.
type work struct {
	mu   sync.Mutex
	done []string
}

func (w *work) note(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = append(w.done, what)
}

func (w *work) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := strings.Join(w.done, "\n")
	w.done = nil
	return all
}

// noting is SQLite with every statement noted.
type noting struct {
	sqlite3.SQLiteDriver
	work *work
}

func (d *noting) Open(name string) (driver.Conn, error) {
	conn, err := d.SQLiteDriver.Open(name)
	if err != nil {
		return nil, err
	}
	return &notedConn{conn.(*sqlite3.SQLiteConn), d.work}, nil
}

type notedConn struct {
	*sqlite3.SQLiteConn
	work *work
}

func (c *notedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.work.note(query)
	return c.SQLiteConn.QueryContext(ctx, query, args)
}

func (c *notedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.work.note(query)
	return c.SQLiteConn.ExecContext(ctx, query, args)
}

// notedKeys is custody with every use of a key noted.
type notedKeys struct {
	*custody.Training
	work *work
}

func (k notedKeys) HMAC(ctx context.Context, use custody.Use, data []byte) ([]custody.Tag, error) {
	k.work.note(fmt.Sprintf("HMAC %s over %d bytes", use, len(data)))
	return k.Training.HMAC(ctx, use, data)
}

func (k notedKeys) Open(ctx context.Context, operator string, sealed, place []byte) ([]byte, error) {
	k.work.note(fmt.Sprintf("open %d bytes", len(sealed)))
	return k.Training.Open(ctx, operator, sealed, place)
}

func (k notedKeys) DeskCA() (*x509.Certificate, crypto.Signer) { return k.Training.DeskCA() }

// A look-up does the same work, statement by statement and key by key, whether
// there is no such MyKey ID, no link here, or a link that is stopped or not.
func TestLookUpThatFindsNothingDoesAsMuch(t *testing.T) {
	ctx, w := t.Context(), &work{}
	name := "sqlite3-noting-" + rand.Text() // a driver is registered for good
	sql.Register(name, &noting{work: w})
	db, err := store.OpenWith(ctx, name, filepath.Join(t.TempDir(), "platform.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	training, err := custody.OpenTraining("", custody.Options{Training: true, Now: time.Now, Rand: rand.Reader})
	must(t, err)
	keys := notedKeys{training, w}
	pki, err := simpki.New(simpki.Options{})
	must(t, err)
	verify, err := verifier.New(verifier.Config{
		Roots: []*x509.Certificate{pki.Root()}, Authorities: []verifier.Authority{{Certificate: pki.Issuing(), Policy: simpki.PolicyAuthentication}},
		Now: time.Now, // no responder: a look-up asks none
	})
	must(t, err)
	rules := registry.New(registry.Config{Store: db, Keys: keys, Verifier: verify, Training: true, Now: time.Now, Rand: rand.Reader})

	log := store.Administration{At: time.Unix(1e9, 0)}
	must(t, db.AddOperator(ctx, "library", "library", log))
	service := store.Service{Operator: "library", Code: "lending", RegistrationAuth: "none"}
	must(t, db.AddService(ctx, service, log))
	must(t, db.AddDesk(ctx, store.Desk{ID: "lending-1", Operator: "library", Roles: []store.DeskRole{{Role: registry.RoleReception}}},
		store.Enrolment{Selector: "x", Expires: time.Unix(1e9, 0)}, log))
	must(t, db.Enrol(ctx, store.Enrolment{Selector: "x", Desk: "lending-1"}, store.DeskLive, store.Hash{},
		store.Authentication{Fingerprint: sha256.Sum256([]byte("certificate")), Desk: "lending-1", NotAfter: time.Now()}, log))
	now := time.Now()
	desk, err := rules.Desk(ctx, &x509.Certificate{Raw: []byte("certificate"), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)})
	must(t, err)

	people := people{t, db, training, pki, verify}
	linked, stopped, unlinked := people.person("AAAA2345"), people.person("BBBB2345"), people.person("CCCC2345")
	people.link(service, linked, "1")
	people.link(service, stopped, strings.Repeat("9", 64))
	must(t, rules.Stop(ctx, stopped.id, "lost", time.Time{}))
	_, err = rules.Lookup(ctx, desk, "lending", registry.Holder{Record: unlinked.record}) // makes the decoy, once
	must(t, err)
	w.take()
	want := map[bool]string{}
	for _, test := range []struct {
		name  string
		who   person
		state registry.FoundState
	}{
		{"linked", linked, registry.FoundLinked},
		{"stopped", stopped, registry.FoundStopped},
		{"no link here", unlinked, registry.FoundNone},
		{"nobody", person{record: people.record("DDDD2345"), certificate: people.certificate()}, registry.FoundNone},
	} {
		for _, byRecord := range []bool{true, false} {
			found, err := rules.Lookup(ctx, desk, "lending", test.who.shown(byRecord))
			must(t, err)
			got := w.take()
			if want[byRecord] == "" {
				want[byRecord] = got
			}
			judge(t, fmt.Sprintf("%s, by record: %t", test.name, byRecord), found.State, test.state, got, want[byRecord])
		}
	}
}

func judge(t *testing.T, name string, state, wantState registry.FoundState, got, want string) {
	t.Helper()
	if state != wantState || got != want || strings.Count(got, "\n") < 4 {
		t.Errorf("%s: got %s by\n%s\nwant %s by\n%s", name, state, got, wantState, want)
	}
	for _, word := range []string{"INSERT", "UPDATE", "DELETE"} {
		if strings.Contains(got, word) {
			t.Errorf("%s: it writes:\n%s", name, got)
		}
	}
}

type people struct {
	t    *testing.T
	db   *store.Store
	keys *custody.Training
	pki  *simpki.PKI
	ca   *verifier.Verifier
}

type person struct {
	id                  store.PersonID
	record, certificate []byte
}

func (p person) shown(byRecord bool) registry.Holder {
	if byRecord {
		return registry.Holder{Record: p.record}
	}
	return registry.Holder{Certificate: p.certificate}
}

func (p people) certificate() []byte {
	p.t.Helper()
	identity, err := p.pki.Issue(simpki.Request{})
	must(p.t, err)
	return identity.AuthCertificate
}

func (p people) tags(use custody.Use, data string) (out []store.Handle) {
	p.t.Helper()
	tags, err := p.keys.HMAC(p.t.Context(), use, []byte(data))
	must(p.t, err)
	for _, t := range tags {
		out = append(out, t.Sum)
	}
	return out
}

func (p people) change() store.Change {
	c := store.Change{
		Request: []byte{}, Made: time.Now(), Transaction: []byte(rand.Text()),
		Tag: func(id store.PersonID) ([]byte, error) { return id[:], nil },
	}
	rand.Read(c.Key[:])
	return c
}

// record is one that the platform signed.
func (p people) record(name string) []byte {
	p.t.Helper()
	id, err := mykey.ParseID(name)
	must(p.t, err)
	record, err := p.keys.SignRecord(p.t.Context(), mykey.Record{
		Kind: mykey.KindRecord, Generation: 1, ID: id, Issued: mykey.DateOf(time.Now()),
	})
	must(p.t, err)
	b := record.Marshal()
	return b[:]
}

// person has a MyKey ID, and an offered record.
func (p people) person(name string) person {
	p.t.Helper()
	out := person{record: p.record(name), certificate: p.certificate()}
	cert, err := p.ca.Parse(out.certificate)
	must(p.t, err)
	rand.Read(out.id[:])
	must(p.t, p.db.MakeMyKey(p.t.Context(), store.NewMyKey{
		ID: out.id, MyKeyID: mykey.ParseSlot(out.record).Record.ID, Handles: p.tags(custody.UseHolder, string(cert.HolderBytes())), KeyVersion: 1,
		Ends: time.Date(2031, 3, 31, 0, 0, 0, 0, time.UTC), Withdrawn: p.tags(custody.UseWithdrawn, name), Change: p.change(),
	}, ""))
	hash := store.Hash(sha256.Sum256(out.record))
	must(p.t, p.db.BeginCard(p.t.Context(), out.id, store.Card{}, &store.Card{OfferedGeneration: 1, Offered: &hash}, p.change()))
	return out
}

// link links a number as the rules do.
func (p people) link(v store.Service, who person, number string) {
	p.t.Helper()
	handles := p.tags(custody.UseLink, v.Operator+"\x00"+string(who.id[:])+"\x00")
	plain := make([]byte, 65)
	plain[0] = byte(len(number))
	copy(plain[1:], number)
	sealed, err := p.keys.Seal(p.t.Context(), v.Operator, plain, []byte(v.Code+"\x00"+string(handles[0][:])+"\x00"))
	must(p.t, err)
	must(p.t, p.db.PutLink(p.t.Context(), store.NewLink{
		Person: who.id, Handles: handles, Service: v, Numbers: p.tags(custody.UseServiceNumber, number), Sealed: sealed, Change: p.change(),
	}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
