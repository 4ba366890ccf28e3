// Package cardmanager asks the Issuer Security Domain what it says to anyone
// (GlobalPlatform Card Specification 2.3.1, 11.3; ETSI TS 102 226, 8.2.1.7). It
// opens no secure channel: that is the issuer's.
package cardmanager

import (
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/tlv"
)

// AIDs of the Issuer Security Domain: the whole one, and the form of seven bytes
// that a My Number Card is known by.
const (
	AID      = "\xA0\x00\x00\x01\x51\x00\x00\x00"
	AIDShort = "\xA0\x00\x00\x01\x51\x00\x00"
)

// ErrNoNumber: the card gives no card image number. Such a card is never
// written; it is looked up as any other.
var ErrNoNumber = errors.New("card gives no card image number")

const (
	insSelect  = 0xA4
	insGetData = 0xCA

	tagCardImageNumber = 0x0045
	tagCardRecognition = 0x0066
	tagFreeSpace       = 0xFF21
)

// Select selects the Issuer Security Domain by its eight bytes, on 6A82 by the
// first seven, and gives the AID that the card knew; nil where it knew neither.
func Select(t apdu.Transmitter) (aid []byte, err error) {
	for _, aid := range []string{AID, AIDShort} {
		r, err := apdu.Exchange(t, apdu.Command{INS: insSelect, P1: 0x04, Data: []byte(aid), Le: apdu.MaxLe})
		switch {
		case err != nil:
			return nil, fmt.Errorf("select issuer security domain: %w", err)
		case r.SW == apdu.OK:
			return []byte(aid), nil
		case r.SW != apdu.FileNotFound:
			return nil, &apdu.StatusError{Doing: "select issuer security domain", SW: r.SW}
		}
	}
	return nil, nil
}

// ImageNumber is GET DATA 0045: the value of data object 45, without tag and
// length. It returns ErrNoNumber where the card has none, tlv.ErrMalformed where
// the answer is no data object.
func ImageNumber(t apdu.Transmitter) ([]byte, error) {
	raw, err := getData(t, tagCardImageNumber)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, ErrNoNumber
	}
	value, found, err := tlv.Find(raw, 0x45)
	switch {
	case err != nil:
		return nil, fmt.Errorf("card image number: %w", err)
	case !found || len(value) == 0:
		return nil, ErrNoNumber
	}
	return value, nil
}

// CardRecognition is GET DATA 0066, whole; nil where the card has none.
func CardRecognition(t apdu.Transmitter) ([]byte, error) { return getData(t, tagCardRecognition) }

// FreeSpace is GET DATA FF21, whole, as the card answered; nil where the card
// does not say.
func FreeSpace(t apdu.Transmitter) ([]byte, error) { return getData(t, tagFreeSpace) }

// ParseFreeSpace gives the free non-volatile memory of an FF21 answer in bytes:
// tag 82, one to four bytes. It is -1 where the object does not say.
func ParseFreeSpace(raw []byte) int {
	value, found, err := tlv.Find(raw, tagFreeSpace, 0x82)
	if err != nil || !found || len(value) == 0 || len(value) > 4 {
		return -1
	}
	n := 0
	for _, b := range value {
		n = n<<8 | int(b)
	}
	return n
}

// getData is GET DATA in the clear. CLA 80 is GlobalPlatform's; a card that
// refuses the class is asked with ISO's 00. Cards without the object answer
// 6A88; some say 6A82 or 6D00.
func getData(t apdu.Transmitter, tag uint16) ([]byte, error) {
	c := apdu.Command{CLA: 0x80, INS: insGetData, P1: byte(tag >> 8), P2: byte(tag), Le: apdu.MaxLe}
	doing := fmt.Sprintf("get data %04X", tag)
	r, err := apdu.Exchange(t, c)
	if err == nil && r.SW == apdu.WrongCLA {
		c.CLA = 0x00
		r, err = apdu.Exchange(t, c)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", doing, err)
	case r.SW == apdu.NoData || r.SW == apdu.FileNotFound || r.SW == apdu.WrongINS:
		return nil, nil
	case r.SW != apdu.OK:
		return nil, &apdu.StatusError{Doing: doing, SW: r.SW}
	}
	return r.Data, nil
}
