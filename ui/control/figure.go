package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Figure is a number in fixed width, as large as there is room for, in the middle:
// to be read aloud across a desk. A number that is too long even for the smallest
// size breaks into lines.
type Figure struct {
	widget.BaseWidget
	look        look.Look
	most, least float32 // sizes of the type, px at 100 %
	ink         color.Color
	align       fyne.TextAlign
	text        string
	lines       []*canvas.Text
}

var _ Flowing = (*Figure)(nil)

// NewFigure is an empty number.
func NewFigure(l look.Look, most, least float32, ink color.Color) *Figure {
	f := &Figure{look: l, most: most, least: least, ink: ink, align: fyne.TextAlignCenter}
	f.ExtendBaseWidget(f)
	return f
}

// Left sets it to the left and returns f.
func (f *Figure) Left() *Figure {
	f.align = fyne.TextAlignLeading
	return f
}

// Largest changes the largest size of the type, px at 100 %.
func (f *Figure) Largest(most float32) { f.most = max(most, f.least) }

// Set changes the number; the empty text takes no room, and nothing of the number
// before stays.
func (f *Figure) Set(text string) {
	show(f, text != "")
	if f.text != text {
		f.text, f.lines = text, nil
		f.Refresh()
	}
}

// set breaks the number into lines of one size.
func (f *Figure) set(width float32) (size float32, lines []string) {
	letters := []rune(f.text)
	for size = f.most; size > f.least && f.width(letters, size) > width; {
		size = max(f.least, min(size-1, size*width/f.width(letters, size)))
	}
	for len(letters) > 0 {
		n := len(letters)
		for n > 1 && f.width(letters[:n], size) > width {
			n = max(1, min(n-1, int(float32(n)*width/f.width(letters[:n], size))))
		}
		lines, letters = append(lines, string(letters[:n])), letters[n:]
	}
	return size, lines
}

func (f *Figure) width(letters []rune, size float32) float32 {
	return f.look.Digits(string(letters), size, f.ink).MinSize().Width
}

// HeightFor implements Flowing.
func (f *Figure) HeightFor(width float32) float32 {
	size, lines := f.set(width)
	return f.look.Px(size) * figureLine * float32(len(lines))
}

const figureLine float32 = 1.15 // height of a line, em

// CreateRenderer implements fyne.Widget.
func (f *Figure) CreateRenderer() fyne.WidgetRenderer {
	return &parts{
		objects: func() []fyne.CanvasObject {
			objects := make([]fyne.CanvasObject, len(f.lines))
			for i, line := range f.lines {
				objects[i] = line
			}
			return objects
		},
		show: nothing,
		place: func(room fyne.Size) {
			size, lines := f.set(room.Width)
			f.lines = nil
			for i, words := range lines {
				line := f.look.Digits(words, size, f.ink)
				line.Alignment = f.align
				high := f.look.Px(size) * figureLine
				put(line, 0, float32(i)*high, room.Width, high)
				f.lines = append(f.lines, line)
			}
		},
		least: func() fyne.Size { return fyne.NewSize(f.look.Px(f.least), f.look.Px(f.least)*figureLine) },
	}
}
