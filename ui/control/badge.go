package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Badge is a disc with ✓ or !, so that colour never speaks alone.
type Badge struct {
	widget.BaseWidget
	look look.Look
	side float32
	good bool
	fill color.NRGBA
	ink  color.NRGBA
}

// NewBadge is a disc of side px: ✓ on green when good, else ! on red.
func NewBadge(l look.Look, side float32, good bool) *Badge {
	b := &Badge{look: l, side: side, good: good, fill: look.Bad, ink: look.Paper}
	if good {
		b.fill = look.Good
	}
	b.ExtendBaseWidget(b)
	return b
}

// Inked changes the colours and returns b.
func (b *Badge) Inked(fill, ink color.NRGBA) *Badge {
	b.fill, b.ink = fill, ink
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	disc := &canvas.Circle{FillColor: b.fill}
	tick := NewTick(b.look, b.ink)
	mark := b.look.Bold("!", b.side*0.5, b.ink)
	mark.Alignment = fyne.TextAlignCenter
	show(tick, b.good)
	show(mark, !b.good)
	side := b.look.Px(b.side)
	return &parts{
		objects: fixed(disc, tick, mark),
		show:    nothing,
		place: func(fyne.Size) {
			put(disc, 0, 0, side, side)
			put(tick, side/4, side/4, side/2, side/2)
			put(mark, 0, 0, side, side)
		},
		least: func() fyne.Size { return fyne.NewSize(side, side) },
	}
}
