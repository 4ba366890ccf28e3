package cardio

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/cardmanager"
	"github.com/madoguchi/madoguchi/cardio/jpki"
	"github.com/madoguchi/madoguchi/cardio/mykeyap"
)

// Facts is what a card says of itself to anyone, as the issuer wants to know it.
type Facts struct {
	ISD         []byte // AID of the Issuer Security Domain, as the card knows it
	ImageNumber []byte // card image number: the value of data object 45
	FreeSpace   []byte // GET DATA FF21 as answered; nil where the card does not say, or nothing that can be read
	Free        int    // free bytes, of FreeSpace; -1 unknown
	Reserved    bool   // the MyKey AP is there
	Area        []byte // its 256 bytes; nil where not Reserved
}

// Format writes nothing that names the card or its holder, for every verb.
func (f Facts) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "Facts(free %d, reserved %t)", f.Free, f.Reserved)
}

// Area is what a look-up reads. Its bytes are mykey.ParseArea's to understand.
type Area struct {
	Reserved bool   // the MyKey AP is there
	Bytes    []byte // its 256 bytes; nil where not Reserved
}

// Format writes nothing that names the holder, for every verb.
func (a Area) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "Area(reserved %t)", a.Reserved) }

// Kind is which card it is.
type Kind int

// Kinds of card.
const (
	KindOther    Kind = iota // none of these
	KindMyNumber             // マイナンバーカード
	KindJuki                 // 住基カード
	KindPhone                // a phone's JPKI
	KindFeliCa
	KindLicence // old driver's licence with a chip
)

// String names the kind for the trace.
func (k Kind) String() string {
	return [...]string{"other", "my number card", "juki card", "phone", "felica", "licence"}[k]
}

// Area reads the MyKey AP: two APDUs. The answer of a card that has none is an
// Area not Reserved, no error. ErrMalformed: not 256 bytes.
func (c *Card) Area(ctx context.Context) (Area, error) {
	a, err := reading(ctx, c, func(t apdu.Transmitter) (a Area, err error) {
		a.Bytes, a.Reserved, err = mykeyap.Read(t)
		return a, err
	})
	if err != nil {
		return Area{}, err
	}
	return a, nil
}

// Facts reads what the issuer is told before a session: area, ISD, card image
// number, free space. With ErrNoNumber the rest of the facts is there; with any
// other error nothing is.
func (c *Card) Facts(ctx context.Context) (Facts, error) {
	f, err := reading(ctx, c, facts)
	if err != nil && !errors.Is(err, ErrNoNumber) {
		return Facts{}, err
	}
	if f.ISD != nil {
		c.isd = append([]byte(nil), f.ISD...)
	}
	return f, err
}

func facts(t apdu.Transmitter) (f Facts, err error) {
	f.Free = -1
	if f.Area, f.Reserved, err = mykeyap.Read(t); err != nil {
		return f, err
	}
	if f.ISD, err = findISD(t); err != nil {
		return f, err
	}
	number, missing := cardmanager.ImageNumber(t)
	if missing != nil && !errors.Is(missing, ErrNoNumber) {
		return f, missing
	}
	f.ImageNumber = number
	if f.FreeSpace, err = cardmanager.FreeSpace(t); err != nil {
		return f, err
	}
	if f.Free = cardmanager.ParseFreeSpace(f.FreeSpace); f.Free < 0 {
		f.FreeSpace = nil
	}
	return f, missing
}

// Certificate reads the user authentication certificate, DER, without a PIN. It
// returns ErrNoCertificate where the card has none, and ErrMalformed.
func (c *Card) Certificate(ctx context.Context) ([]byte, error) {
	return reading(ctx, c, certificate)
}

func certificate(t apdu.Transmitter) ([]byte, error) {
	if err := selectJPKI(t); err != nil {
		return nil, err
	}
	return jpki.Certificate(t)
}

func selectJPKI(t apdu.Transmitter) error {
	found, err := jpki.Select(t)
	if err == nil && !found {
		err = fmt.Errorf("no JPKI AP: %w", ErrNoCertificate)
	}
	return err
}

// Fingerprint tells this card from every other: SHA-256 over its card image
// number, where it has one, and its user authentication certificate, each after
// its length (4 bytes, big-endian). It is kept in memory only. A card that has
// neither cannot be told: ErrNoCertificate.
func (c *Card) Fingerprint(ctx context.Context) ([32]byte, error) {
	return reading(ctx, c, fingerprint)
}

func fingerprint(t apdu.Transmitter) (sum [32]byte, err error) {
	number, err := imageNumber(t)
	if err != nil {
		return sum, err
	}
	der, err := certificate(t)
	if err != nil && (!errors.Is(err, ErrNoCertificate) || number == nil) {
		return sum, err
	}
	h := sha256.New()
	writeCounted(h, number)
	writeCounted(h, der)
	return [32]byte(h.Sum(nil)), nil
}

// imageNumber is the card image number, nil where the card has none.
func imageNumber(t apdu.Transmitter) ([]byte, error) {
	_, err := findISD(t)
	if err == nil {
		var number []byte
		if number, err = cardmanager.ImageNumber(t); err == nil {
			return number, nil
		}
	}
	if errors.Is(err, ErrNoNumber) {
		return nil, nil
	}
	return nil, err
}

func writeCounted(w io.Writer, b []byte) {
	_ = binary.Write(w, binary.BigEndian, uint32(len(b))) // a hash never fails
	_, _ = w.Write(b)
}
