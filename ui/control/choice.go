package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Choice is one answer of a list. Its number key puts the focus on it; Enter,
// Space, mouse or finger give the answer. So the digits of a stray barcode, whose
// Enter is swallowed, answer nothing.
type Choice struct {
	pressable
	label, key string
	chosen     bool // the present setting, if the list has one
}

// NewChoice is one answer with the name of its key.
func NewChoice(kit Kit, label, key string, tap func()) *Choice {
	c := &Choice{label: label, key: key}
	c.be(c, kit, tap)
	c.enter = true
	return c
}

// Choose marks the present setting.
func (c *Choice) Choose(chosen bool) {
	c.chosen = chosen
	c.Refresh()
}

// words is where the label begins and how much room it has.
func (c *Choice) words(width, cap float32) (x, room float32) {
	l := c.kit.Look
	if x = l.Px(16); cap > 0 {
		x += cap + l.Px(14)
	}
	return x, width - x - l.Px(16)
}

// HeightFor implements Flowing: a long label breaks into lines.
func (c *Choice) HeightFor(width float32) float32 {
	l := c.kit.Look
	name := newKeyCap(l)
	name.set(c.key, look.Ink)
	label := NewTitle(l, look.Body, look.Key)
	label.text = c.label
	_, room := c.words(width, name.size().Width)
	if c.chosen {
		room -= l.Px(28)
	}
	return max(l.Px(look.Target), label.HeightFor(room)+l.Px(16))
}

// CreateRenderer implements fyne.Widget.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	l := c.kit.Look
	ground := &canvas.Rectangle{FillColor: look.Paper, StrokeColor: look.InkOff, StrokeWidth: l.Px(1), CornerRadius: l.Px(look.RadiusControl)}
	label, bold := NewProse(l, look.Body, look.Ink), NewTitle(l, look.Body, look.Key)
	label.Set(c.label)
	bold.Set(c.label)
	keyCap := newKeyCap(l)
	mark := NewTick(l, look.Key)
	focus := newRing(l, look.RadiusControl)
	p := &parts{objects: fixed(ground, keyCap.frame, keyCap.name, label, bold, mark, focus.outer, focus.inner)}
	p.show = func() {
		lit := c.focused || c.chosen
		ground.FillColor, ground.StrokeColor = look.Paper, look.InkOff
		ink := look.InkSoft
		if lit {
			ground.FillColor, ground.StrokeColor, ink = look.KeyTint, look.Key, look.Key
		}
		show(label, !lit)
		show(bold, lit)
		show(mark, c.chosen)
		keyCap.set(c.key, ink)
		focus.show(c.focused)
	}
	p.place = func(size fyne.Size) {
		put(ground, 0, 0, size.Width, size.Height)
		capSize := keyCap.size()
		keyCap.place(l.Px(16), (size.Height-capSize.Height)/2)
		x, room := c.words(size.Width, capSize.Width)
		if c.chosen {
			room -= l.Px(28)
		}
		for _, words := range []*Prose{label, bold} {
			h := words.HeightFor(room)
			put(words, x, (size.Height-h)/2, room, h)
		}
		side := l.Px(20)
		put(mark, size.Width-l.Px(16)-side, (size.Height-side)/2, side, side)
		focus.place(size)
	}
	p.least = func() fyne.Size {
		return fyne.NewSize(bold.MinSize().Width+keyCap.size().Width+l.Px(16+14+16+30), l.Px(look.Target))
	}
	p.show()
	return p
}
