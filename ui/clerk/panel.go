package clerk

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// panel is the middle of F2. It is built once, top to bottom; each phase shows
// the parts it has.
type panel struct {
	w        *Window
	root     *control.Panel
	pictures map[control.CardPose]fyne.CanvasObject
	pose     control.CardPose  // of the present phase
	drawn    bool              // the phase has a drawing
	bad      fyne.CanvasObject // ! above a problem
	dots     *control.Dots
	dotsRow  fyne.CanvasObject
	good     *fyne.Container // ✓ beside the words, when all is done
	goodName *control.Prose
	goodText *control.Prose
	title    *control.Prose
	text     *control.Prose
	tries    *fyne.Container
	left     *control.Prose
	hurry    *control.Prose
	choices  []*control.Choice
	list     *fyne.Container
	bar      *control.Progress
	barRow   fyne.CanvasObject
	receipt  *fyne.Container
	receipts *control.Prose
	kept     *labelled
	now      *labelled
	advice   *fyne.Container
	warning  *control.Prose
	warned   *fyne.Container
}

// labelled is a small heading and a sentence under it.
type labelled struct {
	words *control.Prose
	root  *fyne.Container
}

func newLabelled(w *Window, label string, bold bool) *labelled {
	head := control.NewProse(w.kit.Look, look.Small, look.InkSoft)
	head.Set(label)
	words := control.NewProse(w.kit.Look, look.Body, look.Ink)
	if bold {
		words = control.NewTitle(w.kit.Look, look.Body, look.Ink)
	}
	return &labelled{words: words, root: control.NewColumn(w.kit.Px(2), head, words)}
}

func (b *labelled) set(words string) {
	b.words.Set(words)
	visible(b.root, words != "")
}

func newPanel(w *Window) *panel {
	l := w.kit.Look
	p := &panel{w: w, pictures: map[control.CardPose]fyne.CanvasObject{}}
	var parts []fyne.CanvasObject
	for _, pose := range []control.CardPose{control.CardOn, control.CardOff, control.CardTorn} {
		p.pictures[pose] = &fyne.Container{Layout: pictureSize{l, 216, 192}, Objects: []fyne.CanvasObject{control.NewCardPicture(pose, false)}}
		p.pictures[pose].Hide() // a drawing is made when it is first laid out
		parts = append(parts, p.pictures[pose])
	}
	p.bad = control.NewMiddle(control.NewBadge(l, 56, false))
	p.dots = control.NewDots(l, 4, 26, 18, look.DrawnLine)
	p.dotsRow = control.NewInset(control.Inset{Bottom: l.Px(14)}, control.NewMiddle(p.dots))
	p.title = control.NewTitle(l, look.Heading, look.Ink).Centred()
	p.text = control.NewProse(l, look.Body, look.InkSoft).Centred()
	p.buildGood()
	p.left = control.NewTitle(l, look.Body, look.Warn)
	more := control.NewProse(l, look.Body, look.Ink)
	more.Set(w.t("write.pin.tries.more"))
	p.tries = control.NewWrap(control.Wrap{Gap: l.Px(12), RowGap: l.Px(4), Middle: true}, p.left, more)
	p.hurry = control.NewTitle(l, look.Body, look.Warn).Centred()
	p.buildChoices()
	p.bar = control.NewProgress(l)
	p.barRow = control.NewInset(control.Inset{Top: l.Px(12)}, control.NewMiddle(p.bar))
	p.buildReceipt()
	p.buildAdvice()
	for _, o := range []**fyne.Container{&p.good, &p.list, &p.receipt, &p.advice, &p.warned} {
		*o = control.NewInset(control.Inset{Left: l.Px(28), Right: l.Px(28)}, *o)
	}
	parts = append(parts, p.bad, p.dotsRow, p.good, p.title, p.text, p.tries, p.hurry, p.list, p.barRow, p.receipt, p.advice, p.warned)
	p.root = control.NewPanel(l, control.Calm, 14, control.NewColumn(l.Px(14), parts...))
	return p
}

// compact leaves the drawing out, so that the words come first.
func (p *panel) compact(yes bool) {
	for pose, picture := range p.pictures {
		visible(picture, p.drawn && !yes && pose == p.pose)
	}
}

func (p *panel) buildGood() {
	l := p.w.kit.Look
	p.goodName = control.NewTitle(l, look.Heading, look.Ink)
	p.goodText = control.NewProse(l, look.Body, look.InkSoft)
	badge := control.NewBadge(l, 60, true)
	p.good = &fyne.Container{
		Layout:  besideLayout{l, l.Px(60), l.Px(20)},
		Objects: []fyne.CanvasObject{badge, control.NewColumn(l.Px(4), p.goodName, p.goodText)},
	}
}

var whose = [...]struct {
	who app.Whose
	key string
}{
	{app.WhoseSelf, "write.whose.self"},
	{app.WhoseMinor, "write.whose.minor"},
	{app.WhoseGuardian, "write.whose.guardian"},
	{app.WhoseProxy, "write.whose.proxy"},
}

func (p *panel) buildChoices() {
	p.list = control.NewColumn(p.w.kit.Px(10))
	for i, one := range whose {
		choice := control.NewChoice(p.w.kit, p.w.t(one.key), fmt.Sprint(i+1), func() { p.w.send(app.Tell{Who: one.who}) })
		p.choices = append(p.choices, choice)
		p.list.Add(choice)
	}
}

// buildReceipt says in place of the printer's controls that there is none.
func (p *panel) buildReceipt() {
	l := p.w.kit.Look
	p.receipts = control.NewProse(l, look.Body, look.Ink)
	p.receipt = control.NewInset(control.Inset{Top: l.Px(10)}, control.NewPanel(l, control.Sheet, 24,
		control.NewColumn(l.Px(12), title(l, look.Body, p.w.t("write.done.receipt")), p.receipts)))
	p.receipts.Set(p.w.t("write.done.no-printer"))
	p.warning = control.NewTitle(l, look.Body, look.Warn)
	p.warned = control.NewColumn(0, control.NewPanel(l, control.Warning, 16, p.warning))
}

func (p *panel) buildAdvice() {
	l := p.w.kit.Look
	p.kept = newLabelled(p.w, p.w.t("problem.kept"), false)
	p.now = newLabelled(p.w, p.w.t("problem.now"), true)
	p.advice = control.NewColumn(0, control.NewPanel(l, control.Sheet, 20, control.NewColumn(l.Px(14), p.kept.root, p.now.root)))
}

// pictureSize holds a drawing at a fixed size in the middle of the width.
type pictureSize struct {
	look          look.Look
	width, height float32
}

func (s pictureSize) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(s.look.Px(s.width), s.look.Px(s.height))
}

// Layout implements fyne.Layout.
func (s pictureSize) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		put(o, (size.Width-s.look.Px(s.width))/2, 0, s.look.Px(s.width), s.look.Px(s.height))
	}
}

// besideLayout sets words beside a badge.
type besideLayout struct {
	look       look.Look
	badge, gap float32
}

func (b besideLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(b.badge, b.badge) }

// HeightFor implements control's flowing layouts.
func (b besideLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return max(b.badge, control.Height(objects[1], width-b.badge-b.gap))
}

// Layout implements fyne.Layout.
func (b besideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := size.Width - b.badge - b.gap
	h := control.Height(objects[1], w)
	put(objects[0], 0, (size.Height-b.badge)/2, b.badge, b.badge)
	put(objects[1], b.badge+b.gap, (size.Height-h)/2, w, h)
}
