package clerk

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// write is F2: seven steps at the left, one question in the middle, what is known
// at the right.
type write struct {
	w       *Window
	heading *control.Prose
	steps   *control.Steps
	line    *control.StepLine
	panel   *panel
	facts   *facts
	area    *control.Area
	sheet   *writeSheet
	root    *fyne.Container
}

func newWrite(w *Window) *write {
	l := w.kit.Look
	s := &write{w: w, steps: control.NewSteps(l, int(app.StepCount)), line: control.NewStepLine(l)}
	s.heading = title(l, look.Heading, w.t("write.title"))
	s.panel = newPanel(w)
	s.facts = newFacts(w)
	s.sheet = &writeSheet{s: s}
	s.area = control.NewArea(&fyne.Container{Layout: s.sheet, Objects: []fyne.CanvasObject{s.steps, s.panel.root, s.facts.root}}, false)
	body := &fyne.Container{Layout: writeBody{s}, Objects: []fyne.CanvasObject{s.line, s.area}}
	s.root = newPage(l, s.heading, body)
	return s
}

func (s *write) holds(o fyne.CanvasObject) bool {
	return slices.ContainsFunc(s.panel.choices, func(c *control.Choice) bool { return o == fyne.CanvasObject(c) })
}

func (s *write) content() fyne.CanvasObject { return s.root }

func (s *write) scroll() *control.Area { return s.area }

func (s *write) enter() { s.w.bottom.primary.Press() }

func (s *write) field() *control.Entry { return nil }

func (s *write) fresh(_, _ app.View) bool { return false }

func (s *write) offers(v app.View) line {
	return line{escape: v.Write.Escape, give: v.Write.Give, primary: v.Write.Primary}
}

var stepKeys = [...]string{
	app.StepPerson: "step.person", app.StepRead: "step.read", app.StepPIN: "step.pin", app.StepReserve: "step.reserve",
	app.StepWrite: "step.write", app.StepVerify: "step.verify", app.StepReceipt: "step.receipt",
}

var stepMarks = [...]control.StepMark{
	app.StepAhead: control.Ahead, app.StepNow: control.Now, app.StepDone: control.Done, app.StepFailed: control.Failed,
}

func (s *write) show(v app.View) {
	words := s.w.t("write.title")
	if v.Write.Resumed {
		words += "  " + s.w.t("write.resumed")
	}
	s.heading.Set(words)
	steps := make([]control.Step, app.StepCount)
	for i := range steps {
		steps[i] = control.Step{Mark: stepMarks[v.Write.Steps[i]], Title: s.w.t(stepKeys[i]), Note: s.note(i, v.Write)}
	}
	s.steps.Set(steps)
	s.line.Set(steps)
	s.panel.show(v)
	s.facts.show(v)
}

// note is the small line under a step.
func (s *write) note(i int, v app.WriteView) string {
	switch v.Steps[i] {
	case app.StepAhead:
		return ""
	case app.StepFailed:
		if v.Phase == app.PhaseTorn && v.Problem.Code != "" {
			return s.w.t("step.torn.note")
		}
		return s.w.t("step.failed.note")
	}
	switch i {
	case app.StepRead:
		if v.Steps[i] != app.StepDone {
			return ""
		}
		if v.FreeBytes < 0 {
			return s.w.t("step.read.note.unknown")
		}
		return s.w.t("step.read.note", kilobytes(v.FreeBytes))
	case app.StepPIN:
		if v.Steps[i] == app.StepNow && (v.Phase == app.PhasePIN || v.Phase == app.PhaseLastTry) {
			return s.w.t("step.pin.note.now")
		}
		if v.Steps[i] != app.StepDone {
			return ""
		}
	case app.StepVerify:
		if v.Steps[i] != app.StepDone {
			return ""
		}
	}
	return s.w.t(stepKeys[i] + ".note")
}

func kilobytes(n int) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f KB", float64(n)/1024)
}

// Widths of the columns, px at 100 %.
const (
	threeFrom  float32 = 860 // of the body: below it the columns stand under each other
	stepsWidth float32 = 250
	factsWidth float32 = 270
	factsSmall float32 = 232
)

// writeBody shows all three columns when they fit, else the present step alone
// above a sheet that scrolls.
type writeBody struct{ s *write }

func (b writeBody) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (b writeBody) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l, s := b.s.w.kit.Look, b.s
	s.panel.compact(false)
	s.sheet.three = size.Width >= l.Px(threeFrom)
	if s.sheet.three && s.sheet.HeightFor(nil, size.Width) > size.Height {
		s.sheet.three = false
	}
	s.panel.compact(!s.sheet.three && s.sheet.HeightFor(nil, size.Width) > size.Height-l.Px(36))
	visible(s.line, !s.sheet.three)
	visible(s.steps, s.sheet.three)
	top := float32(0)
	if !s.sheet.three {
		put(s.line, 0, 0, size.Width, l.Px(28))
		top = l.Px(36)
	}
	s.area.Move(fyne.NewPos(0, top))
	s.area.Resize(fyne.NewSize(size.Width, max(0, size.Height-top)))
	s.area.Refresh()
}

type writeSheet struct {
	s     *write
	three bool
}

func (w *writeSheet) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (w *writeSheet) widths(width float32) (steps, panel, facts, gap float32) {
	l := w.s.w.kit.Look
	steps, facts, gap = l.Px(stepsWidth), l.Px(factsWidth), l.Px(look.Gap)
	if width < l.Px(1000) {
		steps, facts = l.Px(stepsWidth-14), l.Px(factsSmall)
	}
	return steps, width - steps - facts - 2*gap, facts, gap
}

// HeightFor implements control's flowing layouts.
func (w *writeSheet) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	s := w.s
	steps, panel, facts, gap := w.widths(width)
	if w.three {
		return max(s.steps.HeightFor(steps), control.Height(s.panel.root, panel), control.Height(s.facts.root, facts))
	}
	if w.beside(width) {
		return max(control.Height(s.panel.root, width-facts-gap), control.Height(s.facts.root, facts))
	}
	return control.Height(s.panel.root, width) + gap + control.Height(s.facts.root, width)
}

// beside: there is room for the facts beside the panel, though not for the steps.
func (w *writeSheet) beside(width float32) bool { return width >= w.s.w.kit.Px(720) }

// Layout implements fyne.Layout.
func (w *writeSheet) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	s := w.s
	steps, panel, facts, gap := w.widths(size.Width)
	switch {
	case w.three:
		put(s.steps, 0, 0, steps, size.Height)
		put(s.panel.root, steps+gap, 0, panel, size.Height)
		put(s.facts.root, steps+panel+2*gap, 0, facts, size.Height)
	case w.beside(size.Width):
		put(s.panel.root, 0, 0, size.Width-facts-gap, size.Height)
		put(s.facts.root, size.Width-facts, 0, facts, size.Height)
	default:
		h := control.Height(s.panel.root, size.Width)
		put(s.panel.root, 0, 0, size.Width, h)
		put(s.facts.root, 0, h+gap, size.Width, control.Height(s.facts.root, size.Width))
	}
}
