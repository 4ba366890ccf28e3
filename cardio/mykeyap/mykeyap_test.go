package mykeyap

import (
	"bytes"
	"errors"
	"testing"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/tlv"
)

// answers gives its answers in order.
type answers [][]byte

func (a *answers) Transmit([]byte) ([]byte, error) {
	first := (*a)[0]
	*a = (*a)[1:]
	return first, nil
}

func TestReadTakesTheWholeAreaOrNothing(t *testing.T) {
	ok, area := []byte{0x90, 0x00}, bytes.Repeat([]byte{0x4D}, 256)
	with := func(data []byte, sw ...byte) []byte { return append(bytes.Clone(data), sw...) }
	for _, c := range []struct {
		name     string
		answers  answers
		reserved bool
		length   int
		err      error
	}{
		{"there", answers{ok, with(area, 0x90, 0x00)}, true, 256, nil},
		{"end of file with the last byte", answers{ok, with(area, 0x62, 0x82)}, true, 256, nil},
		{"not there", answers{{0x6A, 0x82}}, false, 0, nil},
		{"locked", answers{{0x62, 0x83}}, false, 0, apdu.ErrUnexpected},
		{"one byte short", answers{ok, with(area[:255], 0x90, 0x00)}, true, 0, tlv.ErrMalformed},
		{"not readable", answers{ok, {0x69, 0x82}}, true, 0, apdu.ErrUnexpected},
		{"pulled", answers{ok, {}}, true, 0, apdu.ErrRemoved},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, reserved, err := Read(&c.answers)
			if len(got) != c.length || reserved != c.reserved || !errors.Is(err, c.err) {
				t.Errorf("Read = %d bytes, %t, %v; want %d, %t, %v", len(got), reserved, err, c.length, c.reserved, c.err)
			}
		})
	}
}
