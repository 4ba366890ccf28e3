package control

import (
	"strings"
	"unicode"
)

// Japanese lines break between phrases where they can, else between any two
// letters that JIS X 4051 allows: no 、 or small kana begins a line, no bracket
// ends one.
const (
	neverFirst = "、。，．・：；？！」』）］｝〉》ーァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ々〜％…!?),.:;]}%"
	neverLast  = "「『（［｛〈《([{"
)

// phrases cuts a text where a line may end well: after a space, after a closing
// mark, and where kana turn into kanji, katakana or Latin (roughly the 文節).
func phrases(text string) []string {
	runes := []rune(text)
	var out []string
	start := 0
	for i := 1; i < len(runes); i++ {
		if phraseEnd(runes, i) {
			out = append(out, string(runes[start:i]))
			start = i
		}
	}
	return append(out, string(runes[start:]))
}

func phraseEnd(runes []rune, i int) bool {
	before, after := runes[i-1], runes[i]
	switch {
	case !mayBreak(before, after):
		return false
	case before == ' ', strings.ContainsRune("、。」）", before):
		return after != ' '
	case !unicode.Is(unicode.Hiragana, before) || unicode.Is(unicode.Hiragana, after):
		return false
	case after == ' ':
		return false
	case after == '一' && i > 1 && runes[i-2] == 'も' && before == 'う': // もう一度
		return false
	}
	return before != 'お' && before != 'ご'
}

// mayBreak says whether a line may end between two letters at all.
func mayBreak(before, after rune) bool {
	if strings.ContainsRune(neverFirst, after) || strings.ContainsRune(neverLast, before) {
		return false
	}
	return !(latin(before) && latin(after))
}

func latin(r rune) bool {
	return r != ' ' && r < 0x2000
}

// letters cuts a text wherever a line may end at all.
func letters(text string) []string {
	runes := []rune(text)
	var out []string
	start := 0
	for i := 1; i < len(runes); i++ {
		if mayBreak(runes[i-1], runes[i]) && runes[i] != ' ' {
			out = append(out, string(runes[start:i]))
			start = i
		}
	}
	return append(out, string(runes[start:]))
}

// breakLines sets text into lines of at most width, as even as they come out with
// the fewest lines. measure gives the width of a line. Line ends in the text stay.
func breakLines(text string, width float32, measure func(string) float32) []string {
	var out []string
	for _, paragraph := range strings.Split(text, "\n") {
		out = append(out, even(paragraph, width, measure)...)
	}
	return out
}

func even(paragraph string, width float32, measure func(string) float32) []string {
	pieces := cut(phrases(paragraph), width, measure)
	best := fill(pieces, width, measure)
	if len(best) < 2 {
		return best
	}
	low, high := width/2, width
	for high-low > 4 {
		middle := (low + high) / 2
		if tried := fill(pieces, middle, measure); len(tried) > len(best) || widest(tried, measure) > middle {
			low = middle
		} else {
			high, best = middle, tried
		}
	}
	return best
}

// cut takes phrases that are wider than a line apart.
func cut(in []string, width float32, measure func(string) float32) []string {
	var out []string
	for _, phrase := range in {
		if measure(phrase) > width {
			out = append(out, letters(phrase)...)
		} else {
			out = append(out, phrase)
		}
	}
	return out
}

func fill(pieces []string, width float32, measure func(string) float32) []string {
	var lines []string
	line := ""
	for _, piece := range pieces {
		if line != "" && measure(strings.TrimRight(line+piece, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += piece
	}
	return append(lines, strings.TrimRight(line, " "))
}

func widest(lines []string, measure func(string) float32) float32 {
	w := float32(0)
	for _, line := range lines {
		w = max(w, measure(line))
	}
	return w
}
