package membercard

import "strings"

// Symbology is a kind of barcode on a member card.
type Symbology string

// Symbologies.
const (
	NW7     Symbology = "NW7"     // JIS X 0506, Codabar: 0–9 - $ : / . + between start and stop A–D
	JAN13   Symbology = "JAN13"   // JIS X 0507, ISO/IEC 15420: 13 digits with their own check digit
	JAN8    Symbology = "JAN8"    // the same, 8 digits
	Code39  Symbology = "CODE39"  // JIS X 0503, ISO/IEC 16388: 0–9 A–Z - . blank $ / + % between two *
	Code128 Symbology = "CODE128" // JIS X 0504, ISO/IEC 15417: ASCII
)

// Characters in the order of their values: M16 and mod 43 count them.
const (
	nw7Characters    = "0123456789-$:/.+ABCD" // JIS X 0506; A to D are start and stop only
	code39Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
	nw7Data          = 16 // the first 16 of nw7Characters
	digits           = "0123456789"
)

func known(all []Symbology) bool {
	seen := map[Symbology]bool{}
	for _, s := range all {
		switch s {
		case NW7, JAN13, JAN8, Code39, Code128:
		default:
			return false
		}
		if seen[s] {
			return false
		}
		seen[s] = true
	}
	return true
}

// holds reports whether a code can stand in a barcode of this symbology, without
// its frame. A JAN code's own check digit is not looked at here.
func (s Symbology) holds(code string) bool {
	switch s {
	case NW7:
		return only(code, nw7Characters[:nw7Data])
	case JAN13:
		return len(code) == 13 && only(code, digits)
	case JAN8:
		return len(code) == 8 && only(code, digits)
	case Code39:
		return only(code, code39Characters)
	default:
		return code != "" && strings.IndexFunc(code, func(c rune) bool { return c < ' ' || c > '~' }) < 0
	}
}

// carriers are the profile's symbologies that can hold this code.
func (r *rule) carriers(code string) (jan, other bool) {
	if len(r.Symbologies) == 0 {
		return false, Code128.holds(code)
	}
	for _, s := range r.Symbologies {
		switch {
		case !s.holds(code):
		case s == JAN13 || s == JAN8:
			jan = true
		default:
			other = true
		}
	}
	return jan, other
}

func only(code, characters string) bool {
	return code != "" && strings.Trim(code, characters) == ""
}

func isFrame(s string) bool { return len(s) == 1 && s[0] >= 'A' && s[0] <= 'D' }

// unframe takes NW-7 start and stop off, any pair in either case.
func unframe(code string) (start, stop, bare string, ok bool) {
	if len(code) < 3 {
		return "", "", "", false
	}
	last := len(code) - 1
	start, stop, bare = strings.ToUpper(code[:1]), strings.ToUpper(code[last:]), code[1:last]
	return start, stop, bare, isFrame(start) && isFrame(stop) && NW7.holds(bare)
}

// unstar takes the two * of CODE39 off. Blanks between them belong to the code.
func unstar(code string) (bare string, ok bool) {
	if len(code) < 3 || code[0] != '*' || code[len(code)-1] != '*' {
		return "", false
	}
	bare = code[1 : len(code)-1]
	return bare, Code39.holds(bare)
}

// janRight reports whether code is a JAN code with its right check digit.
func janRight(code string) bool {
	if !JAN13.holds(code) && !JAN8.holds(code) {
		return false
	}
	return schemes[M10W3].right(code, "", "")
}

// inStore: 20 to 29 is for a shop's own use, its member cards among it. Any other
// beginning may be goods.
func inStore(code string) bool { return code[0] == '2' }

// goods reports whether a code that is no member's looks like the barcode on
// goods: ISBN and price row of a book, 45 and 49 of Japan, and abroad. Short ones
// only of Japan: every tenth number of eight digits has a right check digit.
func goods(code string) bool {
	if !janRight(code) || inStore(code) {
		return false
	}
	return len(code) == 13 || strings.HasPrefix(code, "45") || strings.HasPrefix(code, "49")
}
