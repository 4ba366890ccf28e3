// Package resident is the resident's window: やさしい日本語 and English at once, large
// type, nothing to know. It shows the same View as the clerk's at the same moment.
package resident

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/assets"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// Desk takes what the resident wants. Both return at once. A digit goes straight
// on: nothing here keeps it.
type Desk interface {
	Send(app.Intent)
	Digit(d byte)
}

// Texts are the languages of this side.
type Texts struct{ Easy, English assets.Catalogue }

// Window is the resident's window. It belongs to the UI thread.
type Window struct {
	kit    control.Kit
	texts  Texts
	desk   Desk
	now    control.Clock
	view   app.View
	asked  time.Time // when the present question came up
	ground *canvas.Rectangle
	poster *poster
	pad    *pad
	root   *fyne.Container
}

var _ control.Screen = (*Window)(nil)

// A key that was meant for the screen before is not an answer: Enter and Escape
// count only this long after a question came up.
const settleTime = 250 * time.Millisecond

// New builds the window's tree. arrowRight says on which side of the screen the
// R/W stands.
func New(l look.Look, texts Texts, desk Desk, arrowRight bool, now control.Clock) *Window {
	w := &Window{kit: control.Kit{Look: l, Router: control.NewRouter(now)}, texts: texts, desk: desk, now: now}
	w.kit.Router.To(w)
	w.ground = &canvas.Rectangle{FillColor: look.Resident}
	w.poster = newPoster(w, arrowRight)
	w.pad = newPad(w)
	w.root = &fyne.Container{Layout: fill{}, Objects: []fyne.CanvasObject{w.ground, w.poster.root, w.pad.root}}
	return w
}

// Content is the tree to put into a window.
func (w *Window) Content() fyne.CanvasObject { return w.root }

// Attach makes the window take the keys of a canvas.
func (w *Window) Attach(c fyne.Canvas) { w.kit.Router.Listen(c) }

// Show draws a View.
func (w *Window) Show(v app.View) {
	if asks(v.Resident) != asks(w.view.Resident) {
		w.asked = w.now()
	}
	w.view = v
	w.ground.FillColor = look.FaceColour(v.Resident.Face)
	pin := v.Resident.Face == app.FacePIN
	visible(w.pad.root, pin)
	visible(w.poster.root, !pin)
	if pin {
		w.pad.show(v.Resident)
	} else {
		w.poster.show(v)
	}
	w.root.Refresh()
}

// Key implements control.Screen.
func (w *Window) Key(name fyne.KeyName) {
	early := w.now().Sub(w.asked) < settleTime
	switch {
	case name == fyne.KeyReturn && !early:
		w.yes()
	case name == fyne.KeyEscape && !early:
		w.no()
	case name == fyne.KeyBackspace && w.view.Resident.Face == app.FacePIN:
		w.desk.Send(app.Erase{})
	case w.view.Resident.Face == app.FacePIN:
		w.pad.area.PageKey(name)
	default:
		w.poster.area.PageKey(name)
	}
}

// asks is a View without what changes while one question stands.
func asks(v app.ResidentView) app.ResidentView {
	v.Digits, v.CanEnter, v.TimeLeft = 0, false, false
	return v
}

// answered: the face has はい and やめる.
func answered(face app.Face) bool {
	switch face {
	case app.FaceConsent, app.FaceLastTry, app.FaceRegister, app.FaceUnlink:
		return true
	}
	return false
}

func (w *Window) yes() {
	switch w.view.Resident.Face {
	case app.FaceConsent, app.FaceRegister, app.FaceUnlink:
		w.desk.Send(app.Consent{Yes: true})
	case app.FaceLastTry:
		w.desk.Send(app.LastTry{Yes: true})
	case app.FacePIN:
		// Whether all digits are there, app knows: a quick Enter is ahead of the View
		// that shows the last digit.
		w.desk.Send(app.Enter{})
	}
}

func (w *Window) no() {
	switch w.view.Resident.Face {
	case app.FaceConsent, app.FaceRegister, app.FaceUnlink:
		w.desk.Send(app.Consent{Yes: false})
	case app.FaceLastTry:
		w.desk.Send(app.LastTry{Yes: false})
	case app.FacePIN:
		w.desk.Send(app.Quit{})
	}
}

// Digit implements control.Screen.
func (w *Window) Digit(d byte) {
	if w.view.Resident.Face == app.FacePIN {
		w.desk.Digit(d)
	}
}

// Scanned implements control.Screen: a barcode's digits are no PIN and go again.
func (w *Window) Scanned() {
	if w.view.Resident.Face == app.FacePIN {
		for range pinDigits {
			w.desk.Send(app.Erase{})
		}
	}
	w.desk.Send(app.Scanned{})
}

// Follow implements control.Screen.
func (w *Window) Follow(o fyne.CanvasObject) {
	if w.poster.holds(o) {
		w.poster.area.Reveal(o)
	}
}

// Words is the key of what a face says: a code in the way that the resident can do
// something about has sentences of its own, the others leave it to the clerk.
func Words(easy assets.Catalogue, v app.ResidentView) string {
	own := "resident." + string(v.Code)
	if (v.Face == app.FaceProblem || v.Face == app.FaceTorn) && easy.Has(own+".say") {
		return own
	}
	return "resident." + v.Face.String()
}

func (w *Window) easy(key string, args ...any) string { return w.texts.Easy.Text(key, args...) }

func (w *Window) english(key string, args ...any) string { return w.texts.English.Text(key, args...) }

// fill gives every object the whole window.
type fill struct{}

func (fill) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 480) }

// Layout implements fyne.Layout.
func (fill) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		put(o, 0, 0, size.Width, size.Height)
	}
}

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
