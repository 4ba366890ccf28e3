package server_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// The whole way: the city writes the card, the library links and finds, with what
// it reads from the card.
func TestMemberCardIsLinkedOnceAndFoundByTheCard(t *testing.T) {
	w := newWorld(t, options{})
	city, service := w.desk("counter-1"), w.service("library", "lending")
	library := w.counter("lending-1", "library")
	r := w.resident(simpki.Request{})
	_, err := r.make(city, platformclient.MakeMyKey{Transaction: hex16()})
	must(t, err)
	card := r.card(t, "1234567890")
	step, err := r.open(city, write(card))
	offered := holder{r, step.Wanted}
	if got := offered.found(library, service); got != "none" {
		t.Errorf("by the offered record: got %s, want none", got)
	}
	_, err = card.run(city, step, err)
	must(t, err)
	area, _ := card.area()
	h := holder{r, area[:mykey.SlotSize]}

	if got := h.found(library, service); got != "none" {
		t.Errorf("before: got %s, want none", got)
	}
	for _, step := range []struct {
		name    string
		number  string
		replace bool
		code    string
		found   string
	}{
		{"first", "00112233", false, "", "00112233"},
		{"the same again", "00112233", false, "", "00112233"},
		{"another", "00000001", false, "LINK-EXISTS", "00112233"},
		{"in its place", "00000001", true, "", "00000001"},
		{"not of this service", "1", false, "LINK-NUMBER", "00000001"},
		{"too much of it", "000000010", true, "LINK-NUMBER", "00000001"},
	} {
		err := library.Link(t.Context(), service, platformclient.Link{Holder: h.both(), Number: number(t, step.number), Replace: step.replace}, nil)
		if got := codeOf(err); got != step.code {
			t.Errorf("%s: got %v, want %q", step.name, err, step.code)
		}
		if got := h.found(library, service); got != step.found {
			t.Errorf("%s: by record: got %s, want %s", step.name, got, step.found)
		}
		if got := said(library.Lookup(t.Context(), service, h.byCertificate())); got != step.found {
			t.Errorf("%s: by certificate: got %s, want %s", step.name, got, step.found)
		}
	}
	other := w.holder()
	must(t, other.link(library, service, "00112233")) // given up by the first
	if err := library.Unlink(t.Context(), service, platformclient.Unlink{Holder: h.byCertificate()}); !errors.Is(err, platformclient.ErrRequest) {
		t.Errorf("unlink by certificate alone: got %v, want ErrRequest", err)
	}
	must(t, library.Unlink(t.Context(), service, platformclient.Unlink{Holder: h.byRecord()}))
	if got := h.found(library, service) + " " + other.found(library, service); got != "none 00112233" {
		t.Errorf("after: got %s, want none and the other's number", got)
	}
	if err := library.Unlink(t.Context(), service, platformclient.Unlink{Holder: h.byRecord()}); !errors.Is(err, platformclient.ErrLinkNone) {
		t.Errorf("unlink again: got %v, want ErrLinkNone", err)
	}
}

func TestServicesAreToldToTheirOperatorsReceptionAlone(t *testing.T) {
	w := newWorld(t, options{})
	w.service("library", "lending", withPIN, shared)
	w.service("library", "study-room", func(s *store.Service) { s.Rule = "" })
	w.service("sports", "courts")
	desk, err := w.counter("lending-1", "library").Desk(t.Context())
	must(t, err)
	if len(desk.Services) != 2 || desk.Services[0].Code != "lending" || desk.Services[1].Code != "study-room" {
		t.Fatalf("got %+v, want lending and study-room", desk.Services)
	}
	want := platformclient.Service{
		Code: "lending", Name: "lending", Word: "利用者番号", Card: "利用カード", RegistrationAuth: platformclient.RegistrationPIN, Shared: true,
		Rule: platformclient.NumberRule{
			Symbologies: []string{"NW7"}, Start: "A", Stop: "A", Pattern: "[0-9]{8}", Check: "7dr", Display: "#### ####",
		},
	}
	if got := fmt.Sprintf("%+v", desk.Services[0]); got != fmt.Sprintf("%+v", want) {
		t.Errorf("got %s, want %+v", got, want)
	}
	if desk.Operator != "operator library" {
		t.Errorf("operator: got %q, want the name it had before the desk", desk.Operator)
	}
	city, err := w.desk("counter-1").Desk(t.Context())
	must(t, err)
	if len(city.Services) != 0 {
		t.Errorf("a municipal desk was told of %+v", city.Services)
	}
}

func TestCardThatIsNotInForceIsRefusedByName(t *testing.T) {
	w := newWorld(t, options{})
	service, library := w.service("library", "lending"), w.counter("lending-1", "library")
	h := w.holder()
	must(t, h.link(library, service, "00112233"))
	slot := mykey.ParseSlot(h.record).Record
	sealed := func(r mykey.Record) []byte { b := r.Marshal(); return b[:] }
	signed := func(r mykey.Record) []byte {
		r, err := w.keys.SignRecord(t.Context(), r)
		must(t, err)
		return sealed(r)
	}
	forged, strange, young := slot, slot, slot
	forged.Signature[5] ^= 1
	strange.KeyID = 99
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	copy(strange.Signature[:], ed25519.Sign(key, strange.SignedBytes()))
	young.Generation = 9
	other := w.holder()
	refreshed := w.holder()
	old := refreshed.record
	person := w.personOf(refreshed.resident)
	refreshed.record = w.confirm(person, mykey.ParseSlot(old).Record.ID, 2)
	next := w.offer(person, mykey.ParseSlot(old).Record.ID, 3)
	torn := bytes.Clone(h.record)
	torn[mykey.CommitOffset] = mykey.CommitWriting
	tests := []struct {
		name                string
		record, certificate []byte
		code                string // "" where it is taken
	}{
		{"in force", h.record, nil, ""},
		{"with its certificate", h.record, h.certificate, ""},
		{"signature changed", sealed(forged), nil, "CARD-FORGED"},
		{"a stranger's key", sealed(strange), nil, "MYKEY-KEY-UNKNOWN"},
		{"signed by us, never offered", signed(young), nil, "CARD-RECORD-OLD"},
		{"of before the renewal", old, nil, "CARD-RECORD-OLD"},
		{"the renewed one", refreshed.record, nil, ""},
		{"the offered one", next, nil, ""},
		{"a tombstone", signed(mykey.Record{Kind: mykey.KindTombstone, Generation: 1, Issued: slot.Issued}), nil, "CARD-RECORD-OLD"},
		{"torn", torn, nil, "DESK-REQUEST"},
		{"half", h.record[:64], nil, "DESK-REQUEST"},
		{"nothing", nil, nil, "DESK-REQUEST"},
		{"another's certificate", h.record, other.certificate, "CARD-NOT-THIS-CERTIFICATE"},
		{"nobody's certificate", h.record, w.resident(simpki.Request{Key: h.key}).certificate, "CARD-NOT-THIS-CERTIFICATE"},
		{"a signature certificate", h.record, w.resident(simpki.Request{Key: h.key, SignaturePolicy: true}).certificate, "CERT-REFUSED"},
		{"no certificate", h.record, []byte("x"), "CERT-REFUSED"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			who := platformclient.Holder{Transaction: hex16(), Record: test.record, Certificate: test.certificate}
			_, err := library.Lookup(t.Context(), service, who)
			if got := codeOf(err); got != test.code {
				t.Errorf("look-up: got %v, want %q", err, test.code)
			}
			if test.code == "" {
				return
			}
			if err := library.Link(t.Context(), service, platformclient.Link{Holder: who, Number: number(t, "00000009")}, nil); codeOf(err) != test.code {
				t.Errorf("link: got %v, want %q", err, test.code)
			}
			if err := library.Unlink(t.Context(), service, platformclient.Unlink{Holder: who}); codeOf(err) != test.code {
				t.Errorf("unlink: got %v, want %q", err, test.code)
			}
		})
	}
	if got := h.found(library, service); got != "00112233" {
		t.Errorf("after all this: got %s, want the number", got)
	}
	t.Run("under a key that signs no more", func(t *testing.T) {
		_, err := w.keys.RotateRecordKey()
		must(t, err)
		if got := h.found(library, service); got != "00112233" {
			t.Errorf("got %s, want the number", got)
		}
	})
}

func TestSixtyFourRegisterOneNumberAndOneHasIt(t *testing.T) {
	w := newWorld(t, options{})
	service := w.service("library", "lending")
	desks := []*platformclient.Client{w.counter("lending-1", "library"), w.counter("lending-2", "library")}
	var (
		wg           sync.WaitGroup
		linked, lost atomic.Int32
		begin        = make(chan struct{})
		holders      = make([]holder, 64)
	)
	for i := range holders {
		holders[i] = w.holder()
		h, desk := holders[i], desks[i%len(desks)]
		wg.Go(func() {
			<-begin
			err := desk.Link(context.Background(), service, platformclient.Link{Holder: h.both(), Number: number(t, "00112233")}, nil)
			switch {
			case err == nil:
				linked.Add(1)
			case errors.Is(err, platformclient.ErrLinkTaken):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	close(begin)
	wg.Wait()
	if linked.Load() != 1 || lost.Load() != 63 {
		t.Errorf("got %d linked, %d refused, want 1 and 63", linked.Load(), lost.Load())
	}
	found := 0
	for _, h := range holders {
		switch got := h.found(desks[0], service); got {
		case "00112233":
			found++
		case "none":
		default:
			t.Errorf("look-up: got %s", got)
		}
	}
	if found != 1 {
		t.Errorf("%d people have the number, want 1", found)
	}
}

func TestSharedNumberIsEverybodys(t *testing.T) {
	w := newWorld(t, options{})
	family, library := w.service("library", "family", shared), w.counter("lending-1", "library")
	mother, child, third := w.holder(), w.holder(), w.holder()
	must(t, mother.link(library, family, "00112233"))
	must(t, child.link(library, family, "00112233"))
	must(t, library.Unlink(t.Context(), family, platformclient.Unlink{Holder: mother.byRecord()}))
	if got := mother.found(library, family) + " " + child.found(library, family); got != "none 00112233" {
		t.Errorf("got %s, want none and the number", got)
	}
	w.service("library", "family") // shared no longer
	if err := third.link(library, family, "00112233"); !errors.Is(err, platformclient.ErrLinkTaken) {
		t.Errorf("shared no longer: got %v, want ErrLinkTaken", err)
	}
	if err := child.link(library, family, "00112233"); err != nil {
		t.Errorf("who has it: %v", err)
	}
}

func TestOneTransactionLinksOnePersonOnly(t *testing.T) {
	w := newWorld(t, options{})
	lending, room := w.service("library", "lending"), w.service("library", "room")
	library := w.counter("lending-1", "library")
	first, second := w.holder(), w.holder()
	who := first.both()
	must(t, library.Link(t.Context(), lending, platformclient.Link{Holder: who, Number: number(t, "00000001")}, nil))
	must(t, library.Link(t.Context(), room, platformclient.Link{Holder: who, Number: number(t, "00000001")}, nil))
	other := second.both()
	other.Transaction = who.Transaction
	if err := library.Link(t.Context(), lending, platformclient.Link{Holder: other, Number: number(t, "00000002")}, nil); !errors.Is(err, platformclient.ErrMixed) {
		t.Errorf("another's card in it: got %v, want ErrMixed", err)
	}
	if err := library.Unlink(t.Context(), lending, platformclient.Unlink{Holder: other}); !errors.Is(err, platformclient.ErrMixed) {
		t.Errorf("unlink: got %v, want ErrMixed", err)
	}
	if got := second.found(library, lending); got != "none" {
		t.Errorf("the other: got %s, want none", got)
	}
}

func TestStoppedIsToldWhereALinkIsAndNeverWhy(t *testing.T) {
	w := newWorld(t, options{})
	lending, room := w.service("library", "lending"), w.service("library", "room")
	library, sports := w.counter("lending-1", "library"), w.counter("court-1", "sports")
	courts := w.service("sports", "courts")
	h := w.holder()
	must(t, h.link(library, lending, "00112233"))
	if err := w.rules.Stop(t.Context(), w.personOf(h.resident), "", time.Time{}); !errors.Is(err, registry.ErrRequest) {
		t.Errorf("a stop without a reason: got %v, want ErrRequest", err)
	}
	must(t, w.rules.Stop(t.Context(), w.personOf(h.resident), "lost", w.clock.Now().Add(7*24*time.Hour)))
	for _, test := range []struct{ name, got, want string }{
		{"linked", h.found(library, lending), "stopped"},
		{"by certificate", said(library.Lookup(t.Context(), lending, h.byCertificate())), "stopped"},
		{"not linked", h.found(library, room), "none"},
		{"another operator", h.found(sports, courts), "none"},
		{"link", codeOf(h.link(library, room, "00000001")), "MYKEY-STOPPED"},
		{"the same again", codeOf(h.link(library, lending, "00112233")), "MYKEY-STOPPED"},
		{"unlink", codeOf(library.Unlink(t.Context(), lending, platformclient.Unlink{Holder: h.byRecord()})), "MYKEY-STOPPED"},
		{"unlink where nothing is", codeOf(library.Unlink(t.Context(), room, platformclient.Unlink{Holder: h.byRecord()})), "LINK-NONE"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
	w.clock.Forward(8 * 24 * time.Hour)
	if got := h.found(library, lending); got != "00112233" {
		t.Errorf("after the stop: got %s, want the number", got)
	}
	if err := w.rules.Stop(t.Context(), store.PersonID{1}, "lost", time.Time{}); !errors.Is(err, registry.ErrNoMyKey) {
		t.Errorf("a stop of nobody: got %v, want ErrNoMyKey", err)
	}
}

func TestWithdrawnPersonIsNobody(t *testing.T) {
	w := newWorld(t, options{})
	lending, courts := w.service("library", "lending"), w.service("sports", "courts")
	library, sports, city := w.counter("lending-1", "library"), w.counter("court-1", "sports"), w.desk("counter-1")
	h := w.holder()
	must(t, h.link(library, lending, "00112233"))
	must(t, h.link(sports, courts, "00112233"))
	must(t, w.rules.Withdraw(t.Context(), w.personOf(h.resident)))
	for _, test := range []struct{ name, got, want string }{
		{"library", h.found(library, lending), "none"},
		{"sports", h.found(sports, courts), "none"},
		{"by certificate", said(library.Lookup(t.Context(), lending, h.byCertificate())), "none"},
		{"link", codeOf(h.link(library, lending, "00000001")), "MYKEY-NONE"},
		{"unlink", codeOf(library.Unlink(t.Context(), lending, platformclient.Unlink{Holder: h.byRecord()})), "LINK-NONE"},
		{"the number is free", codeOf(w.holder().link(library, lending, "00112233")), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
	gone := mykey.ParseSlot(h.record).Record.ID
	if _, err := w.resident(simpki.Request{Key: h.key}).make(city, platformclient.MakeMyKey{Transaction: hex16(), Wished: gone}); !errors.Is(err, platformclient.ErrMyKeyTaken) {
		t.Errorf("its MyKey ID wished for: got %v, want ErrMyKeyTaken", err)
	}
}

func TestCertificateIsCheckedWhereNoneWasLately(t *testing.T) {
	asked := &atomic.Int32{}
	w := newWorld(t, options{ocsp: func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) { asked.Add(1); h.ServeHTTP(out, r) })
	}, ownPKI: true})
	service, library, second := w.service("library", "lending"), w.counter("lending-1", "library"), w.counter("lending-2", "library")
	count := 0
	link := func(who platformclient.Holder) error {
		count++
		return library.Link(t.Context(), service, platformclient.Link{Holder: who, Number: number(t, numbered(count)), Replace: true}, nil)
	}
	tests := []struct {
		name   string
		before func(h holder)
		record bool // alone
		want   error
		asks   int32 // the responder, by the link
	}{
		{"never seen, no certificate in hand", func(holder) {}, true, platformclient.ErrCertificateUnknown, 0},
		{"never seen, certificate in hand", func(holder) {}, false, nil, 1},
		{"seen at another desk", func(h holder) { h.nonce(second, platformclient.PurposeRegister) }, true, nil, 0},
		{"seen within the day", func(h holder) { h.nonce(second, platformclient.PurposeRegister); w.clock.Forward(23 * time.Hour) }, true, nil, 0},
		{"seen the day before", func(h holder) { h.nonce(second, platformclient.PurposeRegister); w.clock.Forward(25 * time.Hour) }, true, platformclient.ErrCertificateUnknown, 0},
		{"seen the day before, in hand", func(h holder) { h.nonce(second, platformclient.PurposeRegister); w.clock.Forward(25 * time.Hour) }, false, nil, 1},
		{"seen, revoked since", func(h holder) {
			h.nonce(second, platformclient.PurposeRegister)
			w.pki.Revoke(simpki.Serial(h.certificate))
			h.nonce(second, platformclient.PurposeRegister)
		}, true, platformclient.ErrCertificateUnknown, 0},
		{"revoked", func(h holder) { w.pki.Revoke(simpki.Serial(h.certificate)) }, false, platformclient.ErrCertificateRevoked, 1},
		{"unknown", func(h holder) { w.pki.SetUnknown(simpki.Serial(h.certificate)) }, false, platformclient.ErrCertificateUnknown, 1},
		{"no answer", func(h holder) { w.pki.Set(simpki.Serial(h.certificate), simpki.Down) }, false, platformclient.ErrCertificateUnknown, 1},
		{"no answer, seen before", func(h holder) {
			h.nonce(second, platformclient.PurposeRegister)
			w.pki.Set(simpki.Serial(h.certificate), simpki.Down)
			h.nonce(second, platformclient.PurposeRegister)
		}, true, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := w.holder()
			test.before(h)
			who := h.both()
			if test.record {
				who = h.byRecord()
			}
			before := asked.Load()
			if err := link(who); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if got := asked.Load() - before; got != test.asks {
				t.Errorf("the responder was asked %d times, want %d", got, test.asks)
			}
			if got := asked.Load(); h.found(library, service) == "" || asked.Load() != got {
				t.Error("a look-up asked the responder")
			}
		})
	}
}

func TestRevokedSignatureCertificateStopsNobody(t *testing.T) {
	w := newWorld(t, options{})
	service, library := w.service("library", "lending"), w.counter("lending-1", "library")
	key, err := oneKey()
	must(t, err)
	r := w.resident(simpki.Request{Key: key, WithSignature: true})
	w.pki.Revoke(simpki.Serial(r.identity.SignCertificate)) // moved house
	city := w.desk("counter-1")
	_, err = r.make(city, platformclient.MakeMyKey{Transaction: hex16()})
	must(t, err)
	h := holder{resident: r}
	must(t, library.Link(t.Context(), service, platformclient.Link{Holder: h.byCertificate(), Number: number(t, "00000001")}, nil))
	if got := said(library.Lookup(t.Context(), service, h.byCertificate())); got != "00000001" {
		t.Errorf("got %s, want the number", got)
	}
}

func TestServiceThatAsksForThePIN(t *testing.T) {
	w := newWorld(t, options{})
	service, library := w.service("library", "lending", withPIN), w.counter("lending-1", "library")
	h, other := w.holder(), w.holder()
	nobody := w.resident(simpki.Request{Key: h.key})
	tests := []struct {
		name   string
		signer resident
		spoil  func(l *platformclient.Link, a **platformclient.Assertion)
		want   error
	}{
		{"no signature", h.resident, func(_ *platformclient.Link, a **platformclient.Assertion) { *a = nil }, platformclient.ErrAuthority},
		{"another's", other.resident, nil, platformclient.ErrNotThisCertificate},
		{"nobody's", nobody, nil, platformclient.ErrNotThisCertificate},
		{"for another number", h.resident, func(l *platformclient.Link, _ **platformclient.Assertion) { l.Number = number(t, "00000002") }, platformclient.ErrAssertion},
		{"for another card", h.resident, func(l *platformclient.Link, _ **platformclient.Assertion) { l.Record = other.record }, platformclient.ErrAssertion},
		{"for not replacing", h.resident, func(l *platformclient.Link, _ **platformclient.Assertion) { l.Replace = true }, platformclient.ErrAssertion},
		{"revoked", other.resident, func(*platformclient.Link, **platformclient.Assertion) {
			w.pki.Revoke(simpki.Serial(other.certificate))
		}, platformclient.ErrCertificateRevoked},
		{"as it should be", h.resident, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := platformclient.Link{Holder: h.byRecord(), Number: number(t, "00000001")}
			nonce := test.signer.nonce(library, platformclient.PurposeRegister)
			digest, err := library.LinkDigest(nonce, service, l)
			must(t, err)
			signed := test.signer.sign(platformclient.PurposeRegister, nonce, digest)
			a := &signed
			if test.spoil != nil {
				test.spoil(&l, &a)
			}
			if err := library.Link(t.Context(), service, l, a); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if got := h.found(library, service); got != "00000001" {
		t.Errorf("got %s, want the number", got)
	}
	if _, err := library.Challenges(t.Context(), []platformclient.Purpose{platformclient.PurposeWrite}, h.certificate); !errors.Is(err, platformclient.ErrRole) {
		t.Errorf("a nonce for writing at a reception desk: got %v, want ErrRole", err)
	}
}

// After every key of links was rotated, old rows are found, keep their numbers
// from others, and give way to new ones.
func TestLinksOutliveTheirKeys(t *testing.T) {
	w := newWorld(t, options{})
	service, library := w.service("library", "lending"), w.counter("lending-1", "library")
	h, other := w.holder(), w.holder()
	must(t, h.link(library, service, "00112233"))
	for _, use := range []custody.Use{custody.UseLink, custody.UseServiceNumber, custody.UseHolder} {
		_, err := w.keys.Rotate(use)
		must(t, err)
	}
	_, err := w.keys.RotateSeal()
	must(t, err)
	h.nonce(library, platformclient.PurposeRegister) // its certificate is found good
	for _, test := range []struct{ name, got, want string }{
		{"found", h.found(library, service), "00112233"},
		{"by certificate", said(library.Lookup(t.Context(), service, h.byCertificate())), "00112233"},
		{"taken", codeOf(other.link(library, service, "00112233")), "LINK-TAKEN"},
		{"the same again", codeOf(h.link(library, service, "00112233")), ""},
		{"another", codeOf(h.link(library, service, "00000001")), "LINK-EXISTS"},
		{"in its place", codeOf(library.Link(t.Context(), service,
			platformclient.Link{Holder: h.byRecord(), Number: number(t, "00000001"), Replace: true}, nil)), ""},
		{"found anew", h.found(library, service), "00000001"},
		{"the old one is free", codeOf(other.link(library, service, "00112233")), ""},
		{"unlink", codeOf(library.Unlink(t.Context(), service, platformclient.Unlink{Holder: h.byRecord()})), ""},
		{"none", h.found(library, service), "none"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestExpiredCertificateAloneFindsNothing(t *testing.T) {
	w := newWorld(t, options{})
	service, library := w.service("library", "lending"), w.counter("lending-1", "library")
	h := w.holder()
	must(t, h.link(library, service, "00112233"))
	request := simpkiOf(t)
	request.NotBefore, request.NotAfter = time.Now().AddDate(-6, 0, 0), time.Now().AddDate(0, 0, -1)
	old := w.resident(request).certificate
	if _, err := library.Lookup(t.Context(), service, platformclient.Holder{Certificate: old}); !errors.Is(err, platformclient.ErrCertificateExpired) {
		t.Errorf("got %v, want ErrCertificateExpired", err)
	}
	if got := h.found(library, service); got != "00112233" {
		t.Errorf("by record: got %s, want the number", got)
	}
}
