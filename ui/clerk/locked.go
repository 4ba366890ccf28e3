package clerk

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// locked is 休止中: nothing of a person, no menu, one way on.
type locked struct {
	w    *Window
	area *control.Area
	root *fyne.Container
}

func newLocked(w *Window) *locked {
	l := w.kit.Look
	words := control.NewTitle(l, look.Heading, look.Ink).Centred()
	words.Set(w.t("locked.title"))
	text := control.NewProse(l, look.Body, look.InkSoft).Centred()
	text.Set(w.t("locked.text"))
	panel := control.NewPanel(l, control.Calm, 28, control.NewColumn(l.Px(16), words, text))
	s := &locked{w: w, area: control.NewArea(panel, false)}
	s.root = newPage(l, control.NewColumn(0), s.area)
	return s
}

func (s *locked) content() fyne.CanvasObject { return s.root }

func (s *locked) show(app.View) {}

func (s *locked) scroll() *control.Area { return s.area }

func (s *locked) holds(fyne.CanvasObject) bool { return false }

func (s *locked) enter() { s.w.bottom.primary.Press() }

func (s *locked) field() *control.Entry { return nil }

func (s *locked) fresh(_, _ app.View) bool { return false }

func (s *locked) offers(app.View) line {
	return line{primary: app.Action{Intent: app.Next{}, Label: "action.unlock", Enabled: true}}
}
