package membercard

import (
	"strings"

	"github.com/madoguchi/madoguchi/mykey"
)

// Shown is the number as that library's card prints it, for the screen alone.
func (p Profile) Shown(n mykey.ServiceID) string {
	code, _ := p.code(n)
	return space(p.Display, strings.TrimRight(code, " "))
}

// Handed is the number as its barcode reads, with start and stop where Framed
// says so: what a business application gets from its own scanner. A blank as the
// check character of CODE39 is left out, as that application trims it. A number
// that this rule cannot have made is handed over as it is.
func (p Profile) Handed(n mykey.ServiceID) mykey.ServiceID {
	code, ok := p.code(n)
	if !ok {
		return n
	}
	code = strings.TrimRight(code, " ")
	if p.Framed && NW7.holds(code) {
		code = strings.ToUpper(p.Start) + code + strings.ToUpper(p.Stop)
	}
	handed, err := mykey.ParseServiceID(code)
	if err != nil {
		return n
	}
	return handed
}

// Barcode is what a barcode of the number on our screen holds: NW-7 with start
// and stop (A and A where none are known), JAN with its check digit, CODE39
// without its two *. It takes the first symbology of the profile that can hold
// the number, else CODE128.
func (p Profile) Barcode(n mykey.ServiceID) (Symbology, string) {
	code, ok := p.code(n)
	if !ok {
		return Code128, code
	}
	all := p.Symbologies
	if len(all) == 0 {
		all = []Symbology{NW7, Code39}
	}
	for _, s := range all {
		if !s.holds(code) || (s == JAN13 || s == JAN8) && !janRight(code) {
			continue
		}
		if s != NW7 {
			return s, code
		}
		if p.Start == "" {
			return NW7, "A" + code + "A"
		}
		return NW7, strings.ToUpper(p.Start) + code + strings.ToUpper(p.Stop)
	}
	return Code128, code
}

// code is what the card says of n; n itself, and false, where the rule cannot
// have made it.
func (p Profile) code(n mykey.ServiceID) (string, bool) {
	number := n.Reveal()
	c, err := parseCheck(p.Check)
	if err != nil {
		return number, false
	}
	code, ok := c.code(number, strings.ToUpper(p.Start), strings.ToUpper(p.Stop))
	if !ok {
		return number, false
	}
	return code, true
}
