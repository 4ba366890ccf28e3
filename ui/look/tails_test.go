package look_test

import (
	"image"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Where the tail of g, p, q and y ends under the baseline in all three faces, and
// how high the faces' box is above it, em (244 and 1802 of 2048 units).
const (
	tail   = 0.119
	ascent = 0.88
)

// The tails of the faces are short, but whole: Fyne sets the baseline on a whole
// pixel and cuts what falls out of the line's box, and nothing of ours may.
func TestTailsOfLatinLettersAreWhole(t *testing.T) {
	test.NewTempApp(t)
	for _, scale := range []float32{1, 1.25, 1.5, 2} {
		l := look.New(scale)
		for _, size := range []float32{look.Small, look.Body, look.Large, look.Title, look.Heading, look.Shout, look.Poster} {
			for name, line := range map[string]*canvas.Text{
				"regular": l.Text("gpqy", size, look.Ink), "bold": l.Bold("gpqy", size, look.Ink), "digits": l.Digits("gpqy", size, look.Ink),
			} {
				em := float64(l.Px(size))
				want := int(math.Ceil(math.Ceil(ascent*em)+tail*em-0.1)) - 1 // a tenth of a row of ink is not seen
				if got := lastInk(picture(line)); got < want {
					t.Errorf("%s %v px at %v: ink ends in row %d, the tail in row %d", name, size, scale, got, want)
				}
			}
		}
	}
}

// picture is a line at the top left of white paper.
func picture(line *canvas.Text) image.Image {
	paper := canvas.NewRectangle(look.Paper)
	window := test.NewWindow(&fyne.Container{Objects: []fyne.CanvasObject{paper, line}})
	defer window.Close()
	window.SetPadded(false)
	least := line.MinSize()
	window.Resize(fyne.NewSize(least.Width, 2*least.Height))
	paper.Resize(fyne.NewSize(least.Width, 2*least.Height))
	line.Resize(least)
	return window.Canvas().Capture()
}

// lastInk is the lowest row that is not white.
func lastInk(p image.Image) int {
	for y := p.Bounds().Max.Y - 1; y >= 0; y-- {
		for x := range p.Bounds().Max.X {
			if r, _, _, _ := p.At(x, y).RGBA(); r < 0xf800 {
				return y
			}
		}
	}
	return -1
}
