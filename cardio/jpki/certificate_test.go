package jpki

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/tlv"
)

// file is EF 000A of a card with a way of its own to end a file.
type file struct {
	body  []byte
	chunk int                         // gives at most so many bytes at once
	end   func(n int) apdu.StatusWord // after n bytes short of Le
	reads int
}

func (f *file) Transmit(command []byte) ([]byte, error) {
	c, ok := apdu.Parse(command)
	switch {
	case !ok:
		return nil, fmt.Errorf("not an APDU: %X", command)
	case c.INS == insSelect:
		return []byte{0x90, 0x00}, nil
	}
	f.reads++
	off := int(c.P1)<<8 | int(c.P2)
	if off > len(f.body) {
		return []byte{0x6B, 0x00}, nil
	}
	n := min(c.Le, f.chunk, len(f.body)-off)
	sw := apdu.OK
	if off+n == len(f.body) && n < c.Le {
		sw = f.end(n)
	}
	return apdu.Response{Data: f.body[off : off+n], SW: sw}.Bytes(), nil
}

func der(length int) []byte {
	head := []byte{0x30, 0x82, byte(length >> 8), byte(length)}
	return append(head, bytes.Repeat([]byte{0x5A}, length)...)
}

func plain(int) apdu.StatusWord   { return apdu.OK }
func endFile(int) apdu.StatusWord { return apdu.EndOfFile }

func TestCertificateIsReadWhole(t *testing.T) {
	filler := bytes.Repeat([]byte{0xFF}, 700)
	for _, c := range []struct {
		name string
		file file
		want int
		err  error
	}{
		{"in an EF of its size", file{body: der(1500), chunk: 256, end: plain}, 1504, nil},
		{"in a larger EF", file{body: append(der(1500), filler...), chunk: 256, end: plain}, 1504, nil},
		{"in small pieces", file{body: der(1500), chunk: 60, end: plain}, 1504, nil},
		{"shorter than one chunk, 6282", file{body: der(180), chunk: 256, end: endFile}, 184, nil},
		{"exactly one chunk", file{body: der(252), chunk: 256, end: endFile}, 256, nil},
		{"one byte more", file{body: der(253), chunk: 256, end: endFile}, 257, nil},
		{"cut, 6282", file{body: der(1500)[:1000], chunk: 256, end: endFile}, 0, tlv.ErrMalformed},
		{"cut, 9000 for ever", file{body: der(1500)[:1000], chunk: 256, end: plain}, 0, tlv.ErrMalformed},
		{"beyond 15-bit offsets", file{body: der(0x8000), chunk: 256, end: plain}, 0, tlv.ErrMalformed},
		{"not a certificate", file{body: bytes.Repeat([]byte{0x41, 0x00}, 200), chunk: 256, end: plain}, 0, tlv.ErrMalformed},
		{"empty EF", file{chunk: 256, end: endFile}, 0, ErrNoCertificate},
		{"erased to FF", file{body: filler, chunk: 256, end: plain}, 0, ErrNoCertificate},
		{"erased to 00", file{body: make([]byte, 700), chunk: 256, end: plain}, 0, ErrNoCertificate},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Certificate(&c.file)
			if !errors.Is(err, c.err) || len(got) != c.want || c.want > 0 && !bytes.Equal(got, c.file.body[:c.want]) {
				t.Errorf("Certificate = %d bytes, %v after %d reads; want %d, %v", len(got), err, c.file.reads, c.want, c.err)
			}
		})
	}
}

func FuzzCertificateRead(f *testing.F) {
	for _, seed := range [][]byte{der(1500), der(180), der(1500)[:1000], {}, {0x30}, {0x30, 0x80, 0, 0}, {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}} {
		f.Add(seed, byte(255), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, chunk byte, sixty bool) {
		card := &file{body: body, chunk: int(chunk) + 1, end: plain}
		if sixty {
			card.end = endFile
		}
		got, err := Certificate(card)
		if err == nil && !bytes.Equal(got, body[:len(got)]) {
			t.Fatal("bytes that the card never gave")
		}
		if card.reads > len(body)+2 {
			t.Fatalf("%d reads of %d bytes", card.reads, len(body))
		}
	})
}
