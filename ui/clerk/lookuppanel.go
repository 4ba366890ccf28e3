package clerk

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// lookupPanel is the large panel of F4. It is built once; each moment shows the
// parts it has. A number leaves it with the View that holds none.
type lookupPanel struct {
	w        *Window
	pictures map[control.CardPose]fyne.CanvasObject
	title    *control.Prose
	text     *control.Prose
	service  *control.Prose
	number   *control.Figure
	bars     *control.Bars
	outcome  *control.Remark
	way      *control.Prose
	advice   *control.Prose
	problem  *problem
	left     *left
	root     *control.Panel
}

func newLookupPanel(w *Window) *lookupPanel {
	l := w.kit.Look
	p := &lookupPanel{
		w: w, pictures: map[control.CardPose]fyne.CanvasObject{},
		title: control.NewTitle(l, look.Heading, look.Ink).Centred(), text: control.NewProse(l, look.Body, look.InkSoft).Centred(),
		service: control.NewProse(l, look.Large, look.Ink).Centred(), number: control.NewFigure(l, look.Aloud, look.Large, look.Ink),
		bars: control.NewBars(l), outcome: control.NewRemark(l, look.Large, true).Centred(),
		way: control.NewProse(l, look.Body, look.InkSoft).Centred(), advice: control.NewTitle(l, look.Body, look.Ink).Centred(),
		problem: newProblem(w), left: newLeft(w),
	}
	var parts []fyne.CanvasObject
	for _, pose := range []control.CardPose{control.CardOn, control.CardOff} {
		p.pictures[pose] = &fyne.Container{Layout: pictureSize{l, 216, 192}, Objects: []fyne.CanvasObject{control.NewCardPicture(pose, false)}}
		p.pictures[pose].Hide() // a drawing is made when it is first laid out
		parts = append(parts, p.pictures[pose])
	}
	parts = append(parts, p.title, p.text, p.service, p.bars, p.number, p.outcome, p.way, p.advice, p.problem.root, p.left.root)
	p.root = control.NewPanel(l, control.Calm, 20, control.NewColumn(l.Px(12), parts...))
	return p
}

// deliveries say how what became of a number looks.
var deliveries = [...]struct {
	tone control.Tone
	sign control.Sign
}{
	app.DeliveryNone:    {control.Calm, control.NoSign},
	app.DeliveryHeld:    {control.Warning, control.BangSign},
	app.DeliveryHanding: {control.Calm, control.NoSign},
	app.DeliveryDone:    {control.Success, control.TickSign},
	app.DeliveryNot:     {control.Warning, control.BangSign},
	app.DeliveryUnknown: {control.Warning, control.BangSign},
	app.DeliveryShown:   {control.Calm, control.NoSign},
}

func (p *lookupPanel) show(v app.LookupView) {
	shown, wrong := v.Phase == app.LookupShown, v.Phase == app.LookupProblem
	tone := control.Calm
	switch {
	case shown:
		tone = deliveries[v.Delivery].tone
	case wrong && v.Problem.Code == app.CodeLinkNotHere:
		tone = control.Warning
	case wrong:
		tone = control.Failure
	}
	p.root.Tone(tone)
	visible(p.pictures[control.CardOff], v.Phase == app.LookupWaiting)
	visible(p.pictures[control.CardOn], v.Phase == app.LookupReading)
	p.showWords(v)
	p.showNumber(v, shown)
	p.showOutcome(v, shown)
	p.left.show(v.CardLeft)
	of := app.Problem{}
	if wrong {
		of = v.Problem
	}
	p.problem.show(of)
}

func (p *lookupPanel) showWords(v app.LookupView) {
	words, text := "", ""
	switch v.Phase {
	case app.LookupWaiting:
		words = p.w.t("lookup.waiting.title")
		switch v.Target.Way {
		case "":
			text = p.w.t("lookup.waiting.text.none")
		case "screen":
			text = p.w.t("lookup.waiting.text.screen")
		default:
			text = p.w.t("lookup.waiting.text", shortTarget(p.w, v.Target))
		}
	case app.LookupReading:
		words, text = p.w.t("lookup.reading.title"), p.w.t("lookup.reading.text")
	}
	p.title.Set(words)
	p.text.Set(text)
}

// showNumber shows the number as that library's card prints it, or that it is gone.
// A terminal without a clerk shows none.
func (p *lookupPanel) showNumber(v app.LookupView, shown bool) {
	service, number := "", ""
	bars := v.Bars
	if shown {
		service = v.Service.Name + "　" + v.Service.Word
		number = v.Number.Reveal()
	}
	if !shown || v.Unattended || v.Number.IsZero() {
		number, bars = "", nil
	}
	p.service.Set(service)
	most := look.Aloud
	switch {
	case bars != nil:
		most = look.Heading // under its bars, as on a card
	case p.w.kit.Look.Scale > 1.5:
		most = look.Poster
	}
	p.number.Largest(most)
	p.number.Set(number)
	p.bars.Set(bars)
	if !shown || number != "" {
		return
	}
	if v.Unattended {
		p.title.Set(p.w.t("lookup.unattended.title"))
		p.text.Set(p.w.t("lookup.unattended.text"))
		return
	}
	p.title.Set(p.w.t("lookup.wiped.title"))
	p.text.Set(p.w.t("lookup.wiped.text"))
}

func (p *lookupPanel) showOutcome(v app.LookupView, shown bool) {
	words, way, advice := "", "", ""
	if shown && v.Delivery != app.DeliveryNone {
		key, to := "lookup.delivery."+v.Delivery.String(), []any(nil)
		if v.Delivery == app.DeliveryDone || v.Delivery == app.DeliveryHanding {
			to = append(to, shortTarget(p.w, v.Target))
		}
		words = p.w.t(key, to...)
		if v.Target.Way != "" && (v.Delivery == app.DeliveryDone || v.Delivery == app.DeliveryHanding) {
			way = p.w.t("setup.way." + v.Target.Way)
		}
		if v.Bars != nil && v.Delivery != app.DeliveryShown {
			way = p.w.t("lookup.delivery.shown")
		}
		if code := v.Problem.Code; code != "" {
			way = p.w.sentence(code, "happened")
			advice = p.w.sentence(code, "now")
			if strings.TrimSuffix(way, "。") == words {
				way = p.w.sentence(code, "kept")
			}
		}
	}
	outcome := deliveries[v.Delivery]
	ink := look.Ink
	switch outcome.tone {
	case control.Success:
		ink = look.Good
	case control.Warning:
		ink = look.Warn
	}
	p.outcome.Set(outcome.sign, words, ink, look.None)
	p.way.Set(way)
	p.advice.Set(advice)
}
