package membercard

import "strings"

// blanks that a scanner or a hand leaves around a code.
const blanks = " \t\r\n"

// fold makes full-width digits, letters and the ideographic space half-width, as
// a Japanese IME would have sent them, and nothing else. Unicode's NFKC would
// also make ① a 1 and ﾊ a ハ: those are refused later, as are − (U+2212),
// ‐ (U+2010) and － (U+FF0D), which nobody can tell from another dash.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '０' && c <= '９', c >= 'Ａ' && c <= 'Ｚ', c >= 'ａ' && c <= 'ｚ':
			return c - '０' + '0'
		case c == '\u3000':
			return ' '
		default:
			return c
		}
	}, s)
}

// unspace takes the blanks of the card's print out of a typed number: those that
// display has, each in its place.
func unspace(display, code string) (string, bool) {
	if len(display) != len(code) || !strings.Contains(display, " ") {
		return "", false
	}
	for i := range len(code) {
		if (display[i] == ' ') != (code[i] == ' ') {
			return "", false
		}
	}
	return strings.ReplaceAll(code, " ", ""), true
}

// space puts them in; a code of another length stays as it is.
func space(display, code string) string {
	if strings.Count(display, "#") != len(code) {
		return code
	}
	var out strings.Builder
	for i := range len(display) {
		if display[i] == ' ' {
			out.WriteByte(' ')
			continue
		}
		out.WriteByte(code[0])
		code = code[1:]
	}
	return out.String()
}
