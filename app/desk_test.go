package app_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/handover/sip2"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// reception is a running reception desk over virtual cards. The edges of the
// machine, which are the platform's network and the desktop, are played: so that
// a test can say what is in front and what the platform answers, and when.
type reception struct {
	*drive.Driver
	ctx     context.Context
	clock   *clock
	slot    *training.Slot
	reads   *readings
	town    *town
	desktop *desktop
	key     ed25519.PrivateKey
	issued  *simpki.PKI
	journal *journal.Journal
}

// newReception runs a desk of two services whose number rules are an 8-digit
// number with a check digit, and three digits.
func newReception(t *testing.T, set settings.Reception) *reception {
	t.Helper()
	return newReceptionFor(t, set, 2*time.Minute)
}

// newReceptionFor has another bound on a test that hangs.
func newReceptionFor(t *testing.T, set settings.Reception, bound time.Duration) *reception {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	t.Cleanup(cancel)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pki, err := testPKI()
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(ctx, filepath.Join(t.TempDir(), "journal.db"), [journal.KeySize]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	slot := training.NewSlot("Virtual PCD 00 00")
	r := &reception{
		ctx: ctx, clock: newClock(), slot: slot, reads: &readings{Slot: slot, done: make(chan struct{}, 1000)}, town: newTown(public), key: private, issued: pki, journal: j,
		desktop: &desktop{set: set, idle: time.Hour},
	}
	limits := app.DefaultLimits()
	limits.Platform = 24 * time.Hour
	a := app.New(app.Parts{
		Reader: cardio.NewReader(r.reads, cardio.SystemClock{}, log), Platform: r.town, Journal: j, Trainer: app.NoTraining{},
		Handing: r.desktop, Clock: r.clock, Limits: limits, Clerk: "貸出01", Log: log,
	})
	r.Driver = drive.New(a)
	done := make(chan struct{})
	running, stop := context.WithCancel(ctx)
	go func() { defer close(done); a.Run(running) }()
	t.Cleanup(func() { stop(); <-done; r.Close() })
	return r
}

// readings is the R/W, and tells when a card has been read.
type readings struct {
	*training.Slot
	done chan struct{}
}

func (r *readings) Connect(ctx context.Context) (cardio.Link, error) {
	l, err := r.Slot.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &told{l, r.done}, nil
}

type told struct {
	cardio.Link
	done chan struct{}
}

func (l *told) Close() error {
	select {
	case l.done <- struct{}{}:
	default: // nobody counts
	}
	return l.Link.Close()
}

// holder is a resident with a card. Who has an empty id has no record on it.
type holder struct {
	id     mykey.ID
	record []byte
	card   *fault.Card
	chip   *virtualcard.Card
}

// testPKI and holderKey are made once: RSA keys are slow.
var (
	testPKI   = sync.OnceValues(func() (*simpki.PKI, error) { return simpki.New(simpki.Options{}) })
	holderKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
)

// person makes a resident whose card holds a record of this MyKey ID.
func (r *reception) person(t *testing.T, id string) *holder {
	t.Helper()
	key, err := holderKey()
	if err != nil {
		t.Fatal(err)
	}
	identity, err := r.issued.Issue(simpki.Request{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	number := []byte("TEST-" + id)
	chip, err := virtualcard.New(virtualcard.Options{Identity: identity, ImageNumber: number})
	if err != nil {
		t.Fatal(err)
	}
	h := &holder{chip: chip, card: fault.Wrap(chip)}
	if h.id, err = mykey.ParseID(id); err != nil {
		t.Fatal(err)
	}
	record := mykey.Record{Kind: mykey.KindRecord, Generation: 1, ID: h.id, Issued: mykey.DateOf(time.Now()), KeyID: 1, Binding: mykey.Binding(number)}
	copy(record.Signature[:], ed25519.Sign(r.key, record.SignedBytes()))
	b := record.Marshal()
	h.record = b[:]
	if err := chip.LoadArea(append(b[:], make([]byte, mykey.SlotSize)...)); err != nil {
		t.Fatal(err)
	}
	return h
}

func (r *reception) put(h *holder) { r.slot.Insert(h.card, false) }
func (r *reception) take()         { r.slot.Remove() }

func (r *reception) until(t *testing.T, what string, ok func(app.View) bool) app.View {
	t.Helper()
	v, err := r.Until(r.ctx, what, ok)
	if err != nil {
		t.Fatalf("%v; F3 stands at %v (%s), F4 at %v (%s, %s)", err,
			v.Register.Phase, v.Register.Problem.Code, v.Lookup.Phase, v.Lookup.Delivery, v.Lookup.Problem.Code)
	}
	return v
}

// waiting waits until F4 waits for a card.
func (r *reception) waiting(t *testing.T) {
	t.Helper()
	r.until(t, "the waiting screen", func(v app.View) bool {
		return v.Screen == app.ScreenLookup && v.Lookup.Phase == app.LookupWaiting && v.Lookup.Service.Name != "" && v.Status.Reader == app.ReaderEmpty
	})
}

// registering opens F3.
func (r *reception) registering(t *testing.T) {
	t.Helper()
	r.waiting(t)
	r.App.Send(app.GoTo{Screen: app.ScreenRegister})
	r.until(t, "F3", func(v app.View) bool {
		return v.Screen == app.ScreenRegister && v.Register.Phase == app.RegisterWaiting && len(v.Register.Services) > 0
	})
}

// phase waits for a phase of F3.
func (r *reception) phase(t *testing.T, p app.RegisterPhase) app.View {
	t.Helper()
	return r.until(t, "F3 "+p.String(), func(v app.View) bool { return v.Screen == app.ScreenRegister && v.Register.Phase == p })
}

// scan scans a member card into the field that stands there now.
func (r *reception) scan(number string) {
	r.App.Send(app.Entered{Serial: r.App.View().Register.Serial, Text: app.NewInput(number), Scanned: true})
}

func (r *reception) keyIn(number string) {
	r.App.Send(app.Entered{Serial: r.App.View().Register.Serial, Text: app.NewInput(number)})
}

// town is the platform as one desk sees it, with a fault to plan. Its rules are
// the few that the desk's own flow depends on.
type town struct {
	mu       sync.Mutex
	desk     platformclient.Desk
	links    map[link]mykey.ServiceID
	stopped  map[string]bool // by record
	fails    error           // of the next calls, until it is nil again
	lost     bool            // the next change is done, its answer lost
	calls    []call
	outcomes map[string]platformclient.OutcomeState
	hold     chan struct{} // when set, a change waits for it
	lookedUp int
	onLink   func(platformclient.Link)
	onLookup func(platformclient.Holder, mykey.ServiceID)
}

type link struct {
	record  string
	service mykey.ServiceCode
}

// call is a change that reached the platform.
type call struct {
	what, transaction, record, number, key string
	replace                                bool
	assertion                              bool
}

var errUnplanned = errors.New("not a call of a reception desk")

func newTown(public ed25519.PublicKey) *town {
	return &town{
		desk: platformclient.Desk{
			Operator: "demo-library", Office: "○○市立図書館", Counter: "貸出1", Roles: []platformclient.Role{platformclient.RoleReception},
			LegalBasis: map[platformclient.Role]string{}, RecordKeys: []mykey.RecordKey{{ID: 1, Public: public, NotAfter: time.Now().Add(time.Hour)}},
			Services: []platformclient.Service{
				{
					Code: "library", Name: "○○市立図書館", Word: "利用者番号", Card: "利用カード", RegistrationAuth: "none",
					Rule: platformclient.NumberRule{Pattern: `[0-9]{8}`, Check: "7dr", Display: "#### ####", Start: "A", Stop: "A", Symbologies: []string{"NW7"}},
				},
				{Code: "study", Name: "○○市立図書館 学習室", Word: "利用番号", Card: "利用カード", RegistrationAuth: "none", Rule: platformclient.NumberRule{Pattern: `[0-9]{3}`}},
			},
		},
		links: map[link]mykey.ServiceID{}, stopped: map[string]bool{}, outcomes: map[string]platformclient.OutcomeState{},
	}
}

func (p *town) linked(h *holder, service, number string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := mykey.ParseServiceID(number)
	if err != nil {
		panic(err)
	}
	p.links[link{string(h.record), mykey.ServiceCode(service)}] = n
}

func (p *town) do(f func(p *town)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

func (p *town) made() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]call(nil), p.calls...)
}

func (p *town) Desk(context.Context) (platformclient.Desk, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.desk, nil
}

func (p *town) Lookup(_ context.Context, service mykey.ServiceCode, h platformclient.Holder) (platformclient.Found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lookedUp++
	if p.fails != nil {
		return platformclient.Found{}, p.fails
	}
	n, linked := p.links[link{string(h.Record), service}]
	switch {
	case !linked:
		return platformclient.Found{State: platformclient.FoundNone}, nil
	case p.stopped[string(h.Record)]:
		return platformclient.Found{State: platformclient.FoundStopped}, nil
	default:
		if p.onLookup != nil {
			p.onLookup(h, n)
		}
		return platformclient.Found{State: platformclient.FoundLinked, Number: n}, nil
	}
}

func (p *town) change(ctx context.Context, c call, do func()) error {
	p.mu.Lock()
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails != nil {
		return p.fails
	}
	p.calls = append(p.calls, c)
	do()
	p.outcomes[c.key] = platformclient.OutcomeDone
	if p.lost {
		p.lost = false
		return platformclient.ErrTimeout
	}
	return nil
}

func (p *town) Link(ctx context.Context, service mykey.ServiceCode, l platformclient.Link, a *platformclient.Assertion) error {
	for other, n := range p.snapshot() {
		if n == l.Number && other.service == service && other.record != string(l.Record) {
			return platformclient.ErrLinkTaken
		}
	}
	c := call{"link", l.Transaction, string(l.Record), l.Number.Reveal(), l.Key, l.Replace, a != nil}
	return p.change(ctx, c, func() {
		p.links[link{string(l.Record), service}] = l.Number
		if p.onLink != nil {
			p.onLink(l)
		}
	})
}

func (p *town) snapshot() map[link]mykey.ServiceID {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[link]mykey.ServiceID{}
	for k, v := range p.links {
		out[k] = v
	}
	return out
}

func (p *town) Unlink(ctx context.Context, service mykey.ServiceCode, u platformclient.Unlink) error {
	c := call{what: "unlink", transaction: u.Transaction, record: string(u.Record), key: u.Key}
	return p.change(ctx, c, func() { delete(p.links, link{string(u.Record), service}) })
}

func (p *town) Outcome(_ context.Context, key string) (platformclient.Outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails != nil {
		return platformclient.Outcome{}, p.fails
	}
	state, known := p.outcomes[key]
	if !known {
		state = platformclient.OutcomeNever
	}
	return platformclient.Outcome{State: state}, nil
}

func (p *town) LinkDigest([]byte, mykey.ServiceCode, platformclient.Link) ([32]byte, error) {
	return [32]byte{1}, nil
}

func (p *town) Challenges(_ context.Context, purposes []platformclient.Purpose, _ []byte) (platformclient.Challenges, error) {
	c := platformclient.Challenges{State: platformclient.CertificateGood}
	for range purposes {
		c.Nonces = append(c.Nonces, make([]byte, 32))
	}
	return c, nil
}

func (p *town) CardSessionDigest([]byte, platformclient.CardSession) ([32]byte, error) {
	return [32]byte{}, errUnplanned
}

func (p *town) OpenCardSession(context.Context, platformclient.CardSession, *platformclient.Assertion) (platformclient.CardStep, error) {
	return platformclient.CardStep{}, errUnplanned
}

func (p *town) NextCardStep(context.Context, string, [][]byte) (platformclient.CardStep, error) {
	return platformclient.CardStep{}, errUnplanned
}
func (p *town) CloseCardSession(context.Context, string) error { return errUnplanned }

// lending is the window of the library system, with the title that it has between
// two persons.
var lending = handover.Window{ID: 7, Process: "lending", Title: "貸出"}

// typed is the desk that types into the library system.
func typedInto(release string) settings.Reception {
	c := handover.Config{Way: handover.WayKeyboard, Target: handover.TargetConfig{
		Name: "図書館システム（利用者番号欄）", Process: "lending", Title: "^貸出", Release: release,
	}}
	switch release {
	case handover.ReleaseTitle:
		c.Target.StartTitle = "^貸出$"
	case handover.ReleaseQuiet:
		c.Target.Quiet = 10
	}
	return settings.Reception{Handover: c}
}

// desktop is what is in front, what the library system has got, and the way there.
type desktop struct {
	mu     sync.Mutex
	set    settings.Reception
	front  handover.Window
	idle   time.Duration
	got    []string // as typed, in order
	into   []handover.Window
	result handover.Outcome
	err    error
	slow   bool // Hand waits for its context's end
	closed int
	opened int
	onHand func(number string, to handover.Window)
}

func (d *desktop) do(f func(d *desktop)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
}

func (d *desktop) typed() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.got...)
}

func (d *desktop) Settings() settings.Reception {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.set
}

func (d *desktop) Keep(s settings.Reception) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.set = s
	return nil
}

func (d *desktop) Foreground(context.Context) (handover.Window, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.front, nil
}

func (d *desktop) Idle(context.Context) (time.Duration, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.idle, nil
}

func (d *desktop) Open(_ context.Context, c handover.Config) (handover.Way, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened++
	return keys{d}, nil
}

func (d *desktop) SIP2() *sip2.Config { return nil }

// keys is the way that types.
type keys struct{ *desktop }

func (w keys) Ready(context.Context) error { return nil }

func (w keys) Hand(ctx context.Context, number mykey.ServiceID, to handover.Window) (handover.Outcome, error) {
	w.mu.Lock()
	slow, result, err, note := w.slow, w.result, w.err, w.onHand
	if err == nil && result == handover.Delivered && !slow {
		w.got, w.into = append(w.got, number.Reveal()), append(w.into, to)
	}
	w.mu.Unlock()
	if note != nil {
		note(number.Reveal(), to)
	}
	if slow {
		<-ctx.Done()
		return handover.NotDelivered, ctx.Err()
	}
	return result, err
}

func (w keys) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed++
	return nil
}

// valid makes the number of the library's rule from seven digits.
func valid(seven int) string { return fmt.Sprintf("%07d%d", seven, seven%7) }
