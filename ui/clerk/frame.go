package clerk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// Lengths of the frame, px at 100 %.
const (
	sideWide     float32 = 216
	sideNarrow   float32 = 72
	wideFrom     float32 = 1200 // of the window's width: below it the menu shrinks to key names
	marginSide   float32 = 28
	marginTop    float32 = 24
	marginBottom float32 = 20
	bodyTop      float32 = 20
	bodyGap      float32 = 20
	statusHeight float32 = 36
)

// frame lays the window out: band on top, status at the bottom, menu at the left,
// the screen in what is left; the bottom line and the notice stand under the
// screen. Only the screen scrolls.
type frame struct {
	w          *Window
	sideGround *canvas.Rectangle
	sideEdge   *canvas.Rectangle
	statusEdge *canvas.Rectangle
}

func newFrame(w *Window) *fyne.Container {
	f := &frame{
		w:          w,
		sideGround: &canvas.Rectangle{FillColor: look.Surface},
		sideEdge:   &canvas.Rectangle{FillColor: look.Line},
		statusEdge: &canvas.Rectangle{FillColor: look.Line},
	}
	return &fyne.Container{Layout: f, Objects: []fyne.CanvasObject{
		&canvas.Rectangle{FillColor: look.Paper}, f.sideGround, f.sideEdge, f.statusEdge,
		w.band.root, w.side.root, w.shown.content(), w.notice.root, w.bottom.root, w.status.root,
	}}
}

func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 480) }

func (f *frame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l := f.w.kit.Look
	put(objects[0], 0, 0, size.Width, size.Height)

	top := float32(0)
	if f.w.band.root.Visible() {
		top = l.Px(bandHeight)
	}
	put(f.w.band.root, 0, 0, size.Width, top)

	bottom := size.Height - l.Px(statusHeight)
	put(f.statusEdge, 0, bottom, size.Width, l.Px(1))
	put(f.w.status.root, l.Px(20), bottom, size.Width-l.Px(40), l.Px(statusHeight))

	left := l.Px(sideWide)
	if size.Width < l.Px(wideFrom) {
		left = l.Px(sideNarrow)
	}
	put(f.sideGround, 0, top, left, bottom-top)
	put(f.sideEdge, left-l.Px(1), top, l.Px(1), bottom-top)
	put(f.w.side.root, 0, top, left, bottom-top)

	margin, above, below := l.Px(marginSide), l.Px(marginTop), l.Px(marginBottom)
	if size.Width < l.Px(wideFrom) {
		margin = l.Px(20)
	}
	if size.Height < l.Px(600) {
		above, below = l.Px(10), l.Px(8)
	}
	x, width := left+margin, size.Width-left-2*margin
	bottom -= below
	if f.w.bottom.root.Visible() {
		h := control.Height(f.w.bottom.root, width)
		bottom -= h
		put(f.w.bottom.root, x, bottom, width, h)
		bottom -= min(l.Px(bodyGap), below)
	}
	if f.w.notice.root.Visible() {
		h := control.Height(f.w.notice.root, width)
		bottom -= h
		put(f.w.notice.root, x, bottom, width, h)
		bottom -= below
	}
	put(f.w.shown.content(), x, top+above, width, bottom-top-above)
}

// page is a screen: its heading stays, its body fills what is left.
type page struct {
	look    look.Look
	heading fyne.CanvasObject
	body    fyne.CanvasObject
}

func newPage(l look.Look, heading, body fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: page{l, heading, body}, Objects: []fyne.CanvasObject{heading, body}}
}

func (p page) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (p page) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	h := control.Height(p.heading, size.Width)
	gap := p.look.Px(bodyTop)
	if size.Height < p.look.Px(420) {
		gap = p.look.Px(8)
	}
	put(p.heading, 0, 0, size.Width, h)
	put(p.body, 0, h+gap, size.Width, max(0, size.Height-h-gap))
}
