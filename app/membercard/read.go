package membercard

import (
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/mykey"
)

const maxInput = 1024 // bytes; the longest number is 64 characters

// reading is one way to understand what came in.
type reading struct {
	code   string
	framed bool // the code stood in NW-7 start and stop
}

// Read makes a number of what a scanner or a hand sent: full-width folded, what
// the scanner adds dropped, blanks trimmed outside the code, frame off, then form,
// length and check digit. It returns ErrForm, ErrCheckDigit, ErrItem, or
// ErrProfile. What it accepts, Handed and Barcode give back.
func (p Profile) Read(input string) (mykey.ServiceID, error) {
	r, err := p.compile()
	if err != nil {
		return mykey.ServiceID{}, err
	}
	return r.read(input)
}

func (r *rule) read(input string) (mykey.ServiceID, error) {
	number, err := r.number(input)
	if err != nil {
		return mykey.ServiceID{}, err
	}
	// Where a rule is so wide that the way out leads to another number than the way
	// in, nobody could find the mistake later.
	_, barcode := r.Barcode(number)
	for _, out := range []string{r.Handed(number).Reveal(), barcode} {
		if again, err := r.number(out); err != nil || again != number {
			return mykey.ServiceID{}, ErrForm
		}
	}
	return number, nil
}

// Same reports whether a rescan or a second typing gives the same number: nil,
// ErrDiffers, or the error of Read.
func (p Profile) Same(first mykey.ServiceID, second string) error {
	again, err := p.Read(second)
	if err != nil {
		return err
	}
	if again != first {
		return ErrDiffers
	}
	return nil
}

// number is the chain. A frame counts before the bare text, and that before a
// lost blank; two ways of equal right that lead to two numbers are none.
func (r *rule) number(input string) (mykey.ServiceID, error) {
	if len(input) > maxInput {
		return mykey.ServiceID{}, ErrForm
	}
	codes := r.drop(strings.Trim(fold(input), blanks))
	refusal := ErrForm
	for _, readings := range [][]reading{r.framed(codes), r.bare(codes), r.blank(codes)} {
		var numbers []string
		for _, read := range readings {
			number, err := r.judge(read)
			switch {
			case err == nil && !slices.Contains(numbers, number):
				numbers = append(numbers, number)
			case err != nil && refusal == ErrForm:
				refusal = err
			}
		}
		if len(numbers) > 1 {
			return mykey.ServiceID{}, ErrForm
		}
		if len(numbers) == 0 {
			continue
		}
		if r.isItem(codes) {
			return mykey.ServiceID{}, ErrItem
		}
		number, err := mykey.ParseServiceID(numbers[0])
		if err != nil {
			return mykey.ServiceID{}, ErrForm
		}
		return number, nil
	}
	if r.looksLikeItem(codes, refusal) {
		return mykey.ServiceID{}, ErrItem
	}
	return mykey.ServiceID{}, refusal
}

// drop gives the text without what the scanner adds, and the text as it is: a
// hand adds nothing, and a number may begin with the same character.
func (r *rule) drop(text string) []string {
	bare := strings.TrimSuffix(strings.TrimPrefix(text, r.Prefix), r.Suffix)
	if bare == text {
		return []string{text}
	}
	return []string{strings.Trim(bare, blanks), text}
}

func (r *rule) framed(codes []string) (all []reading) {
	for _, code := range codes {
		if start, stop, bare, ok := unframe(code); ok && r.allows(NW7) && (r.Start == "" || start == r.Start && stop == r.Stop) {
			all = append(all, reading{bare, true})
		}
		if bare, ok := unstar(code); ok && r.allows(Code39) {
			all = append(all, reading{code: bare})
		}
	}
	return all
}

func (r *rule) bare(codes []string) (all []reading) {
	for _, code := range codes {
		all = append(all, reading{code: code})
		if bare, ok := unspace(r.Display, code); ok {
			all = append(all, reading{code: bare})
		}
	}
	return all
}

// blank gives back a check character of CODE39 that is a blank, and was trimmed.
func (r *rule) blank(codes []string) (all []reading) {
	if r.check.name != M43 || r.check.place != onCardOnly {
		return nil
	}
	for _, code := range codes {
		all = append(all, reading{code: code + " "})
	}
	return all
}

// judge gives the number of one reading, or ErrForm, ErrCheckDigit, ErrItem.
func (r *rule) judge(read reading) (string, error) {
	jan, other := r.carriers(read.code)
	if !jan && !other {
		return "", ErrForm
	}
	number, right := r.check.number(read.code, r.Start, r.Stop)
	if r.pattern != nil && !r.pattern.MatchString(number) {
		return "", ErrForm
	}
	if !right || !other && !janRight(read.code) {
		return "", ErrCheckDigit
	}
	if jan && !read.framed && janRight(read.code) && !inStore(read.code) && !r.named {
		return "", ErrItem
	}
	return number, nil
}

// isItem reports whether a code that fits a member card is an item all the same.
func (r *rule) isItem(codes []string) bool {
	if r.item == nil {
		return false
	}
	for _, code := range codes {
		start, stop, bare, ok := unframe(code)
		if !ok {
			if star, starred := unstar(code); starred && r.item.MatchString(star) {
				return true
			}
			if r.item.MatchString(code) {
				return true
			}
			continue
		}
		own := r.Framed && start == r.Start && stop == r.Stop
		if r.item.MatchString(start+bare+stop) || !own && r.item.MatchString(bare) {
			return true
		}
	}
	return false
}

// looksLikeItem names what was refused. A member's number with a misread digit
// must not be called an item: its form tells.
func (r *rule) looksLikeItem(codes []string, refusal error) bool {
	return r.isItem(codes) || refusal != ErrCheckDigit && slices.ContainsFunc(codes, goods)
}
