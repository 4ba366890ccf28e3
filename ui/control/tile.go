package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Tile is the largest thing on a screen: the task to begin, with its key.
type Tile struct {
	pressable
	title, text *Prose
	key         string
	white       bool // another task than the first
}

var _ Flowing = (*Tile)(nil)

// NewTile is a blue tile.
func NewTile(kit Kit, title, text, key string, tap func()) *Tile {
	t := &Tile{title: NewTitle(kit.Look, look.Title, look.Paper), text: NewProse(kit.Look, look.Body, look.Paper), key: key}
	t.title.Set(title)
	t.text.Set(text)
	t.be(t, kit, tap)
	return t
}

// White makes it one of the other tasks and returns t: Enter is the blue one's.
func (t *Tile) White() *Tile {
	t.white = true
	t.title.SetColor(look.Ink)
	t.text.SetColor(look.InkSoft)
	return t
}

const (
	tilePad    float32 = 26
	tileHeight float32 = 150
)

// HeightFor implements Flowing.
func (t *Tile) HeightFor(width float32) float32 {
	l := t.kit.Look
	inner := width - 2*l.Px(tilePad)
	return max(l.Px(tileHeight), t.title.HeightFor(inner-l.Px(60))+t.text.HeightFor(inner)+l.Px(2*tilePad+16))
}

// CreateRenderer implements fyne.Widget.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	l := t.kit.Look
	ground := &canvas.Rectangle{CornerRadius: l.Px(look.RadiusPanel)}
	keyCap := newKeyCap(l)
	fill, frame, pressed := look.Key, look.Key, look.KeyPressed
	if t.white {
		fill, frame, pressed = look.Paper, look.InkOff, look.Surface
		ground.StrokeWidth = l.Px(1)
	}
	ground.StrokeColor = frame
	keyCap.set(t.key, t.title.color)
	focus := newRing(l, look.RadiusPanel)
	p := &parts{
		objects: fixed(ground, t.title, t.text, keyCap.frame, keyCap.name, focus.outer, focus.inner),
		show: func() {
			ground.FillColor = fill
			if t.pressed {
				ground.FillColor = pressed
			}
			focus.show(t.focused)
		},
		place: func(size fyne.Size) {
			pad := l.Px(tilePad)
			put(ground, 0, 0, size.Width, size.Height)
			inner := size.Width - 2*pad
			h := t.title.HeightFor(inner - l.Px(60))
			put(t.title, pad, pad, inner-l.Px(60), h)
			put(t.text, pad, pad+h+l.Px(16), inner, t.text.HeightFor(inner))
			keyCap.place(size.Width-l.Px(18)-keyCap.size().Width, l.Px(18))
			focus.place(size)
		},
		least: func() fyne.Size { return fyne.NewSize(l.Px(240), l.Px(tileHeight)) },
	}
	p.show()
	return p
}
