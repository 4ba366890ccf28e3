package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Selector shows which of several things is chosen; a press opens the list.
type Selector struct {
	pressable
	label string
}

// NewSelector is a selector without words; tap opens the list.
func NewSelector(kit Kit, tap func()) *Selector {
	s := &Selector{}
	s.be(s, kit, tap)
	return s
}

// Set shows what is chosen and whether another may be.
func (s *Selector) Set(label string, enabled bool) {
	s.label, s.disabled = label, !enabled
	s.Refresh()
}

// Label is the words on it.
func (s *Selector) Label() string { return s.label }

// HeightFor implements Flowing.
func (s *Selector) HeightFor(width float32) float32 {
	l := s.kit.Look
	words := NewProse(l, look.Body, look.Ink)
	words.text = s.label
	return max(l.Px(look.Target), words.HeightFor(width-l.Px(16+40))+l.Px(16))
}

// CreateRenderer implements fyne.Widget.
func (s *Selector) CreateRenderer() fyne.WidgetRenderer {
	l := s.kit.Look
	ground := &canvas.Rectangle{FillColor: look.Paper, StrokeWidth: l.Px(1), CornerRadius: l.Px(look.RadiusControl)}
	words := NewProse(l, look.Body, look.Ink)
	mark := newDown(look.Ink)
	focus := newRing(l, look.RadiusControl)
	p := &parts{objects: fixed(ground, words, mark, focus.outer, focus.inner)}
	p.show = func() {
		ground.StrokeColor = look.InkOff
		words.Set(s.label)
		words.SetColor(look.Ink)
		if s.disabled {
			ground.StrokeColor = look.Line
			words.SetColor(look.InkOff)
		}
		show(mark, !s.disabled)
		focus.show(s.focused)
	}
	p.place = func(size fyne.Size) {
		put(ground, 0, 0, size.Width, size.Height)
		w := size.Width - l.Px(16+40)
		h := words.HeightFor(w)
		put(words, l.Px(16), (size.Height-h)/2, w, h)
		put(mark, size.Width-l.Px(34), (size.Height-l.Px(18))/2, l.Px(18), l.Px(18))
		focus.place(size)
	}
	p.least = func() fyne.Size { return fyne.NewSize(l.Px(200), l.Px(look.Target)) }
	p.show()
	return p
}
