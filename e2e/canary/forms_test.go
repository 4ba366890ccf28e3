//go:build linux

package canary_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// secrets are what one run must leave nowhere.
type secrets struct{ id, pin, wrong string }

// form is one way in which a secret may be written.
type form struct {
	name  string
	bytes []byte
	short bool // two bytes: says something in a small field alone
}

// forms are all ways in which text may be written: letters, UTF-16, hexadecimal,
// base64, numbers of bytes, and a word of memory as Go prints it in a crash report.
func forms(text string) []form {
	b := []byte(text)
	words := utf16.Encode([]rune(text))
	var le, be []byte
	for _, w := range words {
		le = append(le, byte(w), byte(w>>8))
		be = append(be, byte(w>>8), byte(w))
	}
	reversed := slices.Clone(b)
	slices.Reverse(reversed)
	all := []form{
		{name: "text", bytes: b},
		{name: "lower case", bytes: []byte(strings.ToLower(text))},
		{name: "UTF-16LE", bytes: le},
		{name: "UTF-16BE", bytes: be},
		{name: "hex of UTF-16LE", bytes: fmt.Appendf(nil, "%x", le)},
		{name: "HEX of UTF-16LE", bytes: fmt.Appendf(nil, "%X", le)},
		{name: "hex", bytes: fmt.Appendf(nil, "%x", b)},
		{name: "HEX", bytes: fmt.Appendf(nil, "%X", b)},
		{name: "hex, spaced", bytes: fmt.Appendf(nil, "% x", b)},
		{name: "HEX, spaced", bytes: fmt.Appendf(nil, "% X", b)},
		{name: "hex, colons", bytes: []byte(strings.ReplaceAll(fmt.Sprintf("% x", b), " ", ":"))},
		{name: "hex, listed", bytes: []byte(strings.Trim(fmt.Sprintf("%#v", b), "[]byte{}"))},
		{name: "numbers", bytes: []byte(strings.Trim(fmt.Sprint(b), "[]"))},
		{name: "numbers, commas", bytes: []byte(strings.ReplaceAll(strings.Trim(fmt.Sprint(b), "[]"), " ", ","))},
		{name: "word of memory", bytes: fmt.Appendf(nil, "%x", reversed)},
		{name: "quoted", bytes: []byte(escaped(b))},
	}
	for shift := range 3 {
		all = append(all, form{name: fmt.Sprintf("base64, %d", shift), bytes: inBase64(b, shift)})
	}
	return all
}

// pinForms are forms, and those of four digits alone.
func pinForms(pin string) []form {
	var digits, packed []byte
	for _, d := range []byte(pin) {
		digits = append(digits, d-'0')
	}
	packed, err := hex.DecodeString(pin)
	if err != nil {
		panic(err) // a PIN of this file is digits
	}
	return append(forms(pin),
		form{name: "digits", bytes: digits},
		form{name: "digits, listed", bytes: []byte(strings.Trim(fmt.Sprint(digits), "[]"))},
		form{name: "PIN block", bytes: append([]byte{0x24}, packed...)}, // ISO 9564-1 format 2, and 2C
		form{name: "BCD", bytes: packed, short: true},
	)
}

func escaped(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, `\u%04x`, c)
	}
	return s.String()
}

// inBase64 is what of b can be told in base64 when shift bytes stand before it.
func inBase64(b []byte, shift int) []byte {
	text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), b...))
	return []byte(text[(8*shift+5)/6 : 8*(shift+len(b))/6])
}

// shortField is how long a field may be for two bytes in it to say something.
const shortField = 64

// in reports whether content holds a form, and which.
func in(content []byte, all []form) (string, bool) {
	for _, f := range all {
		if f.short && len(content) > shortField {
			continue
		}
		if bytes.Contains(content, f.bytes) {
			return f.name, true
		}
	}
	return "", false
}
