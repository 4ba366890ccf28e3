package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// ring is the focus: a black outline inside a yellow ring, both inside the
// control's own box, so that no scroll area cuts them.
type ring struct {
	outer, inner *canvas.Rectangle
	look         look.Look
	radius       float32
}

const (
	ringOuter float32 = 3
	ringInner float32 = 3
)

func newRing(l look.Look, radius float32) ring {
	stroke := func(c *canvas.Rectangle, width, radius float32) *canvas.Rectangle {
		c.StrokeWidth, c.CornerRadius = width, radius
		c.Hide()
		return c
	}
	return ring{
		outer:  stroke(&canvas.Rectangle{FillColor: look.None, StrokeColor: look.FocusOuter}, l.Px(ringOuter), l.Px(radius)),
		inner:  stroke(&canvas.Rectangle{FillColor: look.None, StrokeColor: look.FocusInner}, l.Px(ringInner), l.Px(radius-ringOuter/2)),
		look:   l,
		radius: radius,
	}
}

func (r ring) show(focused bool) {
	if focused {
		r.outer.Show()
		r.inner.Show()
	} else {
		r.outer.Hide()
		r.inner.Hide()
	}
}

func (r ring) place(size fyne.Size) {
	put(r.outer, 0, 0, size.Width, size.Height)
	in := r.look.Px(ringOuter)
	put(r.inner, in, in, size.Width-2*in, size.Height-2*in)
}
