package membercard_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/mykey"
)

func allSchemes() []membercard.Scheme {
	all := []membercard.Scheme{membercard.None}
	for _, s := range []membercard.Scheme{
		membercard.M10W21, membercard.M10W21Left, membercard.M10W21Bulk, membercard.M10W3, membercard.M7DR, membercard.M7DSR,
		membercard.M7DSR0, membercard.M9DR, membercard.M9DSR, membercard.M11W27X, membercard.M11W27Zero, membercard.M11W27None,
		membercard.M11W102, membercard.M16, membercard.M43,
	} {
		all = append(all, s, s.Printed(), s.Stored())
	}
	return all
}

// alphabet of a symbology that a scheme can reckon with.
func alphabet(s membercard.Symbology, check membercard.Scheme) string {
	switch {
	case s == membercard.JAN13 || s == membercard.JAN8:
		return "[0-9]"
	case strings.HasPrefix(string(check), "m16"), check == membercard.None && s == membercard.NW7:
		return `[0-9\-$:/.+]`
	case strings.HasPrefix(string(check), "m43"), check == membercard.None && s == membercard.Code39:
		return `[0-9A-Z\-.$/+%]`
	case check == membercard.None:
		return `[!-~]`
	default:
		return "[0-9]"
	}
}

// TestWhatABarcodeOfOursHoldsIsReadBack: every scheme in every symbology that can
// hold it, bare and framed, of every length that it has.
func TestWhatABarcodeOfOursHoldsIsReadBack(t *testing.T) {
	t.Parallel()
	pairs := 0
	for _, symbology := range []membercard.Symbology{
		membercard.NW7, membercard.JAN13, membercard.JAN8, membercard.Code39, membercard.Code128,
	} {
		for _, check := range allSchemes() {
			p := membercard.Profile{Symbologies: []membercard.Symbology{symbology}, Check: check}
			if symbology == membercard.NW7 {
				p.Start, p.Stop = "C", "D"
			}
			if p.Validate() != nil {
				continue // mod 43 is CODE39's, JAN has its own
			}
			pairs++
			rapid.Check(t, func(rt *rapid.T) {
				p := p
				p.Framed = symbology == membercard.NW7 && rapid.Bool().Draw(rt, "framed")
				n := draw(rt, p, symbology)
				kind, barcode := p.Barcode(n)
				if kind != symbology && symbology != membercard.NW7 && symbology != membercard.Code39 {
					rt.Fatalf("%s %s: barcode of another kind: %s", symbology, check, kind)
				}
				for what, out := range map[string]string{"barcode": barcode, "hand-over": p.Handed(n).Reveal(), "screen": p.Shown(n)} {
					if again, err := p.Read(out); err != nil || again != n {
						rt.Fatalf("%s %s: %s %q of %q read as %q (%v)", symbology, check, what, out, n.Reveal(), again.Reveal(), err)
					}
				}
				if symbology == membercard.NW7 && kind == membercard.NW7 {
					for _, scan := range []string{strings.ToLower(barcode), barcode[1 : len(barcode)-1], " " + barcode + "\r\n"} {
						if again, err := p.Read(scan); err != nil || again != n {
							rt.Fatalf("%s %s: scan %q of %q read as %q (%v)", symbology, check, scan, n.Reveal(), again.Reveal(), err)
						}
					}
				}
			})
		}
	}
	t.Logf("pairs of symbology and scheme: %d", pairs)
	if pairs < 100 {
		t.Errorf("%d pairs of symbology and scheme", pairs)
	}
}

// draw makes a number of the profile's, as a system that issues cards would.
func draw(rt *rapid.T, p membercard.Profile, symbology membercard.Symbology) mykey.ServiceID {
	issuing := p
	issuing.Framed = false
	name := strings.TrimSuffix(strings.TrimSuffix(string(p.Check), "-printed"), "-stored")
	check := membercard.Scheme(name)
	lengths := "{1,60}"
	switch {
	case symbology == membercard.JAN13:
		lengths, check, issuing.Check = "{11}", membercard.M10W3, membercard.M10W3.Stored()
	case symbology == membercard.JAN8:
		lengths, check, issuing.Check = "{6}", membercard.M10W3, membercard.M10W3.Stored()
	case check == membercard.M11W102:
		lengths = "{1,9}"
	}
	first := ""
	if symbology == membercard.JAN13 || symbology == membercard.JAN8 {
		first, issuing.Symbologies = "2", nil
	}
	payloads := rapid.StringMatching("^" + first + alphabet(symbology, check) + lengths + "$")
	n, ok := mykey.ServiceID{}, false
	payload := payloads.Filter(func(payload string) bool {
		var err error
		if check == membercard.None {
			n, err = mykey.ParseServiceID(payload)
			if err == nil {
				_, err = p.Read(payload) // what looks framed is read without its frame
			}
			ok = err == nil
			return ok
		}
		if p.Check == membercard.M43.Printed() { // its check character may be a blank, which no number has
			n, err = mykey.ParseServiceID(payload)
			if err == nil && strings.HasSuffix(payload, "J") { // "C7J" may be C7 with its check: without a pattern Read refuses
				_, code := p.Barcode(n)
				_, err = p.Read("*" + code + "*")
			}
			ok = err == nil
			return ok
		}
		issuing := issuing
		issuing.Check = check.Stored()
		whole, err := issuing.Read(payload)
		if err != nil || symbology == membercard.NW7 && strings.HasSuffix(whole.Reveal(), "X") {
			return false // not issued, or NW-7 has no X
		}
		n, ok = whole, true
		if strings.HasSuffix(string(p.Check), "-printed") {
			n, err = mykey.ParseServiceID(payload)
			ok = err == nil
		}
		return ok
	}).Draw(rt, "payload")
	if !ok || payload == "" {
		rt.Fatal("no number")
	}
	return n
}

// FuzzRead: whatever comes in, whatever the rule, Read does not panic, and what it
// accepts leads back from the hand-over and from the barcode.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"00112235", "A00112235A", "ａ００１１２２３５ａ", "*AB12O*", "AJ09 ", "2900001234566", "9784883804788", "1000005X", "12345678:",
		"0011 2235", "A1234-5678A", "\x02]F0A1A\x03", "", "AA", "A1B", "２", "\xff", "AB1J",
	} {
		for shape := range byte(12) {
			f.Add(seed, shape, shape*5, "", `[0-9]{8}`)
		}
		f.Add(seed, byte(3), byte(2), "2", "")
	}
	checks := allSchemes()
	symbologies := [][]membercard.Symbology{
		nil, {"NW7"}, {"JAN13"}, {"JAN8"}, {"CODE39"}, {"CODE128"}, {"NW7", "CODE39"}, {"CODE39", "NW7"}, {"JAN13", "NW7"}, {"NW7", "JAN8", "CODE128"},
	}
	f.Fuzz(func(t *testing.T, input string, shape, check byte, prefix, item string) {
		p := membercard.Profile{
			Symbologies: symbologies[int(shape)%len(symbologies)], Check: checks[int(check)%len(checks)], Prefix: prefix, Item: item,
		}
		if shape&0x10 != 0 {
			p.Start, p.Stop = "A", "B"
		}
		p.Framed = shape&0x20 != 0
		if shape&0x40 != 0 {
			p.Pattern, p.Display = `[0-9A-Z]{8,9}`, "#### ####"
		}
		n, err := p.Read(input)
		if invalid := p.Validate(); invalid != nil {
			if !errors.Is(err, membercard.ErrProfile) {
				t.Fatalf("%+v reads: %v", p, err)
			}
			return
		}
		if err != nil {
			if !slices.ContainsFunc([]error{membercard.ErrForm, membercard.ErrCheckDigit, membercard.ErrItem}, func(e error) bool { return err == e }) {
				t.Fatalf("error %v", err)
			}
			return
		}
		_, barcode := p.Barcode(n)
		for _, out := range []string{p.Handed(n).Reveal(), barcode} {
			if again, err := p.Read(out); err != nil || again != n {
				t.Fatalf("%+v: %q accepted as %q, but %q reads %q (%v)", p, input, n.Reveal(), out, again.Reveal(), err)
			}
		}
		if err := p.Same(n, barcode); err != nil {
			t.Fatalf("second reading: %v", err)
		}
	})
}
