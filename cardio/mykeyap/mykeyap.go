// Package mykeyap reads the MyKey card AP: one transparent EF, id 0001, SFI 1,
// of 256 bytes, free to read. Writing is the issuer's, by script.
package mykeyap

import (
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/tlv"
	"github.com/madoguchi/madoguchi/mykey"
)

// AID bytes: F0 is the class of unregistered proprietary AIDs (ISO/IEC 7816-4,
// 12.3.4), to be replaced by an assigned one here alone.
const (
	aidStem        = "\xF0\x4D\x59\x4B\x45\x59"
	LoadFileAID    = aidStem + "\x04" // executable load file
	ModuleAID      = aidStem + "\x05" // executable module
	AID            = aidStem + "\x06" // instance: the only one that can be selected
	insSelect      = 0xA4
	insReadBinary  = 0xB0
	byNameNoAnswer = 0x0C
	sfi            = 0x81 // P1 of READ BINARY: short EF id 1
)

// Read looks at the card AP in two APDUs, 00 A4 04 0C 07 … and 00 B0 81 00 00.
// It reports false where the card has none (6A82). The bytes are the whole EF:
// mykey.AreaSize of them, else tlv.ErrMalformed. Any other answer is an
// *apdu.StatusError.
func Read(t apdu.Transmitter) (area []byte, reserved bool, err error) {
	if reserved, err = Select(t); err != nil || !reserved {
		return nil, false, err
	}
	r, err := apdu.Exchange(t, apdu.Command{INS: insReadBinary, P1: sfi, Le: apdu.MaxLe})
	switch {
	case err != nil:
		return nil, true, fmt.Errorf("read MyKey record: %w", err)
	case r.SW != apdu.OK && r.SW != apdu.EndOfFile:
		return nil, true, &apdu.StatusError{Doing: "read MyKey record", SW: r.SW}
	case len(r.Data) != mykey.AreaSize:
		return nil, true, fmt.Errorf("MyKey area of %d bytes: %w", len(r.Data), tlv.ErrMalformed)
	}
	return r.Data, true, nil
}

// Select selects the card AP by its whole AID. It reports false on 6A82.
func Select(t apdu.Transmitter) (bool, error) {
	r, err := apdu.Exchange(t, apdu.Command{INS: insSelect, P1: 0x04, P2: byNameNoAnswer, Data: []byte(AID)})
	switch {
	case err != nil:
		return false, fmt.Errorf("select MyKey AP: %w", err)
	case r.SW == apdu.FileNotFound:
		return false, nil
	case r.SW != apdu.OK:
		return false, &apdu.StatusError{Doing: "select MyKey AP", SW: r.SW}
	}
	return true, nil
}
