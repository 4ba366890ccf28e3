package clerk

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// bottom is the line under a screen: the way back at the left, the blue button at
// the right, another way out before it, a sentence beside each.
type bottom struct {
	w           *Window
	escape      *control.Button
	give        *control.Button
	primary     *control.Button
	escapeNote  *control.Prose
	giveNote    *control.Prose
	primaryNote *control.Prose
	intents     [3]app.Intent
	root        *fyne.Container
}

func newBottom(w *Window) *bottom {
	b := &bottom{w: w}
	press := func(i int) func() { return func() { w.send(b.intents[i]) } }
	b.escape = control.NewButton(w.kit, control.Secondary, press(0))
	b.give = control.NewButton(w.kit, control.Outline, press(1))
	b.primary = control.NewButton(w.kit, control.Primary, press(2))
	b.escapeNote = control.NewProse(w.kit.Look, look.Body, look.InkSoft)
	b.giveNote = control.NewProse(w.kit.Look, look.Small, look.InkSoft)
	b.primaryNote = control.NewProse(w.kit.Look, look.Small, look.InkSoft)
	b.root = &fyne.Container{Layout: b, Objects: []fyne.CanvasObject{
		b.escape, b.escapeNote, b.giveNote, b.give, b.primaryNote, b.primary,
	}}
	return b
}

func (b *bottom) show(escape, give, primary app.Action) {
	visible(b.root, escape.Intent != nil || give.Intent != nil || primary.Intent != nil)
	for i, part := range []struct {
		action app.Action
		button *control.Button
		note   *control.Prose
		key    string
	}{{escape, b.escape, b.escapeNote, "Esc"}, {give, b.give, b.giveNote, ""}, {primary, b.primary, b.primaryNote, "Enter"}} {
		b.intents[i] = part.action.Intent
		visible(part.button, part.action.Intent != nil)
		label, note := "", ""
		if part.action.Label != "" {
			label = b.w.t(part.action.Label)
		}
		if part.action.Note != "" {
			note = b.w.t(part.action.Note)
		}
		key := part.key
		if !part.action.Enabled && part.action.Note == "" && key == "Enter" {
			key = "" // it tells what is awaited; there is nothing to press
		}
		part.button.Set(label, key, part.action.Intent != nil && part.action.Enabled)
		part.note.Set(note)
		visible(part.note, note != "")
	}
}

func (b *bottom) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// oneRow reports whether everything fits side by side.
func (b *bottom) oneRow(width float32) bool {
	sum := float32(0)
	for _, o := range b.root.Objects {
		if o.Visible() {
			sum += o.MinSize().Width + b.w.kit.Px(12)
		}
	}
	return sum+b.w.kit.Px(12) <= width
}

func (b *bottom) notes() []*control.Prose {
	return []*control.Prose{b.escapeNote, b.giveNote, b.primaryNote}
}

// HeightFor is one row, or the sentences above the buttons.
func (b *bottom) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	h := b.w.kit.Px(look.Target)
	if b.oneRow(width) {
		return h
	}
	for _, note := range b.notes() {
		if note.Visible() {
			h += note.HeightFor(width) + b.w.kit.Px(6)
		}
	}
	return h
}

// Layout implements fyne.Layout.
func (b *bottom) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := b.w.kit.Look
	gap, height, one := l.Px(12), l.Px(look.Target), b.oneRow(size.Width)
	y := float32(0)
	if !one {
		for _, note := range b.notes() {
			if note.Visible() {
				h := note.HeightFor(size.Width)
				put(note, 0, y, size.Width, h)
				y += h + l.Px(6)
			}
		}
	}
	place := func(note *control.Prose, x float32) float32 {
		least := note.MinSize()
		put(note, x, y+(height-least.Height)/2, least.Width+1, least.Height)
		return least.Width
	}
	if b.escape.Visible() {
		w := b.escape.MinSize().Width
		put(b.escape, 0, y, w, height)
		if one && b.escapeNote.Visible() {
			place(b.escapeNote, w+gap)
		}
	}
	x := size.Width
	for _, pair := range []struct {
		button *control.Button
		note   *control.Prose
	}{{b.primary, b.primaryNote}, {b.give, b.giveNote}} {
		if !pair.button.Visible() {
			continue
		}
		w := pair.button.MinSize().Width
		x -= w
		put(pair.button, x, y, w, height)
		x -= gap
		if one && pair.note.Visible() {
			x -= pair.note.MinSize().Width + 1
			place(pair.note, x)
			x -= gap
		}
	}
}

// notice is a passing sentence over any screen.
type notice struct {
	w     *Window
	words *control.Prose
	root  *fyne.Container
}

func newNotice(w *Window) *notice {
	n := &notice{w: w, words: control.NewTitle(w.kit.Look, look.Small, look.Warn)}
	panel := control.NewPanel(w.kit.Look, control.Warning, 12, n.words)
	n.root = control.NewColumn(0, panel)
	n.root.Hide()
	return n
}

func (n *notice) show(code app.Code) {
	visible(n.root, code != "")
	if code == "" {
		n.words.Set("")
		return
	}
	key := "code." + string(code)
	n.words.Set("! " + n.w.t(key+".happened") + n.w.t(key+".kept"))
}
