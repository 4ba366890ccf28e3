package membercard_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app/membercard"
)

// TestCardsThatOthersDraw: zint draws member cards with made-up numbers, zbar
// reads the pictures, and what it reads is the number. zint also reckons the check
// digits of JAN, CODE39 (mod 43) and NW-7 (modulus 16): a witness for ours.
func TestCardsThatOthersDraw(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"zint", "zbarimg"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped=1 reason=%q", program+" is not installed")
		}
	}
	nw7, code39, code128 := []membercard.Symbology{"NW7"}, []membercard.Symbology{"CODE39"}, []membercard.Symbology{"CODE128"}
	anyPair := membercard.Profile{Symbologies: nw7}
	sixteen := membercard.Profile{Symbologies: nw7, Start: "A", Stop: "A", Check: membercard.M16}
	sixteenAB := membercard.Profile{Symbologies: nw7, Start: "A", Stop: "B", Check: membercard.M16.Printed()}
	plain39 := membercard.Profile{Symbologies: code39, Pattern: `[0-9A-Z-]{5,12}`}
	mod43 := membercard.Profile{Symbologies: code39, Pattern: `[0-9A-Z]{4,8}`, Check: membercard.M43.Printed()}
	jan8 := membercard.Profile{Symbologies: []membercard.Symbology{"JAN8"}}
	withoutCheck := shop()
	withoutCheck.Pattern, withoutCheck.Check = `2[0-9]{11}`, membercard.M10W3.Printed()
	const withCheck = "--vers=1"

	for _, card := range []struct {
		name   string
		rule   membercard.Profile
		zint   []string // symbology and what else zint is told
		data   string
		number string
	}{
		{"NW-7, Luhn", library(), []string{"CODABAR"}, "A00112235A", "00112235"},
		{"NW-7, leading zeros", anyPair, []string{"CODABAR"}, "A0000001A", "0000001"},
		{"NW-7, B…C", anyPair, []string{"CODABAR"}, "B00112233C", "00112233"},
		{"NW-7, D…D", anyPair, []string{"CODABAR"}, "D12345678D", "12345678"},
		{"NW-7, every sign", anyPair, []string{"CODABAR"}, "A12-$:/.+5A", "12-$:/.+5"},
		{"NW-7, four digits", anyPair, []string{"CODABAR"}, "A0070A", "0070"},
		{"NW-7, 14 digits of US libraries", membercard.Profile{Symbologies: nw7, Pattern: `2[0-9]{13}`, Check: membercard.M10W21Left}, []string{"CODABAR"}, "A21112000698132A", "21112000698132"},
		{"NW-7, 7DR of a long number", membercard.Profile{Symbologies: nw7, Check: membercard.M7DR}, []string{"CODABAR"}, "A999912345670A", "999912345670"},
		{"NW-7, modulus 16 by zint", sixteen, []string{"CODABAR", withCheck}, "A12345678A", "12345678:"},
		{"NW-7, modulus 16 by zint, seven digits", sixteen, []string{"CODABAR", withCheck}, "A1234567A", "12345674"},
		{"NW-7, modulus 16 by zint, A…B, printed alone", sixteenAB, []string{"CODABAR", withCheck}, "A37859B", "37859"},
		{"JAN-13 of a shop", shop(), []string{"EANX"}, "290000123456", "2900001234566"},
		{"JAN-13, the last in-store beginning", shop(), []string{"EANX"}, "299999999999", "2999999999991"},
		{"JAN-13, the check digit not stored", withoutCheck, []string{"EANX"}, "200000000001", "200000000001"},
		{"JAN-8 of a shop", jan8, []string{"EANX"}, "2900012", "29000128"},
		{"JAN-8, all zeros", jan8, []string{"EANX"}, "2000000", "20000004"},
		{"CODE39, letters and a hyphen", plain39, []string{"CODE39"}, "A1234-5678A", "A1234-5678A"},
		{"CODE39, digits", plain39, []string{"CODE39"}, "00112233", "00112233"},
		{"CODE39, mod 43 by zint", mod43, []string{"CODE39", withCheck}, "CODE39", "CODE39"},
		{"CODE39, mod 43 by zint, digits", mod43, []string{"CODE39", withCheck}, "12345678", "12345678"},
		{"CODE39, mod 43 by zint, a blank", mod43, []string{"CODE39", withCheck}, "AJ09", "AJ09"},
		{"CODE128, small letters", membercard.Profile{Symbologies: code128}, []string{"CODE128"}, "lib-00012345", "lib-00012345"},
		{"CODE128, digits", membercard.Profile{Symbologies: code128}, []string{"CODE128"}, "0000001", "0000001"},
		{"any symbology", membercard.Profile{Pattern: `[0-9]{8}`}, []string{"CODABAR"}, "C00112233D", "00112233"},
	} {
		t.Run(card.name, func(t *testing.T) {
			t.Parallel()
			scan := scanned(t, card.zint, card.data)
			n, err := card.rule.Read(scan)
			if err != nil || n.Reveal() != card.number {
				t.Errorf("zbar read %q, which is %q (%v), want %q", scan, n.Reveal(), err, card.number)
			}
			if err := card.rule.Same(n, strings.ToLower(scan)); card.zint[0] == "CODABAR" && err != nil {
				t.Errorf("the same scan in small letters: %v", err)
			}
			// And our own screen barcode, drawn by zint, leads back too.
			symbology, code := card.rule.Barcode(n)
			ours := map[membercard.Symbology]string{"NW7": "CODABAR", "JAN13": "EANX_CHK", "JAN8": "EANX_CHK", "CODE39": "CODE39", "CODE128": "CODE128"}
			if again, err := card.rule.Read(scanned(t, []string{ours[symbology]}, code)); err != nil || again != n {
				t.Errorf("our barcode %s %q leads to %q (%v)", symbology, code, again.Reveal(), err)
			}
		})
	}
}

// scanned draws data as a barcode and reads the picture.
func scanned(t *testing.T, zint []string, data string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	picture := filepath.Join(t.TempDir(), "card.png")
	arguments := append([]string{"--scale=3", "--quietzones", "-o", picture, "-d", data, "-b"}, zint...)
	if out, err := exec.CommandContext(ctx, "zint", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("zint %v: %v: %s", arguments, err, out)
	}
	scan, err := exec.CommandContext(ctx, "zbarimg", "--nodbus", "--raw", "-q", "-Scodabar.enable", "-Sean8.enable", "-Sean13.enable", picture).Output()
	if err != nil {
		t.Fatalf("zbarimg of %q: %v", data, err)
	}
	return strings.TrimSuffix(string(scan), "\n")
}
