package clerk

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// mostLetters is more than a member card's barcode ever holds (64, start and stop,
// a scanner's prefix): a longer one is refused, not cut.
const mostLetters = 100

// numberPanel is the second step of F3: which service, and the number of the member
// card in the person's hand. The field belongs to one person and one question: it
// is emptied when either changes.
type numberPanel struct {
	w       *Window
	serial  uint64
	phase   app.RegisterPhase
	view    app.RegisterView
	head    *control.Prose
	which   *canvas.Text
	service *control.Selector
	only    *control.Prose
	word    *control.Prose
	entry   *control.Entry
	taken   *accepted
	check   *control.Remark
	hint    *control.Prose
	goes    *control.Prose
	goesBox *fyne.Container
	ask     *control.Prose
	reasons []*control.Choice
	list    *fyne.Container
	state   *control.Remark
	root    *control.Panel
}

func newNumberPanel(w *Window) *numberPanel {
	l := w.kit.Look
	p := &numberPanel{
		w: w, head: control.NewTitle(l, look.Body, look.Ink), which: l.Text(w.t("register.service"), look.Small, look.InkSoft),
		only: control.NewProse(l, look.Body, look.Ink), word: control.NewTitle(l, look.Small, look.Ink),
		taken: newAccepted(w), check: control.NewRemark(l, look.Body, false), hint: control.NewProse(l, look.Small, look.InkSoft),
		goes: control.NewTitle(l, look.Small, look.Warn), ask: control.NewTitle(l, look.Body, look.Ink), state: control.NewRemark(l, look.Body, true),
	}
	p.service = control.NewSelector(w.kit, p.choose)
	p.entry = control.NewEntry(w.kit, mostLetters, p)
	p.goesBox = control.NewColumn(0, control.NewPanel(l, control.Warning, 10, p.goes))
	p.list = control.NewColumn(l.Px(8))
	for i, reason := range []app.TypedReason{app.TypedNoBarcode, app.TypedDamaged, app.TypedScanner, app.TypedNoCard} {
		choice := control.NewChoice(w.kit, w.t("register.reason."+reason.String()), fmt.Sprint(i+1), func() {
			w.send(app.TypedBecause{Reason: reason})
		})
		p.reasons = append(p.reasons, choice)
		p.list.Add(choice)
	}
	p.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10),
		p.head, p.which, p.service, p.only, p.word, p.entry, p.taken.root, p.check, p.hint, p.goesBox, p.ask, p.list, p.state)).Top()
	return p
}

func (p *numberPanel) holds(o fyne.CanvasObject) bool {
	return o == fyne.CanvasObject(p.entry) || o == fyne.CanvasObject(p.service) ||
		slices.ContainsFunc(p.reasons, func(c *control.Choice) bool { return o == fyne.CanvasObject(c) })
}

// Changed implements control.EntryEvents: nothing is said before Enter.
func (p *numberPanel) Changed(string) {}

// Entered implements control.EntryEvents.
func (p *numberPanel) Entered(text string, scanned bool) {
	p.w.send(app.Entered{Serial: p.serial, Text: app.NewInput(text), Scanned: scanned})
}

// choose opens the list of this desk's services.
func (p *numberPanel) choose() {
	var answers []fyne.CanvasObject
	for i, one := range p.view.Services {
		choice := control.NewChoice(p.w.kit, serviceWords(one), "", func() {
			p.w.modal.Close()
			p.w.send(app.ChooseService{Index: i})
			p.w.settle(p.w.view)
		})
		choice.Choose(i == p.view.Current)
		answers = append(answers, choice)
	}
	p.w.modal.Ask(p.w.canvas, p.w.t("register.service.choose"), answers...)
}

func serviceWords(s app.ServiceView) string { return s.Name + "（" + s.Word + "）" }

func (p *numberPanel) show(r app.RegisterView, active bool) {
	if p.serial != r.Serial || p.phase != r.Phase {
		p.entry.Clear()
	}
	p.serial, p.phase, p.view = r.Serial, r.Phase, r
	p.root.Tone(control.Plain)
	if active {
		p.root.Tone(control.Active)
	}
	p.head.Set("2　" + memberCard(p.w, r))
	one := service(r, r.Current)
	many := len(r.Services) > 1
	visible(p.which, many && active)
	p.service.Set(serviceWords(one), r.Phase == app.RegisterNumber)
	visible(p.service, many && active)
	only := ""
	if active && !many {
		only = one.Name
	}
	p.only.Set(only)
	asks := active && asksNumber(r.Phase)
	visible(p.entry, asks)
	if !asks {
		p.entry.Disable()
	} else {
		p.entry.Enable()
	}
	p.showWord(r, one, active)
	p.showCheck(r, asks)
	p.showReplaced(r)
	p.showReasons(active && r.Phase == app.RegisterReason)
	p.showState(r)
}

func (p *numberPanel) showWord(r app.RegisterView, one app.ServiceView, active bool) {
	word, hint := "", ""
	switch {
	case !active:
		hint = p.w.t("register.number.later")
	case r.Phase == app.RegisterNumber:
		word, hint = one.Word+"　"+p.w.t("register.number.scan"), p.w.t("register.number.type")
	case r.Phase == app.RegisterAgain:
		word, hint = one.Word+"　"+p.w.t("register.again.title"), p.w.t("register.again.text")
	default:
		word = one.Word
	}
	p.word.Set(word)
	p.hint.Set(hint)
}

// showCheck says what became of what was entered: refused and why, or accepted.
func (p *numberPanel) showCheck(r app.RegisterView, asks bool) {
	taken := ""
	if !asks && r.Phase != app.RegisterReason {
		taken = r.Number.Reveal()
	}
	p.taken.set(taken)
	switch {
	case asks && r.Problem.Code != "":
		p.check.Set(control.BangSign, p.w.sentence(r.Problem.Code, "happened")+p.w.sentence(r.Problem.Code, "now"), look.Bad, look.None)
	case taken != "" && r.Checked:
		p.check.Set(control.TickSign, p.w.t("register.number.checked"), look.Good, look.None)
	case taken != "":
		p.check.Set(control.TickSign, p.w.t("register.number.formed"), look.Good, look.None)
	default:
		p.check.Set(control.NoSign, "", look.Ink, look.None)
	}
}

func (p *numberPanel) showReplaced(r app.RegisterView) {
	there := !r.Replaces.IsZero() && !r.Number.IsZero()
	visible(p.goesBox, there)
	p.goes.Set("")
	if there {
		p.goes.Set("! " + p.w.t("register.replaces", r.Replaces.Reveal()))
	}
}

func (p *numberPanel) showReasons(asks bool) {
	visible(p.list, asks)
	for _, choice := range p.reasons {
		visible(choice, asks)
	}
	words := ""
	if asks {
		words = p.w.t("register.reason.title")
	}
	p.ask.Set(words)
}

func (p *numberPanel) showState(r app.RegisterView) {
	switch r.Phase {
	case app.RegisterConsent:
		p.state.Set(control.NoSign, p.w.t("register.consent.title"), look.Ink, look.None)
	case app.RegisterReady:
		p.state.Set(control.TickSign, p.w.t("register.ready.title"), look.Good, look.None)
	case app.RegisterSending:
		p.state.Set(control.NoSign, p.w.t("register.sending.title"), look.Ink, look.None)
	default:
		p.state.Set(control.NoSign, "", look.Ink, look.None)
	}
}

// accepted is the number as it will be registered, in a box that nothing is typed
// into.
type accepted struct {
	ground *canvas.Rectangle
	number *control.Figure
	look   look.Look
	root   *fyne.Container
}

func newAccepted(w *Window) *accepted {
	l := w.kit.Look
	a := &accepted{
		ground: &canvas.Rectangle{FillColor: look.Surface, CornerRadius: l.Px(look.RadiusControl)},
		number: control.NewFigure(l, look.Title, look.Small, look.Ink).Left(), look: l,
	}
	a.root = &fyne.Container{Layout: a, Objects: []fyne.CanvasObject{a.ground, a.number}}
	return a
}

func (a *accepted) set(number string) {
	visible(a.root, number != "")
	a.number.Set(number)
}

func (a *accepted) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// HeightFor implements control's flowing layouts.
func (a *accepted) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	return max(a.look.Px(look.Target), a.number.HeightFor(width-a.look.Px(24))+a.look.Px(16))
}

// Layout implements fyne.Layout.
func (a *accepted) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	in := a.look.Px(12)
	h := a.number.HeightFor(size.Width - 2*in)
	put(a.ground, 0, 0, size.Width, size.Height)
	put(a.number, in, (size.Height-h)/2, size.Width-2*in, h)
}
