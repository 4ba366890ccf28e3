// Package tlv reads and writes BER-TLV data objects (ISO/IEC 7816-4:2020 §6.3)
// as card managers use them: tags of up to three bytes, definite lengths.
package tlv

import (
	"errors"
	"fmt"
)

// ErrMalformed: the bytes are not whole data objects.
var ErrMalformed = errors.New("malformed BER-TLV")

// Object is one data object. Value is a part of what was read.
type Object struct {
	Tag   uint32
	Value []byte
}

// Parse reads data objects to the end of b. Filling bytes 00 and FF between
// them are skipped. It returns ErrMalformed.
func Parse(b []byte) ([]Object, error) {
	var out []Object
	for len(b) > 0 {
		if b[0] == 0x00 || b[0] == 0xFF && (len(b) == 1 || b[1] == 0xFF) {
			b = b[1:]
			continue
		}
		o, rest, err := next(b)
		if err != nil {
			return nil, err
		}
		out, b = append(out, o), rest
	}
	return out, nil
}

// Find gives the value of the first object with that tag among the objects of b,
// not inside them.
func Find(b []byte, tag uint32) ([]byte, error) {
	objects, err := Parse(b)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if o.Tag == tag {
			return o.Value, nil
		}
	}
	return nil, fmt.Errorf("%w: no object %X", ErrMalformed, tag)
}

// Append writes an object; value is at most 65535 bytes.
func Append(dst []byte, tag uint32, value []byte) []byte {
	for shift := 16; shift >= 0; shift -= 8 {
		if tag>>shift != 0 {
			dst = append(dst, byte(tag>>shift))
		}
	}
	switch n := len(value); {
	case n < 0x80:
		dst = append(dst, byte(n))
	case n <= 0xFF:
		dst = append(dst, 0x81, byte(n))
	default:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, value...)
}

func next(b []byte) (Object, []byte, error) {
	tag, b, err := readTag(b)
	if err != nil {
		return Object{}, nil, err
	}
	n, b, err := readLength(b)
	if err != nil || n > len(b) {
		return Object{}, nil, ErrMalformed
	}
	return Object{tag, b[:n:n]}, b[n:], nil
}

func readTag(b []byte) (uint32, []byte, error) {
	tag, more := uint32(b[0]), b[0]&0x1F == 0x1F
	i := 1
	for ; more; i++ {
		if i == len(b) || i == 3 {
			return 0, nil, ErrMalformed
		}
		tag, more = tag<<8|uint32(b[i]), b[i]&0x80 != 0
	}
	return tag, b[i:], nil
}

func readLength(b []byte) (int, []byte, error) {
	if len(b) == 0 {
		return 0, nil, ErrMalformed
	}
	if b[0] < 0x80 {
		return int(b[0]), b[1:], nil
	}
	size := int(b[0] & 0x7F)
	if size < 1 || size > 2 || len(b) < 1+size {
		return 0, nil, ErrMalformed
	}
	n := 0
	for _, c := range b[1 : 1+size] {
		n = n<<8 | int(c)
	}
	return n, b[1+size:], nil
}
