package membercard_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/app/membercard"
)

// cards makes scans of n different cards: payloads of these widths behind begins,
// with check digit, as show prints them.
func cards(t testing.TB, p membercard.Profile, n int, show func(number string) string, begins string, widths ...int) []string {
	t.Helper()
	random := rand.New(rand.NewPCG(3, uint64(n)))
	p.Framed = false
	stored := p
	stored.Check = p.Check.Stored()
	var all []string
	for i := 0; len(all) < n; i++ {
		payload := begins + fmt.Sprintf("%0*d", widths[i%len(widths)], random.Int64N(int64(math.Pow10(widths[i%len(widths)]))))
		number, err := payload, error(nil)
		if p.Check != membercard.None {
			made, failed := stored.Read(payload)
			number, err = made.Reveal(), failed
		}
		if scan := show(number); err == nil && !slices.Contains(all, scan) {
			all = append(all, scan)
		}
	}
	return all
}

func bare(number string) string { return number }

func framed(start, stop string) func(string) string {
	return func(number string) string { return start + number + stop }
}

func learn(t testing.TB, samples []string) membercard.Proposal {
	t.Helper()
	proposal, err := membercard.Learn(samples)
	if err != nil {
		t.Fatalf("learn: %v", err)
	}
	for _, p := range append([]membercard.Profile{proposal.Profile}, proposal.Others...) {
		if err := p.Validate(); err != nil {
			t.Errorf("proposed rule: %v", err)
		}
		for i, sample := range samples {
			if _, err := p.Read(sample); err != nil {
				t.Errorf("the rule with check %s refuses sample %d, %q: %v", p.Check, i+1, sample, err)
			}
		}
	}
	return proposal
}

func TestTheRuleLearntFromTenCards(t *testing.T) {
	t.Parallel()
	nw7, code39, jan13 := []membercard.Symbology{"NW7"}, []membercard.Symbology{"CODE39"}, []membercard.Symbology{"JAN13"}
	typed := []membercard.Symbology{"NW7", "CODE39", "CODE128"}
	ab := membercard.Profile{Symbologies: nw7, Start: "A", Stop: "B", Check: membercard.M16}
	for _, row := range []struct {
		name     string
		samples  []string
		want     membercard.Profile
		fits     []membercard.Scheme
		carriers []membercard.Symbology
		notes    []membercard.Note
	}{
		{
			"NW-7, Luhn, scanner sends A…A",
			cards(t, profile(membercard.M10W21), 10, framed("A", "A"), "", 7),
			membercard.Profile{Symbologies: nw7, Start: "A", Stop: "A", Framed: true, Pattern: `[0-9]{8}`, Check: "m10w21"},
			[]membercard.Scheme{"m10w21", "m10w21-left"},
			nw7,
			[]membercard.Note{"schemes"}, // seven digits before the check: both are the same
		},
		{
			"the same with eight digits before the check",
			cards(t, profile(membercard.M10W21), 10, framed("c", "d"), "", 8),
			membercard.Profile{Symbologies: nw7, Start: "C", Stop: "D", Framed: true, Pattern: `[0-9]{9}`, Check: "m10w21"},
			[]membercard.Scheme{"m10w21"},
			nw7, nil,
		},
		{
			"US 14 digits, from left",
			cards(t, profile(membercard.M10W21Left), 12, bare, "", 13),
			membercard.Profile{Pattern: `[0-9]{14}`, Check: "m10w21"},
			[]membercard.Scheme{"m10w21", "m10w21-left"},
			typed,
			[]membercard.Note{"schemes", "symbology"},
		},
		{
			"the scanner sends no frame, 7DR, two lengths",
			cards(t, profile(membercard.M7DR), 20, bare, "", 7, 8),
			membercard.Profile{Pattern: `[0-9]{8,9}`, Check: "7dr"},
			[]membercard.Scheme{"7dr"},
			typed,
			[]membercard.Note{"symbology", "lengths"},
		},
		{
			"modulus 11, and one card has the X",
			append(cards(t, profile(membercard.M11W27X), 9, bare, "", 7), "1000005X"),
			membercard.Profile{Pattern: `[0-9]{7}[0-9X]`, Check: "m11w2-7-x"},
			[]membercard.Scheme{"m11w2-7-x"},
			[]membercard.Symbology{"CODE39", "CODE128"},
			[]membercard.Note{"symbology"},
		},
		{
			"modulus 16, frame sent",
			cards(t, ab, 10, framed("a", "b"), "", 6),
			membercard.Profile{Symbologies: nw7, Start: "A", Stop: "B", Framed: true, Pattern: `[0-9]{6}[0-9\$\+\-\.\/\:]`, Check: "m16"},
			[]membercard.Scheme{"m16"},
			nw7, nil,
		},
		{
			"modulus 16, frame not sent",
			cards(t, ab, 10, bare, "", 6),
			membercard.Profile{Symbologies: nw7, Start: "A", Stop: "B", Pattern: `[0-9]{6}[0-9\$\+\-\.\/\:]`, Check: "m16"},
			[]membercard.Scheme{"m16"},
			typed,
			[]membercard.Note{"symbology", "pair"},
		},
		{
			"JAN of the shop",
			cards(t, profile(membercard.M10W3), 10, bare, "290", 9),
			membercard.Profile{Symbologies: jan13, Pattern: `2[0-9]{12}`, Check: "m10w3"},
			[]membercard.Scheme{"m10w3"},
			[]membercard.Symbology{"NW7", "JAN13", "CODE39", "CODE128"},
			nil,
		},
		{
			"JAN with a company's own beginning",
			cards(t, profile(membercard.M10W3), 10, bare, "4912345", 5),
			membercard.Profile{Symbologies: jan13, Pattern: `49[0-9]{11}`, Check: "m10w3"},
			[]membercard.Scheme{"m10w3"},
			[]membercard.Symbology{"NW7", "JAN13", "CODE39", "CODE128"},
			[]membercard.Note{"goods"},
		},
		{
			"JAN-8 of the shop",
			cards(t, profile(membercard.M10W3), 10, bare, "2", 6),
			membercard.Profile{Symbologies: []membercard.Symbology{"JAN8"}, Pattern: `2[0-9]{7}`, Check: "m10w3"},
			[]membercard.Scheme{"m10w3"},
			[]membercard.Symbology{"NW7", "JAN8", "CODE39", "CODE128"},
			nil,
		},
		{
			"eight digits with the check digit of JAN, of any beginning",
			append(cards(t, profile(membercard.M10W3), 5, bare, "1", 6), cards(t, profile(membercard.M10W3), 5, bare, "5", 6)...),
			membercard.Profile{Pattern: `[0-9]{8}`, Check: "m10w3"},
			[]membercard.Scheme{"m10w3"},
			[]membercard.Symbology{"NW7", "JAN8", "CODE39", "CODE128"},
			[]membercard.Note{"symbology", "goods"},
		},
		{
			"letters and a hyphen, no check digit",
			cards(t, membercard.Profile{Check: "none"}, 10, func(n string) string { return "*LB-" + n + "*" }, "", 6),
			membercard.Profile{Symbologies: code39, Pattern: `LB-[0-9]{6}`, Check: "none"},
			nil, code39,
			[]membercard.Note{"no-check"},
		},
		{
			"typed as printed, with blanks",
			cards(t, profile(membercard.M9DSR), 10, func(n string) string { return n[:4] + " " + n[4:] }, "", 7),
			membercard.Profile{Pattern: `[0-9]{8}`, Check: "9dsr", Display: "#### ####"},
			[]membercard.Scheme{"9dsr"},
			typed,
			[]membercard.Note{"symbology"},
		},
		{
			"a scanner that names the symbology, between STX and ETX",
			cards(t, profile(membercard.M10W21Bulk), 10, func(n string) string { return "\x02]F0" + n + "\x03\r" }, "", 7),
			membercard.Profile{Symbologies: nw7, Prefix: "\x02]F0", Suffix: "\x03", Pattern: `[0-9]{8}`, Check: "m10w21-bulk"},
			[]membercard.Scheme{"m10w21-bulk"},
			nw7, nil,
		},
		{
			"CODE39 with its own check character",
			cards(t, profile(membercard.M43), 10, framed("*", "*"), "", 6),
			membercard.Profile{Symbologies: code39, Pattern: `[0-9]{6}`, Check: "m43-printed"},
			[]membercard.Scheme{"m43-printed"},
			code39, nil,
		},
		{
			"the same bare, and a blank as check character trimmed away",
			append(cards(t, profile(membercard.M43), 9, bare, "", 6), "999920"),
			membercard.Profile{Pattern: `[0-9]{6}`, Check: "m43-printed"},
			[]membercard.Scheme{"m43-printed"},
			[]membercard.Symbology{"CODE39", "CODE128"},
			[]membercard.Note{"symbology", "lengths"},
		},
		{
			"a typed number after full-width input",
			cards(t, profile(membercard.M7DSR), 10, func(n string) string {
				return strings.Map(func(c rune) rune { return c - '0' + '０' }, n)
			}, "", 7),
			membercard.Profile{Pattern: `[0-9]{8}`, Check: "7dsr"},
			[]membercard.Scheme{"7dsr"},
			typed,
			[]membercard.Note{"symbology"},
		},
	} {
		got := learn(t, row.samples)
		want, _ := json.Marshal(row.want)
		if made, _ := json.Marshal(got.Profile); string(made) != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", row.name, made, want)
		}
		if !slices.Equal(got.Fits, row.fits) || !slices.Equal(got.Carriers, row.carriers) || !slices.Equal(got.Notes, row.notes) {
			t.Errorf("%s: fits %v, carriers %v, notes %v; want %v, %v, %v", row.name, got.Fits, got.Carriers, got.Notes, row.fits, row.carriers, row.notes)
		}
	}
}

func TestWhatIsLearntIsHonestAboutDoubt(t *testing.T) {
	t.Parallel()
	// Ten cards of which none has the 10: three settings fit, and the assistant says so.
	p := profile(membercard.M11W27None)
	got := learn(t, cards(t, p, 10, bare, "", 7))
	if want := []membercard.Scheme{"m11w2-7-x", "m11w2-7-none", "m11w2-7-0"}; !slices.Equal(got.Fits, want) || !slices.Contains(got.Notes, membercard.NoteSchemes) {
		t.Errorf("fits %v, notes %v", got.Fits, got.Notes)
	}
	if len(got.Others) != 3 || got.Others[2].Check != membercard.None {
		t.Errorf("%d other rules", len(got.Others))
	}
	if want := math.Pow(1./11, 10); math.Abs(got.Chance/want-1) > 1e-9 {
		t.Errorf("chance %g, want %g", got.Chance, want)
	}
	got = learn(t, cards(t, profile(membercard.M7DR), 10, bare, "", 8))
	if want := math.Pow(1./7, 10); math.Abs(got.Chance/want-1) > 1e-9 {
		t.Errorf("chance of 7DR %g, want %g", got.Chance, want)
	}
	// Start and stop are not sent: seven sums of a pair were tried.
	got = learn(t, cards(t, profile(membercard.M16), 10, bare, "", 7))
	if want := 7 * math.Pow(1./16, 10); math.Abs(got.Chance/want-1) > 1e-9 {
		t.Errorf("chance of M16 without its pair %g, want %g", got.Chance, want)
	}
	// Nothing fits: said, and a misread digit will pass.
	got = learn(t, cards(t, membercard.Profile{Check: membercard.None}, 20, bare, "", 7))
	if got.Profile.Check != membercard.None || len(got.Fits) != 0 || got.Chance != 1 || !slices.Contains(got.Notes, membercard.NoteNoCheck) {
		t.Errorf("check %s, fits %v, chance %g, notes %v", got.Profile.Check, got.Fits, got.Chance, got.Notes)
	}
	// Remainder 0 among the cards decides between the two usages of 7DSR.
	seven := cards(t, profile(membercard.M7DSR), 9, bare, "", 6)
	if got := learn(t, append(seven, "0000147")); !slices.Equal(got.Fits, []membercard.Scheme{"7dsr"}) {
		t.Errorf("fits %v", got.Fits)
	}
}

func TestSamplesThatMakeNoRule(t *testing.T) {
	t.Parallel()
	ten := cards(t, profile(membercard.M10W21), 10, framed("A", "A"), "", 7)
	loose := cards(t, profile(membercard.M10W21), 10, bare, "", 7)
	numbers := cards(t, membercard.Profile{Check: membercard.None}, 10, bare, "", 7)
	with := func(all []string, i int, other string) []string {
		all = slices.Clone(all)
		all[i] = other
		return all
	}
	for name, samples := range map[string][]string{
		"none":                                        nil,
		"nine":                                        ten[:9],
		"ten scans of nine cards":                     with(ten, 9, ten[0]),
		"the same card in small letters":              with(ten, 9, strings.ToLower(ten[0])),
		"another start and stop":                      with(ten, 4, "B"+ten[4][1:len(ten[4])-1]+"B"),
		"one without start and stop":                  with(ten, 4, ten[4][1:len(ten[4])-1]),
		"one in CODE39":                               with(loose, 4, "*"+loose[4]+"*"),
		"one in CODE39, as long as the rest":          with(numbers, 4, "*12345*"),
		"one with a frame, as long as the rest":       with(numbers, 4, "A12345A"),
		"an ISBN among eight digits":                  with(loose, 4, "9784883804788"),
		"an ISBN among numbers without a check digit": with(numbers, 4, "9784883804788"),
		"a name among numbers":                        with(loose, 4, "YAMADA"),
		"one misread":                                 with(loose, 4, loose[4][:7]+string('0'+(loose[4][7]-'0'+1)%10)),
		"one with another prefix":                     with(loose, 4, "\x02"+loose[4]),
		"nothing read":                                with(loose, 4, ""),
		"kana":                                        with(loose, 4, "ﾔﾏﾀﾞ"),
		"a page of text":                              with(loose, 4, strings.Repeat("1", 2000)),
		"65 characters":                               with(loose, 4, strings.Repeat("1", 65)),
		"a circled digit":                             with(numbers, 4, "①234567"),
		"books instead of cards":                      isbns(10),
		"a scanner that says EAN, wrongly":            prefixed("]E0", loose),
	} {
		if proposal, err := membercard.Learn(samples); !errors.Is(err, membercard.ErrSamples) {
			t.Errorf("%s: %v, proposes %+v", name, err, proposal.Profile)
		}
	}
}

func isbns(n int) (all []string) {
	for i := range n {
		payload := fmt.Sprintf("%d%09d", 978-i%2*786, 488380000+i*7919) // 978… and 192…
		digit := 0
		for j := range payload {
			digit += int(payload[j]-'0') * (1 + j%2*2)
		}
		all = append(all, payload+fmt.Sprint((10-digit%10)%10))
	}
	return all
}

func prefixed(prefix string, all []string) (out []string) {
	for _, s := range all {
		out = append(out, prefix+s)
	}
	return out
}

// TestTheTrueSchemeIsAlwaysAmongThoseThatFit, whatever the cards, their length and
// how the scanner sends them.
func TestTheTrueSchemeIsAlwaysAmongThoseThatFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		scheme := rapid.SampledFrom([]membercard.Scheme{
			"m10w21", "m10w21-left", "m10w21-bulk", "m10w3", "7dr", "7dsr", "7dsr-0", "9dr", "9dsr", "m11w2-7-0", "m11w2-7-none", "m16",
		}).Draw(rt, "scheme")
		p := profile(scheme)
		issuing := p
		issuing.Check = scheme.Stored()
		width := rapid.IntRange(5, 20).Draw(rt, "width")
		frame := rapid.Bool().Draw(rt, "frame")
		payloads := rapid.SliceOfNDistinct(rapid.StringMatching(fmt.Sprintf("^2[0-9]{%d}$", width-1)), 10, 15, rapid.ID[string]).Draw(rt, "payloads")
		var samples []string
		for _, payload := range payloads {
			n, err := issuing.Read(payload)
			if err != nil {
				continue // not issued
			}
			sample := n.Reveal()
			if frame {
				sample = "A" + sample + "A"
			}
			samples = append(samples, sample)
		}
		if len(samples) < 10 {
			return
		}
		got, err := membercard.Learn(samples)
		if err != nil || !slices.Contains(got.Fits, scheme) {
			rt.Fatalf("%s: fits %v (%v)", scheme, got.Fits, err)
		}
		for _, sample := range samples {
			if _, err := got.Profile.Read(sample); err != nil {
				rt.Fatalf("%s: refuses %q: %v", scheme, sample, err)
			}
		}
	})
}

// FuzzLearn: whatever the samples, Learn does not panic, and what it proposes is
// valid and accepts every one. The samples are ten numbers of one kind, and one
// that may be anything.
func FuzzLearn(f *testing.F) {
	for i := range allSchemes() {
		f.Add("A", "", "A", byte(i), byte(7), uint64(i), "")
		f.Add("", "", "", byte(i), byte(8), uint64(i), "")
		f.Add("", "LB-", "", byte(i), byte(5), uint64(i), "LB-1")
		f.Add("*", "", "*", byte(i), byte(6), uint64(i), "*1234 *")
	}
	f.Add("\x02]E0", "290", "\x03", byte(10), byte(9), uint64(1), "")
	f.Add("", "49", "", byte(10), byte(10), uint64(1), "9784883804788")
	f.Add(" ", "12 3", "\r", byte(0), byte(1), uint64(1), "\xff")
	f.Add("Ａ", "①", "ａ", byte(0), byte(1), uint64(1), "C7J ")
	f.Fuzz(func(t *testing.T, before, begins, behind string, scheme, width byte, seed uint64, other string) {
		p := profile(allSchemes()[int(scheme)%len(allSchemes())])
		random := rand.New(rand.NewPCG(seed, 1))
		var samples []string
		for range 10 + seed%3 {
			payload := fmt.Sprintf("%0*d", width%24, random.Int64N(1+int64(math.Pow10(int(width%18)))))
			number := begins + payload
			if n, err := p.Read(number); err == nil {
				number = n.Reveal() // with its check digit, where the scheme stores one
			}
			samples = append(samples, before+number+behind)
		}
		if other != "" {
			samples[int(width)%10] = other
		}
		proposal, err := membercard.Learn(samples)
		if err != nil {
			if !errors.Is(err, membercard.ErrSamples) {
				t.Fatalf("error %v", err)
			}
			return
		}
		learn(t, samples)
		if len(proposal.Others) > len(proposal.Fits) || len(proposal.Fits) > len(proposal.Others)+1 {
			t.Fatalf("%d schemes fit, %d other rules", len(proposal.Fits), len(proposal.Others))
		}
	})
}
