package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Item is one row of the menu: a task and its key; in a narrow window the key alone.
type Item struct {
	pressable
	label, key string
	chosen     bool
}

// NewItem is a row that is not chosen.
func NewItem(kit Kit, label, key string, tap func()) *Item {
	i := &Item{label: label, key: key}
	i.be(i, kit, tap)
	return i
}

// Choose shows whether this task is the present one.
func (i *Item) Choose(chosen bool) {
	i.chosen = chosen
	i.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (i *Item) CreateRenderer() fyne.WidgetRenderer {
	l := i.kit.Look
	ground := &canvas.Rectangle{CornerRadius: l.Px(look.RadiusControl)}
	label, bold := l.Text(i.label, look.Body, look.Ink), l.Bold(i.label, look.Body, look.Paper)
	key := l.Digits(i.key, look.Small, look.InkSoft)
	focus := newRing(l, look.RadiusControl)
	p := &parts{objects: fixed(ground, label, bold, key, focus.outer, focus.inner)}
	p.show = func() {
		ground.FillColor, key.Color = look.None, look.InkSoft
		if i.chosen {
			ground.FillColor, key.Color = look.Key, look.Paper
		}
		focus.show(i.focused)
	}
	p.place = func(size fyne.Size) {
		put(ground, 0, 0, size.Width, size.Height)
		words, name := bold.MinSize(), key.MinSize()
		narrow := size.Width < words.Width+name.Width+l.Px(34)
		show(label, !narrow && !i.chosen)
		show(bold, !narrow && i.chosen)
		x := size.Width - l.Px(12) - name.Width
		if narrow {
			x = (size.Width - name.Width) / 2
		}
		put(key, x, 0, name.Width, size.Height)
		put(label, l.Px(12), 0, label.MinSize().Width, size.Height)
		put(bold, l.Px(12), 0, words.Width, size.Height)
		focus.place(size)
	}
	p.least = func() fyne.Size { return fyne.NewSize(key.MinSize().Width, l.Px(look.Target)) }
	p.show()
	return p
}

func show(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}
