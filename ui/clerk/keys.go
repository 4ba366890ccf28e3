package clerk

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
)

// Key implements control.Screen.
func (w *Window) Key(name fyne.KeyName) {
	if w.modal.Open() {
		w.modalKey(name)
		return
	}
	switch name {
	case fyne.KeyF1:
		w.send(app.GoTo{Screen: app.ScreenHome})
	case fyne.KeyF2:
		if slices.Contains(w.view.Desk.Screens, app.ScreenWrite) {
			w.send(app.GoTo{Screen: app.ScreenWrite})
		}
	case fyne.KeyF11:
		w.band.choose()
	case fyne.KeyF12:
		w.band.turn()
	case fyne.KeyReturn:
		w.enter()
	case fyne.KeyEscape:
		w.bottom.escape.Press()
	case fyne.KeyUp, fyne.KeyLeft:
		if w.asksWhose() {
			w.canvas.FocusPrevious()
		}
	case fyne.KeyDown, fyne.KeyRight:
		if w.asksWhose() {
			w.canvas.FocusNext()
		}
	case fyne.KeyPageUp, fyne.KeyPageDown:
		w.area().PageKey(name)
	}
}

// area is what scrolls of the present screen.
func (w *Window) area() *control.Area {
	if w.view.Screen == app.ScreenWrite {
		return w.write.area
	}
	return w.home.area
}

// enter presses the blue button.
func (w *Window) enter() {
	switch w.view.Screen {
	case app.ScreenHome:
		w.home.begin()
	case app.ScreenWrite:
		w.bottom.primary.Press()
	}
}

func (w *Window) modalKey(name fyne.KeyName) {
	switch name {
	case fyne.KeyEscape:
		w.modal.Close()
	case fyne.KeyUp, fyne.KeyLeft:
		w.canvas.FocusPrevious()
	case fyne.KeyDown, fyne.KeyRight:
		w.canvas.FocusNext()
	default:
		w.modal.PageKey(name)
	}
}

// Digit implements control.Screen: it points at an answer, it gives none. The PIN
// is never taken from the clerk's window.
func (w *Window) Digit(d byte) {
	if w.asksWhose() && !w.modal.Open() && d >= 1 && int(d) <= len(w.write.panel.choices) {
		w.canvas.Focus(w.write.panel.choices[d-1])
	}
}

// Scanned implements control.Screen.
func (w *Window) Scanned() {
	if w.asksWhose() && !w.modal.Open() {
		w.canvas.Focus(w.write.panel.choices[0])
	}
	w.send(app.Scanned{})
}

// Follow implements control.Screen.
func (w *Window) Follow(o fyne.CanvasObject) {
	switch {
	case w.modal.Open():
		w.modal.Reveal(o)
	case w.home.holds(o):
		w.home.area.Reveal(o)
	case w.write.holds(o):
		w.write.area.Reveal(o)
	}
}
