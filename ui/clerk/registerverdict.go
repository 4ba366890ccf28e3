package clerk

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// verdict takes the place of the two cards: the PIN is asked, all is done, a link is
// to be taken away, the answer was lost, something is in the way.
type verdict struct {
	w         *Window
	good      *fyne.Container
	bad       *fyne.Container
	dots      *control.Dots
	dotsRow   *fyne.Container
	title     *control.Prose
	text      *control.Prose
	of        *control.Prose
	number    *control.Figure
	tries     *control.Remark
	hurry     *control.Prose
	label     *control.Prose
	receipt   *control.Figure
	danger    *control.Button
	dangerRow *fyne.Container
	problem   *problem
	left      *left
	root      *control.Panel
}

func newVerdict(w *Window) *verdict {
	l := w.kit.Look
	v := &verdict{
		w: w, good: control.NewMiddle(control.NewBadge(l, 60, true)), bad: control.NewMiddle(control.NewBadge(l, 56, false).Inked(look.Warn, look.Paper)),
		dots: control.NewDots(l, 4, 26, 18, look.DrawnLine), title: control.NewTitle(l, look.Heading, look.Ink).Centred(),
		text: control.NewProse(l, look.Body, look.InkSoft).Centred(), of: control.NewProse(l, look.Large, look.Ink).Centred(),
		number: control.NewFigure(l, look.Shout, look.Large, look.Ink), tries: control.NewRemark(l, look.Body, true).Centred(),
		hurry: control.NewTitle(l, look.Body, look.Warn).Centred(), label: control.NewProse(l, look.Small, look.InkSoft).Centred(),
		receipt: control.NewFigure(l, look.Shout, look.Large, look.Ink), problem: newProblem(w), left: newLeft(w),
	}
	v.dotsRow = control.NewInset(control.Inset{Bottom: l.Px(8)}, control.NewMiddle(v.dots))
	v.danger = control.NewButton(w.kit, control.Danger, func() { w.send(app.Really{}) })
	v.dangerRow = control.NewInset(control.Inset{Top: l.Px(10)}, control.NewWrap(control.Wrap{Middle: true}, v.danger))
	v.root = control.NewPanel(l, control.Calm, 24, control.NewColumn(l.Px(12),
		v.good, v.bad, v.dotsRow, v.title, v.text, v.of, v.number, v.tries, v.hurry, v.label, v.receipt, v.dangerRow, v.problem.root, v.left.root))
	return v
}

func (v *verdict) holds(o fyne.CanvasObject) bool { return o == fyne.CanvasObject(v.danger) }

func (v *verdict) show(r app.RegisterView, over bool) {
	visible(v.root, over)
	if !over {
		r = app.RegisterView{}
	}
	done := r.Phase == app.RegisterDone || r.Phase == app.RegisterUnlinked
	pin := r.Phase == app.RegisterPIN || r.Phase == app.RegisterLastTry
	lost, asks := r.Phase == app.RegisterLost, r.Phase == app.RegisterAskUnlink
	wrong := r.Phase == app.RegisterProblem
	v.root.Tone(verdictTone(r.Phase))
	visible(v.good, over && done)
	visible(v.bad, over && lost)
	visible(v.dotsRow, over && pin)
	v.dots.Set(r.Digits)
	words, text := "", ""
	if over && !wrong {
		words, text = v.w.t("register."+r.Phase.String()+".title"), v.w.t("register."+r.Phase.String()+".text")
	}
	if lost {
		words, text = v.w.sentence(app.CodeLinkLost, "happened"), v.w.sentence(app.CodeLinkLost, "kept")+"\n"+v.w.sentence(app.CodeLinkLost, "now")
	}
	v.title.Set(words)
	v.text.Set(text)
	v.showOf(r, over)
	v.showTries(r, over && r.Phase == app.RegisterPIN)
	label := ""
	if over && (r.Phase == app.RegisterDone || lost) && r.Receipt != "" {
		label = v.w.t("register.receipt")
	}
	v.label.Set(label)
	v.receipt.Set("")
	if label != "" {
		v.receipt.Set(r.Receipt)
	}
	visible(v.dangerRow, asks)
	v.danger.Set(v.w.t("register.unlink.really"), "", asks)
	visible(v.danger, asks)
	of := app.Problem{}
	if wrong {
		of = r.Problem
	}
	v.problem.show(of)
	v.left.show(over && r.CardLeft)
}

func verdictTone(p app.RegisterPhase) control.Tone {
	switch p {
	case app.RegisterDone, app.RegisterUnlinked:
		return control.Success
	case app.RegisterLost, app.RegisterLastTry, app.RegisterAskUnlink:
		return control.Warning
	case app.RegisterProblem:
		return control.Failure
	}
	return control.Calm
}

// showOf names the service and the number that it is about.
func (v *verdict) showOf(r app.RegisterView, over bool) {
	one, number := app.ServiceView{}, ""
	switch {
	case !over:
	case r.Phase == app.RegisterDone:
		one, number = service(r, r.Current), r.Number.Reveal()
	case r.Phase == app.RegisterAskUnlink || r.Phase == app.RegisterUnlinking || r.Phase == app.RegisterUnlinked:
		if one = service(r, r.Unlinks); r.Unlinks >= 0 && r.Unlinks < len(r.Links) && r.Phase != app.RegisterUnlinked {
			number = r.Links[r.Unlinks].Number.Reveal()
		}
	}
	words := ""
	if one.Name != "" {
		words = one.Name + "　" + one.Word
	}
	v.of.Set(words)
	v.number.Set(number)
}

func (v *verdict) showTries(r app.RegisterView, asks bool) {
	words, hurry := "", ""
	if asks && r.TriesLeft >= 0 {
		words = v.w.t("write.pin.tries", r.TriesLeft) + "　" + v.w.t("write.pin.tries.more")
	}
	if asks && r.Problem.Code != "" {
		words = v.w.sentence(r.Problem.Code, "happened") + words
	}
	if asks && r.TimeLeft {
		hurry = v.w.t("write.pin.time")
	}
	v.tries.Set(control.BangSign, words, look.Warn, look.None)
	v.hurry.Set(hurry)
}
