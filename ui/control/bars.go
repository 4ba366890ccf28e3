package control

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Bars is a barcode for the desk's own scanner to read from the screen: black on
// white, every module a whole number of the screen's own pixels, never smoothed.
// The picture brings its quiet zones along.
type Bars struct {
	widget.BaseWidget
	look   look.Look
	ground *canvas.Rectangle
	image  *canvas.Image
}

// Lengths of a barcode on the screen, px at 100 %.
const (
	barsHigh   float32 = 130
	barsModule float32 = 3 // of the narrowest bar: 0.8 mm at 96 dpi, seen by any scanner
	barsMargin float32 = 16
)

// NewBars shows nothing yet.
func NewBars(l look.Look) *Bars {
	b := &Bars{look: l, ground: &canvas.Rectangle{FillColor: look.Paper, CornerRadius: l.Px(look.RadiusControl)}, image: &canvas.Image{}}
	b.image.FillMode = canvas.ImageFillStretch
	b.image.ScaleMode = canvas.ImageScalePixels
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// Set changes the picture; nil takes it away.
func (b *Bars) Set(picture image.Image) {
	b.image.Image = picture
	show(b, picture != nil)
	b.Refresh()
}

// HeightFor implements Flowing.
func (b *Bars) HeightFor(float32) float32 { return b.look.Px(barsHigh + 2*barsMargin) }

// fit is how large w×h modules stand in a room, in the canvas's units: a whole
// number of device pixels for each, of which the canvas has scale to a unit.
func fit(w, h int, room, high, module, scale float32) fyne.Size {
	if w == 0 || h == 0 {
		return fyne.Size{}
	}
	whole := func(v float32) float32 { return float32(math.Floor(float64(v) + 0.001)) }
	each := max(1, min(whole(room*scale/float32(w)), whole(module*scale)))
	down := max(1, whole(high*scale/float32(h)))
	return fyne.NewSize(each*float32(w)/scale, down*float32(h)/scale)
}

// CreateRenderer implements fyne.Widget.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer {
	return &parts{
		objects: fixed(b.ground, b.image),
		show:    nothing,
		place: func(size fyne.Size) {
			if b.image.Image == nil {
				return
			}
			scale := float32(1)
			if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil {
				scale = c.Scale()
			}
			l, bounds := b.look, b.image.Image.Bounds()
			margin := l.Px(barsMargin)
			picture := fit(bounds.Dx(), bounds.Dy(), size.Width-2*margin, l.Px(barsHigh), l.Px(barsModule), scale)
			snap := func(v float32) float32 { return float32(math.Round(float64(v*scale))) / scale }
			x, y := snap((size.Width-picture.Width)/2), snap((size.Height-picture.Height)/2)
			put(b.ground, x-margin, 0, picture.Width+2*margin, size.Height)
			put(b.image, x, y, picture.Width, picture.Height)
		},
		least: func() fyne.Size { return fyne.NewSize(b.look.Px(200), b.look.Px(barsHigh+2*barsMargin)) },
	}
}
