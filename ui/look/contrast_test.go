package look_test

import (
	"image/color"
	"math"
	"testing"

	"github.com/madoguchi/madoguchi/ui/look"
)

func TestTextCanBeReadOnEverySurface(t *testing.T) {
	tests := []struct {
		name     string
		text, on color.NRGBA
		want     float64
	}{
		{"text on paper", look.Ink, look.Paper, 4.5},
		{"text on surface", look.Ink, look.Surface, 4.5},
		{"secondary text on paper", look.InkSoft, look.Paper, 4.5},
		{"secondary text on surface", look.InkSoft, look.Surface, 4.5},
		{"secondary text on error", look.InkSoft, look.BadSurface, 4.5},
		{"secondary text on success", look.InkSoft, look.GoodSurface, 4.5},
		{"secondary text on warning", look.InkSoft, look.WarnSurface, 4.5},
		{"disabled text on paper", look.InkOff, look.Paper, 4.5},
		{"key colour on paper", look.Key, look.Paper, 4.5},
		{"key colour on surface", look.Key, look.Surface, 4.5},
		{"key colour on its tint", look.Key, look.KeyTint, 4.5},
		{"product name on surface", look.KeyPressed, look.Surface, 4.5},
		{"white on key colour", look.Paper, look.Key, 4.5},
		{"white on pressed", look.Paper, look.KeyPressed, 4.5},
		{"success on paper", look.Good, look.Paper, 4.5},
		{"success on its surface", look.Good, look.GoodSurface, 4.5},
		{"warning on its surface", look.Warn, look.WarnSurface, 4.5},
		{"warning on surface", look.Warn, look.Surface, 4.5},
		{"error on its surface", look.Bad, look.BadSurface, 4.5},
		{"white on error", look.Paper, look.Bad, 4.5},
		{"resident's window", look.Paper, look.Resident, 4.5},
		{"resident's window, second language", look.OnColour, look.Resident, 4.5},
		{"resident's key not alive yet", look.OnColour, look.ResidentOn, 4.5},
		{"resident's window, band", look.Paper, look.KeyPressed, 4.5},
		{"resident's key", look.Resident, look.Paper, 4.5},
		{"resident's window, torn", look.Paper, look.Warn, 4.5},
		{"resident's window, torn, second language", look.OnColour, look.Warn, 4.5},
		{"resident's window, done", look.Paper, look.Good, 4.5},
		{"resident's window, done, second language", look.OnColour, look.Good, 4.5},
		{"border of a control", look.InkOff, look.Paper, 3},
		{"border of a control on the band", look.InkOff, look.WarnSurface, 3},
		{"border of error", look.BadMark, look.BadSurface, 3},
		{"border of success", look.GoodMark, look.GoodSurface, 3},
		{"dot of success", look.GoodMark, look.Paper, 3},
		{"dot of warning", look.WarnMark, look.Paper, 3},
		{"focus on paper", look.FocusInner, look.Paper, 3},
		{"focus, inner on outer", look.FocusInner, look.FocusOuter, 3},
		{"focus on the resident's window", look.FocusOuter, look.Resident, 3},
		{"focus on the key colour", look.FocusOuter, look.Key, 3},
		{"arrow", look.Arrow, look.Resident, 3},
	}
	for _, test := range tests {
		if got := look.Contrast(test.text, test.on); got < test.want {
			t.Errorf("%s: got %.2f:1, want at least %.1f:1", test.name, got, test.want)
		}
	}
}

func TestContrastIsThatOfTheStandard(t *testing.T) {
	black, white := color.NRGBA{A: 255}, color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	if got := look.Contrast(black, white); math.Abs(got-21) > 0.001 {
		t.Errorf("black on white: got %.3f, want 21", got)
	}
	grey := color.NRGBA{R: 0x76, G: 0x76, B: 0x76, A: 255}
	if got := look.Contrast(grey, white); math.Abs(got-4.54) > 0.01 {
		t.Errorf("#767676 on white: got %.3f, want 4.54", got)
	}
}
