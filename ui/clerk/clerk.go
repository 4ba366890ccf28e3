// Package clerk is the clerk's window: the frame (training band, menu, status
// bar, bottom line) and in it one screen at a time.
package clerk

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/assets"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// Desk takes what the clerk wants; it returns at once.
type Desk interface{ Send(app.Intent) }

// Texts are the catalogues: the clerk's own, and the two that the picture of the
// resident's window is made of.
type Texts struct{ Clerk, Easy, English assets.Catalogue }

// Window is the clerk's window. It belongs to the UI thread and keeps nothing of
// the View but what is needed to see that it changed.
type Window struct {
	kit    control.Kit
	texts  Texts
	desk   Desk
	canvas fyne.Canvas
	view   app.View

	band   *band
	side   *side
	home   *home
	write  *write
	notice *notice
	bottom *bottom
	status *statusBar
	modal  *control.Modal
	root   *fyne.Container
}

var _ control.Screen = (*Window)(nil)

// New builds the window's tree; Attach gives it its canvas before the first Show.
func New(l look.Look, texts Texts, desk Desk, now control.Clock) *Window {
	w := &Window{kit: control.Kit{Look: l, Router: control.NewRouter(now)}, texts: texts, desk: desk}
	w.kit.Router.To(w)
	w.band = newBand(w)
	w.side = newSide(w)
	w.home = newHome(w)
	w.write = newWrite(w)
	w.notice = newNotice(w)
	w.bottom = newBottom(w)
	w.status = newStatusBar(w)
	w.modal = control.NewModal(l)
	w.root = newFrame(w)
	return w
}

// Content is the tree to put into a window.
func (w *Window) Content() fyne.CanvasObject { return w.root }

// Attach tells the window on which canvas it stands.
func (w *Window) Attach(c fyne.Canvas) {
	w.canvas = c
	w.kit.Router.Listen(c)
}

// Leave closes what stands over the window, before another takes its canvas.
func (w *Window) Leave() {
	w.modal.Close()
	w.canvas.Unfocus()
}

// Show draws a View.
func (w *Window) Show(v app.View) {
	before := w.view
	w.view = v
	w.band.show(v.Training)
	w.side.show(v)
	w.status.show(v.Status)
	w.notice.show(v.Notice)
	visible(w.home.root, v.Screen == app.ScreenHome)
	visible(w.write.root, v.Screen == app.ScreenWrite)
	switch v.Screen {
	case app.ScreenHome:
		w.home.show(v.Home)
		w.bottom.show(app.Action{}, app.Action{}, app.Action{})
	case app.ScreenWrite:
		w.write.show(v)
		w.bottom.show(v.Write.Escape, v.Write.Give, v.Write.Primary)
	}
	w.root.Refresh()
	w.settle(before)
}

// settle moves the focus off what is gone, and on to the first answer of a new
// question.
func (w *Window) settle(before app.View) {
	if w.modal.Open() && before.Screen != w.view.Screen {
		w.modal.Close()
	}
	if w.modal.Open() {
		return
	}
	asks := w.asksWhose()
	if asks && (before.Screen != app.ScreenWrite || before.Write.Phase != app.PhaseWhose) {
		w.canvas.Focus(w.write.panel.choices[0])
		return
	}
	focused := w.canvas.Focused()
	if focused == nil {
		return
	}
	if gone(focused) || (!asks && before.Write.Phase == app.PhaseWhose) || before.Screen != w.view.Screen {
		w.canvas.Unfocus()
	}
}

func gone(o fyne.Focusable) bool {
	if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
		return true
	}
	shown, ok := o.(fyne.CanvasObject)
	return ok && !shown.Visible()
}

func (w *Window) asksWhose() bool {
	return w.view.Screen == app.ScreenWrite && w.view.Write.Phase == app.PhaseWhose
}

// t is a sentence of the clerk's catalogue.
func (w *Window) t(key string, args ...any) string { return w.texts.Clerk.Text(key, args...) }

func (w *Window) send(i app.Intent) { w.desk.Send(i) }

func visible(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}
