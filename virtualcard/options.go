package virtualcard

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// Errors of New.
var (
	// ErrProfile: no such profile.
	ErrProfile = errors.New("unknown card profile")
	// ErrOptions: a value that no card has.
	ErrOptions = errors.New("impossible card options")
)

// Options say what card New makes. The zero value is a fresh My Number Card without certificates.
type Options struct {
	Profile  Profile
	Identity Identity // keys and certificates of JPKI
	ATR      []byte   // nil is the profile's

	PIN           string // user authentication PIN; empty is "1234"
	PINTriesUsed  int    // 0–3 of the three tries
	SignPassword  string // empty is "SIM0PASS"
	SignTriesUsed int    // 0–5 of the five tries

	ImageNumber     []byte     // value of 0045; nil draws 10 bytes from Rand
	Keys            scp03.Keys // card-management keys; the zero value is TestKeys
	KeyVersion      byte       // 0 is 30
	Parameter       byte       // SCP03 i: 70 (0 too) pseudo-random challenge, 60 random
	Diversification []byte     // 10 bytes of INITIALIZE UPDATE; nil follows from ImageNumber
	Free            int        // bytes of free space; 0 is the profile's

	Area     []byte // 256 bytes of a MyKey AP that is already there; nil is none
	PageSize int    // of the memory, a power of two from 1 to 256; 0 is 64
	Supply   Supply // power during an UPDATE; nil never ends

	Rand io.Reader // challenges; nil is crypto/rand
}

// TestKeys are the published test keys 40..4F, three times the same.
func TestKeys() scp03.Keys {
	key := []byte{0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F}
	return scp03.Keys{Enc: key, Mac: key, Dek: key}
}

// New makes a card and powers it. Errors: ErrProfile, ErrOptions.
func New(o Options) (*Card, error) {
	t, known := o.Profile.traits()
	if !known {
		return nil, fmt.Errorf("%q: %w", o.Profile, ErrProfile)
	}
	o = o.withDefaults()
	c := &Card{rand: o.Rand, supply: o.Supply}
	c.memory = memory{Profile: o.Profile, ATR: o.ATR, PageSize: o.PageSize}
	if c.memory.ATR == nil {
		c.memory.ATR, _ = hex.DecodeString(t.atr) // constants, tested
	}
	if t.label != "" {
		c.memory.JPKI = newJPKI(o, t.label)
	}
	if t.tripwires {
		c.memory.Tripwires = newTripwires()
	}
	if t.manager {
		m, err := newManager(o)
		if err != nil {
			return nil, err
		}
		c.memory.Manager = m
	}
	if err := c.memory.check(); err != nil {
		return nil, err
	}
	if o.Area != nil {
		if err := c.LoadArea(o.Area); err != nil {
			return nil, err
		}
	}
	c.restart()
	return c, nil
}

func (o Options) withDefaults() Options {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Supply == nil {
		o.Supply = Mains{}
	}
	if o.PageSize == 0 {
		o.PageSize = 64
	}
	if o.PIN == "" {
		o.PIN = "1234"
	}
	if o.SignPassword == "" {
		o.SignPassword = "SIM0PASS"
	}
	if o.Profile == FaceOnly {
		o.PINTriesUsed, o.SignTriesUsed = authTries, signTries
	}
	if o.Profile == NoCertificate {
		o.Identity.AuthCertificate = nil
	}
	if o.KeyVersion == 0 {
		o.KeyVersion = 0x30
	}
	if o.Parameter == 0 {
		o.Parameter = pseudoRandom
	}
	if o.Keys.Enc == nil {
		o.Keys = TestKeys()
	}
	if o.Free == 0 {
		o.Free = freeSpace
		if o.Profile == Full {
			o.Free = areaBooked - 1
		}
	}
	return o
}

// number fills in the card image number and what follows from it.
func (o Options) number() (image, diversification []byte, err error) {
	image, diversification = o.ImageNumber, o.Diversification
	if image == nil {
		image = make([]byte, 10)
		if _, err := io.ReadFull(o.Rand, image); err != nil {
			return nil, nil, fmt.Errorf("card image number: %w", err)
		}
	}
	if diversification == nil {
		sum := sha256.Sum256(image)
		diversification = sum[:10]
	}
	if o.Profile == NoNumber {
		image = nil
	}
	return image, diversification, nil
}
