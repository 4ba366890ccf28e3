package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Prose is text that breaks into lines by itself.
// Set changes the words.
type Prose struct {
	widget.BaseWidget
	look  look.Look
	size  float32 // px at 100 %
	bold  bool
	color color.Color
	align fyne.TextAlign

	text  string
	lines []*canvas.Text
	set   string  // what lines show
	width float32 // lines are for this width
}

var _ Flowing = (*Prose)(nil)

// NewProse is text of a size and colour, set to the left.
func NewProse(l look.Look, size float32, c color.Color) *Prose {
	p := &Prose{look: l, size: size, color: c}
	p.ExtendBaseWidget(p)
	return p
}

// NewTitle is bold text, set to the left.
func NewTitle(l look.Look, size float32, c color.Color) *Prose {
	p := NewProse(l, size, c)
	p.bold = true
	return p
}

// Centred sets it in the middle and returns p.
func (p *Prose) Centred() *Prose {
	p.align = fyne.TextAlignCenter
	return p
}

// Set changes the words; the empty text takes no room.
func (p *Prose) Set(text string) {
	show(p, text != "")
	if p.text != text {
		p.text = text
		p.Refresh()
	}
}

// SetColor changes the colour.
func (p *Prose) SetColor(c color.Color) {
	p.color = c
	p.Refresh()
}

// SetSize changes the size of the type, px at 100 %.
func (p *Prose) SetSize(size float32) {
	if p.size != size {
		p.size, p.set = size, ""
	}
}

// Text is the words.
func (p *Prose) Text() string { return p.text }

// HeightFor implements Flowing.
func (p *Prose) HeightFor(width float32) float32 {
	return float32(len(p.broken(width)))*p.leading() - p.leading() + p.lineBox()
}

func (p *Prose) lineBox() float32 { return p.look.Px(p.size) * max(p.look.Face.Box, 1.25) }

func (p *Prose) leading() float32 {
	if p.size > look.Title {
		return p.look.Px(p.size) * (p.look.Face.Leading - 0.1)
	}
	return p.look.Px(p.size) * (p.look.Face.Leading + 0.1)
}

func (p *Prose) broken(width float32) []string {
	return breakLines(p.text, width, func(s string) float32 { return p.look.Width(s, p.size, p.bold) })
}

// CreateRenderer implements fyne.Widget.
func (p *Prose) CreateRenderer() fyne.WidgetRenderer {
	return &parts{
		objects: func() []fyne.CanvasObject {
			objects := make([]fyne.CanvasObject, len(p.lines))
			for i, line := range p.lines {
				objects[i] = line
			}
			return objects
		},
		place: p.place,
		least: func() fyne.Size {
			return fyne.NewSize(p.look.Width(p.text, p.size, p.bold), p.lineBox())
		},
		show: nothing,
	}
}

func (p *Prose) place(size fyne.Size) {
	if p.set != p.text || p.width != size.Width {
		p.set, p.width, p.lines = p.text, size.Width, nil
		for _, words := range p.broken(size.Width) {
			line := p.look.Text(words, p.size, p.color)
			if p.bold {
				line = p.look.Bold(words, p.size, p.color)
			}
			line.Alignment = p.align
			p.lines = append(p.lines, line)
		}
	}
	for i, line := range p.lines {
		line.Color = p.color
		put(line, 0, float32(i)*p.leading(), size.Width, p.lineBox())
	}
}
