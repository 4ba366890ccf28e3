package clerk

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// statusBar says how the R/W and the platform stand, what is unsent, and the time.
type statusBar struct {
	w        *Window
	reader   *control.StatusDot
	platform *control.StatusDot
	unsent   *canvas.Text
	clock    *canvas.Text
	root     *fyne.Container
}

func newStatusBar(w *Window) *statusBar {
	s := &statusBar{
		w: w, reader: control.NewStatusDot(w.kit.Look, look.Small), platform: control.NewStatusDot(w.kit.Look, look.Small),
		unsent: w.kit.Text("", look.Small, look.Ink), clock: w.kit.Text("", look.Small, look.InkSoft),
	}
	s.root = &fyne.Container{Layout: s, Objects: []fyne.CanvasObject{s.reader, s.platform, s.unsent, s.clock}}
	return s
}

var readerStates = [...]struct {
	key string
	dot color.NRGBA
}{
	app.ReaderStarting:  {"starting", look.InkOff},
	app.ReaderNoService: {"no-service", look.BadMark},
	app.ReaderNone:      {"none", look.BadMark},
	app.ReaderEmpty:     {"empty", look.WarnMark},
	app.ReaderCard:      {"card", look.GoodMark},
	app.ReaderSilent:    {"silent", look.BadMark},
}

var platformStates = [...]struct {
	key string
	dot color.NRGBA
}{
	app.PlatformStarting: {"starting", look.InkOff},
	app.PlatformOnline:   {"online", look.GoodMark},
	app.PlatformOffline:  {"offline", look.BadMark},
}

func (s *statusBar) show(v app.StatusView) {
	reader, platform := readerStates[v.Reader], platformStates[v.Platform]
	s.reader.Set(s.w.t("status.reader."+reader.key), reader.dot)
	s.platform.Set(s.w.t("status.platform."+platform.key), platform.dot)
	s.unsent.Text = s.w.t("status.unsent", v.Unsent)
	s.clock.Text = ""
	if !v.Clock.IsZero() {
		s.clock.Text = v.Clock.Format("15:04")
	}
}

func (s *statusBar) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (s *statusBar) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for _, o := range []fyne.CanvasObject{s.reader, s.platform, s.unsent} {
		w := o.MinSize().Width
		put(o, x, 0, w, size.Height)
		x += w + s.w.kit.Px(28)
	}
	w := s.clock.MinSize().Width
	visible(s.clock, size.Width-w > x)
	put(s.clock, size.Width-w, 0, w, size.Height)
}
