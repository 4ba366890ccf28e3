package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Progress is a bar. It has no animation: it is drawn when the work moves, a few
// times in the whole, never more than five times a second.
type Progress struct {
	widget.BaseWidget
	look look.Look
	part float32
}

// NewProgress is an empty bar.
func NewProgress(l look.Look) *Progress {
	p := &Progress{look: l}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows the part done, 0 to 1.
func (p *Progress) Set(part float32) {
	if p.part != part {
		p.part = part
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
	radius := p.look.Px(5)
	rail := &canvas.Rectangle{FillColor: look.Line, CornerRadius: radius}
	done := &canvas.Rectangle{FillColor: look.Key, CornerRadius: radius}
	return &parts{
		objects: fixed(rail, done),
		show:    nothing,
		place: func(size fyne.Size) {
			put(rail, 0, 0, size.Width, size.Height)
			put(done, 0, 0, size.Width*p.part, size.Height)
		},
		least: func() fyne.Size { return fyne.NewSize(p.look.Px(320), p.look.Px(10)) },
	}
}

// Dots are how many digits have been entered, never which.
type Dots struct {
	widget.BaseWidget
	look        look.Look
	full, n     int
	side, space float32
	ink         color.NRGBA
}

// NewDots is n empty rings of side px.
func NewDots(l look.Look, n int, side, space float32, ink color.NRGBA) *Dots {
	d := &Dots{look: l, n: n, side: side, space: space, ink: ink}
	d.ExtendBaseWidget(d)
	return d
}

// Set fills the first full rings.
func (d *Dots) Set(full int) {
	if d.full != full {
		d.full = full
		d.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (d *Dots) CreateRenderer() fyne.WidgetRenderer {
	discs := make([]*canvas.Circle, d.n)
	objects := make([]fyne.CanvasObject, d.n)
	for i := range discs {
		discs[i] = &canvas.Circle{StrokeColor: d.ink, StrokeWidth: d.look.Px(max(2, d.side/20))}
		objects[i] = discs[i]
	}
	p := &parts{objects: fixed(objects...)}
	p.show = func() {
		for i, disc := range discs {
			disc.FillColor = look.None
			if i < d.full {
				disc.FillColor = d.ink
			}
		}
	}
	p.place = func(size fyne.Size) {
		part := min(1, size.Width/p.least().Width) // smaller where there is less room
		side, pitch := d.look.Px(d.side)*part, d.look.Px(d.side+d.space)*part
		for i, disc := range discs {
			put(disc, float32(i)*pitch, 0, side, side)
		}
	}
	p.least = func() fyne.Size {
		return fyne.NewSize(d.look.Px(float32(d.n)*(d.side+d.space)-d.space), d.look.Px(d.side))
	}
	p.show()
	return p
}
