package training

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// pin is the PIN of every demo card, unless Options say another: published, and
// told on the training band.
const pin = "1234"

// demo is one demo card and what is true of its holder. Name is a catalogue key.
type demo struct {
	name    string
	profile virtualcard.Profile
	request simpki.Request
	tries   int  // of the PIN, used up
	noID    bool // the holder has not made a MyKey ID
	state   simpki.State
	area    func(context.Context, *records) ([]byte, error) // what stands in the MyKey AP; nil: no AP
	tears   bool                                            // leaves the R/W in the middle of its first write

	// What is true at a reception desk.
	written           bool   // the confirmed record stands on it
	number, elsewhere string // linked in the demo library, and at another operator; "" not
	stopped           bool
	old               bool // it missed the renewal of its record
}

// municipalDemos are the demo cards of a municipal desk, in the order of the
// chooser.
var municipalDemos = []demo{
	{name: "training.card.fresh"},
	{name: "training.card.tears", tears: true},
	{name: "training.card.torn", area: torn},
	{name: "training.card.other", area: another},
	{name: "training.card.forged", area: forged},
	{name: "training.card.full", profile: virtualcard.Full},
	{name: "training.card.no-id", noID: true},
	{name: "training.card.last-try", tries: 2},
	{name: "training.card.blocked", tries: 3},
	{name: "training.card.face", profile: virtualcard.FaceOnly, noID: true},
	{name: "training.card.revoked", state: simpki.Revoked},
	{name: "training.card.unconfirmed", state: simpki.Unknown},
	{name: "training.card.expired", request: simpki.Request{
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
	}, noID: true},
	{name: "training.card.no-certificate", profile: virtualcard.NoCertificate, noID: true},
	{name: "training.card.no-number", profile: virtualcard.NoNumber},
	{name: "training.card.phone", profile: virtualcard.Phone, noID: true},
	{name: "training.card.juki", profile: virtualcard.Juki, noID: true},
	{name: "training.card.felica", profile: virtualcard.FeliCa, noID: true},
	{name: "training.card.licence", profile: virtualcard.Licence, noID: true},
	{name: "training.card.unknown", profile: virtualcard.Unknown, noID: true},
	{name: "training.card.mute", profile: virtualcard.Mute, noID: true},
}

// Card is a demo card as it lies in the drawer.
type Card struct {
	Name string
	Chip *virtualcard.Card
	// Fault is the same card with faults to plan; it is what lies on the R/W.
	Fault *fault.Card
	MyKey mykey.ID // the holder's, zero for none
	// Number is the holder's in the demo library, Elsewhere the one at an operator of
	// which the demo desk never hears; zero for none.
	Number, Elsewhere mykey.ServiceID
	// Serial is its user authentication certificate's.
	Serial *big.Int
	lain   onReader // what lies on the R/W: Fault, or one that tears itself
	mute   bool
}

// insUpdateBinary is UPDATE BINARY (ISO/IEC 7816-4).
const insUpdateBinary = 0xD6

// tearing is a card that leaves the R/W in the middle of its first UPDATE, once:
// how a torn write looks cannot be shown in any other way.
type tearing struct {
	*fault.Card
	torn bool
}

// Transmit passes a command on, or tears it. One goroutine calls it at a time.
func (t *tearing) Transmit(command []byte) ([]byte, error) {
	if !t.torn && len(command) > 1 && command[1] == insUpdateBinary {
		t.torn = true
		t.Plan(fault.Fault{APDU: 1, Kind: fault.TearPrefix, Byte: 40})
	}
	return t.Card.Transmit(command)
}

// spend uses up tries of the PIN, with a wrong one.
func spend(chip *virtualcard.Card, tries int, cardPIN string) error {
	wrong := "9999"
	if cardPIN == wrong {
		wrong = "0000"
	}
	for range tries {
		for _, command := range []string{
			"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", "\x00\xA4\x02\x0C\x02\x00\x18", "\x00\x20\x00\x80\x04" + wrong,
		} {
			if _, err := chip.Transmit([]byte(command)); err != nil {
				return fmt.Errorf("spend a try: %w", err)
			}
		}
	}
	return nil
}

// makeCard makes the card without what stands in its MyKey AP.
// serial is its certificate's.
func makeCard(d demo, pki *simpki.PKI, number int, o Options) (chip *virtualcard.Card, serial *big.Int, err error) {
	identity, err := pki.Issue(d.request)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", d.name, err)
	}
	chip, err = virtualcard.New(virtualcard.Options{
		Profile: d.profile, Identity: identity, PIN: o.PIN, ImageNumber: imageNumber(number), PageSize: o.Page,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", d.name, err)
	}
	return chip, simpki.Serial(identity.AuthCertificate), nil
}

// imageNumber is a demo card's number: it says what it is.
func imageNumber(n int) []byte { return fmt.Appendf(nil, "DEMO-%05d", n) }

// records makes what demo cards hold before a clerk has written anything.
type records struct {
	sign   func(context.Context, mykey.Record) (mykey.Record, error)
	now    time.Time
	number []byte
	id     mykey.ID // the holder's
	other  mykey.ID // somebody else's
}

func (r *records) record(ctx context.Context, id mykey.ID) (mykey.Record, error) {
	return r.sign(ctx, mykey.Record{
		Kind: mykey.KindRecord, Generation: 1, ID: id, Issued: mykey.DateOf(r.now), Binding: mykey.Binding(r.number),
	})
}

func area(slotA []byte) []byte { return append(slotA, make([]byte, mykey.SlotSize)...) }

// torn is a write that was pulled off before its commit mark.
func torn(ctx context.Context, r *records) ([]byte, error) {
	record, err := r.record(ctx, r.id)
	b := record.Marshal()
	b[mykey.CommitOffset] = mykey.CommitWriting
	return area(b[:]), err
}

// another is somebody else's MyKey ID, properly written for this card.
func another(ctx context.Context, r *records) ([]byte, error) {
	record, err := r.record(ctx, r.other)
	b := record.Marshal()
	return area(b[:]), err
}

// forged is a record that the platform never signed.
func forged(ctx context.Context, r *records) ([]byte, error) {
	record, err := r.record(ctx, r.id)
	record.Signature[0] ^= 1
	b := record.Marshal()
	return area(b[:]), err
}
