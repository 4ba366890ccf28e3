package control

import (
	"fyne.io/fyne/v2"
)

// Wrap sets its objects side by side at their smallest size and begins a new row
// where they do not fit.
type Wrap struct {
	Gap, RowGap float32
	Middle      bool // rows in the middle; else at the left
}

// NewWrap is a container with a Wrap layout.
func NewWrap(w Wrap, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: w, Objects: objects}
}

// Layout implements fyne.Layout.
func (w Wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, row := range w.rows(objects, size.Width) {
		height, width := w.measure(row)
		x := float32(0)
		if w.Middle {
			x = max(0, (size.Width-width)/2)
		}
		for _, o := range row {
			least := o.MinSize()
			put(o, x, y+(height-least.Height)/2, min(least.Width, size.Width), least.Height)
			x += least.Width + w.Gap
		}
		y += height + w.RowGap
	}
}

func (w Wrap) rows(objects []fyne.CanvasObject, width float32) [][]fyne.CanvasObject {
	var rows [][]fyne.CanvasObject
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize().Width
		if len(rows) == 0 || x+least > width {
			rows = append(rows, nil)
			x = 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], o)
		x += least + w.Gap
	}
	return rows
}

func (w Wrap) measure(row []fyne.CanvasObject) (height, width float32) {
	for _, o := range row {
		least := o.MinSize()
		height = max(height, least.Height)
		width += least.Width + w.Gap
	}
	return height, width - w.Gap
}

// HeightFor is the height of all rows.
func (w Wrap) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	sum, rows := float32(0), w.rows(objects, width)
	for _, row := range rows {
		height, _ := w.measure(row)
		sum += height
	}
	return sum + w.RowGap*float32(max(0, len(rows)-1))
}

// MinSize implements fyne.Layout.
func (w Wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}
