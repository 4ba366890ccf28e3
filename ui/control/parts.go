package control

import "fyne.io/fyne/v2"

// parts is a renderer of named objects: place lays them out, least is the minimum
// size, show sets their fields from the widget's.
type parts struct {
	objects func() []fyne.CanvasObject
	place   func(size fyne.Size)
	least   func() fyne.Size
	show    func()
	size    fyne.Size
}

func (p *parts) Layout(size fyne.Size) {
	p.size = size
	p.place(size)
}

func (p *parts) MinSize() fyne.Size { return p.least() }

func (p *parts) Refresh() {
	p.show()
	p.place(p.size)
	for _, o := range p.objects() {
		if o.Visible() { // what is hidden is drawn when it is shown
			o.Refresh()
		}
	}
}

func (p *parts) Objects() []fyne.CanvasObject { return p.objects() }

func (p *parts) Destroy() {}

func fixed(objects ...fyne.CanvasObject) func() []fyne.CanvasObject {
	return func() []fyne.CanvasObject { return objects }
}

func nothing() {}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}
