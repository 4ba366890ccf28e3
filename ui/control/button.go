package control

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Kind is what a button is for; Enter presses Primary alone.
type Kind int

// Kinds of button.
const (
	Primary   Kind = iota // the blue one
	Secondary             // the way back
	Outline               // another way on, blue frame
	Danger                // red: no Enter, asks once more
	Light                 // the resident's window: white
	Ghost                 // the resident's window: white frame
	Soft                  // the clerk's band: white, orange-brown frame
)

var kinds = [...]struct{ fill, frame, ink, pressed color.NRGBA }{
	Primary:   {look.Key, look.Key, look.Paper, look.KeyPressed},
	Secondary: {look.Paper, look.InkOff, look.Ink, look.Surface},
	Outline:   {look.Paper, look.Key, look.Key, look.KeyTint},
	Danger:    {look.Bad, look.Bad, look.Paper, look.Ink},
	Light:     {look.Paper, look.Paper, look.Resident, look.KeyTint},
	Ghost:     {look.None, look.Paper, look.Paper, look.ResidentOn},
	Soft:      {look.Paper, look.Warn, look.Warn, look.WarnSurface},
}

// Button is a button with its key drawn in it.
type Button struct {
	pressable
	kind  Kind
	size  float32 // of the label
	least fyne.Size
	label string
	under string // a second, smaller line: the other language
	key   string
}

var (
	_ fyne.Focusable   = (*Button)(nil)
	_ fyne.Tappable    = (*Button)(nil)
	_ fyne.Disableable = (*Button)(nil)
)

// NewButton is a button without words; tap is what a press does.
func NewButton(kit Kit, kind Kind, tap func()) *Button {
	b := &Button{kind: kind, size: look.Body}
	b.be(b, kit, tap)
	return b
}

// Big sets the size of the label and the least size of the button, px at 100 %.
func (b *Button) Big(label, width, height float32) *Button {
	b.size, b.least = label, fyne.NewSize(width, height)
	return b
}

// Set shows a label, the name of its key ("" none) and whether it can be pressed.
func (b *Button) Set(label, key string, enabled bool) {
	b.label, b.key, b.disabled = label, key, !enabled
	b.Refresh()
}

// Under sets the second line.
func (b *Button) Under(text string) { b.under = text }

// Label is the words on the button.
func (b *Button) Label() string { return b.label }

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	l := b.kit.Look
	ground := &canvas.Rectangle{CornerRadius: l.Px(look.RadiusControl)}
	label := l.Bold("", b.size, look.Ink)
	under := l.Text("", look.Small, look.Ink)
	label.Alignment, under.Alignment = fyne.TextAlignCenter, fyne.TextAlignCenter
	keyCap := newKeyCap(l)
	focus := newRing(l, look.RadiusControl)
	width := float32(1)
	if b.kind == Ghost {
		width = 2
	}
	p := &parts{objects: fixed(ground, label, under, keyCap.frame, keyCap.name, focus.outer, focus.inner)}
	p.show = func() {
		fill, frame, ink := b.colours()
		ground.FillColor, ground.StrokeColor = fill, frame
		if fill == frame {
			ground.StrokeWidth = 0
		} else {
			ground.StrokeWidth = l.Px(width)
		}
		label.Text, label.Color = b.label, ink
		under.Text, under.Color = b.under, ink
		keyCap.set(b.key, ink)
		focus.show(b.focused)
	}
	gap := func() float32 {
		if b.key == "" {
			return 0
		}
		return l.Px(12)
	}
	p.place = func(size fyne.Size) {
		put(ground, 0, 0, size.Width, size.Height)
		words, capSize := label.MinSize(), keyCap.size()
		x := (size.Width - words.Width - gap() - capSize.Width) / 2
		y := (size.Height - words.Height) / 2
		if b.under != "" {
			y -= l.Px(look.Small) * 0.75
			put(under, 0, y+words.Height+l.Px(6), size.Width, under.MinSize().Height)
		}
		put(label, x, y, words.Width, words.Height)
		keyCap.place(x+words.Width+gap(), y+(words.Height-capSize.Height)/2)
		focus.place(size)
	}
	p.least = func() fyne.Size {
		p.show()
		w := max(label.MinSize().Width+gap()+keyCap.size().Width, under.MinSize().Width) + l.Px(48)
		return fyne.NewSize(max(w, l.Px(b.least.Width)), l.Px(max(look.Target, b.least.Height)))
	}
	p.show()
	return p
}

func (b *Button) colours() (fill, frame, ink color.Color) {
	k := kinds[b.kind]
	switch {
	case b.disabled && (b.kind == Light || b.kind == Ghost):
		return look.ResidentOn, look.ResidentOn, look.OnColour
	case b.disabled:
		return look.Paper, look.Line, look.InkOff
	case b.pressed:
		return k.pressed, k.frame, k.ink
	}
	return k.fill, k.frame, k.ink
}
