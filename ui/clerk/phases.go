package clerk

import (
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// part is one part of the panel.
type part int

const (
	partCardOn part = 1 << iota
	partCardOff
	partCardTorn
	partBad
	partDots
	partGood
	partChoices
	partBar
	partReceipt
	partAdvice
)

// phases says for each phase which parts the panel shows, in which tone, and how
// far the bar stands.
var phases = [...]struct {
	parts part
	tone  control.Tone
	bar   float32
}{
	app.PhaseWaiting:   {parts: partCardOff},
	app.PhaseWhose:     {parts: partChoices},
	app.PhaseConsent:   {parts: partCardOn},
	app.PhaseReading:   {parts: partCardOn | partBar, bar: 0.10},
	app.PhasePIN:       {parts: partDots},
	app.PhaseLastTry:   {parts: partDots, tone: control.Warning},
	app.PhaseChecking:  {parts: partCardOn | partBar, bar: 0.30},
	app.PhaseReserving: {parts: partCardOn | partBar, bar: 0.46},
	app.PhaseWriting:   {parts: partCardOn | partBar, bar: 0.68},
	app.PhaseVerifying: {parts: partCardOn | partBar, bar: 0.88},
	app.PhaseDone:      {parts: partGood | partReceipt, tone: control.Success},
	app.PhaseTorn:      {parts: partCardTorn, tone: control.Failure},
	app.PhaseReleasing: {parts: partCardOn | partBar, bar: 0.60},
	app.PhaseReleased:  {parts: partCardOff},
	app.PhaseKeptOld:   {parts: partCardOff},
	app.PhaseDeclined:  {parts: partCardOff},
	app.PhaseProblem:   {parts: partBad | partAdvice, tone: control.Failure},
}

func (p *panel) show(v app.View) {
	phase := phases[v.Write.Phase]
	has := func(part part) bool { return phase.parts&part != 0 }
	p.root.Tone(phase.tone)
	p.drawn = has(partCardOn | partCardOff | partCardTorn)
	switch {
	case has(partCardOn):
		p.pose = control.CardOn
	case has(partCardOff):
		p.pose = control.CardOff
	case has(partCardTorn):
		p.pose = control.CardTorn
	}
	p.compact(false)
	visible(p.bad, has(partBad))
	visible(p.dotsRow, has(partDots))
	visible(p.good, has(partGood))
	visible(p.list, has(partChoices))
	for _, choice := range p.choices {
		visible(choice, has(partChoices))
	}
	visible(p.barRow, has(partBar))
	visible(p.receipt, has(partReceipt))
	visible(p.advice, has(partAdvice))
	p.bar.Set(phase.bar)
	p.dots.Set(v.Write.Digits)
	p.showWords(v.Write)
	p.showTries(v.Write)
	p.showWarning(v.Write)
}

func (p *panel) showWords(v app.WriteView) {
	name := "write." + v.Phase.String()
	words, text := "", ""
	switch {
	case v.Phase == app.PhaseProblem:
		words = p.w.sentence(v.Problem.Code, "happened")
		p.kept.set(p.w.sentence(v.Problem.Code, "kept"))
		p.now.set(p.w.sentence(v.Problem.Code, "now"))
	case v.Phase == app.PhaseTorn && v.Give.Intent == nil:
		words, text = p.w.t(name+".title"), p.w.t(name+".release")
	case v.Phase == app.PhaseTorn && v.Problem.Code == "":
		words, text = p.w.t(name+".title"), p.w.t(name+".stopped")
	default:
		words, text = p.w.t(name+".title"), p.w.t(name+".text")
	}
	if v.Phase == app.PhaseDone {
		p.goodName.Set(words)
		p.goodText.Set(text)
		words, text = "", ""
	}
	p.title.SetSize(titleSize(v.Phase, words))
	p.title.Set(words)
	p.text.Set(text)
}

// titleSize gives a problem's longer sentences a smaller type.
func titleSize(phase app.Phase, words string) float32 {
	switch {
	case phase != app.PhaseProblem:
		return look.Heading
	case utf8.RuneCountInString(words) > 30:
		return look.Large
	}
	return look.Title
}

func (p *panel) showTries(v app.WriteView) {
	asks := v.Phase == app.PhasePIN
	visible(p.tries, asks && v.TriesLeft >= 0)
	if v.TriesLeft >= 0 {
		p.left.Set(p.w.t("write.pin.tries", v.TriesLeft))
	}
	hurry := ""
	if asks && v.TimeLeft {
		hurry = p.w.t("write.pin.time")
	}
	p.hurry.Set(hurry)
	visible(p.hurry, hurry != "")
}

// showWarning shows a problem that does not take the panel over: a wrong PIN on
// the pad, a card left behind, another card in place of the torn one.
func (p *panel) showWarning(v app.WriteView) {
	code := v.Problem.Code
	if v.CardLeft {
		code = app.CodeCardLeft
	}
	if v.Phase == app.PhaseProblem && !v.CardLeft || v.Phase == app.PhaseTorn && code == app.CodeCardRemoved || code == "" {
		p.warned.Hide()
		return
	}
	p.warned.Show()
	words := "! " + p.w.sentence(code, "happened")
	if v.CardLeft {
		words += p.w.sentence(code, "now")
	}
	p.warning.Set(words)
	p.warning.SetColor(look.Warn)
}
