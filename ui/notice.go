package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/assets"
	"github.com/madoguchi/madoguchi/ui/banner"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// noticeWidth and noticeHeight are a notice's, px at 100 %.
const (
	noticeWidth  float32 = 320
	noticeHeight float32 = 80
)

// notices are how the kinds look: the words stand in the catalogue, a mark beside
// them, so that the colour never speaks alone.
var notices = [...]struct {
	fill, frame, ink color.NRGBA
	good             bool
}{
	app.BannerHanded:    {look.GoodSurface, look.GoodMark, look.Good, true},
	app.BannerNotLinked: {look.Paper, look.WarnMark, look.Warn, false},
	app.BannerUnusable:  {look.Paper, look.BadMark, look.Bad, false},
	app.BannerNotHanded: {look.Paper, look.WarnMark, look.Warn, false},
	app.BannerUnknown:   {look.Paper, look.WarnMark, look.Warn, false},
	app.BannerHeld:      {look.Paper, look.Key, look.Key, false},
	app.BannerOffline:   {look.Paper, look.BadMark, look.Bad, false},
}

// drawNotice is the picture of a notice, scale device pixels to 1 px; its corners are
// transparent. It must be called on the UI thread.
func drawNotice(texts assets.Catalogue, l look.Look, kind app.BannerKind, scale float32) image.Image {
	n := notices[kind]
	ground := &canvas.Rectangle{
		FillColor: n.fill, StrokeColor: n.frame, StrokeWidth: l.Px(2), CornerRadius: l.Px(look.RadiusPanel),
	}
	badge := control.NewBadge(l, 36, n.good).Inked(n.ink, look.Paper)
	words := l.Bold(texts.Text("banner."+kind.String()), look.Large, n.ink)
	objects := []fyne.CanvasObject{ground, badge, words}
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(l.Px(x), l.Px(y)))
		o.Resize(fyne.NewSize(l.Px(w), l.Px(h)))
	}
	place(ground, 1, 1, noticeWidth-2, noticeHeight-2) // its frame is drawn half outside
	place(badge, 20, 22, 36, 36)
	if kind == app.BannerHeld {
		more := l.Text(texts.Text("banner.held.more"), look.Small, look.InkSoft)
		place(words, 68, 15, noticeWidth-84, 26)
		place(more, 68, 44, noticeWidth-84, 20)
		objects = append(objects, more)
	} else {
		place(words, 68, 0, noticeWidth-84, noticeHeight)
	}
	on := software.NewTransparentCanvas()
	on.SetPadded(false)
	on.SetScale(scale)
	on.SetContent(&fyne.Container{Objects: objects})
	on.Resize(fyne.NewSize(l.Px(noticeWidth), l.Px(noticeHeight)))
	return on.Capture()
}

// noticeboard decides which notice stands over the business application: that of the
// View, unless the clerk looks at our own window, or there is no clerk. It belongs
// to the UI thread.
type noticeboard struct {
	texts    assets.Catalogue
	look     look.Look
	scale    float32
	board    banner.Board
	front    bool // the keyboard is with a window of ours
	stands   app.Banner
	pictures map[app.BannerKind]image.Image
}

func newNoticeboard(texts assets.Catalogue, l look.Look) *noticeboard {
	return &noticeboard{texts: texts, look: l, scale: 1, board: banner.None{}, pictures: map[app.BannerKind]image.Image{}}
}

// inFront tells whether the keyboard is with a window of ours.
func (n *noticeboard) inFront(yes bool, v app.View) {
	n.front = yes
	n.show(v)
}

func (n *noticeboard) show(v app.View) {
	wanted := v.Banner
	if n.front || v.Lookup.Unattended || wanted.Kind == app.BannerNone || int(wanted.Kind) >= len(notices) {
		wanted = app.Banner{}
	}
	if wanted == n.stands {
		return
	}
	n.stands = wanted
	if wanted.Kind == app.BannerNone {
		n.board.Hide()
		return
	}
	if n.pictures[wanted.Kind] == nil {
		n.pictures[wanted.Kind] = drawNotice(n.texts, n.look, wanted.Kind, n.scale)
	}
	n.board.Show(banner.Notice{Picture: n.pictures[wanted.Kind], Live: wanted.Kind == app.BannerHeld})
}
