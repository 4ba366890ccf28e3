package sip2

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// charset is how a library system writes. In Shift_JIS a second byte may be | :
// messages are decoded before they are cut.
type charset string

var errCharset = errors.New("the library system's encoding has no such character")

func (c charset) encode(s string) ([]byte, error) {
	if c != ShiftJIS {
		return []byte(s), nil
	}
	b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return nil, errCharset // the encoder's error names the character
	}
	return b, nil
}

// decode never fails: what is no character of the encoding becomes U+FFFD.
func (c charset) decode(b []byte) string {
	if c != ShiftJIS {
		return strings.ToValidUTF8(string(b), string(utf8.RuneError))
	}
	d, err := japanese.ShiftJIS.NewDecoder().Bytes(b)
	if err != nil {
		return ""
	}
	return string(d)
}
