package control

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// em measures every letter as wide as the type is high.
func em(s string) float32 { return float32(utf8.RuneCountInString(s)) }

func TestLinesBreakWhereJapaneseMayBreak(t *testing.T) {
	tests := []struct {
		name, text string
		width      float32
		want       []string
	}{
		{"fits", "書き込みました", 10, []string{"書き込みました"}},
		{"between phrases, evenly", "もう一度、同じカードを置いてもらいます", 12, []string{"もう一度、同じカードを", "置いてもらいます"}},
		{"never before a full stop", "あいうえお。", 5, []string{"あいうえ", "お。"}},
		{"brackets stay with their words", "かな「語」かな", 3, []string{"かな", "「語」", "かな"}},
		{"spaces vanish at line ends", "カードを 置いて ください", 6, []string{"カードを", "置いて", "ください"}},
		{"latin words stay whole", "ID is whole", 6, []string{"ID is", "whole"}},
		{"line ends of the text stay", "一\n二", 10, []string{"一", "二"}},
		{"the empty text is one line", "", 10, []string{""}},
		{"もう一度 is one word", "カードを もう一度置くと", 7, []string{"カードを", "もう一度置くと"}},
		{"お stays with its word", "しばらくお待ちください", 7, []string{"しばらくお待ち", "ください"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := breakLines(test.text, test.width, em); !slices.Equal(got, test.want) {
				t.Errorf("breakLines(%q, %v): got %q, want %q", test.text, test.width, got, test.want)
			}
		})
	}
}

func FuzzBreakingLosesNoLetter(f *testing.F) {
	f.Add("書込みの途中でカードが R/W から離れました。", 8)
	f.Add("「（、。", 1)
	f.Add("a b\nc", 2)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 1 || width > 200 || len(text) > 400 || !utf8.ValidString(text) {
			return // no line of a screen: nothing is claimed of it
		}
		got := strings.Join(breakLines(text, float32(width), em), "")
		drop := strings.NewReplacer(" ", "", "\n", "")
		if drop.Replace(got) != drop.Replace(text) {
			t.Errorf("breakLines(%q, %d): letters changed: %q", text, width, got)
		}
	})
}
