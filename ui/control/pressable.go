package control

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Kit is what every control of one window shares.
type Kit struct {
	look.Look
	Router *Router
}

// Pressable is what can be pressed by mouse, finger, Space and, where it answers
// the present question by itself, Enter. Embedders draw it.
type pressable struct {
	widget.BaseWidget
	kit      Kit
	self     fyne.CanvasObject
	tap      func()
	enter    bool // Enter presses it when it has the focus; else Enter is the blue button
	disabled bool
	focused  bool
	pressed  bool
}

func (p *pressable) be(self fyne.Widget, kit Kit, tap func()) {
	p.kit, p.self, p.tap = kit, self, tap
	p.ExtendBaseWidget(self)
}

// Press does what a press does, unless it is disabled.
func (p *pressable) Press() {
	if !p.disabled {
		p.tap()
	}
}

// Tapped implements fyne.Tappable.
func (p *pressable) Tapped(*fyne.PointEvent) { p.Press() }

// Disabled implements fyne.Disableable: Tab passes over it.
func (p *pressable) Disabled() bool { return p.disabled }

// Enable implements fyne.Disableable.
func (p *pressable) Enable() { p.setDisabled(false) }

// Disable implements fyne.Disableable.
func (p *pressable) Disable() { p.setDisabled(true) }

func (p *pressable) setDisabled(disabled bool) {
	if p.disabled != disabled {
		p.disabled = disabled
		p.Refresh()
	}
}

// FocusGained implements fyne.Focusable.
func (p *pressable) FocusGained() {
	p.focused = true
	p.kit.Router.Follow(p.self)
	p.Refresh()
}

// FocusLost implements fyne.Focusable.
func (p *pressable) FocusLost() {
	p.focused = false
	p.Refresh()
}

// TypedKey implements fyne.Focusable.
func (p *pressable) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeySpace:
		p.Press()
	case fyne.KeyReturn, fyne.KeyEnter:
		if p.enter && !p.kit.Router.scanEnter(nil) {
			p.Press()
			return
		}
		p.kit.Router.Key(event)
	default:
		p.kit.Router.Key(event)
	}
}

// TypedRune implements fyne.Focusable.
func (p *pressable) TypedRune(r rune) {
	if r != ' ' {
		p.kit.Router.Rune(r)
	}
}

// MouseDown implements desktop.Mouseable.
func (p *pressable) MouseDown(*desktop.MouseEvent) {
	p.pressed = true
	p.Refresh()
}

// MouseUp implements desktop.Mouseable.
func (p *pressable) MouseUp(*desktop.MouseEvent) {
	p.pressed = false
	p.Refresh()
}

// Cursor implements desktop.Cursorable.
func (p *pressable) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}
