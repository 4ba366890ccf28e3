package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Area shows one object at full width and scrolls it when it is higher than the
// room there is; when it is lower, it fills the room or stands in the middle.
type Area struct {
	widget.BaseWidget
	Scroll  *container.Scroll
	content fyne.CanvasObject
	sheet   *sheet
}

// The scroll is a little larger than the area on every side: a frame that stands
// right at the edge of a clip loses its outer half.
const bleed float32 = 4

// sheet is the layout inside the scroll: as high as the content needs.
type sheet struct {
	size   fyne.Size
	middle bool
}

func (s *sheet) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, s.size.Height) }

func (s *sheet) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		if !s.middle {
			put(o, bleed, bleed, size.Width-2*bleed, size.Height-2*bleed)
			continue
		}
		h := Height(o, size.Width-2*bleed)
		put(o, bleed, max(bleed, (size.Height-h)/2), size.Width-2*bleed, h)
	}
}

// NewArea is an area; middle sets low content in the middle.
func NewArea(content fyne.CanvasObject, middle bool) *Area {
	s := &sheet{middle: middle}
	a := &Area{content: content, sheet: s}
	a.Scroll = container.NewVScroll(&fyne.Container{Layout: s, Objects: []fyne.CanvasObject{content}})
	a.ExtendBaseWidget(a)
	return a
}

// HeightFor implements Flowing: the room it would like.
func (a *Area) HeightFor(width float32) float32 { return Height(a.content, width) }

// Reveal scrolls until o, which is somewhere inside, is in sight.
func (a *Area) Reveal(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(a.Scroll.Content).Y
	bottom := top + o.Size().Height
	at := a.Scroll.Offset.Y
	switch {
	case top < at:
		at = top
	case bottom > at+a.Scroll.Size().Height:
		at = bottom - a.Scroll.Size().Height
	}
	a.Scroll.ScrollToOffset(fyne.NewPos(0, max(0, at)))
}

// Page scrolls by most of what is in sight: 1 forward, -1 back.
func (a *Area) Page(by float32) {
	most := max(0, a.Scroll.Content.Size().Height-a.Scroll.Size().Height)
	to := a.Scroll.Offset.Y + by*0.8*a.Scroll.Size().Height
	a.Scroll.ScrollToOffset(fyne.NewPos(0, min(max(0, to), most)))
}

// PageKey scrolls when the key is Page Up or Page Down.
func (a *Area) PageKey(name fyne.KeyName) {
	switch name {
	case fyne.KeyPageDown:
		a.Page(1)
	case fyne.KeyPageUp:
		a.Page(-1)
	}
}

// CreateRenderer implements fyne.Widget.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	return &parts{
		objects: fixed(a.Scroll),
		show:    nothing,
		place: func(size fyne.Size) {
			a.sheet.size = fyne.NewSize(size.Width, max(size.Height, Height(a.content, size.Width))+2*bleed)
			put(a.Scroll, -bleed, -bleed, size.Width+2*bleed, size.Height+2*bleed)
			a.Scroll.Refresh()
		},
		least: func() fyne.Size { return fyne.Size{} },
	}
}
