package clerk

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// line is what the bottom line of a screen offers.
type line struct {
	escape  app.Action // Esc
	give    app.Action // another way out or on, no key
	bar     app.Action // F8
	hand    app.Action // F9
	primary app.Action // Enter
}

// bottom is the line under a screen: the way back at the left, the blue button at
// the right, other ways before it, a sentence beside each.
type bottom struct {
	w         *Window
	slots     [5]*slot // as in line
	escape    *control.Button
	bar, hand *control.Button
	primary   *control.Button
	root      *fyne.Container
}

// slot is one button, its sentence and what it is for just now.
type slot struct {
	button *control.Button
	note   *control.Prose
	key    string
	intent app.Intent
}

func newBottom(w *Window) *bottom {
	b := &bottom{w: w}
	var objects []fyne.CanvasObject
	for i, made := range [...]struct {
		kind control.Kind
		size float32
		key  string
	}{
		{control.Secondary, look.Body, "Esc"},
		{control.Outline, look.Small, ""},
		{control.Outline, look.Small, "F8"},
		{control.Outline, look.Small, "F9"},
		{control.Primary, look.Small, "Enter"},
	} {
		s := &slot{key: made.key, note: control.NewProse(w.kit.Look, made.size, look.InkSoft)}
		s.button = control.NewButton(w.kit, made.kind, func() { w.send(s.intent) })
		b.slots[i] = s
		objects = append(objects, s.button, s.note)
	}
	b.escape, b.bar, b.hand, b.primary = b.slots[0].button, b.slots[2].button, b.slots[3].button, b.slots[4].button
	b.root = &fyne.Container{Layout: b, Objects: objects}
	return b
}

func (b *bottom) show(l line) {
	some := false
	for i, action := range [...]app.Action{l.escape, l.give, l.bar, l.hand, l.primary} {
		some = some || action.Intent != nil
		b.slots[i].show(b.w, action)
	}
	visible(b.root, some)
}

func (s *slot) show(w *Window, action app.Action) {
	s.intent = action.Intent
	there := action.Intent != nil
	label, note, key := "", "", s.key
	if action.Label != "" && there {
		label = w.t(action.Label)
	}
	if action.Note != "" && there {
		note = w.t(action.Note)
	}
	if !action.Enabled && action.Note == "" && key == "Enter" {
		key = "" // it tells what is awaited; there is nothing to press
	}
	s.button.Set(label, key, there && action.Enabled)
	visible(s.button, there)
	s.note.Set(note)
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

// rows are the buttons in rows, where their sentences stand above them.
func (b *bottom) rows(width float32) [][]*control.Button {
	var rows [][]*control.Button
	x := float32(0)
	for _, s := range b.slots {
		if !s.button.Visible() {
			continue
		}
		w := s.button.MinSize().Width
		if len(rows) == 0 || x+w > width {
			rows, x = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], s.button)
		x += w + b.w.kit.Px(12)
	}
	return rows
}

// HeightFor is one row, or the sentences above the buttons.
func (b *bottom) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	l := b.w.kit.Look
	if b.oneRow(width) {
		return l.Px(look.Target)
	}
	n := float32(len(b.rows(width)))
	h := n*l.Px(look.Target) + (n-1)*l.Px(8)
	for _, s := range b.slots {
		if s.note.Visible() {
			h += s.note.HeightFor(width) + l.Px(6)
		}
	}
	return h
}

// Layout implements fyne.Layout.
func (b *bottom) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if b.oneRow(size.Width) {
		b.inOneRow(size.Width)
		return
	}
	l, y := b.w.kit.Look, float32(0)
	for _, s := range b.slots {
		if s.note.Visible() {
			h := s.note.HeightFor(size.Width)
			put(s.note, 0, y, size.Width, h)
			y += h + l.Px(6)
		}
	}
	for _, row := range b.rows(size.Width) {
		x := size.Width
		for i := len(row) - 1; i >= 0; i-- {
			w := min(row[i].MinSize().Width, size.Width)
			if x -= w; row[i] == b.escape {
				x = 0
			}
			put(row[i], x, y, w, l.Px(look.Target))
			x -= l.Px(12)
		}
		y += l.Px(look.Target + 8)
	}
}

func (b *bottom) inOneRow(width float32) {
	l := b.w.kit.Look
	gap, height := l.Px(12), l.Px(look.Target)
	place := func(note *control.Prose, x float32) {
		least := note.MinSize()
		put(note, x, (height-least.Height)/2, least.Width+1, least.Height)
	}
	x := width
	for i := len(b.slots) - 1; i >= 0; i-- {
		s := b.slots[i]
		if !s.button.Visible() {
			continue
		}
		w := s.button.MinSize().Width
		if i == 0 {
			put(s.button, 0, 0, w, height)
			if s.note.Visible() {
				place(s.note, w+gap)
			}
			continue
		}
		x -= w
		put(s.button, x, 0, w, height)
		x -= gap
		if s.note.Visible() {
			x -= s.note.MinSize().Width + 1
			place(s.note, x)
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
	n.words.Set("! " + n.w.sentence(code, "happened") + n.w.sentence(code, "kept"))
}
