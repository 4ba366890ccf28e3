package server_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

func TestTheSameRegistrationAgainHasTheSameOutcome(t *testing.T) {
	w := newWorld(t, options{ownPKI: true})
	service, room := w.service("library", "lending"), w.service("library", "room")
	library := w.counter("lending-1", "library")
	h, other := w.holder(), w.holder()
	must(t, other.link(library, service, "00000002"))
	linked := platformclient.Link{Holder: h.both(), Number: number(t, "00000001"), Key: platformclient.NewKey()}
	taken := platformclient.Link{Holder: h.both(), Number: number(t, "00000002"), Replace: true, Key: platformclient.NewKey()}
	for _, step := range []struct {
		name string
		do   func() error
		want error
	}{
		{"first", func() error { return library.Link(t.Context(), service, linked, nil) }, nil},
		{"again", func() error { return library.Link(t.Context(), service, linked, nil) }, nil},
		{"in another service", func() error { return library.Link(t.Context(), room, linked, nil) }, platformclient.ErrKeyReused},
		{"taken", func() error { return library.Link(t.Context(), service, taken, nil) }, platformclient.ErrLinkTaken},
		{"the other gives it up", func() error {
			return library.Unlink(t.Context(), service, platformclient.Unlink{Holder: other.byRecord()})
		}, nil},
		{"taken again", func() error { return library.Link(t.Context(), service, taken, nil) }, platformclient.ErrLinkTaken},
		{"unlink with its key", func() error {
			return library.Unlink(t.Context(), service, platformclient.Unlink{Holder: h.byRecord(), Key: linked.Key})
		}, platformclient.ErrKeyReused},
		{"unlink", func() error { return library.Unlink(t.Context(), service, platformclient.Unlink{Holder: h.byRecord()}) }, nil},
		{"first, sent once more", func() error { return library.Link(t.Context(), service, linked, nil) }, nil},
	} {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: got %v, want %v", step.name, err, step.want)
		}
	}
	if got := h.found(library, service); got != "none" {
		t.Errorf("an old request linked again: got %s, want none", got)
	}
	w.clock.Forward(26 * time.Hour)
	if err := library.Link(t.Context(), service, linked, nil); err != nil || h.found(library, service) != "00000001" {
		t.Errorf("a day later it is a new request: got %v", err)
	}
}

func TestDeskCanAskWhatBecameOfAChange(t *testing.T) {
	w := newWorld(t, options{ownPKI: true})
	service := w.service("library", "lending")
	library, second := w.counter("lending-1", "library"), w.counter("lending-2", "library")
	city := w.desk("counter-1")
	h, other := w.holder(), w.holder()
	must(t, other.link(library, service, "00000002"))
	send := func(digits string, key string) {
		t.Helper()
		err := library.Link(t.Context(), service, platformclient.Link{Holder: h.both(), Number: number(t, digits), Key: key}, nil)
		if err != nil && codeOf(err) == "" {
			t.Fatal(err)
		}
	}
	ask := func(desk *platformclient.Client, key string) string {
		t.Helper()
		o, err := desk.Outcome(t.Context(), key)
		must(t, err)
		return string(o.State) + codeOf(o.Err)
	}
	done, refused, malformed, never := "key-of-what-is-done", "key-of-what-was-refused", "key-of-no-number-at-all", "key-that-never-came"
	send("00000001", done)
	send("00000002", refused)
	send("2", malformed)
	for _, test := range []struct {
		name, key, want string
		desk            *platformclient.Client
	}{
		{"done", done, "done", library},
		{"refused", refused, "refusedLINK-TAKEN", library},
		{"did nothing", malformed, "never", library},
		{"never came", never, "never", library},
		{"asked again", never, "never", library},
		{"by the desk beside it", done, "never", second},
		{"and still", done, "done", library},
		{"by a municipal desk", done, "never", city},
	} {
		if got := ask(test.desk, test.key); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	late := w.holder()
	err := library.Link(t.Context(), service, platformclient.Link{Holder: late.both(), Number: number(t, "00000003"), Key: never}, nil)
	if !errors.Is(err, platformclient.ErrKeyReused) || late.found(library, service) != "none" {
		t.Errorf("it comes after all: got %v, want ErrKeyReused and no link", err)
	}
	if err := second.Link(t.Context(), service, platformclient.Link{Holder: late.both(), Number: number(t, "00000003"), Key: never}, nil); err != nil {
		t.Errorf("the same key of the desk beside it: %v", err)
	}
	w.clock.Forward(26 * time.Hour)
	if got := ask(library, done); got != "never" {
		t.Errorf("a day later: got %s, want never", got)
	}
	if _, err := library.Outcome(t.Context(), "short"); !errors.Is(err, platformclient.ErrRequest) {
		t.Errorf("no key: got %v, want ErrRequest", err)
	}

	r := w.resident(simpki.Request{Key: h.key})
	m := platformclient.MakeMyKey{Transaction: hex16(), Key: "key-of-a-new-mykey-id"}
	_, err = r.make(city, m)
	must(t, err)
	if got := ask(city, m.Key); got != "done" {
		t.Errorf("a MyKey ID that was made: got %s, want done", got)
	}
}

// What is under way is said to be so, a second sending waits for the first, and
// closing a key never undoes what is under way.
func TestChangeUnderWayIsSaidToBe(t *testing.T) {
	arrived, release := make(chan struct{}, 8), make(chan struct{})
	w := newWorld(t, options{ocsp: func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			arrived <- struct{}{}
			<-release
			h.ServeHTTP(out, r)
		})
	}})
	service, library := w.service("library", "lending"), w.counter("lending-1", "library")
	h := w.holder()
	l := platformclient.Link{Holder: h.both(), Number: number(t, "00000001"), Key: platformclient.NewKey()}
	var wg sync.WaitGroup
	link := func() {
		if err := library.Link(context.Background(), service, l, nil); err != nil {
			t.Errorf("link: %v", err)
		}
	}
	wg.Go(link)
	<-arrived
	wg.Go(link)
	if o, err := library.Outcome(t.Context(), l.Key); err != nil || o.State != platformclient.OutcomeUnderWay {
		t.Errorf("got %v, %v, want under way", o.State, err)
	}
	close(release)
	wg.Wait()
	if o, err := library.Outcome(t.Context(), l.Key); err != nil || o.State != platformclient.OutcomeDone {
		t.Errorf("after it: got %v, %v, want done", o.State, err)
	}
	if n := len(arrived); n != 0 {
		t.Errorf("the second sending asked the responder %d times", n)
	}
	if got := h.found(library, service); got != "00000001" {
		t.Errorf("got %s, want the number", got)
	}
}
