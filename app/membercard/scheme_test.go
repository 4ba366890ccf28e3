package membercard_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app/membercard"
)

// profile is a rule for numbers with this check digit; M16 needs a pair, mod 43
// its symbology.
func profile(check membercard.Scheme) membercard.Profile {
	p := membercard.Profile{Check: check}
	if strings.HasPrefix(string(check), string(membercard.M16)) {
		p.Symbologies, p.Start, p.Stop = []membercard.Symbology{membercard.NW7}, "A", "A"
	}
	return p
}

// with gives payload and check digit: the number of an operator that stores a
// check digit which the card has not.
func with(t testing.TB, p membercard.Profile, payload string) string {
	t.Helper()
	p.Check = p.Check.Stored()
	n, err := p.Read(payload)
	if err != nil {
		t.Fatalf("check digit %s of %q: %v", p.Check, payload, err)
	}
	return n.Reveal()
}

const (
	published = true
	computed  = false
)

func TestEveryCheckDigitOfTheTable(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		scheme         membercard.Scheme
		payload, check string
		published      bool // printed by the source named in the package's comment, not only reckoned
	}{
		{membercard.M10W21, "12345678", "2", published},
		{membercard.M10W21, "1234567", "4", computed},
		{membercard.M10W21Left, "12345678", "6", computed},
		{membercard.M10W21Left, "1234567", "4", computed},
		{membercard.M10W21Left, "2111200069813", "2", published},
		{membercard.M10W21Left, "5819800094399", "6", published},
		{membercard.M10W21Left, "3023400051786", "1", published},
		{membercard.M10W21Left, "3319100010586", "4", published},
		{membercard.M10W21Bulk, "12345678", "4", published}, // by its sum, 56
		{membercard.M10W21Bulk, "1234567", "6", computed},
		{membercard.M10W3, "12345678", "4", computed},
		{membercard.M10W3, "1234567", "0", computed},
		{membercard.M10W3, "490123456789", "4", computed},
		{membercard.M10W3, "4512345", "0", computed},
		{membercard.M10W3, "290000123456", "6", computed},
		{membercard.M7DR, "12345678", "2", computed},
		{membercard.M7DR, "1234567", "5", computed},
		{membercard.M7DR, "99991234567", "0", published},
		{membercard.M7DSR, "12345678", "5", computed},
		{membercard.M7DSR, "1234567", "2", computed},
		{membercard.M7DSR, "99991234567", "7", computed},
		{membercard.M7DSR0, "12345678", "5", computed},
		{membercard.M7DSR0, "1234567", "2", computed},
		{membercard.M7DSR0, "99991234567", "0", computed},
		{membercard.M9DR, "12345678", "0", computed},
		{membercard.M9DR, "1234567", "1", computed},
		{membercard.M9DR, "99991234567", "1", computed},
		{membercard.M9DSR, "12345678", "9", computed},
		{membercard.M9DSR, "1234567", "8", computed},
		{membercard.M9DSR, "99991234567", "8", computed},
		{membercard.M11W27X, "12345678", "5", computed},
		{membercard.M11W27X, "1234567", "4", computed},
		{membercard.M11W27X, "2012345", "1", computed},
		{membercard.M11W27X, "1000005", "X", computed},
		{membercard.M11W27Zero, "12345678", "5", computed},
		{membercard.M11W27Zero, "2012345", "1", computed},
		{membercard.M11W27Zero, "1000005", "0", computed},
		{membercard.M11W27None, "12345678", "5", computed},
		{membercard.M11W27None, "2012345", "1", computed},
		{membercard.M11W102, "12345678", "9", computed},
		{membercard.M11W102, "1234567", "9", computed},
		{membercard.M11W102, "488380478", "X", published},
		{membercard.M16, "12345678", ":", computed},
		{membercard.M16, "1234567", "4", computed},
		{membercard.M43, "12345678", "-", computed},
		{membercard.M43, "CODE39", "W", computed},
		{membercard.M10W21, "0", "0", computed},
		{membercard.M7DSR, "7", "7", computed},
	} {
		p := profile(row.scheme)
		number := row.payload + row.check
		if got := with(t, p, row.payload); got != number {
			t.Errorf("%s of %s: %s, want %s (published %t)", row.scheme, row.payload, got, number, row.published)
		}
		if n, err := p.Read(number); err != nil || n.Reveal() != number {
			t.Errorf("%s refuses %s: %v", row.scheme, number, err)
		}
		onCard := p
		onCard.Check = row.scheme.Printed()
		if n, err := onCard.Read(number); err != nil || n.Reveal() != row.payload {
			t.Errorf("%s, check digit on the card alone: %s read as %s (%v)", row.scheme, number, n.Reveal(), err)
		}
		for _, other := range "0123456789X-$:/.+AZ" {
			if string(other) == row.check {
				continue
			}
			_, err := p.Read(row.payload + string(other))
			if !errors.Is(err, membercard.ErrCheckDigit) && !errors.Is(err, membercard.ErrForm) {
				t.Errorf("%s takes %s with %q: %v", row.scheme, row.payload, other, err)
			}
			if other >= '0' && other <= '9' && !errors.Is(err, membercard.ErrCheckDigit) {
				t.Errorf("%s of %s with %q: %v, want ErrCheckDigit", row.scheme, row.payload, other, err)
			}
		}
	}
}

// The traps of check digits, each by the numbers that tell two readings apart.

func TestFromLeftAndFromRightDifferAtEvenLengthsOnly(t *testing.T) {
	t.Parallel()
	for length := 1; length <= 14; length++ {
		payload := "12345678901234"[:length]
		right, left := with(t, profile(membercard.M10W21), payload), with(t, profile(membercard.M10W21Left), payload)
		if even := length%2 == 0; (right != left) != even {
			t.Errorf("%d digits: from right %s, from left %s", length, right, left)
		}
	}
}

func TestTheTenOfModulusElevenIsASetting(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[membercard.Scheme]map[string]error{
		membercard.M11W27X:    {"1000005X": nil, "10000050": membercard.ErrCheckDigit, "1000005x": membercard.ErrCheckDigit},
		membercard.M11W27Zero: {"1000005X": membercard.ErrCheckDigit, "10000050": nil},
		membercard.M11W27None: {"1000005X": membercard.ErrCheckDigit, "10000050": membercard.ErrCheckDigit},
	} {
		for number, err := range want {
			if _, got := profile(scheme).Read(number); !errors.Is(got, err) {
				t.Errorf("%s %s: %v, want %v", scheme, number, got, err)
			}
		}
	}
	if _, err := profile(membercard.M11W27None.Stored()).Read("1000005"); err == nil {
		t.Error("a number that is not issued was made")
	}
	for last := range "0123456789X" { // a tenth digit would weigh 11, which counts nothing
		number := "1234567890" + "0123456789X"[last:last+1]
		if _, err := profile(membercard.M11W102).Read(number); !errors.Is(err, membercard.ErrCheckDigit) {
			t.Errorf("m11w10-2 of ten digits %s: %v", number, err)
		}
	}
}

func TestRemainderZeroOfModulusSevenIsASetting(t *testing.T) {
	t.Parallel()
	for number, scheme := range map[string]membercard.Scheme{"0000147": membercard.M7DSR, "0000140": membercard.M7DSR0} {
		for _, other := range []membercard.Scheme{membercard.M7DSR, membercard.M7DSR0} {
			want := membercard.ErrCheckDigit
			if other == scheme {
				want = nil
			}
			if _, err := profile(other).Read(number); !errors.Is(err, want) {
				t.Errorf("%s by %s: %v, want %v", number, other, err, want)
			}
		}
	}
}

func TestModulusSixteenDependsOnStartAndStop(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ start, payload, stop, check string }{
		{"A", "12345678", "A", ":"},
		{"A", "12345678", "B", "$"},
		{"b", "12345678", "b", "-"},
		{"D", "12345678", "D", "6"},
		{"A", "37859", "B", "+"}, // published: barcode-net.com
	} {
		p := profile(membercard.M16)
		p.Start, p.Stop = row.start, row.stop
		number := row.payload + row.check
		for _, in := range []string{number, row.start + number + row.stop, strings.ToLower(row.start + number + row.stop)} {
			if n, err := p.Read(in); err != nil || n.Reveal() != number {
				t.Errorf("%s with %s…%s: %v", in, row.start, row.stop, err)
			}
		}
		p.Start, p.Stop = "C", "B"
		if _, err := p.Read(number); !errors.Is(err, membercard.ErrCheckDigit) {
			t.Errorf("%s with C…B: %v", number, err)
		}
	}
}

// A label program stopped at nine digits: its integers had no room for more.
func TestNumbersLongerThanAnInteger(t *testing.T) {
	t.Parallel()
	for _, length := range []int{9, 10, 11, 12, 18, 19, 20, 63} {
		payload := strings.Repeat("9876543211", 7)[:length]
		n, _ := new(big.Int).SetString(payload, 10)
		seven := new(big.Int).Mod(n, big.NewInt(7)).Int64()
		nine := new(big.Int).Mod(n, big.NewInt(9)).Int64()
		for scheme, want := range map[membercard.Scheme]int64{
			membercard.M7DR: seven, membercard.M7DSR: 7 - seven, membercard.M9DR: nine, membercard.M9DSR: 9 - nine,
		} {
			if got := with(t, profile(scheme), payload)[length:]; got != fmt.Sprint(want) {
				t.Errorf("%s of %d digits: %s, want %d", scheme, length, got, want)
			}
		}
	}
	if _, err := profile(membercard.M7DR).Read(strings.Repeat("7", 64) + "0"); !errors.Is(err, membercard.ErrForm) {
		t.Errorf("65 characters: %v", err)
	}
}

func TestACheckDigitThatIsPrintedButNotStored(t *testing.T) {
	t.Parallel()
	card := membercard.Profile{
		Symbologies: []membercard.Symbology{membercard.NW7}, Start: "A", Stop: "A", Framed: true,
		Pattern: `[0-9]{8}`, Check: membercard.M7DR.Printed(), Display: "#### #### #",
	}
	n, err := card.Read("A001122332A")
	if err != nil || n.Reveal() != "00112233" {
		t.Fatalf("read %s: %v", n.Reveal(), err)
	}
	if _, code := card.Barcode(n); code != "A001122332A" || card.Handed(n).Reveal() != code || card.Shown(n) != "0011 2233 2" {
		t.Errorf("barcode %s, handed over %s, shown %s", code, card.Handed(n).Reveal(), card.Shown(n))
	}
	if _, err := card.Read("A00112233A"); err == nil {
		t.Error("read without the digit that the card has")
	}
	if _, err := card.Read("A001122339A"); !errors.Is(err, membercard.ErrCheckDigit) {
		t.Errorf("wrong digit: %v", err)
	}
	system := card
	system.Check, system.Pattern, system.Display = membercard.M7DR.Stored(), `[0-9]{9}`, "#### ####"
	n, err = system.Read("A00112233A")
	if err != nil || n.Reveal() != "001122332" {
		t.Fatalf("stored but not printed: read %s: %v", n.Reveal(), err)
	}
	if _, code := system.Barcode(n); code != "A00112233A" || system.Handed(n).Reveal() != code || system.Shown(n) != "0011 2233" {
		t.Errorf("barcode %s, handed over %s, shown %s", code, system.Handed(n).Reveal(), system.Shown(n))
	}
}
