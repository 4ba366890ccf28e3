package gallery_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/ui/look"
)

// fill is an opaque surface, and the texts and edges that were drawn up to it.
type fill struct {
	rect
	color  color.NRGBA
	stroke color.NRGBA // its own edge; not opaque: none
	text   *canvas.Text
	of     fyne.Focusable // the control that it is part of
	view   *rect          // the window of the scroll that it is in
}

// grounds are the surfaces and texts of what is within reach, in the order in which
// they are drawn.
func grounds(c fyne.Canvas) []fill {
	var out []fill
	paint(within(c), 0, 0, nil, nil, &out)
	return out
}

func paint(o fyne.CanvasObject, x, y float32, of fyne.Focusable, view *rect, out *[]fill) {
	if !o.Visible() {
		return
	}
	x, y = x+o.Position().X, y+o.Position().Y
	at := rect{x, y, o.Size().Width, o.Size().Height}
	switch one := o.(type) {
	case *canvas.Rectangle:
		*out = append(*out, fill{rect: at, color: solid(one.FillColor), stroke: solid(one.StrokeColor), of: of, view: view})
	case *canvas.Circle:
		*out = append(*out, fill{rect: at, color: solid(one.FillColor), stroke: solid(one.StrokeColor), of: of, view: view})
	case *canvas.Text:
		if one.Text != "" {
			*out = append(*out, fill{rect: at, text: one, of: of, view: view})
		}
	case *container.Scroll:
		paint(one.Content, x, y, of, &at, out)
	case *fyne.Container:
		for _, child := range one.Objects {
			paint(child, x, y, of, view, out)
		}
	case fyne.Widget:
		if f, ok := o.(fyne.Focusable); ok {
			of = f
		}
		for _, child := range test.WidgetRenderer(one).Objects() {
			paint(child, x, y, of, view, out)
		}
	}
}

func solid(c color.Color) color.NRGBA {
	n, _ := c.(color.NRGBA)
	return n
}

// under is the surface drawn last below the middle of the n-th. What has scrolled
// out of sight stands on what is behind its scroll.
func under(fills []fill, n int, not fyne.Focusable) (color.NRGBA, bool) {
	of := fills[n]
	x, y := of.x+of.w/2, of.y+of.h/2
	for i := n - 1; i >= 0; i-- {
		f, px, py := fills[i], x, y
		if f.view != of.view && of.view != nil {
			px, py = of.view.near(x, y)
		}
		seen := f.view == nil || f.view == of.view || f.view.has(px, py)
		if f.text == nil && f.color.A == 0xff && (not == nil || f.of != not) && seen && f.has(px, py) {
			return f.color, true
		}
	}
	return color.NRGBA{}, false
}

func (r rect) has(x, y float32) bool { return r.x <= x && x <= r.x+r.w && r.y <= y && y <= r.y+r.h }

// near is the point of r that is nearest.
func (r rect) near(x, y float32) (float32, float32) {
	return min(max(x, r.x), r.x+r.w), min(max(y, r.y), r.y+r.h)
}

// 4.5:1 for every text against the surface that it is drawn on (WCAG 2.2, 1.4.3).
func everyTextCanBeReadWhereItStands(t *testing.T, d drawn) {
	t.Helper()
	for i, f := range d.fills {
		if f.text == nil {
			continue
		}
		ground, ok := under(d.fills, i, nil)
		ink := solid(f.text.Color)
		if !ok || ink.A != 0xff {
			t.Errorf("text %q: no surface is under it, or its colour is not opaque", f.text.Text)
			continue
		}
		if got := look.Contrast(ink, ground); got < 4.5 {
			t.Errorf("text %q: contrast %.2f of %v on %v, want 4.5", f.text.Text, got, ink, ground)
		}
	}
}

// 3:1 for the edge, or the surface, of every live control that has one, against
// what is around it (WCAG 2.2, 1.4.11).
func everyControlHasAnEdge(t *testing.T, d drawn) {
	t.Helper()
	seen := map[fyne.Focusable]bool{}
	for i, f := range d.fills {
		if f.of == nil || f.text != nil || seen[f.of] || (f.color.A != 0xff && f.stroke.A != 0xff) {
			continue
		}
		seen[f.of] = true
		if off, ok := f.of.(fyne.Disableable); ok && off.Disabled() {
			continue
		}
		around, ok := under(d.fills, i, f.of)
		if !ok {
			t.Errorf("%T: no surface is under it", f.of)
			continue
		}
		if edge := max(contrast(f.color, around), contrast(f.stroke, around)); edge < 3 {
			t.Errorf("%T at %.0f,%.0f: contrast %.2f to its surroundings, want 3", f.of, f.x, f.y, edge)
		}
	}
}

func contrast(c, on color.NRGBA) float64 {
	if c.A != 0xff {
		return 1
	}
	return look.Contrast(c, on)
}
