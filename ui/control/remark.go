package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Sign stands before a remark, so that its colour never speaks alone.
type Sign int

// Signs.
const (
	NoSign   Sign = iota
	TickSign      // ✓
	BangSign      // !
	DotSign       // a dot, where the words say the same
)

// Remark is a sentence with a sign before its first line.
type Remark struct {
	widget.BaseWidget
	look   look.Look
	size   float32 // px at 100 %
	words  *Prose
	tick   *canvas.Image
	good   *canvas.Image
	bang   *canvas.Text
	dot    *canvas.Circle
	sign   Sign
	middle bool
}

var _ Flowing = (*Remark)(nil)

// NewRemark is an empty sentence in the bold weight or not.
func NewRemark(l look.Look, size float32, bold bool) *Remark {
	r := &Remark{
		look: l, size: size, words: NewProse(l, size, look.Ink), tick: NewTick(l, look.Ink), good: NewTick(l, look.Good),
		bang: l.Bold("", size, look.Ink), dot: &canvas.Circle{},
	}
	if bold {
		r.words = NewTitle(l, size, look.Ink)
	}
	r.bang.Alignment = fyne.TextAlignCenter
	r.ExtendBaseWidget(r)
	return r
}

// Centred sets it in the middle and returns r.
func (r *Remark) Centred() *Remark {
	r.middle = true
	return r
}

// Set changes the words, their sign and colour; the dot has a colour of its own.
// The empty text takes no room.
func (r *Remark) Set(sign Sign, words string, ink, dot color.NRGBA) {
	show(r, words != "")
	r.sign = sign
	r.words.Set(words)
	r.words.SetColor(ink)
	r.bang.Color, r.dot.FillColor = ink, dot
	r.bang.Text = ""
	if sign == BangSign {
		r.bang.Text = "!"
	}
	show(r.tick, sign == TickSign && ink != look.Good)
	show(r.good, sign == TickSign && ink == look.Good)
	show(r.bang, sign == BangSign)
	show(r.dot, sign == DotSign)
	r.Refresh()
}

// Text is the words.
func (r *Remark) Text() string { return r.words.Text() }

func (r *Remark) indent() float32 {
	switch r.sign {
	case NoSign:
		return 0
	case DotSign:
		return r.look.Px(10 + 8)
	}
	return r.look.Px(r.size*1.1) + r.look.Px(8)
}

// HeightFor implements Flowing.
func (r *Remark) HeightFor(width float32) float32 { return r.words.HeightFor(width - r.indent()) }

// CreateRenderer implements fyne.Widget.
func (r *Remark) CreateRenderer() fyne.WidgetRenderer {
	l := r.look
	return &parts{
		objects: fixed(r.tick, r.good, r.bang, r.dot, r.words),
		show:    nothing,
		place: func(size fyne.Size) {
			in, x := r.indent(), float32(0)
			w := size.Width - in
			if r.middle {
				w = min(w, r.words.MinSize().Width+1)
				x = (size.Width - in - w) / 2
			}
			line, side := r.words.lineBox(), l.Px(r.size*1.1)
			put(r.tick, x, (line-side)/2, side, side)
			put(r.good, x, (line-side)/2, side, side)
			put(r.bang, x, 0, side, line)
			put(r.dot, x, (line-l.Px(10))/2, l.Px(10), l.Px(10))
			put(r.words, x+in, 0, w, r.words.HeightFor(w))
		},
		least: func() fyne.Size {
			return fyne.NewSize(r.indent()+r.words.MinSize().Width+1, r.words.lineBox())
		},
	}
}
