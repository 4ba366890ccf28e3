package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// keyCap is the drawing of a key: its name in a small frame.
type keyCap struct {
	frame *canvas.Rectangle
	name  *canvas.Text
	look  look.Look
}

const capHeight float32 = 22

func newKeyCap(l look.Look) keyCap {
	c := keyCap{
		frame: &canvas.Rectangle{FillColor: look.None, StrokeWidth: l.Px(1), CornerRadius: l.Px(4)},
		name:  l.Digits("", look.Small, look.Ink),
		look:  l,
	}
	c.name.Alignment = fyne.TextAlignCenter
	return c
}

func (c keyCap) set(name string, ink color.Color) {
	c.name.Text, c.name.Color, c.frame.StrokeColor = name, ink, ink
	if name == "" {
		c.frame.Hide()
		c.name.Hide()
	} else {
		c.frame.Show()
		c.name.Show()
	}
}

// size is zero when there is no key.
func (c keyCap) size() fyne.Size {
	if c.name.Text == "" {
		return fyne.Size{}
	}
	return fyne.NewSize(c.name.MinSize().Width+c.look.Px(12), c.look.Px(capHeight))
}

func (c keyCap) place(x, y float32) {
	size := c.size()
	put(c.frame, x, y, size.Width, size.Height)
	put(c.name, x, y, size.Width, size.Height)
}
