// Package look is how everything in the two windows looks: colours, sizes, faces,
// radii. The values are those of the design system named in docs/screens.md.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/assets"
)

// Sizes of type, px at 100 %.
const (
	Small   float32 = 14
	Body    float32 = 16
	Large   float32 = 20
	Title   float32 = 24
	Heading float32 = 28
	Shout   float32 = 45  // the resident's side
	Poster  float32 = 64  // the resident's side, read from two metres
	Aloud   float32 = 112 // a number to be read aloud across a desk
)

// Shapes, px at 100 %.
const (
	RadiusControl float32 = 8
	RadiusPanel   float32 = 12
	Target        float32 = 48 // the least height of anything pressed
	Gap           float32 = 20
)

// Look is one size of everything. The zero value is of no use: see New.
type Look struct {
	Scale float32
	Face  Face
}

// New is the look for a text size of scale × 100 %; targets and gaps grow with it.
func New(scale float32) Look { return Look{Scale: scale, Face: FaceOf(assets.Japanese)} }

// Px is a length of the drawings at this text size.
func (l Look) Px(v float32) float32 { return v * l.Scale }

// Text is one line in the regular weight.
func (l Look) Text(s string, size float32, c color.Color) *canvas.Text {
	return l.line(s, size, c, l.Face.Regular)
}

// Bold is one line in the bold weight.
func (l Look) Bold(s string, size float32, c color.Color) *canvas.Text {
	return l.line(s, size, c, l.Face.Bold)
}

// Digits is one line of fixed width: IDs, codes, names of keys.
func (l Look) Digits(s string, size float32, c color.Color) *canvas.Text {
	return l.line(s, size, c, l.Face.Digits)
}

func (l Look) line(s string, size float32, c color.Color, face fyne.Resource) *canvas.Text {
	return &canvas.Text{Text: s, TextSize: l.Px(size), Color: c, FontSource: face}
}

// Width is how wide s is set at a size of the drawings.
func (l Look) Width(s string, size float32, bold bool) float32 {
	if bold {
		return l.Bold(s, size, None).MinSize().Width
	}
	return l.Text(s, size, None).MinSize().Width
}
