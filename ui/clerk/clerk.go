// Package clerk is the clerk's window: the frame (training band, menu, status
// bar, bottom line) and in it one screen at a time.
package clerk

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

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

	band    *band
	side    *side
	screens map[app.Screen]screen // those that were shown yet
	shown   screen                // the one that stands in the tree
	notice  *notice
	bottom  *bottom
	status  *statusBar
	modal   *control.Modal
	root    *fyne.Container
}

// screen is what stands between the menu and the bottom line.
type screen interface {
	content() fyne.CanvasObject
	show(v app.View)
	offers(v app.View) line          // its bottom line
	scroll() *control.Area           // what scrolls of it
	holds(o fyne.CanvasObject) bool  // whether a control stands in what scrolls
	enter()                          // Enter: the blue button
	field() *control.Entry           // where a number is expected now; nil: nowhere
	fresh(before, now app.View) bool // a question of before is over
}

var _ control.Screen = (*Window)(nil)

// New builds the window's tree; Attach gives it its canvas before the first Show.
func New(l look.Look, texts Texts, desk Desk, now control.Clock) *Window {
	w := &Window{kit: control.Kit{Look: l, Router: control.NewRouter(now)}, texts: texts, desk: desk}
	w.kit.Router.To(w)
	w.modal = control.NewModal(l)
	w.band = newBand(w)
	w.side = newSide(w)
	w.screens = map[app.Screen]screen{}
	w.shown = w.screen(app.ScreenHome)
	w.notice = newNotice(w)
	w.bottom = newBottom(w)
	w.status = newStatusBar(w)
	w.root = newFrame(w)
	return w
}

// Content is the tree to put into a window.
func (w *Window) Content() fyne.CanvasObject { return w.root }

// lockKey locks the desk, and opens it again.
var lockKey = &desktop.CustomShortcut{KeyName: fyne.KeyL, Modifier: fyne.KeyModifierControl}

// Attach tells the window on which canvas it stands.
func (w *Window) Attach(c fyne.Canvas) {
	w.canvas = c
	w.kit.Router.Listen(c)
	c.AddShortcut(lockKey, func(fyne.Shortcut) { w.lock() })
}

// Leave closes what stands over the window, before another takes its canvas.
func (w *Window) Leave() {
	w.modal.Close()
	w.canvas.RemoveShortcut(lockKey)
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
	if now := w.screen(v.Screen); now != w.shown {
		w.shown.show(app.View{}) // what it showed of a person does not stay, even unseen
		i := slices.Index(w.root.Objects, w.shown.content())
		w.root.Objects[i], w.shown = now.content(), now
	}
	w.shown.show(v)
	w.bottom.show(w.shown.offers(v))
	w.root.Refresh()
	w.settle(before)
}

// screen is built when it is first shown: a desk has not the screens of all roles.
func (w *Window) screen(which app.Screen) screen {
	s, ok := w.screens[which]
	if ok {
		return s
	}
	switch which {
	case app.ScreenWrite:
		s = newWrite(w)
	case app.ScreenRegister:
		s = newRegister(w)
	case app.ScreenLookup:
		s = newLookup(w)
	case app.ScreenSetup:
		s = newSetup(w)
	case app.ScreenLocked:
		s = newLocked(w)
	default:
		s = newHome(w)
	}
	w.screens[which] = s
	return s
}

// settle moves the focus off what is gone, on to the first answer of a new
// question, and into the field where a number is expected.
func (w *Window) settle(before app.View) {
	now, asks := w.shown, w.asksWhose()
	left := before.Screen != w.view.Screen
	w.kit.Router.Expect(now.field())
	if w.modal.Open() && (left || now.fresh(before, w.view)) {
		w.modal.Close()
	}
	if w.modal.Open() {
		return
	}
	if asks && (left || before.Write.Phase != app.PhaseWhose) {
		w.canvas.Focus(w.answers()[0])
		return
	}
	focused := w.canvas.Focused()
	if focused != nil && (gone(focused) || left || now.fresh(before, w.view) || (!asks && before.Write.Phase == app.PhaseWhose)) {
		w.canvas.Unfocus()
		focused = nil
	}
	asked := w.view.Screen == app.ScreenRegister || w.view.Setup.Step == app.SetupTryingOwn
	if field := now.field(); field != nil && focused == nil && asked {
		w.canvas.Focus(field)
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

// has reports whether this desk has a screen: what is outside its roles is absent.
func (w *Window) has(s app.Screen) bool { return slices.Contains(w.view.Desk.Screens, s) }

// lock goes to 休止中, which every desk has, and from there back to work.
func (w *Window) lock() {
	if w.view.Screen == app.ScreenLocked {
		w.send(app.Next{})
		return
	}
	w.send(app.GoTo{Screen: app.ScreenLocked})
}

// sentence is one of the three sentences of a code, in the words of the present
// screen where they are others than a write's.
func (w *Window) sentence(code app.Code, part string) string {
	key := string(code) + "." + part
	if w.view.Screen != app.ScreenWrite && w.texts.Clerk.Has("reception."+key) {
		return w.t("reception." + key)
	}
	return w.t("code." + key)
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
