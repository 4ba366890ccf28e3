package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Tone is what a panel says by its colour; a mark or a word says it too.
type Tone int

// Tones.
const (
	Calm Tone = iota
	Plain
	Active // the step under way: a broad blue frame
	Sheet  // white on a colour, without a frame
	Deep   // dark, on the resident's blue
	Success
	Warning
	Failure
)

var tones = [...]struct{ fill, frame color.NRGBA }{
	Calm:    {look.Surface, look.Surface},
	Plain:   {look.Paper, look.Line},
	Active:  {look.Paper, look.Key},
	Sheet:   {look.Paper, look.Paper},
	Deep:    {look.KeyPressed, look.KeyPressed},
	Success: {look.GoodSurface, look.GoodMark},
	Warning: {look.WarnSurface, look.WarnMark},
	Failure: {look.BadSurface, look.BadMark},
}

// Panel is a rounded surface around one object.
type Panel struct {
	widget.BaseWidget
	look    look.Look
	tone    Tone
	pad     float32
	top     bool // the content stands at the top
	content fyne.CanvasObject
}

// NewPanel is a panel with pad px around its content, which stands in the middle.
func NewPanel(l look.Look, tone Tone, pad float32, content fyne.CanvasObject) *Panel {
	p := &Panel{look: l, tone: tone, pad: pad, content: content}
	p.ExtendBaseWidget(p)
	return p
}

// Top sets the content at the top and returns p.
func (p *Panel) Top() *Panel {
	p.top = true
	return p
}

// Tone changes the colour.
func (p *Panel) Tone(tone Tone) {
	p.tone = tone
	p.Refresh()
}

// WidestLine is how wide the content is when nothing wraps.
func (p *Panel) WidestLine() float32 { return p.content.MinSize().Width }

// HeightFor implements Flowing.
func (p *Panel) HeightFor(width float32) float32 {
	return Height(p.content, width-2*p.look.Px(p.pad)) + 2*p.look.Px(p.pad)
}

// CreateRenderer implements fyne.Widget.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	ground := &canvas.Rectangle{CornerRadius: p.look.Px(look.RadiusPanel)}
	r := &parts{objects: fixed(ground, p.content)}
	r.show = func() {
		ground.FillColor, ground.StrokeColor = tones[p.tone].fill, tones[p.tone].frame
		ground.StrokeWidth = p.look.Px(1.5)
		switch p.tone {
		case Plain:
			ground.StrokeWidth = p.look.Px(1)
		case Active:
			ground.StrokeWidth = p.look.Px(3)
		}
	}
	r.place = func(size fyne.Size) {
		pad := p.look.Px(p.pad)
		put(ground, 0, 0, size.Width, size.Height)
		h := min(Height(p.content, size.Width-2*pad), size.Height-2*pad)
		y := (size.Height - h) / 2
		if p.top {
			y = pad
		}
		put(p.content, pad, y, size.Width-2*pad, h)
	}
	r.least = func() fyne.Size { return fyne.NewSize(p.look.Px(120), 2*p.look.Px(p.pad)) }
	r.show()
	return r
}
