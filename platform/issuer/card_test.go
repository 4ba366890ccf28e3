package issuer_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	virtualscp03 "github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// transmitter is a card, or a card that is torn off.
type transmitter interface {
	Transmit(command []byte) ([]byte, error)
}

// bench is an issuer, a clock and a card that lies before a desk.
type bench struct {
	*testing.T
	iss     *issuer.Issuer
	keys    *custody.Training
	now     time.Time
	card    *virtualcard.Card
	through transmitter // the way to the card
	sent    int         // commands of scripts
	change  func(n int, answer []byte) []byte
}

var imageNumber = []byte{0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90}

func newBench(t *testing.T, o virtualcard.Options) *bench {
	t.Helper()
	b := &bench{T: t, now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	var err error
	b.keys, err = custody.OpenTraining("", custody.Options{Training: true, Now: clock, Rand: rand.Reader})
	b.must(err)
	b.iss = issuer.New(b.keys, clock, rand.Reader)
	o.ImageNumber = imageNumber
	b.card, err = virtualcard.New(o)
	b.must(err)
	b.through = b.card
	return b
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// clear sends a command of the desk's own.
func (b *bench) clear(command ...byte) (data []byte, ok bool) {
	b.Helper()
	answer, err := b.card.Transmit(command)
	b.must(err)
	n := len(answer) - 2
	return answer[:n], answer[n] == 0x90
}

var (
	isd      = []byte{0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00}
	instance = []byte{0xF0, 'M', 'Y', 'K', 'E', 'Y', 0x06}
)

// facts reads the card as a desk does.
func (b *bench) facts() issuer.Facts {
	b.Helper()
	f := issuer.Facts{ISD: isd, ImageNumber: imageNumber}
	_, f.Reserved = b.clear(append([]byte{0x00, 0xA4, 0x04, 0x0C, 0x07}, instance...)...)
	if f.Reserved {
		area, _ := b.clear(0x00, 0xB0, 0x81, 0x00, 0x00)
		f.SlotA, f.SlotB = area[:128], area[128:]
	}
	if _, ok := b.clear(append([]byte{0x00, 0xA4, 0x04, 0x00, 0x08}, isd...)...); ok {
		if free, ok := b.clear(0x80, 0xCA, 0xFF, 0x21, 0x00); ok {
			f.FreeSpace = free
		}
	}
	return f
}

func (b *bench) record(generation uint32) *mykey.Record {
	b.Helper()
	id, err := mykey.ParseID("CANARY42")
	b.must(err)
	r, err := b.keys.SignRecord(context.Background(), mykey.Record{
		Kind: mykey.KindRecord, Generation: generation, ID: id,
		Issued: mykey.DateOf(b.now), Binding: mykey.Binding(imageNumber),
	})
	b.must(err)
	return &r
}

// relay does what the desk does with a script: up to the first answer that is
// not the expected one. The error is the way to the card's.
func (b *bench) relay(s issuer.Script) ([][]byte, error) {
	b.Helper()
	if len(s.Commands) > 16 || len(s.Nonce) != 16 {
		b.Fatalf("script of %d commands, nonce of %d bytes", len(s.Commands), len(s.Nonce))
	}
	var answers [][]byte
	for _, c := range s.Commands {
		answer, err := b.through.Transmit(c.APDU)
		if err != nil || len(answer) < 2 {
			return answers, errors.Join(errors.New("card is gone"), err)
		}
		b.sent++
		if b.change != nil {
			answer = b.change(b.sent, answer)
		}
		answers = append(answers, answer)
		good := bytes.HasSuffix(answer, []byte{0x90, 0x00})
		if c.Expect != nil {
			sum := sha256.Sum256(append(slices.Clone(s.Nonce), answer...))
			good = bytes.Equal(sum[:], c.Expect)
		}
		if !good {
			break
		}
	}
	return answers, nil
}

var errGone = errors.New("torn off")

// session runs one card session to its end.
func (b *bench) session(step issuer.Step, facts issuer.Facts, wanted *mykey.Record) (issuer.Outcome, error) {
	b.Helper()
	ctx := context.Background()
	id, script, err := b.iss.Open(ctx, issuer.Request{Desk: "desk", Step: step, Facts: facts, Wanted: wanted})
	if err != nil {
		return issuer.Outcome{}, err
	}
	for scripts := 1; ; scripts++ {
		if scripts > 4 {
			b.Fatal("more than four scripts")
		}
		answers, err := b.relay(script)
		if err != nil {
			return issuer.Outcome{}, errGone
		}
		out, err := b.iss.Next(ctx, id, "desk", answers)
		if err != nil || out.Done {
			return out, err
		}
		script = *out.Script
	}
}

// holds checks that the area counts want, and no AP that must not be touched was.
func (b *bench) holds(want *mykey.Record) {
	b.Helper()
	f := b.facts()
	got, ok := mykey.ParseArea(append(slices.Clone(f.SlotA), f.SlotB...)).Current()
	if !ok || got != *want {
		b.Errorf("card holds %v (%t), want %v", got, ok, want)
	}
	if err := got.Verify(b.keys.RecordKeys()); err != nil {
		b.Errorf("record on the card: %v", err)
	}
	if tripped := b.card.Tripped(); len(tripped) > 0 {
		b.Errorf("tripped: %v", tripped)
	}
}

func (b *bench) write(generation uint32) *mykey.Record {
	b.Helper()
	wanted := b.record(generation)
	out, err := b.session(issuer.StepWrite, b.facts(), wanted)
	if err != nil || !out.Proof.Committed || !bytes.Equal(out.Proof.ImageNumber, imageNumber) {
		b.Fatalf("write: %v, committed %t, card image number %X", err, out.Proof.Committed, out.Proof.ImageNumber)
	}
	b.holds(wanted)
	return wanted
}

func TestRecordIsWrittenAndWrittenAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	before := b.facts()
	first := b.write(1)
	if b.facts().Reserved == before.Reserved {
		t.Error("the area is not there")
	}
	out, err := b.session(issuer.StepWrite, b.facts(), b.record(2))
	if err != nil || !out.Proof.Committed || out.Proof.SlotB == nil || out.Proof.SlotA != nil {
		t.Fatalf("re-write: %v, %t; want slot B, the losing one, alone", err, out.Proof.Committed)
	}
	second := out.Proof.SlotB
	if mykey.ParseSlot(second).Record.Generation != 2 || mykey.ParseSlot(b.facts().SlotA).Record != *first {
		t.Error("re-write touched the record that counted")
	}
	b.write(3)
}

func TestRecordWhoseCommitAnswerWasLostIsOnlyProved(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	wanted := b.write(1)
	before := b.card.Snapshot()
	out, err := b.session(issuer.StepWrite, b.facts(), wanted)
	if err != nil || !out.Proof.Committed || out.Proof.SlotA == nil || out.Proof.SlotB == nil {
		t.Fatalf("proof: %v, committed %t", err, out.Proof.Committed)
	}
	after := b.facts()
	if !bytes.Equal(after.SlotA, out.Proof.SlotA) || !bytes.Equal(after.SlotB, out.Proof.SlotB) {
		t.Error("what was proved is not what stands there")
	}
	if parts := changed(before, b.card.Snapshot()); !slices.Equal(parts, []string{"ISD/sequence"}) {
		t.Errorf("proving changed %v, want the sequence counter alone", parts)
	}
	if _, err := b.session(issuer.StepWrite, b.facts(), b.record(0)); !errors.Is(err, issuer.ErrStale) {
		t.Errorf("older generation: %v, want ErrStale", err)
	}
}

// changed lists the parts of the card that differ.
func changed(a, b map[string][]byte) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	var out []string
	for part := range all {
		was, before := a[part]
		is, after := b[part]
		if before != after || !bytes.Equal(was, is) {
			out = append(out, part)
		}
	}
	return out
}

// ownPart is a part of the card that writing may change.
func ownPart(part string) bool {
	return strings.HasPrefix(part, "F04D594B455906/") ||
		slices.Contains([]string{"ISD/registry", "ISD/free", "ISD/sequence", "ISD/tries"}, part)
}

func TestReleaseGivesTheSpaceBackAndRefusesARecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	fresh := b.facts()
	// Torn before the body: the area is there and blank.
	f := fault.Wrap(b.card, fault.Fault{APDU: 10, Kind: fault.LoseCommand})
	b.through = f
	if _, err := b.session(issuer.StepWrite, fresh, b.record(1)); !errors.Is(err, errGone) || f.Fired() != 1 {
		t.Fatalf("tear: %v, fired %d", err, f.Fired())
	}
	f.Restore()
	b.through = b.card
	if !b.facts().Reserved {
		t.Fatal("the area is not there")
	}
	out, err := b.session(issuer.StepRelease, b.facts(), nil)
	if err != nil || !out.Proof.Released {
		t.Fatalf("release: %v, released %t", err, out.Proof.Released)
	}
	if after := b.facts(); after.Reserved || !bytes.Equal(after.FreeSpace, fresh.FreeSpace) || !bytes.Equal(out.Proof.FreeSpace, fresh.FreeSpace) {
		t.Errorf("after release: reserved %t, free %X, proved %X, want %X", after.Reserved, after.FreeSpace, out.Proof.FreeSpace, fresh.FreeSpace)
	}
	if out, err := b.session(issuer.StepRelease, b.facts(), nil); err != nil || !out.Done || out.Proof.Released {
		t.Errorf("nothing to release: %v, %+v; want done, nothing proved", err, out.Proof)
	}

	b.write(1)
	if _, err := b.session(issuer.StepRelease, b.facts(), nil); !errors.Is(err, issuer.ErrHolds) {
		t.Errorf("release of a record: %v, want ErrHolds", err)
	}
	lie := b.facts()
	lie.SlotA = make([]byte, 128)
	if _, err := b.session(issuer.StepRelease, lie, nil); !errors.Is(err, issuer.ErrHolds) {
		t.Errorf("release of a record that the desk hides: %v, want ErrHolds", err)
	}
	lie.Reserved = false
	if _, err := b.session(issuer.StepRelease, lie, nil); !errors.Is(err, issuer.ErrFacts) {
		t.Errorf("release of an area that the desk denies: %v, want ErrFacts", err)
	}
	if !b.facts().Reserved {
		t.Error("the record is gone")
	}
}

func TestFullCardStaysAsItWas(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{Free: 511})
	if _, err := b.session(issuer.StepWrite, b.facts(), b.record(1)); !errors.Is(err, issuer.ErrCardFull) {
		t.Errorf("got %v, want ErrCardFull", err)
	}
	if b.facts().Reserved {
		t.Error("the area is there")
	}
}

func TestForeignCardIsStoppedBeforeItCountsAFailure(t *testing.T) {
	t.Parallel()
	other := bytes.Repeat([]byte{0x77}, 16)
	b := newBench(t, virtualcard.Options{Keys: virtualscp03.Keys{Enc: other, Mac: other, Dek: other}})
	if _, err := b.session(issuer.StepWrite, b.facts(), b.record(1)); !errors.Is(err, issuer.ErrCardCryptogram) {
		t.Errorf("got %v, want ErrCardCryptogram", err)
	}
	if b.sent != 2 {
		t.Errorf("%d commands were sent, want SELECT and INITIALIZE UPDATE", b.sent)
	}
	b = newBench(t, virtualcard.Options{KeyVersion: 0x20})
	if _, err := b.session(issuer.StepWrite, b.facts(), b.record(1)); !errors.Is(err, custody.ErrNoKeys) {
		t.Errorf("another key version: %v, want ErrNoKeys", err)
	}
}

// TestInstalledButNotSelectable: a tear between INSTALL's two halves.
func TestInstalledButNotSelectableIsFinished(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	leaveInstalled(b)
	b.write(1)
	b = newBench(t, virtualcard.Options{})
	leaveInstalled(b)
	if out, err := b.session(issuer.StepRelease, b.facts(), nil); err != nil || !out.Proof.Released {
		t.Errorf("release: %v, released %t", err, out.Proof.Released)
	}
	// The desk denies an area that is selectable.
	b = newBench(t, virtualcard.Options{})
	b.write(1)
	lie := b.facts()
	lie.Reserved = false
	if out, err := b.session(issuer.StepWrite, lie, b.record(2)); err != nil || !out.Done {
		t.Errorf("write: %v, want done", err)
	}
}

// leaveInstalled sends INSTALL [for install] alone, in a channel of another host.
func leaveInstalled(b *bench) {
	b.Helper()
	b.clear(append([]byte{0x00, 0xA4, 0x04, 0x00, 0x08}, isd...)...)
	challenge := []byte("12345678")
	updated, _ := b.clear(append([]byte{0x80, 0x50, 0x30, 0x00, 0x08}, append(challenge, 0)...)...)
	host, err := virtualscp03.NewHost(virtualcard.TestKeys(), virtualscp03.CMAC, challenge, updated)
	b.must(err)
	if _, ok := b.clear(host.Authenticate()...); !ok {
		b.Fatal("the other host was refused")
	}
	install := []byte{0x80, 0xE6, 0x04, 0x00, 0x28}
	for last := byte(4); last <= 6; last++ {
		install = append(install, 0x07, 0xF0, 'M', 'Y', 'K', 'E', 'Y', last)
	}
	install = append(install, 0x01, 0x00, 0x0C, 0xC9, 0x00, 0xEF, 0x08, 0xC8, 0x02, 0x02, 0x00, 0xD8, 0x02, 0x02, 0x00, 0x00, 0x00)
	if _, ok := b.clear(host.Wrap(install)...); !ok {
		b.Fatal("INSTALL [for install] was refused")
	}
	if b.facts().Reserved {
		b.Fatal("the area can be selected")
	}
}

func TestLyingCardProvesNothing(t *testing.T) {
	t.Parallel()
	// Commands of a first write: 1 SELECT, 2 INITIALIZE UPDATE; 3 EXTERNAL
	// AUTHENTICATE, 4 GET DATA 0045, 5 INSTALL, 6 FF21, 7 SELECT, 8 INITIALIZE
	// UPDATE; 9 EXTERNAL AUTHENTICATE, 10 UPDATE, 11 READ, 12 UPDATE, 13 READ.
	refused := func([]byte) []byte { return []byte{0x63, 0x00} }
	flip := func(a []byte) []byte { a = bytes.Clone(a); a[len(a)-3] ^= 1; return a }
	bare := func([]byte) []byte { return []byte{0x90, 0x00} }
	failed := func([]byte) []byte { return []byte{0x65, 0x81} }
	for _, c := range []struct {
		name   string
		at     int
		change func([]byte) []byte
		want   error
	}{
		{"ISD refuses us", 3, refused, issuer.ErrAuthRefused},
		{"MyKey AP refuses us", 9, refused, issuer.ErrAuthRefused},
		{"card cryptogram turned", 2, func(a []byte) []byte { a = bytes.Clone(a); a[25] ^= 1; return a }, issuer.ErrCardCryptogram},
		{"R-MAC of 0045 turned", 4, flip, issuer.ErrRMAC},
		{"R-MAC of INSTALL turned", 5, flip, issuer.ErrRMAC},
		{"R-MAC of FF21 turned", 6, flip, issuer.ErrRMAC},
		{"R-MAC of UPDATE turned", 10, flip, issuer.ErrRMAC},
		{"R-MAC of READ turned", 11, flip, issuer.ErrRMAC},
		{"R-MAC of commit turned", 12, flip, issuer.ErrRMAC},
		{"R-MAC of last READ turned", 13, flip, issuer.ErrRMAC},
		{"UPDATE answered 9000 alone", 10, bare, issuer.ErrRMAC},
		{"last READ answered 9000 alone", 13, bare, issuer.ErrRMAC},
		{"memory failure", 10, failed, issuer.ErrUnexpected},
		{"INITIALIZE UPDATE cut short", 2, bare, issuer.ErrAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, virtualcard.Options{})
			b.change = func(n int, a []byte) []byte {
				if n == c.at {
					return c.change(a)
				}
				return a
			}
			out, err := b.session(issuer.StepWrite, b.facts(), b.record(1))
			if !errors.Is(err, c.want) || out.Proof.Committed {
				t.Errorf("got %v (committed %t), want %v", err, out.Proof.Committed, c.want)
			}
			if want := c.at; c.at != 6 && b.sent != want { // FF21 cannot be known beforehand
				t.Errorf("went on to command %d after %d", b.sent, c.at)
			}
		})
	}
	t.Run("another card image number", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, virtualcard.Options{})
		f := b.facts()
		f.ImageNumber = []byte{9, 9, 9}
		wanted := b.record(1)
		wanted.Binding = mykey.Binding(f.ImageNumber)
		if _, err := b.session(issuer.StepWrite, f, wanted); !errors.Is(err, issuer.ErrImageNumber) {
			t.Errorf("got %v, want ErrImageNumber", err)
		}
		if b.facts().Reserved {
			t.Error("INSTALL was sent to a card that is not the claimed one")
		}
	})
}

// TestTornSessionIsFinishedByTheNext loses each APDU of a whole write, re-write
// and release, before or after the chip saw it.
func TestTornSessionIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"write", "re-write", "release"} {
		cases := 0
		for n := 1; ; n++ {
			torn := false
			for _, kind := range []fault.Kind{fault.LoseCommand, fault.LoseAnswer} {
				if tornAt(t, part, n, kind) {
					torn = true
					cases++
				}
			}
			if !torn {
				break
			}
		}
		if cases < 2*10 {
			t.Errorf("%s: %d torn cases, want at least 20", part, cases)
		}
		t.Logf("%s: %d torn cases", part, cases)
	}
}

func tornAt(t *testing.T, part string, n int, kind fault.Kind) bool {
	t.Helper()
	b := newBench(t, virtualcard.Options{})
	old, wanted, step := (*mykey.Record)(nil), b.record(1), issuer.StepWrite
	switch part {
	case "re-write":
		old = b.write(1)
		wanted = b.record(2)
	case "release":
		b.must(b.card.LoadArea(make([]byte, mykey.AreaSize)))
		wanted, step = nil, issuer.StepRelease
	}
	before := b.card.Snapshot()
	f := fault.Wrap(b.card, fault.Fault{APDU: n, Kind: kind})
	b.through = f
	facts := b.facts()
	_, err := b.session(step, facts, wanted)
	if f.Fired() == 0 {
		b.must(err)
		return false
	}
	if !errors.Is(err, errGone) {
		t.Fatalf("%s, APDU %d: %v, want torn", part, n, err)
	}
	f.Restore()
	f.Plan()
	b.through = b.card
	if got, ok := currentOf(b.facts()); ok && got != *cmpOr(wanted, old) && (old == nil || got != *old) {
		t.Errorf("%s, APDU %d: a third record", part, n)
	} else if !ok && old != nil {
		t.Errorf("%s, APDU %d: the old record is lost", part, n)
	}
	for _, p := range changed(before, b.card.Snapshot()) {
		if !ownPart(p) {
			t.Errorf("%s, APDU %d: changed %s", part, n, p)
		}
	}
	out, err := b.session(step, b.facts(), wanted)
	switch {
	case err != nil:
		t.Errorf("%s, APDU %d, next session: %v", part, n, err)
	case step == issuer.StepWrite:
		if !out.Proof.Committed {
			t.Errorf("%s, APDU %d: next session did not commit", part, n)
		}
		b.holds(wanted)
	case b.facts().Reserved:
		t.Errorf("%s, APDU %d: the area is still there", part, n)
	}
	return true
}

func cmpOr(a, b *mykey.Record) *mykey.Record {
	if a != nil {
		return a
	}
	if b != nil {
		return b
	}
	return &mykey.Record{}
}

func currentOf(f issuer.Facts) (mykey.Record, bool) {
	return mykey.ParseArea(append(slices.Clone(f.SlotA), f.SlotB...)).Current()
}
