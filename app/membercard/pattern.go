package membercard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pattern is an RE2 that numbers like these match: letters that all have in one
// place are fixed, digits never, as ten numbers of one year may all begin alike.
// last are characters that the last place may have beside those seen.
func pattern(numbers []string, last string) string {
	shortest := slices.MinFunc(numbers, func(a, b string) int { return len(a) - len(b) })
	longest := slices.MaxFunc(numbers, func(a, b string) int { return len(a) - len(b) })
	var places []string
	if len(shortest) == len(longest) {
		for i := range len(longest) - 1 {
			places = append(places, class(column(numbers, i), true))
		}
		return runs(append(places, class(column(numbers, len(longest)-1)+last, last == "")))
	}
	fixed := 0
	for fixed < len(shortest)-1 && !strings.ContainsAny(shortest[fixed:fixed+1], digits) &&
		!slices.ContainsFunc(numbers, func(n string) bool { return n[fixed] != shortest[fixed] }) {
		fixed++
	}
	var body, end strings.Builder
	for _, number := range numbers {
		body.WriteString(number[fixed : len(number)-1])
		end.WriteString(number[len(number)-1:])
	}
	inner, final := class(body.String(), false), class(end.String()+last, false)
	least, most := len(shortest)-fixed-1, len(longest)-fixed-1
	if inner == final {
		return regexp.QuoteMeta(shortest[:fixed]) + fmt.Sprintf("%s{%d,%d}", inner, least+1, most+1)
	}
	return regexp.QuoteMeta(shortest[:fixed]) + fmt.Sprintf("%s{%d,%d}%s", inner, least, most, final)
}

func column(numbers []string, i int) string {
	var seen strings.Builder
	for _, number := range numbers {
		seen.WriteByte(number[i])
	}
	return seen.String()
}

// class is a character class of what was seen, whole ranges of digits and
// letters; one other character alone is itself where fixed says so. X alone is
// the 10 of modulus 11, not any letter.
func class(seen string, fixed bool) string {
	if fixed && strings.Trim(seen, seen[:1]) == "" && !only(seen[:1], digits) {
		return regexp.QuoteMeta(seen[:1])
	}
	var ranges, single string
	if only(seen, digits+"X") && strings.Contains(seen, "X") {
		return "[0-9X]"
	}
	for _, r := range []struct{ name, first, last string }{{"0-9", "0", "9"}, {"A-Z", "A", "Z"}, {"a-z", "a", "z"}} {
		if strings.IndexFunc(seen, func(c rune) bool { return string(c) >= r.first && string(c) <= r.last }) >= 0 {
			ranges += r.name
		}
	}
	for _, c := range seen {
		letter := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && !strings.ContainsRune(single, c) {
			single += string(c)
		}
	}
	signs := []byte(single)
	slices.Sort(signs)
	var quoted strings.Builder
	for _, c := range signs {
		quoted.WriteString(`\` + string(c))
	}
	return "[" + ranges + quoted.String() + "]"
}

// runs writes equal neighbours once, with their count.
func runs(places []string) string {
	var out strings.Builder
	for len(places) > 0 {
		n := 1
		for n < len(places) && places[n] == places[0] {
			n++
		}
		out.WriteString(places[0])
		if n > 1 {
			fmt.Fprintf(&out, "{%d}", n)
		}
		places = places[n:]
	}
	return out.String()
}
