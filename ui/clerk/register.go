package clerk

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// register is F3: the resident's card at the left, the member card in the middle,
// the resident's window in small at the right, and under them what is linked
// already. What ends a registration, or asks once more, takes the two cards' place.
type register struct {
	w       *Window
	line1   *control.StepLine
	card    *cardPanel
	number  *numberPanel
	verdict *verdict
	mirror  *mirror
	seen    *fyne.Container // the mirror with its label
	links   *linkTable
	sheet   *registerSheet
	area    *control.Area
	root    *fyne.Container
}

func newRegister(w *Window) *register {
	l := w.kit.Look
	s := &register{w: w, line1: control.NewStepLine(l), mirror: newMirror(w)}
	s.card, s.number, s.verdict, s.links = newCardPanel(w), newNumberPanel(w), newVerdict(w), newLinkTable(w)
	label := control.NewTitle(l, look.Small, look.InkSoft)
	label.Set(w.t("fact.mirror"))
	s.seen = control.NewColumn(l.Px(6), label, s.mirror.root)
	s.sheet = &registerSheet{s: s}
	s.area = control.NewArea(&fyne.Container{Layout: s.sheet, Objects: []fyne.CanvasObject{
		s.card.root, s.number.root, s.verdict.root, s.seen, s.links.root,
	}}, false)
	sub := control.NewProse(l, look.Body, look.InkSoft)
	sub.Set(w.t("register.sub"))
	head := control.NewColumn(l.Px(4), title(l, look.Heading, w.t("register.title")), sub)
	s.root = newPage(l, head, &fyne.Container{Layout: registerBody{s}, Objects: []fyne.CanvasObject{s.line1, s.area}})
	return s
}

func (s *register) content() fyne.CanvasObject { return s.root }

func (s *register) scroll() *control.Area { return s.area }

func (s *register) holds(o fyne.CanvasObject) bool {
	return s.number.holds(o) || s.links.holds(o) || s.verdict.holds(o)
}

func (s *register) enter() { s.w.bottom.primary.Press() }

// field is where the number is expected.
func (s *register) field() *control.Entry {
	if s.w.view.Screen == app.ScreenRegister && asksNumber(s.w.view.Register.Phase) {
		return s.number.entry
	}
	return nil
}

func asksNumber(p app.RegisterPhase) bool { return p == app.RegisterNumber || p == app.RegisterAgain }

// fresh: another person, or another question to them.
func (s *register) fresh(before, now app.View) bool {
	return before.Register.Serial != now.Register.Serial || before.Register.Phase != now.Register.Phase
}

func (s *register) offers(v app.View) line {
	return line{escape: v.Register.Escape, primary: v.Register.Primary}
}

// judged: the phases in which one answer takes the cards' place.
func judged(p app.RegisterPhase) bool {
	switch p {
	case app.RegisterWaiting, app.RegisterReading, app.RegisterNumber, app.RegisterReason, app.RegisterAgain,
		app.RegisterConsent, app.RegisterReady, app.RegisterSending:
		return false
	}
	return true
}

func (s *register) show(v app.View) {
	r := v.Register
	over := judged(r.Phase)
	second := r.Read && !over
	steps := []control.Step{{Mark: control.Now, Title: s.w.t("register.card")}, {Title: memberCard(s.w, r)}}
	if second {
		steps[0].Mark, steps[1].Mark = control.Done, control.Now
	}
	s.line1.Set(steps)
	s.sheet.over, s.sheet.second = over, second
	visible(s.card.root, !over)
	visible(s.number.root, !over)
	s.card.show(r, !second && !over)
	s.number.show(r, second)
	s.verdict.show(r, over)
	s.mirror.show(v)
	s.links.show(r)
}

// service is the chosen one; its words are the operator's own.
func service(r app.RegisterView, i int) app.ServiceView {
	if i < 0 || i >= len(r.Services) {
		return app.ServiceView{}
	}
	return r.Services[i]
}

func memberCard(w *Window, r app.RegisterView) string {
	if card := service(r, r.Current).Card; card != "" {
		return card
	}
	return w.t("register.member")
}

// registerBody shows all at once when it fits, else the present step in one line
// above a sheet that scrolls.
type registerBody struct{ s *register }

func (b registerBody) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (b registerBody) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l, s := b.s.w.kit.Look, b.s
	s.sheet.wide = size.Width >= l.Px(registerWide)
	whole := s.sheet.over || s.sheet.wide && s.sheet.HeightFor(nil, size.Width) <= size.Height
	visible(s.line1, !whole)
	top := float32(0)
	if !whole {
		put(s.line1, 0, 0, size.Width, l.Px(28))
		top = l.Px(36)
	}
	s.area.Move(fyne.NewPos(0, top))
	s.area.Resize(fyne.NewSize(size.Width, max(0, size.Height-top)))
	s.area.Refresh()
}

const (
	registerWide float32 = 860 // of the body: below it the panels stand under each other
	seenWidth    float32 = 282
	seenSmall    float32 = 240
)

// registerSheet lays the panels out.
type registerSheet struct {
	s            *register
	wide         bool
	over, second bool
}

func (r *registerSheet) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (r *registerSheet) widths(width float32) (card, number, seen, gap float32) {
	l := r.s.w.kit.Look
	gap, seen = l.Px(16), l.Px(seenWidth)
	if width < l.Px(1000) {
		seen = l.Px(seenSmall)
	}
	rest := width - seen - 2*gap
	return rest * 0.436, rest * 0.564, seen, gap
}

// upper are the panels above the table, from left to right or top to bottom: in a
// narrow window the one under way comes first.
func (r *registerSheet) upper() []fyne.CanvasObject {
	s := r.s
	switch {
	case r.over:
		return []fyne.CanvasObject{s.verdict.root, s.seen}
	case r.wide || !r.second:
		return []fyne.CanvasObject{s.card.root, s.number.root, s.seen}
	}
	return []fyne.CanvasObject{s.number.root, s.card.root, s.seen}
}

// place gives each panel its box; HeightFor and Layout are this one arithmetic.
func (r *registerSheet) place(width float32, at func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	card, number, seen, gap := r.widths(width)
	y := float32(0)
	switch {
	case r.wide && r.over:
		w := card + gap + number
		high := max(control.Height(r.s.verdict.root, w), control.Height(r.s.seen, seen))
		at(r.s.verdict.root, 0, 0, w, high)
		at(r.s.seen, w+gap, 0, seen, control.Height(r.s.seen, seen))
		y = high
	case r.wide:
		high := max(control.Height(r.s.card.root, card), control.Height(r.s.number.root, number), control.Height(r.s.seen, seen), r.s.w.kit.Px(280))
		at(r.s.card.root, 0, 0, card, high)
		at(r.s.number.root, card+gap, 0, number, high)
		at(r.s.seen, card+number+2*gap, 0, seen, control.Height(r.s.seen, seen))
		y = high
	default:
		for i, o := range r.upper() {
			if i > 0 {
				y += gap
			}
			h := control.Height(o, width)
			at(o, 0, y, width, h)
			y += h
		}
	}
	if r.s.links.root.Visible() {
		h := control.Height(r.s.links.root, width)
		at(r.s.links.root, 0, y+gap, width, h)
		y += gap + h
	}
	return y
}

// HeightFor implements control's flowing layouts.
func (r *registerSheet) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	return r.place(width, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

// Layout implements fyne.Layout.
func (r *registerSheet) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	r.place(size.Width, put)
}
