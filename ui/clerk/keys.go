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
	if w.view.Screen == app.ScreenLocked && name != fyne.KeyReturn {
		return
	}
	switch name {
	case fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4:
		if i := slices.IndexFunc(tasks, func(t task) bool { return t.key == name }); w.has(tasks[i].screen) {
			w.send(app.GoTo{Screen: tasks[i].screen})
		}
	case fyne.KeyF8:
		w.bottom.bar.Press()
	case fyne.KeyF9:
		w.bottom.hand.Press()
	case fyne.KeyF11:
		w.band.choose()
	case fyne.KeyF12:
		w.band.turn()
	case fyne.KeyReturn:
		w.shown.enter()
	case fyne.KeyEscape:
		w.bottom.escape.Press()
	case fyne.KeyUp, fyne.KeyLeft:
		if len(w.answers()) > 0 {
			w.canvas.FocusPrevious()
		}
	case fyne.KeyDown, fyne.KeyRight:
		if len(w.answers()) > 0 {
			w.canvas.FocusNext()
		}
	case fyne.KeyPageUp, fyne.KeyPageDown:
		w.shown.scroll().PageKey(name)
	}
}

// task is one item of the menu, with its key.
type task struct {
	screen app.Screen
	key    fyne.KeyName
}

// tasks are the menu from top to bottom; a desk has those of its roles.
var tasks = []task{
	{app.ScreenHome, fyne.KeyF1},
	{app.ScreenWrite, fyne.KeyF2},
	{app.ScreenRegister, fyne.KeyF3},
	{app.ScreenLookup, fyne.KeyF4},
}

// answers are the numbered answers of the present question.
func (w *Window) answers() []*control.Choice {
	switch s := w.shown.(type) {
	case *write:
		if w.asksWhose() {
			return s.panel.choices
		}
	case *register:
		if w.view.Register.Phase == app.RegisterReason {
			return s.number.reasons
		}
	}
	return nil
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
	if answers := w.answers(); !w.modal.Open() && d >= 1 && int(d) <= len(answers) {
		w.canvas.Focus(answers[d-1])
	}
}

// Scanned implements control.Screen.
func (w *Window) Scanned() {
	switch {
	case w.modal.Open():
	case w.asksWhose():
		w.canvas.Focus(w.answers()[0])
	case len(w.answers()) > 0: // its digits have pointed at a reason
		w.canvas.Unfocus()
	}
	w.send(app.Scanned{})
}

// Follow implements control.Screen.
func (w *Window) Follow(o fyne.CanvasObject) {
	switch {
	case w.modal.Open():
		w.modal.Reveal(o)
	case w.shown.holds(o):
		w.shown.scroll().Reveal(o)
	}
}
