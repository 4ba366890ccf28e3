// Package tlv reads BER-TLV data objects as a chip may write them: as widely as
// ISO/IEC 7816-4:2020 (6.3) and ISO/IEC 8825-1:2021 (8.1) allow, and never past
// the buffer. It writes none: what we send is fixed bytes.
//
// What is accepted:
//
//	tag      one to four bytes
//	length   short form, long form of one to four bytes, minimal or not;
//	         indefinite form on constructed objects
//	filler   00 before, between and after objects; FF only where nothing but
//	         filler follows, because FF 21 is a tag that cards use
package tlv

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed: the bytes are not BER-TLV, or end too early.
var ErrMalformed = errors.New("malformed BER-TLV")

// Tag is a tag as its bytes stand, big-endian: 0x45, 0xFF21.
type Tag uint32

// Object is one data object. Value is part of the buffer that was parsed.
type Object struct {
	Tag         Tag
	Constructed bool
	Value       []byte
}

// Header is what stands before a value.
type Header struct {
	Tag         Tag
	Constructed bool
	Size        int // length of tag and length field, in bytes
	Length      int // length of the value, in bytes; -1 where the form is indefinite
}

const (
	maxTagBytes    = 4
	maxLengthBytes = 4
	maxDepth       = 16 // of indefinite forms within one another
)

// ParseHeader reads the tag and the length field at the start of b. The value
// need not be there: that is how the length of a file is found from its first
// bytes. It returns ErrMalformed.
func ParseHeader(b []byte) (Header, error) {
	h := Header{}
	n, err := h.parseTag(b)
	if err != nil {
		return Header{}, err
	}
	if n == len(b) {
		return Header{}, fmt.Errorf("%w: no length after tag %X", ErrMalformed, h.Tag)
	}
	first := b[n]
	n++
	switch {
	case first < 0x80:
		h.Length = int(first)
	case first == 0x80:
		if !h.Constructed {
			return Header{}, fmt.Errorf("%w: indefinite length of a primitive object", ErrMalformed)
		}
		h.Length = -1
	default:
		count := int(first & 0x7F)
		if count > maxLengthBytes || len(b)-n < count {
			return Header{}, fmt.Errorf("%w: length of %d bytes", ErrMalformed, count)
		}
		var field [8]byte
		copy(field[8-count:], b[n:n+count])
		length := binary.BigEndian.Uint64(field[:])
		if length > 1<<31-1 {
			return Header{}, fmt.Errorf("%w: value of %d bytes", ErrMalformed, length)
		}
		h.Length = int(length)
		n += count
	}
	h.Size = n
	return h, nil
}

func (h *Header) parseTag(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, fmt.Errorf("%w: no tag", ErrMalformed)
	}
	h.Tag = Tag(b[0])
	h.Constructed = b[0]&0x20 != 0
	if b[0]&0x1F != 0x1F {
		return 1, nil
	}
	for n := 1; n < len(b) && n < maxTagBytes; n++ {
		h.Tag = h.Tag<<8 | Tag(b[n])
		if b[n]&0x80 == 0 {
			return n + 1, nil
		}
	}
	return 0, fmt.Errorf("%w: tag without end", ErrMalformed)
}

// Parse reads every data object of b. It returns ErrMalformed where one does not
// end within b; nothing is given back then.
func Parse(b []byte) ([]Object, error) {
	var objects []Object
	for {
		b = skipFiller(b)
		if len(b) == 0 {
			return objects, nil
		}
		o, rest, err := next(b, maxDepth)
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
		b = rest
	}
}

// Find gives the value of the first object with that tag, then of the next tag
// within it, and so on. It reports false where one is absent, and returns
// ErrMalformed.
func Find(b []byte, path ...Tag) (value []byte, found bool, err error) {
	for _, tag := range path {
		objects, err := Parse(b)
		if err != nil {
			return nil, false, err
		}
		found = false
		for _, o := range objects {
			if o.Tag == tag {
				b, found = o.Value, true
				break
			}
		}
		if !found {
			return nil, false, nil
		}
	}
	return b, found, nil
}

// next reads the object at the start of b, which begins with no filler.
func next(b []byte, depth int) (Object, []byte, error) {
	h, err := ParseHeader(b)
	if err != nil {
		return Object{}, nil, err
	}
	o := Object{Tag: h.Tag, Constructed: h.Constructed}
	b = b[h.Size:]
	if h.Length < 0 {
		o.Value, b, err = untilEndOfContents(b, depth)
		return o, b, err
	}
	if h.Length > len(b) {
		return Object{}, nil, fmt.Errorf("%w: value of %d bytes, %d left", ErrMalformed, h.Length, len(b))
	}
	o.Value = b[:h.Length:h.Length]
	return o, b[h.Length:], nil
}

// untilEndOfContents finds the 00 00 that ends an indefinite form
// (ISO/IEC 8825-1, 8.1.5), stepping over whole objects.
func untilEndOfContents(b []byte, depth int) (value, rest []byte, err error) {
	if depth == 0 {
		return nil, nil, fmt.Errorf("%w: too deep", ErrMalformed)
	}
	at := b
	for {
		if len(at) < 2 {
			return nil, nil, fmt.Errorf("%w: indefinite form without end", ErrMalformed)
		}
		if at[0] == 0 && at[1] == 0 {
			n := len(b) - len(at)
			return b[:n:n], at[2:], nil
		}
		if _, at, err = next(at, depth-1); err != nil {
			return nil, nil, err
		}
	}
}

func skipFiller(b []byte) []byte {
	for len(b) > 0 && b[0] == 0x00 {
		b = b[1:]
	}
	for _, c := range b {
		if c != 0x00 && c != 0xFF {
			return b
		}
	}
	return nil
}
