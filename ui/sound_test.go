package ui

import (
	"slices"
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/sound"
)

// allTones keeps what sounded.
type allTones []sound.Tone

func (a *allTones) Play(t sound.Tone) { *a = append(*a, t) }

// Each end of a tap sounds once and differently, however often the View is drawn
// again; so do the ends of a registration.
func TestEveryEndOfATapHasATone(t *testing.T) {
	tests := []struct {
		sheet string
		want  []sound.Tone
	}{
		{"lookup-reading", nil},
		{"lookup-done", []sound.Tone{sound.Handed}},
		{"lookup-barcode", []sound.Tone{sound.Handed}},
		{"lookup-held", []sound.Tone{sound.Held}},
		{"lookup-held-wrong-window", []sound.Tone{sound.NotHanded}},
		{"lookup-not-HANDOVER-IME", []sound.Tone{sound.NotHanded}},
		{"lookup-unknown", []sound.Tone{sound.NotHanded}},
		{"lookup-problem-LINK-NOT-HERE", []sound.Tone{sound.NotLinked}},
		{"lookup-problem-LINK-STOPPED", []sound.Tone{sound.Unusable}},
		{"lookup-problem-CARD-UNKNOWN", []sound.Tone{sound.Unusable}},
		{"lookup-problem-PLATFORM-NO-LOOKUP", []sound.Tone{sound.Offline}},
		{"lookup-wiped", []sound.Tone{sound.Failure}}, // the card was left
		{"lookup-scanned", []sound.Tone{sound.Failure}},
		{"register-number", nil},
		{"register-number-SCAN-FORM", []sound.Tone{sound.Failure}},
		{"register-consent", nil},
		{"register-done", []sound.Tone{sound.Success}},
		{"register-unlinked", []sound.Tone{sound.Success}},
		{"register-done-card-left", []sound.Tone{sound.Success}},
		{"register-problem-LINK-TAKEN", []sound.Tone{sound.Failure}},
		{"locked", nil},
	}
	for _, test := range tests {
		t.Run(test.sheet, func(t *testing.T) {
			var heard allTones
			before, now := sheet(t, "lookup-waiting"), sheet(t, test.sheet)
			tone(&heard, before, now)
			tone(&heard, now, now)
			if !slices.Equal(heard, test.want) {
				t.Errorf("heard %v, want %v", heard, test.want)
			}
		})
	}
}

// The same card again, or the next one with the same end, sounds again.
func TestTheNextTapSoundsAgain(t *testing.T) {
	var heard allTones
	first := sheet(t, "lookup-done")
	gone := first
	gone.Banner.Kind = app.BannerNone
	second := first
	second.Banner.Serial++
	for _, step := range [][2]app.View{{sheet(t, "lookup-waiting"), first}, {first, gone}, {gone, second}} {
		tone(&heard, step[0], step[1])
	}
	if want := (allTones{sound.Handed, sound.Handed}); !slices.Equal(heard, want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
}
