package app_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// What a card's area holds at the end.
type content int

const (
	asBefore content = iota // byte for byte
	written                 // its resident's record
	begun                   // reserved, nothing valid
)

// badCard is a card with which something is wrong, and what both sides are told.
type badCard struct {
	name  string
	as    string // the demo card it is made as; "" fresh
	spoil func(t *testing.T, b *bench, c *training.Card) lying
	play  func(t *testing.T, b *bench, lies lying) app.View // nil: put down, answered, to the end
	phase app.Phase                                         // at the end
	face  app.Face
	code  app.Code
	holds content
	jobs  int
	parts []string // that may change besides our own area
}

// try works one case to its end, looks at the clerk's side, the resident's, the
// card and the journal, and then has the next resident's card written.
func (c badCard) try(t *testing.T, b *bench) {
	name := c.as
	if name == "" {
		name = "training.card.fresh"
	}
	card := b.person(t, name)
	lies := lying(card.Fault)
	if c.spoil != nil {
		lies = c.spoil(t, b, card)
	}
	before := card.Chip.Snapshot()
	card.Fault.Plan()
	if c.play == nil {
		c.play = func(t *testing.T, b *bench, lies lying) app.View {
			b.hand.card, b.hand.mute = lies, card.Chip.Mute()
			b.App.Send(app.InsertCard{})
			return b.until(t, app.PhaseWaiting)
		}
	}
	view := c.play(t, b, lies)
	if view.Write.Phase != c.phase || view.Write.Problem.Code != c.code || view.Resident.Face != c.face {
		t.Errorf("ended in phase %v, code %q, face %v; want %v, %q, %v", view.Write.Phase, view.Write.Problem.Code, view.Resident.Face, c.phase, c.code, c.face)
	}
	if c.phase == app.PhaseProblem && view.Resident.Code != c.code {
		t.Errorf("the resident reads %q, the clerk %q", view.Resident.Code, c.code)
	}
	c.look(t, card, before)
	if jobs := b.jobs(t); jobs != c.jobs {
		t.Errorf("%d jobs in the journal, want %d", jobs, c.jobs)
	}
	b.next(t)
	b.stillWorks(t)
	if c.jobs > 0 {
		b.tidy(t)
	}
}

// look compares the card with what it was.
func (c badCard) look(t *testing.T, card *training.Card, before map[string][]byte) {
	t.Helper()
	for _, part := range changed(before, card.Chip.Snapshot()) {
		switch {
		case slices.Contains(c.parts, part), part == partSequence:
		case ours(part) && c.holds != asBefore:
		default:
			t.Errorf("the card's %s has changed", part)
		}
	}
	area, reserved := card.Chip.Area()
	_, valid := mykey.ParseArea(area).Current()
	switch {
	case c.holds == written:
		holdsRecord(t, card)
	case c.holds == begun && (!reserved || valid):
		t.Errorf("the card is reserved %v, holds a valid record %v; want reserved, none", reserved, valid)
	}
	if tripped := card.Chip.Tripped(); len(tripped) > 0 {
		t.Errorf("APs were selected that must never be: %v", tripped)
	}
}

// tryAll works the cases one after another at one counter; after one that fails
// the others get a new one, for nobody knows how it stands.
func tryAll(t *testing.T, cases []badCard) {
	b := newBench(t)
	for _, c := range cases {
		if !t.Run(c.name, func(t *testing.T) { c.try(t, b) }) {
			b = newBench(t)
		}
	}
}

// liar is a card that does one command and answers it as it likes. A command is
// told by how it begins, in hex; with $ it is that command and no longer one.
// Without a lie it only counts.
type liar struct {
	*fault.Card
	file  string // EF that is selected, 4 hex digits
	in    string // only while this EF is selected; "" whichever
	begin string
	lie   []byte // the answer, with its status word
	told  int
}

// lies makes a card answer commands that begin with begin by lie.
func lies(begin, lie string) func(*testing.T, *bench, *training.Card) lying {
	return liesIn("", begin, lie)
}

func liesIn(file, begin, lie string) func(*testing.T, *bench, *training.Card) lying {
	return func(t *testing.T, _ *bench, c *training.Card) lying {
		answer, err := hex.DecodeString(lie)
		if err != nil {
			t.Fatal(err)
		}
		l := &liar{Card: c.Fault, in: file, begin: begin, lie: answer}
		t.Cleanup(func() {
			if l.told == 0 {
				t.Errorf("no command %s was sent: the case proves nothing", begin)
			}
		})
		return l
	}
}

func (l *liar) Transmit(command []byte) ([]byte, error) {
	text := strings.ToUpper(hex.EncodeToString(command))
	switch {
	case strings.HasPrefix(text, "00A4020C02"):
		l.file = text[10:]
	case strings.HasPrefix(text, "00A404"):
		l.file = ""
	}
	whole, exact := strings.CutSuffix(l.begin, "$")
	answer, err := l.Card.Transmit(command)
	if err == nil && (text == whole || !exact && strings.HasPrefix(text, whole)) && (l.in == "" || l.in == l.file) {
		l.told++
		if l.lie != nil {
			return bytes.Clone(l.lie), nil
		}
	}
	return answer, err
}

// begins reports a command that begins so, in hex.
func begins(command []byte, begin string) bool {
	return strings.HasPrefix(strings.ToUpper(hex.EncodeToString(command)), begin)
}

// fails plans a fault for when a command begins so, nth time.
func fails(begin string, nth int, f fault.Fault) func(*testing.T, *bench, *training.Card) lying {
	return func(t *testing.T, _ *bench, c *training.Card) lying {
		p := &failing{Card: c.Fault, begin: begin, nth: nth, fault: f}
		t.Cleanup(func() {
			if p.met < nth || c.Fault.Fired() == 0 {
				t.Errorf("command %s was met %d times, the fault fired %d times", begin, p.met, c.Fault.Fired())
			}
		})
		return p
	}
}

type failing struct {
	*fault.Card
	begin    string
	nth, met int
	fault    fault.Fault
}

func (p *failing) Transmit(command []byte) ([]byte, error) {
	if begins(command, p.begin) {
		if p.met++; p.met == p.nth {
			p.fault.APDU = 1
			p.Plan(p.fault)
		}
	}
	return p.Card.Transmit(command)
}

func TestACardThatIsNotAMyNumberCardIsNamed(t *testing.T) {
	t.Parallel()
	var cases []badCard
	for name, code := range map[string]app.Code{
		"training.card.unknown": app.CodeCardUnknown,
		"training.card.phone":   app.CodeCardPhone,
		"training.card.juki":    app.CodeCardJuki,
		"training.card.licence": app.CodeCardLicence,
		"training.card.felica":  app.CodeCardFeliCa,
		"training.card.mute":    app.CodeCardSilent,
	} {
		cases = append(cases, badCard{name: name, as: name, code: code, phase: app.PhaseProblem, face: app.FaceProblem})
	}
	tryAll(t, cases)
}

func TestACardThatAnswersGarbage(t *testing.T) {
	t.Parallel()
	const (
		selectArea  = "00A4040C07F04D594B455906"
		selectISD   = "00A4040008"
		number      = "80CA0045"
		free        = "80CAFF21"
		read        = "00B0"
		emptyVerify = "00200080$"
		initialize  = "8050"
		install     = "84E60C00"
		ending      = "9000"
		endless     = "30829FFF" + ending // a certificate that names 40,959 bytes, and ends
	)
	problem := func(name string, code app.Code, spoil func(*testing.T, *bench, *training.Card) lying) badCard {
		return badCard{name: name, spoil: spoil, code: code, phase: app.PhaseProblem, face: app.FaceProblem}
	}
	done := func(name string, spoil func(*testing.T, *bench, *training.Card) lying) badCard {
		return badCard{name: name, spoil: spoil, phase: app.PhaseDone, face: app.FaceDone, holds: written}
	}
	tryAll(t, []badCard{
		done("free space FF21 cut off", lies(free, "FF2120"+ending)),
		done("free space FF21 of nine bytes", lies(free, "FF210B8209010203040506070809"+ending)),
		done("free space FF21 not there", lies(free, "6A88")),
		problem("free space FF21 with an unknown status", app.CodeCardUnexpected, lies(free, "6F00")),
		problem("card image number 0045 cut off", app.CodeCardUnexpected, lies(number, "4520AABB"+ending)),
		problem("card image number 0045 empty", app.CodeCardNoNumber, lies(number, "4500"+ending)),
		problem("card image number 0045 another object", app.CodeCardNoNumber, lies(number, "4602AABB"+ending)),
		done("FCI of the ISD is noise", lies(selectISD, "6F7F00FF"+ending)),
		problem("the ISD refuses", app.CodeCardUnexpected, lies(selectISD, "6F00")),
		problem("token label is noise", app.CodeCardUnknown, liesIn("0006", read, "4A4B5049"+strings.Repeat("00", 28)+ending)),
		problem("the MyKey AP refuses with an unknown status", app.CodeCardUnknown, lies(selectArea, "6F00")),
		problem("certificate is noise", app.CodeCardUnexpected, liesIn("000A", read, "DEADBEEF"+ending)),
		problem("certificate ends early", app.CodeCardUnexpected, liesIn("000A", read, endless)),
		problem("certificate is erased memory", app.CodeCertNone, liesIn("000A", read, strings.Repeat("FF", 32)+ending)),
		problem("certificate is DER, but none", app.CodeCertRefused, liesIn("000A", read, "3003020105"+ending)),
		problem("an answer of one byte, as when a card leaves", app.CodeCardGone, liesIn("000A", read, "90")),
		problem("tries answered 9000", app.CodeCardUnexpected, lies(emptyVerify, ending)),
		problem("tries answered 6F00", app.CodeCardUnexpected, lies(emptyVerify, "6F00")),
		problem("a signature of three bytes", app.CodeAssertion, lies("802A", "ABCDEF"+ending)),
		problem("a signature that is none", app.CodeAssertion, lies("802A", strings.Repeat("5A", 256)+ending)),
		problem("no signature", app.CodeCardUnexpected, lies("802A", "6985")),
		problem("INITIALIZE UPDATE of five bytes", app.CodeCardUnexpected, lies(initialize, "0102030405"+ending)),
		problem("INITIALIZE UPDATE of noise", app.CodeIssuerNoKeys, lies(initialize, strings.Repeat("77", 32)+ending)),
		problem("INITIALIZE UPDATE without such a key", app.CodeIssuerNoKeys, lies(initialize, "6A88")),
		{
			name: "INSTALL answered by noise", spoil: lies(install, "0102"+ending),
			code: app.CodeCardUnexpected, phase: app.PhaseProblem, face: app.FaceProblem, holds: begun, jobs: 1,
		},
		done("an area of noise", func(t *testing.T, _ *bench, c *training.Card) lying {
			if err := c.Chip.LoadArea(bytes.Repeat([]byte{0x4D, 0x4B, 0x01, 0x5A}, 64)); err != nil {
				t.Fatal(err)
			}
			return c.Fault
		}),
		problem("an area of ten bytes", app.CodeCardUnexpected, func(t *testing.T, b *bench, c *training.Card) lying {
			if err := c.Chip.LoadArea(make([]byte, mykey.AreaSize)); err != nil {
				t.Fatal(err)
			}
			return lies("00B08100", strings.Repeat("00", 10)+ending)(t, b, c)
		}),
	})
}

// writtenFor is the area of another resident's card after a write.
func writtenFor(t *testing.T, b *bench) (*training.Card, []byte) {
	t.Helper()
	card := b.person(t, "training.card.fresh")
	b.put(card.Fault)
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseDone, "")
	b.next(t)
	area, _ := card.Chip.Area()
	return card, area
}

func TestACardWhoseRecordOrSpaceIsNotInOrder(t *testing.T) {
	t.Parallel()
	load := func(t *testing.T, c *training.Card, area []byte) lying {
		t.Helper()
		if err := c.Chip.LoadArea(area); err != nil {
			t.Fatal(err)
		}
		return c.Fault
	}
	// record is a written one, to be spoiled.
	record := func(t *testing.T, b *bench) mykey.Record {
		t.Helper()
		_, area := writtenFor(t, b)
		r, _ := mykey.ParseArea(area).Current()
		return r
	}
	marshal := func(slots ...mykey.Record) []byte {
		area := make([]byte, mykey.AreaSize)
		for i, r := range slots {
			b := r.Marshal()
			copy(area[i*mykey.SlotSize:], b[:])
		}
		return area
	}
	problem := badCard{phase: app.PhaseProblem, face: app.FaceProblem}
	with := func(name string, code app.Code, change func(*badCard)) badCard {
		c := problem
		c.name, c.code = name, code
		if change != nil {
			change(&c)
		}
		return c
	}
	tryAll(t, []badCard{
		with("forged", app.CodeCardForged, func(c *badCard) { c.as = "training.card.forged" }),
		with("another MyKey ID", app.CodeMyKeyOther, func(c *badCard) { c.as = "training.card.other" }),
		with("no room, and it says so", app.CodeCardFull, func(c *badCard) { c.as = "training.card.full" }),
		with("no room, and it says otherwise", app.CodeCardFull, func(c *badCard) {
			c.as, c.spoil = "training.card.full", lies("80CAFF21", "FF2106820400010000"+"9000")
		}),
		with("no card image number", app.CodeCardNoNumber, func(c *badCard) { c.as = "training.card.no-number" }),
		with("a record copied from another card", app.CodeCardBinding, func(c *badCard) {
			c.spoil = func(t *testing.T, b *bench, c *training.Card) lying { return load(t, c, marshal(record(t, b))) }
		}),
		with("a record under a key nobody knows", app.CodeMyKeyKeyUnknown, func(c *badCard) {
			c.spoil = func(t *testing.T, b *bench, c *training.Card) lying {
				r := record(t, b)
				r.KeyID = 0xFFFFFFFF
				return load(t, c, marshal(r))
			}
		}),
		with("a record signed by nobody", app.CodeCardForged, func(c *badCard) {
			c.spoil = func(t *testing.T, b *bench, c *training.Card) lying {
				r := record(t, b)
				r.Generation += 5
				return load(t, c, marshal(r))
			}
		}),
		with("two records that contradict each other", app.CodeCardDamaged, func(c *badCard) {
			c.spoil = func(t *testing.T, b *bench, c *training.Card) lying {
				one, two := record(t, b), record(t, b)
				return load(t, c, marshal(one, two))
			}
		}),
		with("the card refuses the issuer", app.CodeCardLocked, func(c *badCard) {
			c.spoil = fails("84821100", 1, fault.Fault{Kind: fault.OtherStatus, Status: 0x6300})
		}),
		with("the write is answered by another MAC", app.CodeCardDiffers, func(c *badCard) {
			c.spoil = fails("04D6", 1, fault.Fault{Kind: fault.WrongAnswer})
			c.holds, c.jobs = begun, 1
		}),
		with("the read-back differs", app.CodeCardDiffers, func(c *badCard) {
			c.spoil = fails("04B0", 1, fault.Fault{Kind: fault.WrongAnswer})
			c.holds, c.jobs = begun, 1
		}),
		with("the memory fails in the write", app.CodeCardUnexpected, func(c *badCard) {
			c.spoil = fails("04D6", 1, fault.Fault{Kind: fault.OtherStatus, Status: 0x6581})
			c.holds, c.jobs = begun, 1
		}),
		{
			name: "begun elsewhere, not committed", as: "training.card.torn",
			phase: app.PhaseDone, face: app.FaceDone, holds: written,
		},
	})
}

// A card that has refused the issuer once is never asked again, by anybody.
func TestACardThatRefusedTheIssuerIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card := b.person(t, "training.card.fresh")
	b.put(fails("84821100", 1, fault.Fault{Kind: fault.OtherStatus, Status: 0x6300})(t, b, card))
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, app.CodeCardLocked)
	b.next(t)
	spy := &liar{Card: card.Fault, begin: "8050", lie: []byte{0x6F, 0x00}}
	b.put(spy)
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, app.CodeCardLocked)
	if spy.told > 0 {
		t.Errorf("INITIALIZE UPDATE was sent %d times more", spy.told)
	}
	b.next(t)
	b.stillWorks(t)
}

func TestACertificateThatIsNotGood(t *testing.T) {
	t.Parallel()
	ocsp := func(state simpki.State) func(*testing.T, *bench, *training.Card) lying {
		return func(_ *testing.T, b *bench, c *training.Card) lying {
			b.training.PKI().Set(c.Serial, state)
			return c.Fault
		}
	}
	told := func(name, as string, code app.Code, spoil func(*testing.T, *bench, *training.Card) lying) badCard {
		return badCard{name: name, as: as, code: code, spoil: spoil, phase: app.PhaseProblem, face: app.FaceProblem}
	}
	tryAll(t, []badCard{
		told("none", "training.card.no-certificate", app.CodeCertNone, nil),
		told("expired", "training.card.expired", app.CodeCertExpired, nil),
		told("revoked", "training.card.revoked", app.CodeCertRevoked, nil),
		told("OCSP does not know it", "training.card.unconfirmed", app.CodeCertUnknown, nil),
		told("OCSP is down", "", app.CodeCertUnknown, ocsp(simpki.Down)),
		told("OCSP asks to come later", "", app.CodeCertUnknown, ocsp(simpki.TryLater)),
		told("OCSP's answer is stale", "", app.CodeCertUnknown, ocsp(simpki.Stale)),
		told("OCSP's answer is signed by somebody", "", app.CodeCertUnknown, ocsp(simpki.Forged)),
		told("its holder has no MyKey ID", "training.card.no-id", app.CodeMyKeyNone, nil),
		told("blocked PIN", "training.card.blocked", app.CodePINBlocked, nil),
		told("顔認証", "training.card.face", app.CodePINBlocked, nil),
	})
}

// What was revoked while the PIN was typed is refused all the same.
func TestACertificateRevokedAtThePINPadIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	card := b.person(t, "training.card.fresh")
	b.toPIN(t, card.Fault)
	b.training.PKI().Set(card.Serial, simpki.Revoked)
	b.Type(demoPIN)
	b.must(t, b.until(t, app.PhasePIN), app.PhaseProblem, app.CodeCertRevoked)
	if _, reserved := card.Chip.Area(); reserved {
		t.Error("the area was reserved")
	}
	b.next(t)
	b.stillWorks(t)
}
