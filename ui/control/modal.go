package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Modal is one question above a screen. Everything under it is out of reach until
// it closes; Escape closes it. It is an overlay of the canvas, so that Tab stays in
// it, but no Fyne pop-up: keys keep going through the one Router.
type Modal struct {
	widget.BaseWidget
	look    look.Look
	title   *Prose
	content *fyne.Container
	shade   *canvas.Rectangle
	sheet   *Panel
	area    *Area
	over    fyne.Canvas // nil: closed
}

// NewModal is a closed modal.
func NewModal(l look.Look) *Modal {
	m := &Modal{look: l, title: NewTitle(l, look.Large, look.Ink), content: NewColumn(l.Px(10)), shade: &canvas.Rectangle{FillColor: look.Shade}}
	m.area = NewArea(m.content, false)
	m.sheet = NewPanel(l, Plain, 28, &fyne.Container{Layout: headed{l.Px(20)}, Objects: []fyne.CanvasObject{m.title, m.area}})
	m.ExtendBaseWidget(m)
	return m
}

// Ask opens it over a canvas with a question and what to answer it with; the first
// answer gets the focus.
func (m *Modal) Ask(over fyne.Canvas, question string, answers ...fyne.CanvasObject) {
	m.Close()
	m.over, m.content.Objects = over, answers
	m.title.Set(question)
	over.Overlays().Add(m)
	m.Resize(over.Size())
	m.Refresh()
	for _, answer := range answers {
		if first, ok := answer.(fyne.Focusable); ok {
			over.Focus(first)
			return
		}
	}
}

// Open reports whether it is open.
func (m *Modal) Open() bool { return m.over != nil }

// Close takes it away, if it is open.
func (m *Modal) Close() {
	if m.over != nil {
		m.over.Overlays().Remove(m)
		m.over, m.content.Objects = nil, nil
	}
}

// Reveal scrolls until o is in sight.
func (m *Modal) Reveal(o fyne.CanvasObject) { m.area.Reveal(o) }

// PageKey scrolls when the key is Page Up or Page Down.
func (m *Modal) PageKey(name fyne.KeyName) { m.area.PageKey(name) }

// Tapped implements fyne.Tappable: a press beside the sheet goes nowhere.
func (m *Modal) Tapped(*fyne.PointEvent) {}

// CreateRenderer implements fyne.Widget.
func (m *Modal) CreateRenderer() fyne.WidgetRenderer {
	return &parts{
		objects: fixed(m.shade, m.sheet),
		show:    nothing,
		place: func(size fyne.Size) {
			put(m.shade, 0, 0, size.Width, size.Height)
			w := min(m.look.Px(560), size.Width-m.look.Px(40))
			h := min(m.sheet.HeightFor(w), size.Height-m.look.Px(40))
			put(m.sheet, (size.Width-w)/2, (size.Height-h)/2, w, h)
		},
		least: func() fyne.Size { return fyne.Size{} },
	}
}

// headed keeps the question in sight while the answers under it scroll.
type headed struct{ gap float32 }

func (h headed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// HeightFor implements control's flowing layouts.
func (h headed) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return Height(objects[0], width) + h.gap + Height(objects[1], width)
}

// Layout implements fyne.Layout.
func (h headed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	top := Height(objects[0], size.Width)
	put(objects[0], 0, 0, size.Width, top)
	put(objects[1], 0, top+h.gap, size.Width, max(0, size.Height-top-h.gap))
}
