package control

import "fyne.io/fyne/v2"

// Flowing is an object whose height follows from its width. Fyne's MinSize knows
// no width, so our layouts ask this way.
type Flowing interface{ HeightFor(width float32) float32 }

type flowingLayout interface {
	HeightFor(objects []fyne.CanvasObject, width float32) float32
}

// Height is how high o is when it is width wide.
func Height(o fyne.CanvasObject, width float32) float32 {
	if f, ok := o.(Flowing); ok {
		return f.HeightFor(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(flowingLayout); ok {
			return l.HeightFor(c.Objects, width)
		}
	}
	return o.MinSize().Height
}

// Column sets its objects one under the other at full width. Hidden ones take no
// room.
type Column struct{ Gap float32 }

// NewColumn is a container with a Column layout.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: Column{Gap: gap}, Objects: objects}
}

// Layout implements fyne.Layout.
func (c Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := Height(o, size.Width)
		put(o, 0, y, size.Width, h)
		y += h + c.Gap
	}
}

// HeightFor is the sum of the visible heights and the gaps.
func (c Column) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	sum, n := float32(0), 0
	for _, o := range objects {
		if o.Visible() {
			sum += Height(o, width)
			n++
		}
	}
	return sum + c.Gap*float32(max(0, n-1))
}

// MinSize implements fyne.Layout.
func (c Column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := float32(0)
	for _, o := range objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	return fyne.NewSize(w, c.HeightFor(objects, w))
}

// Inset keeps its one object away from the edges.
type Inset struct{ Left, Top, Right, Bottom float32 }

// NewInset is a container with an Inset layout.
func NewInset(in Inset, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: in, Objects: []fyne.CanvasObject{o}}
}

// Layout implements fyne.Layout.
func (i Inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		put(o, i.Left, i.Top, size.Width-i.Left-i.Right, size.Height-i.Top-i.Bottom)
	}
}

// HeightFor is the object's height and the edges.
func (i Inset) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range objects {
		h = max(h, Height(o, width-i.Left-i.Right))
	}
	return h + i.Top + i.Bottom
}

// MinSize implements fyne.Layout.
func (i Inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(i.Left+i.Right, i.Top+i.Bottom)
}

// Middle sets its one object at its smallest size in the middle of the width.
type Middle struct{}

// NewMiddle is a container with a Middle layout.
func NewMiddle(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: Middle{}, Objects: []fyne.CanvasObject{o}}
}

// Layout implements fyne.Layout.
func (Middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		least := o.MinSize()
		w := min(least.Width, size.Width)
		put(o, (size.Width-w)/2, 0, w, least.Height)
	}
}

// MinSize implements fyne.Layout.
func (Middle) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}
