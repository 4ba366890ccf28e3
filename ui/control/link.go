package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Link is a small way on, beside a row: blue, underlined. Its target is as high
// as any other.
type Link struct {
	pressable
	label string
}

// NewLink is a link; Enter presses it when it has the focus.
func NewLink(kit Kit, label string, tap func()) *Link {
	k := &Link{label: label}
	k.be(k, kit, tap)
	k.enter = true
	return k
}

// Careful leaves Enter to the blue button and returns k: what takes something away
// is pressed by Space, mouse or finger, never by the Enter of a scanner.
func (k *Link) Careful() *Link {
	k.enter = false
	return k
}

// Label is the words of the link.
func (k *Link) Label() string { return k.label }

// CreateRenderer implements fyne.Widget.
func (k *Link) CreateRenderer() fyne.WidgetRenderer {
	l := k.kit.Look
	label := l.Bold(k.label, look.Body, look.Key)
	under := &canvas.Rectangle{FillColor: look.Key}
	focus := newRing(l, look.RadiusControl)
	return &parts{
		objects: fixed(label, under, focus.outer, focus.inner),
		show:    func() { focus.show(k.focused) },
		place: func(size fyne.Size) {
			words := label.MinSize()
			x, y := (size.Width-words.Width)/2, (size.Height-words.Height)/2
			put(label, x, y, words.Width, words.Height)
			put(under, x, y+words.Height+l.Px(1), words.Width, l.Px(1.5))
			focus.place(size)
		},
		least: func() fyne.Size {
			return fyne.NewSize(label.MinSize().Width+l.Px(24), l.Px(look.Target))
		},
	}
}
