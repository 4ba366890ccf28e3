package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// StatusDot is a coloured dot and the words that say the same.
type StatusDot struct {
	widget.BaseWidget
	look  look.Look
	dot   *canvas.Circle
	words *canvas.Text
}

// NewStatusDot is a dot with type of a size, px at 100 %.
func NewStatusDot(l look.Look, size float32) *StatusDot {
	s := &StatusDot{look: l, dot: &canvas.Circle{}, words: l.Text("", size, look.Ink)}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows a state.
func (s *StatusDot) Set(words string, dot color.NRGBA) {
	s.words.Text, s.dot.FillColor = words, dot
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *StatusDot) CreateRenderer() fyne.WidgetRenderer {
	l := s.look
	return &parts{
		objects: fixed(s.dot, s.words),
		show:    nothing,
		place: func(size fyne.Size) {
			put(s.dot, 0, (size.Height-l.Px(10))/2, l.Px(10), l.Px(10))
			put(s.words, l.Px(18), 0, s.words.MinSize().Width, size.Height)
		},
		least: func() fyne.Size {
			words := s.words.MinSize()
			return fyne.NewSize(l.Px(18)+words.Width, max(words.Height, l.Px(18)))
		},
	}
}
