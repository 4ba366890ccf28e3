package membercard_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/mykey"
)

// library is a town library's rule: eight digits, Luhn, NW-7 between A and A.
func library() membercard.Profile {
	return membercard.Profile{
		Symbologies: []membercard.Symbology{membercard.NW7}, Start: "A", Stop: "A",
		Pattern: `[0-9]{8}`, Check: membercard.M10W21, Display: "#### ####",
	}
}

func shop() membercard.Profile {
	return membercard.Profile{Symbologies: []membercard.Symbology{membercard.JAN13}, Pattern: `[0-9]{13}`}
}

func TestWhatAScanOrATypedNumberBecomes(t *testing.T) {
	t.Parallel()
	any39 := membercard.Profile{Symbologies: []membercard.Symbology{membercard.Code39}, Pattern: `[0-9A-Z-]{4,12}`}
	mod43 := any39
	mod43.Check, mod43.Pattern = membercard.M43.Printed(), `[0-9A-Z]{4}`
	wide43 := mod43
	wide43.Pattern = ""
	code128 := membercard.Profile{Symbologies: []membercard.Symbology{membercard.Code128}, Pattern: `[0-9A-Za-z*-]{4,64}`}
	unknownPair := library()
	unknownPair.Start, unknownPair.Stop = "", ""
	wrapped := library()
	wrapped.Prefix, wrapped.Suffix = "\x02]F0", "#\x03"
	digitPrefix := membercard.Profile{Prefix: "2", Pattern: `[0-9]{7}`}
	vague := membercard.Profile{Prefix: "2", Pattern: `[0-9]{6,7}`}
	jan8 := membercard.Profile{Symbologies: []membercard.Symbology{membercard.JAN8}}
	maker := membercard.Profile{Symbologies: []membercard.Symbology{membercard.JAN13}, Pattern: `4912345[0-9]{6}`}
	letters := membercard.Profile{Pattern: `A[0-9]{4}-[0-9]{4}A`}
	books := library()
	books.Item = `[BD][0-9]{8}[BD]|9[0-9]{8}`

	for _, row := range []struct {
		name  string
		rule  membercard.Profile
		input string
		want  string
		err   error
	}{
		{"typed", library(), "00112235", "00112235", nil},
		{"with start and stop", library(), "A00112235A", "00112235", nil},
		{"in small letters", library(), "a00112235a", "00112235", nil},
		{"one capital, one small", library(), "A00112235a", "00112235", nil},
		{"another pair than this library's", library(), "B00112235B", "", membercard.ErrForm},
		{"another stop alone", library(), "A00112235B", "", membercard.ErrForm},
		{"start without stop", library(), "A00112235", "", membercard.ErrForm},
		{"any pair, where none is known", unknownPair, "C00112235D", "00112235", nil},
		{"no pair, where none is known", unknownPair, "00112235", "00112235", nil},
		{"a letter past D is no start", unknownPair, "E00112235E", "", membercard.ErrForm},
		{"as the card prints it", library(), "0011 2235", "00112235", nil},
		{"a blank in another place", library(), "001 12235", "", membercard.ErrForm},
		{"a blank inside start and stop", library(), "A0011 2235A", "", membercard.ErrForm},
		{"blanks around", library(), " \t00112235 \r\n", "00112235", nil},
		{"full-width, with start and stop", library(), "Ａ００１１２２３５Ａ", "00112235", nil},
		{"full-width small letters and blank", library(), "　ａ０0112235ａ　", "00112235", nil},
		{"a no-break space around", library(), "\u00a000112235", "", membercard.ErrForm},
		{"full-width as printed", library(), "００１１　２２３５", "00112235", nil},
		{"a circled digit is no digit", library(), "00①12235", "", membercard.ErrForm},
		{"a superscript digit is no digit", library(), "00¹12235", "", membercard.ErrForm},
		{"an Arabic digit is no digit", library(), "٠0112235", "", membercard.ErrForm},
		{"half-width kana", library(), "0011223ｱ", "", membercard.ErrForm},
		{"a zero-width space", library(), "00112235\u200b", "", membercard.ErrForm},
		{"bytes that are no text", library(), "00112235\xff", "", membercard.ErrForm},
		{"nothing", library(), "", "", membercard.ErrForm},
		{"a blank alone", library(), "　", "", membercard.ErrForm},
		{"a start and stop alone", library(), "AA", "", membercard.ErrForm},
		{"seven digits", library(), "0011223", "", membercard.ErrForm},
		{"nine digits", library(), "001122335", "", membercard.ErrForm},
		{"zeros before are lost", library(), "112235", "", membercard.ErrForm},
		{"one digit misread", library(), "A00112245A", "", membercard.ErrCheckDigit},
		{"neighbours swapped", library(), "00121235", "", membercard.ErrCheckDigit},
		{"a page of text", library(), strings.Repeat("0", 5000), "", membercard.ErrForm},

		{"a hyphen", letters, "A1234-5678A", "A1234-5678A", nil},
		{"a minus sign U+2212", letters, "A1234−5678A", "", membercard.ErrForm},
		{"a hyphen U+2010", letters, "A1234‐5678A", "", membercard.ErrForm},
		{"a full-width hyphen U+FF0D", letters, "A1234－5678A", "", membercard.ErrForm},
		{"letters that belong to the number, full-width", letters, "Ａ１２３４-５６７８Ａ", "A1234-5678A", nil},
		{"no rule at all", membercard.Profile{}, "0000001", "0000001", nil},
		{"no rule at all, framed", membercard.Profile{}, "A0000001B", "0000001", nil},
		{"no rule at all, 64 characters", membercard.Profile{}, strings.Repeat("Z", 64), strings.Repeat("Z", 64), nil},
		{"no rule at all, 65 characters", membercard.Profile{}, strings.Repeat("Z", 65), "", membercard.ErrForm},

		{"what the scanner adds", wrapped, "\x02]F0A00112235A#\x03\r", "00112235", nil},
		{"only what it adds before", wrapped, "\x02]F0A00112235A", "00112235", nil},
		{"typed, nothing added", wrapped, "00112235", "00112235", nil},
		{"another scanner's prefix", wrapped, "\x02]A000112235", "", membercard.ErrForm},
		{"a number that begins like the prefix", digitPrefix, "2123456", "2123456", nil},
		{"the same behind the prefix", digitPrefix, "22123456", "2123456", nil},
		{"prefix or number: nobody can tell", vague, "2123456", "", membercard.ErrForm},

		{"CODE39 bare", any39, "AB-1234", "AB-1234", nil},
		{"CODE39 with its two *", any39, "*AB-1234*", "AB-1234", nil},
		{"CODE39 with one *", any39, "*AB-1234", "", membercard.ErrForm},
		{"CODE39 has no small letters", any39, "ab-1234", "", membercard.ErrForm},
		{"CODE39 takes no NW-7 frame", any39, "A1234567A", "A1234567A", nil},
		{"mod 43", mod43, "*AB12O*", "AB12", nil},
		{"mod 43 misread", mod43, "*AB12P*", "", membercard.ErrCheckDigit},
		{"mod 43, check character is a blank", mod43, "*9995 *", "", membercard.ErrCheckDigit},
		{"mod 43, a blank that is right", mod43, "*AJ09 *", "AJ09", nil},
		{"mod 43, the blank trimmed away", mod43, "AJ09", "AJ09", nil},
		{"mod 43, what is handed over would be read as C7", wide43, "*C7J *", "", membercard.ErrForm},
		{"CODE128", code128, "ab-1234", "ab-1234", nil},
		{"CODE128 keeps *", code128, "*1234*", "*1234*", nil},

		{"JAN of the shop", shop(), "2900001234566", "2900001234566", nil},
		{"JAN misread", shop(), "2900001234576", "", membercard.ErrCheckDigit},
		{"JAN 12 digits", shop(), "290000123456", "", membercard.ErrForm},
		{"JAN on goods", shop(), "4901234567894", "", membercard.ErrItem},
		{"JAN on a book", shop(), "9784883804788", "", membercard.ErrItem},
		{"JAN of a price row", shop(), "1920095012001", "", membercard.ErrItem},
		{"JAN of foreign goods", shop(), "3012345678902", "", membercard.ErrItem},
		{"JAN-8 of the shop", jan8, "29000128", "29000128", nil},
		{"JAN-8 on goods", jan8, "45123450", "", membercard.ErrItem},
		{"a company's own JAN, which the pattern names", maker, "4912345678904", "4912345678904", nil},
		{"goods beside that company's cards", maker, "4901234567894", "", membercard.ErrItem},

		{"a book by its frame", books, "B00112235B", "", membercard.ErrItem},
		{"a book by its frame, small", books, "b00112235b", "", membercard.ErrItem},
		{"a book by its number, no frame", books, "900112235", "", membercard.ErrItem},
		{"a book by its number, any frame", books, "A900112235A", "", membercard.ErrItem},
		{"a member with the same number", books, "A00112235A", "00112235", nil},
		{"an ISBN at a library that named none", library(), "9784883804788", "", membercard.ErrItem},
		{"goods of Japan, JAN-8, where numbers have seven", membercard.Profile{Pattern: `[0-9]{7}`}, "45123450", "", membercard.ErrItem},
		{"eight digits with a JAN check, no goods of Japan", membercard.Profile{Pattern: `[0-9]{7}`}, "12345670", "", membercard.ErrForm},
	} {
		n, err := row.rule.Read(row.input)
		if !errors.Is(err, row.err) || err == nil && n.Reveal() != row.want {
			t.Errorf("%s: %q read as %q (%v), want %q (%v)", row.name, row.input, n.Reveal(), err, row.want, row.err)
		}
	}
}

func TestOnlyFullWidthDigitsLettersAndTheBlankAreFolded(t *testing.T) {
	t.Parallel()
	const (
		wide   = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
		narrow = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	)
	folded := map[rune]byte{}
	for i, c := range []rune(wide) {
		folded[c] = narrow[i]
	}
	tried := 0
	// Where NFKC makes an ASCII character of something: Latin, punctuation,
	// enclosed, CJK, half- and full-width, mathematical.
	for _, block := range [][2]rune{{0x80, 0x2FF}, {0x2000, 0x2BFF}, {0x3000, 0x33FF}, {0xFE00, 0xFFFF}, {0x1D400, 0x1D7FF}} {
		for c := block[0]; c <= block[1]; c++ {
			tried++
			n, err := membercard.Profile{}.Read("1" + string(c) + "2")
			want, ok := folded[c]
			if ok && (err != nil || n.Reveal() != "1"+string(want)+"2") || !ok && !errors.Is(err, membercard.ErrForm) {
				t.Errorf("%U %q read as %q (%v)", c, c, n.Reveal(), err)
			}
		}
	}
	if tried < 6000 || len(folded) != 62 {
		t.Errorf("%d characters tried, %d folded", tried, len(folded))
	}
}

// A library whose books and members share numbers: only a scanner that sends the
// frame can tell, and only a profile that says so is believed.
func TestANumberThatIsBothAMembersAndABooks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		framed bool
		item   string
		want   map[string]error
	}{
		{"the scanner sends frames", true, `[0-9]{8}`, map[string]error{
			"A00112235A": nil, "00112235": membercard.ErrItem, "B00112235B": membercard.ErrItem, "A00112237A": membercard.ErrCheckDigit,
		}},
		{"it does not", false, `[0-9]{8}`, map[string]error{
			"A00112235A": membercard.ErrItem, "00112235": membercard.ErrItem, "B00112235B": membercard.ErrItem,
		}},
		{"items by their own frame", false, `B[0-9]{8}B`, map[string]error{
			"A00112235A": nil, "00112235": nil, "B00112235B": membercard.ErrItem,
		}},
		{"items claim the card's frame too", true, `A[0-9]{8}A`, map[string]error{"A00112235A": membercard.ErrItem}},
	} {
		p := library()
		p.Framed, p.Item = row.framed, row.item
		for input, want := range row.want {
			if _, err := p.Read(input); !errors.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", row.name, input, err, want)
			}
		}
	}
}

func TestTheSecondReadingMustBeTheSame(t *testing.T) {
	t.Parallel()
	p := library()
	first, err := p.Read("A00112235A")
	if err != nil {
		t.Fatal(err)
	}
	for second, want := range map[string]error{
		"00112235": nil, "００１１ ２２３５": nil,
		"00112243": membercard.ErrDiffers, "00112237": membercard.ErrCheckDigit, "0011223": membercard.ErrForm,
		"9784883804788": membercard.ErrItem,
	} {
		if err := p.Same(first, second); !errors.Is(err, want) {
			t.Errorf("second reading %q: %v, want %v", second, err, want)
		}
	}
}

func TestWhatIsShownAndHandedOver(t *testing.T) {
	t.Parallel()
	framed := library()
	framed.Framed, framed.Start, framed.Stop = true, "a", "b"
	for _, row := range []struct {
		name           string
		rule           membercard.Profile
		number         string
		shown, handed  string
		symbology      membercard.Symbology
		barcode        string
		notReadByRules bool // the platform may hold what this rule would refuse
	}{
		{"as printed, bare", library(), "00112235", "0011 2235", "00112235", membercard.NW7, "A00112235A", false},
		{"as its scanner sends it", framed, "00112235", "0011 2235", "A00112235B", membercard.NW7, "A00112235B", false},
		{"no pair known", membercard.Profile{}, "00112235", "00112235", "00112235", membercard.NW7, "A00112235A", false},
		{"letters", membercard.Profile{}, "LIB-7", "LIB-7", "LIB-7", membercard.Code39, "LIB-7", false},
		{"small letters", membercard.Profile{}, "lib-7", "lib-7", "lib-7", membercard.Code128, "lib-7", false},
		{"JAN", shop(), "2900001234566", "2900001234566", "2900001234566", membercard.JAN13, "2900001234566", false},
		{"another length than printed", library(), "0011223", "0011223", "0011223", membercard.NW7, "A0011223A", true},
		{"nothing a JAN can hold", shop(), "29-X", "29-X", "29-X", membercard.Code128, "29-X", true},
		{"a check digit that JAN has not", shop(), "2900001234567", "2900001234567", "2900001234567", membercard.Code128, "2900001234567", true},
		{"a rule that is wrong", membercard.Profile{Check: "?"}, "7", "7", "7", membercard.Code128, "7", true},
	} {
		n, err := mykey.ParseServiceID(row.number)
		if err != nil {
			t.Fatal(err)
		}
		symbology, barcode := row.rule.Barcode(n)
		if shown, handed := row.rule.Shown(n), row.rule.Handed(n).Reveal(); shown != row.shown || handed != row.handed ||
			symbology != row.symbology || barcode != row.barcode {
			t.Errorf("%s: shown %q, handed over %q, barcode %s %q; want %q, %q, %s %q", row.name, shown, handed, symbology, barcode,
				row.shown, row.handed, row.symbology, row.barcode)
		}
		for _, out := range []string{row.shown, row.handed, row.barcode} {
			if again, err := row.rule.Read(out); !row.notReadByRules && (err != nil || again != n) {
				t.Errorf("%s: %q does not lead back: %v", row.name, out, err)
			}
		}
	}
}

func TestARuleThatCannotHold(t *testing.T) {
	t.Parallel()
	nw7 := []membercard.Symbology{membercard.NW7}
	jan := []membercard.Symbology{membercard.JAN13}
	for name, row := range map[string]struct {
		rule membercard.Profile
		ok   bool
	}{
		"nothing said":                      {membercard.Profile{}, true},
		"a library":                         {library(), true},
		"small start and stop":              {membercard.Profile{Start: "a", Stop: "d"}, true},
		"a symbology nobody knows":          {membercard.Profile{Symbologies: []membercard.Symbology{"nw7"}}, false},
		"a symbology twice":                 {membercard.Profile{Symbologies: []membercard.Symbology{"NW7", "NW7"}}, false},
		"start without stop":                {membercard.Profile{Start: "A"}, false},
		"a start past D":                    {membercard.Profile{Start: "E", Stop: "E"}, false},
		"start and stop of CODE39":          {membercard.Profile{Symbologies: []membercard.Symbology{"CODE39"}, Start: "A", Stop: "A"}, false},
		"a pattern that is none":            {membercard.Profile{Pattern: `[0-9`}, false},
		"a pattern that closes ours":        {membercard.Profile{Pattern: `1)|(?:2`}, false},
		"a pattern without end":             {membercard.Profile{Pattern: strings.Repeat("0", 513)}, false},
		"an item that is none":              {membercard.Profile{Item: `*`}, false},
		"a check nobody knows":              {membercard.Profile{Check: "m10"}, false},
		"no check, printed":                 {membercard.Profile{Check: "none-printed"}, false},
		"printed and stored":                {membercard.Profile{Check: "7dr-printed-stored"}, false},
		"7dr printed":                       {membercard.Profile{Check: "7dr-printed"}, true},
		"m16 without a pair":                {membercard.Profile{Symbologies: nw7, Check: "m16"}, false},
		"m43 of NW-7":                       {membercard.Profile{Symbologies: nw7, Check: "m43"}, false},
		"JAN with its own check":            {membercard.Profile{Symbologies: jan, Check: "m10w3"}, true},
		"JAN whose check is not stored":     {membercard.Profile{Symbologies: jan, Check: "m10w3-printed"}, true},
		"JAN with another check":            {membercard.Profile{Symbologies: jan, Check: "7dr"}, false},
		"JAN without its check on the card": {membercard.Profile{Symbologies: jan, Check: "m10w3-stored"}, false},
		"framed without a pair":             {membercard.Profile{Symbologies: nw7, Framed: true}, false},
		"framed, but other cards too":       {membercard.Profile{Start: "A", Stop: "A", Framed: true}, false},
		"framed":                            {membercard.Profile{Symbologies: nw7, Start: "A", Stop: "A", Framed: true}, true},
		"a print with digits":               {membercard.Profile{Display: "####-####"}, false},
		"a print that begins with a blank":  {membercard.Profile{Display: " ####"}, false},
	} {
		err := row.rule.Validate()
		if (err == nil) != row.ok || err != nil && !errors.Is(err, membercard.ErrProfile) {
			t.Errorf("%s: %v, want ok %t", name, err, row.ok)
		}
		if _, read := row.rule.Read("1"); !row.ok && !errors.Is(read, membercard.ErrProfile) {
			t.Errorf("%s: read all the same: %v", name, read)
		}
	}
}

func TestNothingReadIsInAnError(t *testing.T) {
	t.Parallel()
	p := library()
	p.Item = `9[0-9]{8}`
	for _, input := range []string{"77665544", "776655", "977665544", "A77665544A"} {
		_, err := p.Read(input)
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), "7766") {
			t.Errorf("error %v", err)
		}
	}
	samples := make([]string, 10)
	for i := range samples {
		samples[i] = fmt.Sprintf("7766554%d", i)
	}
	samples[4] = "*7766*"
	if _, err := membercard.Learn(samples); err == nil || strings.Contains(err.Error(), "7766") {
		t.Errorf("error %v", err)
	}
}

func TestTheRuleAsThePlatformWritesIt(t *testing.T) {
	t.Parallel()
	p := library()
	p.Framed, p.Item, p.Prefix, p.Suffix = true, `B[0-9]{8}B`, "\x02", "\x03"
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(b, &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Split("symbologies,start,stop,pattern,check,display,item,prefix,suffix,framed", ",") {
		if _, ok := keys[key]; !ok {
			t.Errorf("no key %q", key)
		}
		delete(keys, key)
	}
	if len(keys) > 0 {
		t.Errorf("keys nobody named: %v", keys)
	}
}
