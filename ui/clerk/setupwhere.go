package clerk

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// setupWhere is the window that numbers are typed into.
type setupWhere struct {
	w       *Window
	process *fact
	title   *fact
	start   *fact
	state   *control.Remark
	pick    *control.Button
	here    *control.Button
	buttons *fyne.Container
	root    *control.Panel
}

func newSetupWhere(w *Window) *setupWhere {
	l := w.kit.Look
	s := &setupWhere{
		w: w, process: newFact(w, "setup.process"), title: newFact(w, "setup.window"), start: newFact(w, "setup.start"),
		state: control.NewRemark(l, look.Body, true),
	}
	s.pick = control.NewButton(w.kit, control.Outline, func() { w.send(app.PickTarget{}) })
	s.here = control.NewButton(w.kit, control.Outline, func() { w.send(app.Configure{What: app.SettingStartHere}) })
	s.buttons = control.NewWrap(control.Wrap{Gap: l.Px(10), RowGap: l.Px(8)}, s.pick, s.here)
	s.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10), title(l, look.Body, w.t("setup.where")),
		s.process.root, s.title.root, s.start.root, s.state, s.buttons)).Top()
	return s
}

func (s *setupWhere) controls() []fyne.CanvasObject { return []fyne.CanvasObject{s.pick, s.here} }

func (s *setupWhere) show(v app.SetupView) {
	there := types(v.Way)
	visible(s.root, there)
	none := s.w.t("setup.where.none")
	process := v.Process
	if process == "" {
		process = none
	}
	s.process.set(process, look.Ink)
	s.title.set(v.Title, look.Ink)
	start := ""
	if v.Release == "title" && v.Process != "" {
		if start = v.Start; start == "" {
			start = none
		}
	}
	s.start.set(start, look.Ink)
	picking := v.Step == app.SetupPicking
	if picking {
		s.state.Set(control.DotSign, s.w.t("setup.picking", v.Seconds), look.Warn, look.WarnMark)
	} else {
		s.state.Set(control.NoSign, s.w.t("setup.where.text"), look.InkSoft, look.None)
	}
	idle := v.Step != app.SetupPicking && v.Step != app.SetupWaiting
	s.pick.Set(s.w.t("setup.pick"), "", there && idle)
	visible(s.here, v.Release == "title" && v.Process != "")
	s.here.Set(s.w.t("setup.start.here"), "", there && idle)
}

// setupWhen is when the next person's number may go, and how long one is shown.
type setupWhen struct {
	w       *Window
	release *options
	says    *control.Prose
	stays   *options
	exit    *options
	root    *control.Panel
}

func newSetupWhen(w *Window) *setupWhen {
	l := w.kit.Look
	s := &setupWhen{
		w: w, release: newOptions(w, app.SettingRelease, "setup.release", "setup.release."), says: control.NewProse(l, look.Body, look.Ink),
		stays: newOptions(w, app.SettingStays, "setup.stays", "setup.stays."), exit: newOptions(w, app.SettingOnExit, "setup.exit", "setup.exit."),
	}
	s.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(14), title(l, look.Body, w.t("setup.when")),
		s.release.root, s.says, s.stays.root, s.exit.root)).Top()
	return s
}

func (s *setupWhen) controls() []fyne.CanvasObject {
	return slices.Concat(s.release.controls(), s.stays.controls(), s.exit.controls())
}

func (s *setupWhen) show(v app.SetupView) {
	releases := []string{"title", "action", "quiet"}
	if !types(v.Way) {
		releases = []string{"action", "quiet"}
	}
	s.release.show(releases, v.Release)
	says := ""
	if v.Release != "" {
		says = s.w.t("setup.release." + v.Release + ".text")
	}
	s.says.Set(says)
	s.stays.show([]string{"10", "20", "60"}, strconv.Itoa(int(v.Stays.Seconds())))
	s.exit.show([]string{"keep", "wipe"}, v.OnExit)
}
