package clerk

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// setupTrial hands a made-up number to our own field, and then to the business
// application.
type setupTrial struct {
	w      *Window
	serial uint64
	step   app.SetupStep
	sent   *fact
	entry  *control.Entry
	state  *control.Remark
	advice *control.Prose
	own    *control.Button
	target *control.Button
	root   *control.Panel
}

func newSetupTrial(w *Window) *setupTrial {
	l := w.kit.Look
	s := &setupTrial{
		w: w, sent: newFact(w, "setup.sent"), state: control.NewRemark(l, look.Body, true), advice: control.NewProse(l, look.Body, look.Ink),
	}
	s.entry = control.NewEntry(w.kit, mostLetters, s)
	s.own = control.NewButton(w.kit, control.Outline, func() { w.send(app.TryOwn{}) })
	s.target = control.NewButton(w.kit, control.Outline, func() { w.send(app.TryTarget{}) })
	text := control.NewProse(l, look.Body, look.InkSoft)
	text.Set(w.t("setup.trial.text"))
	s.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10), title(l, look.Body, w.t("setup.trial")),
		text, s.sent.root, s.entry, s.state, s.advice, control.NewWrap(control.Wrap{Gap: l.Px(10), RowGap: l.Px(8)}, s.own, s.target))).Top()
	return s
}

func (s *setupTrial) controls() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.entry, s.own, s.target}
}

// Changed implements control.EntryEvents.
func (s *setupTrial) Changed(string) {}

// Entered implements control.EntryEvents.
func (s *setupTrial) Entered(text string, scanned bool) {
	s.w.send(app.Entered{Serial: s.serial, Text: app.NewInput(text), Scanned: scanned})
}

func (s *setupTrial) show(v app.SetupView) {
	if s.serial != v.Serial || s.step != v.Step {
		s.entry.Clear()
	}
	s.serial, s.step = v.Serial, v.Step
	trying := v.Step == app.SetupTryingOwn
	visible(s.entry, trying)
	if trying {
		s.entry.Enable()
	} else {
		s.entry.Disable()
	}
	s.sent.code(v.Sent)
	s.showState(v)
	idle := v.Step != app.SetupTryingOwn && v.Step != app.SetupWaiting && v.Step != app.SetupPicking
	typed := types(v.Way) || v.Way == "clipboard"
	visible(s.own, typed)
	s.own.Set(s.w.t("setup.try.own"), "", idle && typed)
	s.target.Set(s.w.t("setup.try.target"), "", idle && v.Way != "")
}

func (s *setupTrial) showState(v app.SetupView) {
	advice := ""
	if v.Code != "" {
		advice = s.w.sentence(v.Code, "happened") + s.w.sentence(v.Code, "now")
	}
	switch v.Step {
	case app.SetupTryingOwn:
		s.state.Set(control.DotSign, s.w.t("setup.trying"), look.Warn, look.WarnMark)
	case app.SetupOwnRight:
		s.state.Set(control.TickSign, s.w.t("setup.own.right"), look.Good, look.None)
	case app.SetupOwnWrong:
		s.state.Set(control.BangSign, s.w.t("setup.own.wrong"), look.Bad, look.None)
	case app.SetupWaiting:
		s.state.Set(control.DotSign, s.w.t("setup.waiting", v.Seconds), look.Warn, look.WarnMark)
	case app.SetupTried:
		sign, ink := control.BangSign, look.Warn
		if v.Result == app.DeliveryDone || v.Result == app.DeliveryShown {
			sign, ink = control.TickSign, look.Good
		}
		s.state.Set(sign, s.w.t("setup.tried."+v.Result.String()), ink, look.None)
	default:
		s.state.Set(control.NoSign, "", look.Ink, look.None)
	}
	s.advice.Set(advice)
}

const samples = 10

// setupLearn is the assistant: ten member cards in, a number rule out.
type setupLearn struct {
	w       *Window
	serial  uint64
	count   int
	entry   *control.Entry
	bar     *control.Progress
	state   *control.Remark
	form    *fact
	schemes *control.Prose
	label   *control.Prose
	rule    *control.Figure
	again   *control.Button
	root    *control.Panel
}

func newSetupLearn(w *Window) *setupLearn {
	l := w.kit.Look
	s := &setupLearn{
		w: w, bar: control.NewProgress(l), state: control.NewRemark(l, look.Body, true), form: newFact(w, "setup.learn.form"),
		schemes: control.NewProse(l, look.Body, look.Ink), label: control.NewProse(l, look.Small, look.InkSoft),
		rule: control.NewFigure(l, look.Small, look.Small, look.Ink).Left(),
	}
	s.entry = control.NewEntry(w.kit, mostLetters, s)
	s.again = control.NewButton(w.kit, control.Outline, func() { w.send(app.SampleAgain{}) })
	text := control.NewProse(l, look.Body, look.InkSoft)
	text.Set(w.t("setup.learn.text"))
	s.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10), title(l, look.Body, w.t("setup.learn")),
		text, s.entry, control.NewWrap(control.Wrap{}, s.bar), s.state, s.form.root, s.schemes, s.label, s.rule,
		control.NewWrap(control.Wrap{}, s.again))).Top()
	return s
}

func (s *setupLearn) controls() []fyne.CanvasObject { return []fyne.CanvasObject{s.entry, s.again} }

// Changed implements control.EntryEvents.
func (s *setupLearn) Changed(string) {}

// Entered implements control.EntryEvents.
func (s *setupLearn) Entered(text string, scanned bool) {
	s.entry.Clear()
	s.w.send(app.Entered{Serial: s.serial, Text: app.NewInput(text), Scanned: scanned})
}

func (s *setupLearn) show(v app.SetupView) {
	learn := v.Learn
	if s.serial != v.Serial || s.count != learn.Count {
		s.entry.Clear()
	}
	s.serial, s.count = v.Serial, learn.Count
	asks := v.Step != app.SetupTryingOwn && learn.Count < samples
	visible(s.entry, asks)
	if asks {
		s.entry.Enable()
	} else {
		s.entry.Disable()
	}
	s.bar.Set(float32(learn.Count) / samples)
	switch {
	case learn.Code != "":
		s.state.Set(control.BangSign, s.w.sentence(learn.Code, "happened")+s.w.sentence(learn.Code, "now"), look.Bad, look.None)
	case learn.Count == samples:
		s.state.Set(control.TickSign, s.w.t("setup.learn.done"), look.Good, look.None)
	default:
		s.state.Set(control.NoSign, s.w.t("setup.learn.count", learn.Count, samples), look.Ink, look.None)
	}
	s.form.code(learn.Form)
	schemes := ""
	if learn.Count == samples && len(learn.Schemes) > 0 {
		var named []string
		for i, scheme := range learn.Schemes {
			named = append(named, strconv.Itoa(i+1)+" "+s.scheme(scheme))
		}
		schemes = s.w.t("setup.learn.schemes") + "\n" + strings.Join(named, "\n")
	}
	s.schemes.Set(schemes)
	label := ""
	if learn.Rule != "" {
		label = s.w.t("setup.learn.rule")
	}
	s.label.Set(label)
	s.rule.Set(learn.Rule)
	visible(s.again, learn.Count > 0)
	s.again.Set(s.w.t("setup.learn.again"), "", learn.Count > 0)
}

// scheme is a check digit's name in words, or as the profile writes it.
func (s *setupLearn) scheme(name string) string {
	if key := "setup.scheme." + name; s.w.texts.Clerk.Has(key) {
		return s.w.t(key)
	}
	return name
}
