package membercard

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Errors of this room. None carries what was read.
var (
	// ErrForm: not a number of this service.
	ErrForm = errors.New("not in the form of this service's numbers")
	// ErrCheckDigit: the form is right, the check digit is not.
	ErrCheckDigit = errors.New("check digit is wrong")
	// ErrItem: the barcode of a book, a CD or goods, not of a member card.
	ErrItem = errors.New("barcode of an item, not of a member card")
	// ErrDiffers: the second scan or typing is another number than the first.
	ErrDiffers = errors.New("second reading differs from the first")
	// ErrProfile: the number rule contradicts itself or cannot be understood.
	ErrProfile = errors.New("number rule is wrong")
	// ErrSamples: no profile can be learnt from these samples.
	ErrSamples = errors.New("samples do not make a number rule")
)

// Profile is one service's number rule, as the platform gives it. The zero
// Profile accepts any number of 1 to 64 printable characters. It does not change
// and may be shared by goroutines.
type Profile struct {
	Symbologies []Symbology `json:"symbologies,omitempty"` // empty: any, typed too
	Start       string      `json:"start,omitempty"`       // NW-7 start as on that library's cards, A to D; empty: not known
	Stop        string      `json:"stop,omitempty"`        // NW-7 stop, with Start
	Pattern     string      `json:"pattern,omitempty"`     // RE2 of the number, whole match; empty: any
	Check       Scheme      `json:"check,omitempty"`       // empty: none
	Display     string      `json:"display,omitempty"`     // how the card prints it, # and blanks: "#### ####"; empty: as it is
	Framed      bool        `json:"framed,omitempty"`      // hand over with Start and Stop, as that library's scanner sends it
	Item        string      `json:"item,omitempty"`        // RE2 of the library's item barcodes, whole match; empty: none known
	Prefix      string      `json:"prefix,omitempty"`      // what this library's scanners add before, dropped if there
	Suffix      string      `json:"suffix,omitempty"`      // and behind
}

const maxSetting = 512 // bytes of one field of a Profile

// rule is a Profile ready to use.
type rule struct {
	Profile
	pattern, item *regexp.Regexp // nil: any number, no item known
	named         bool           // Pattern says how the number begins
	check         check
}

// Validate returns ErrProfile, with the reason, for a rule that cannot hold.
func (p Profile) Validate() error {
	_, err := p.compile()
	return err
}

func (p Profile) compile() (*rule, error) {
	r := &rule{Profile: p}
	r.Start, r.Stop = strings.ToUpper(p.Start), strings.ToUpper(p.Stop)
	r.Prefix = strings.TrimLeft(fold(p.Prefix), blanks)
	r.Suffix = strings.TrimRight(fold(p.Suffix), blanks)
	var err error
	if r.check, err = parseCheck(p.Check); err != nil {
		return nil, err
	}
	if r.pattern, r.named, err = whole("pattern", p.Pattern); err != nil {
		return nil, err
	}
	if r.item, _, err = whole("item", p.Item); err != nil {
		return nil, err
	}
	return r, r.contradiction()
}

// whole compiles an RE2 for the whole match; named says that it begins with two
// fixed characters or more.
func whole(field, pattern string) (compiled *regexp.Regexp, named bool, err error) {
	if pattern == "" {
		return nil, false, nil
	}
	if len(pattern) > maxSetting {
		return nil, false, fmt.Errorf("%w: %s is longer than %d bytes", ErrProfile, field, maxSetting)
	}
	alone, err := regexp.Compile(pattern) // "a)(b" is none; the anchor below would hide its literal
	if err == nil {
		compiled, err = regexp.Compile(`\A(?:` + pattern + `)\z`)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%w: %s: %w", ErrProfile, field, err)
	}
	literal, _ := alone.LiteralPrefix()
	return compiled, len(literal) >= 2, nil
}

// contradiction is the table of what a profile may not say.
func (r *rule) contradiction() error {
	jan := slices.Contains(r.Symbologies, JAN13) || slices.Contains(r.Symbologies, JAN8)
	pair := isFrame(r.Start) && isFrame(r.Stop)
	for _, c := range []struct {
		wrong bool
		why   string
	}{
		{!known(r.Symbologies), "symbologies: unknown, or named twice"},
		{!pair && (r.Start != "" || r.Stop != ""), "start, stop: not two letters A to D"},
		{pair && !r.allows(NW7), "start, stop: without symbology NW7"},
		{r.Framed && !(pair && slices.Equal(r.Symbologies, []Symbology{NW7})), "framed: needs start, stop and symbology NW7 alone"},
		{r.check.name == M16 && !pair, "check m16: needs start and stop"},
		{r.check.name == M43 && !r.allows(Code39), "check m43: without symbology CODE39"},
		{jan && r.check.name != None && r.check.name != M10W3, "check: a JAN code has its own, m10w3"},
		{jan && r.check.place == inNumberOnly, "check: a JAN code has its check digit on the card"},
		{strings.Trim(r.Display, "# ") != "" || strings.TrimSpace(r.Display) != r.Display, "display: other than # with blanks between"},
		{len(r.Display) > maxSetting || len(r.Prefix) > maxSetting || len(r.Suffix) > maxSetting, "display, prefix, suffix: too long"},
	} {
		if c.wrong {
			return fmt.Errorf("%w: %s", ErrProfile, c.why)
		}
	}
	return nil
}

// allows reports whether cards of this symbology may be there.
func (r *rule) allows(s Symbology) bool {
	return len(r.Symbologies) == 0 || slices.Contains(r.Symbologies, s)
}
