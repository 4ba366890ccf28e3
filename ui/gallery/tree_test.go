package gallery_test

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// box is a visible text or focusable thing where it stands on the window.
type box struct {
	text       *canvas.Text   // nil for a focusable
	focusable  fyne.Focusable // nil for a text
	within     fyne.Focusable // the control that the text is part of
	x, y, w, h float32        // as measured, not as laid out
	room       rect           // what it was given
	scroll     *rect          // the content of the nearest scroll, nil outside
}

type rect struct{ x, y, w, h float32 }

func (r rect) holds(b box, slack float32) bool {
	return b.x >= r.x-slack && b.y >= r.y-slack && b.x+b.w <= r.x+r.w+slack && b.y+b.h <= r.y+r.h+slack
}

// boxes walks what is within reach: the window, or the question that stands over it.
func boxes(c fyne.Canvas) []box {
	var out []box
	collect(within(c), 0, 0, nil, nil, &out)
	return out
}

func within(c fyne.Canvas) fyne.CanvasObject {
	if over := c.Overlays().Top(); over != nil {
		return over
	}
	return c.Content()
}

func collect(o fyne.CanvasObject, x, y float32, within fyne.Focusable, scroll *rect, out *[]box) {
	if !o.Visible() {
		return
	}
	x, y = x+o.Position().X, y+o.Position().Y
	size := o.Size()
	switch one := o.(type) {
	case *canvas.Text:
		if one.Text != "" {
			*out = append(*out, textBox(one, x, y, within, scroll))
		}
		return
	case *container.Scroll:
		content := one.Content
		at := content.Position()
		inner := rect{x + at.X, y + at.Y, content.Size().Width, content.Size().Height}
		collect(content, x, y, within, &inner, out)
		return
	case *fyne.Container:
		for _, child := range one.Objects {
			collect(child, x, y, within, scroll, out)
		}
		return
	case fyne.Widget:
		if f, ok := o.(fyne.Focusable); ok {
			*out = append(*out, box{focusable: f, x: x, y: y, w: size.Width, h: size.Height, room: rect{x, y, size.Width, size.Height}, scroll: scroll})
			within = f
		}
		for _, child := range test.WidgetRenderer(one).Objects() {
			collect(child, x, y, within, scroll, out)
		}
	}
}

func textBox(t *canvas.Text, x, y float32, within fyne.Focusable, scroll *rect) box {
	least, size := t.MinSize(), t.Size()
	b := box{text: t, within: within, x: x, y: y, w: least.Width, h: least.Height, room: rect{x, y, size.Width, size.Height}, scroll: scroll}
	switch t.Alignment {
	case fyne.TextAlignCenter:
		b.x += (size.Width - least.Width) / 2
	case fyne.TextAlignTrailing:
		b.x += size.Width - least.Width
	}
	b.y += max(0, (size.Height-least.Height)/2)
	return b
}

func (b box) meets(o box, slack float32) bool {
	return b.x+slack < o.x+o.w && o.x+slack < b.x+b.w && b.y+slack < o.y+o.h && o.y+slack < b.y+b.h
}
