package membercard

import (
	"fmt"
	"strings"
)

// Scheme names a way to make check digits; the table is in the package's comment.
// Every scheme but None may have the ending "-printed" (on the card, not in the
// number) or "-stored" (in the number, not on the card).
type Scheme string

// Schemes.
const (
	None       Scheme = "none"
	M10W21     Scheme = "m10w21"
	M10W21Left Scheme = "m10w21-left"
	M10W21Bulk Scheme = "m10w21-bulk"
	M10W3      Scheme = "m10w3"
	M7DR       Scheme = "7dr"
	M7DSR      Scheme = "7dsr"
	M7DSR0     Scheme = "7dsr-0"
	M9DR       Scheme = "9dr"
	M9DSR      Scheme = "9dsr"
	M11W27X    Scheme = "m11w2-7-x"
	M11W27Zero Scheme = "m11w2-7-0"
	M11W27None Scheme = "m11w2-7-none"
	M11W102    Scheme = "m11w10-2"
	M16        Scheme = "m16"
	M43        Scheme = "m43"
)

const (
	printed = "-printed"
	stored  = "-stored"
)

// Printed is the scheme where the card alone has the check digit.
func (s Scheme) Printed() Scheme { return s + printed }

// Stored is the scheme where the number alone has the check digit.
func (s Scheme) Stored() Scheme { return s + stored }

// arithmetic is one row of the table.
type arithmetic struct {
	digit      func(payload, start, stop string) (byte, bool) // false: there is none for this payload
	characters string                                         // what digit can give
	values     int                                            // how many values it counts
}

func (a arithmetic) right(code, start, stop string) bool {
	if len(code) < 2 {
		return false
	}
	last := len(code) - 1
	digit, ok := a.digit(code[:last], start, stop)
	return ok && digit == code[last]
}

// order is the table's, and which of several that fit is proposed first.
var order = []Scheme{
	M10W21, M10W21Left, M10W21Bulk, M10W3, M7DR, M7DSR, M7DSR0, M9DR, M9DSR,
	M11W27X, M11W27Zero, M11W27None, M11W102, M16, M43,
}

var schemes = map[Scheme]arithmetic{
	M10W21:     {decimal(func(p string) (byte, bool) { return ten(split(fromRight(p), 2, 1)) }), digits, 10},
	M10W21Left: {decimal(func(p string) (byte, bool) { return ten(split(p, 2, 1)) }), digits, 10},
	M10W21Bulk: {decimal(func(p string) (byte, bool) { return ten(weigh(fromRight(p), 2, 1)) }), digits, 10},
	M10W3:      {decimal(func(p string) (byte, bool) { return ten(weigh(fromRight(p), 3, 1)) }), digits, 10},
	M7DR:       {decimal(func(p string) (byte, bool) { return digits[mod(p, 7)], true }), digits[:7], 7},
	M7DSR:      {decimal(func(p string) (byte, bool) { return digits[7-mod(p, 7)], true }), digits[1:8], 7},
	M7DSR0:     {decimal(func(p string) (byte, bool) { return digits[(7-mod(p, 7))%7], true }), digits[:7], 7},
	M9DR:       {decimal(func(p string) (byte, bool) { return digits[mod(p, 9)], true }), digits[:9], 9},
	M9DSR:      {decimal(func(p string) (byte, bool) { return digits[9-mod(p, 9)], true }), digits[1:], 9},
	M11W27X:    {decimal(func(p string) (byte, bool) { return eleven(p, 'X', 2, 3, 4, 5, 6, 7) }), digits + "X", 11},
	M11W27Zero: {decimal(func(p string) (byte, bool) { return eleven(p, '0', 2, 3, 4, 5, 6, 7) }), digits, 10},
	M11W27None: {decimal(func(p string) (byte, bool) { return eleven(p, 0, 2, 3, 4, 5, 6, 7) }), digits, 11},
	M11W102:    {decimal(isbn), digits + "X", 11},
	M16:        {sixteen, nw7Characters[:nw7Data], 16},
	M43:        {fortyThree, code39Characters, 43},
}

// place says where the check digit stands.
type place int

const (
	inBoth place = iota
	onCardOnly
	inNumberOnly
)

// check is a profile's scheme, taken apart.
type check struct {
	arithmetic
	name  Scheme
	place place
}

func parseCheck(s Scheme) (check, error) {
	if s == "" || s == None {
		return check{name: None}, nil
	}
	c := check{}
	name := string(s)
	if bare, ok := strings.CutSuffix(name, printed); ok {
		name, c.place = bare, onCardOnly
	} else if bare, ok := strings.CutSuffix(name, stored); ok {
		name, c.place = bare, inNumberOnly
	}
	c.name = Scheme(name)
	var ok bool
	if c.arithmetic, ok = schemes[c.name]; !ok {
		return check{}, fmt.Errorf("%w: check %q is unknown", ErrProfile, s)
	}
	return c, nil
}

// number makes the operator's number of what the card says, and reports whether
// its check digit is right.
func (c check) number(code, start, stop string) (number string, right bool) {
	if c.name == None {
		return code, true
	}
	switch c.place {
	case onCardOnly:
		if code == "" {
			return "", false
		}
		return code[:len(code)-1], c.right(code, start, stop)
	case inNumberOnly:
		digit, ok := c.digit(code, start, stop)
		if !ok {
			return "", false
		}
		return code + string(digit), true
	default:
		return code, c.right(code, start, stop)
	}
}

// code is the way back: what the card says of a number. It reports false for a
// number that the scheme cannot have made.
func (c check) code(number, start, stop string) (string, bool) {
	if c.name == None {
		return number, true
	}
	switch c.place {
	case onCardOnly:
		digit, ok := c.digit(number, start, stop)
		return number + string(digit), ok
	case inNumberOnly:
		return number[:max(0, len(number)-1)], c.right(number, start, stop)
	default:
		return number, true
	}
}
