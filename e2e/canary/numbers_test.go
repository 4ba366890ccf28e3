//go:build linux

package canary_test

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// numberOf makes a number of the demo library from seven digits: its last digit
// checks them.
func numberOf(seven int) string { return fmt.Sprintf("%07d%d", seven, seven%7) }

// library are the service IDs of the library's run. No other number, date or time
// has these digits in a row.
var library = numbers{
	A: numberOf(8391764), B: numberOf(9178364), ATaken: numberOf(7936184), BTyped: numberOf(9463817),
	C: numberOf(6839174), CNew: numberOf(7619438), CLast: numberOf(8163947), D: numberOf(9741683),
	Early: numberOf(6948371), Wrong: fmt.Sprintf("%07d%d", 8647193, (8647193+1)%7), Declined: numberOf(9317468), Elsewhere: "739164",
}

// demoNumbers are those that training gives: of the stopped and of the old card, and
// A's before it got ours. The second card's, all zeros, says nothing in a search.
var demoNumbers = []string{"28021210", "28021221", "28021232"}

// list is every service ID of the library, those of the demos too.
func (n numbers) list() []string {
	return append([]string{
		n.A, n.B, n.ATaken, n.BTyped, n.C, n.CNew, n.CLast, n.D, n.Early, n.Wrong, n.Declined,
	}, demoNumbers...)
}

// numberForms are forms, and those of eight digits: as the member card prints them,
// in full width, and as a program may hold digits.
func numberForms(number string) []form {
	var digits []byte
	var wide strings.Builder
	for _, d := range []byte(number) {
		digits = append(digits, d-'0')
		wide.WriteRune(rune(d-'0') + '０')
	}
	packed, err := hex.DecodeString(number)
	if err != nil {
		panic(err) // a number of this file is digits
	}
	all := append(forms(number),
		form{name: "digits", bytes: digits},
		form{name: "digits, listed", bytes: []byte(strings.Trim(fmt.Sprint(digits), "[]"))},
		form{name: "BCD", bytes: packed, short: true},
	)
	for _, shown := range []string{number[:4] + " " + number[4:], number[:4] + "-" + number[4:], wide.String()} {
		for _, f := range forms(shown) {
			all = append(all, form{name: "shown, " + f.name, bytes: f.bytes})
		}
	}
	return all
}
