package control

import (
	"time"

	"fyne.io/fyne/v2"
)

// Clock gives the time; the program's is time.Now.
type Clock func() time.Time

// Screen is what a window does with the keys that no control takes.
type Screen interface {
	// Key is F1 … F12, Enter (the blue button, never a red one), Escape (the way
	// back), Backspace, the arrows, Page Up and Page Down.
	Key(name fyne.KeyName)
	// Digit is a typed 0 to 9. It is an answer to the present question, or nothing.
	Digit(d byte)
	// Scanned tells of a barcode that no field expected, once a scan. Digits of it
	// may have come before.
	Scanned()
	// Follow brings a control that got the focus into sight.
	Follow(o fyne.CanvasObject)
}

// A scanner types faster than a person: six letters or more, each within 35 ms of
// the last. A window that is being drawn takes its keys late and then many at once,
// so a scan may come with pauses in it, and its Enter after one: what follows within
// 400 ms is the same run.
const (
	scanLetters = 6
	scanGap     = 35 * time.Millisecond
	runGap      = 400 * time.Millisecond
)

// Router takes every key of one window, whether or not a control has the focus.
type Router struct {
	screen Screen
	now    Clock
	on     fyne.Canvas // whose keys it takes
	field  *Entry      // where letters go though nothing has the focus; nil: nowhere

	run  int // letters of the present run
	fast int // those of them that came as a scanner types
	last time.Time
	into *Entry // the field that the run began in; nil: none, or it was emptied meanwhile
	told bool   // the screen heard of this scan
}

// NewRouter is a router for one window. It belongs to the UI thread.
func NewRouter(now Clock) *Router { return &Router{now: now} }

// To sets the screen that the keys go to; call it before the first key.
func (r *Router) To(screen Screen) { r.screen = screen }

// Expect says in which field a number is expected: letters that reach no field go
// there and bring it the focus. nil: none is expected.
func (r *Router) Expect(field *Entry) { r.field = field }

// Key is a key that is not a letter.
func (r *Router) Key(event *fyne.KeyEvent) {
	switch name := event.Name; name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if r.scanEnter(nil) {
			return
		}
		r.screen.Key(fyne.KeyReturn)
	case fyne.KeyEscape, fyne.KeyBackspace, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight,
		fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		r.screen.Key(name)
	}
}

// ScanEnter reports whether an Enter that comes now, in a field or (nil) in none,
// is the end of a scan that was not for it, and ends the run.
func (r *Router) scanEnter(field *Entry) (stray bool) {
	scan := r.fast >= scanLetters && r.now().Sub(r.last) < runGap
	r.rest()
	return scan && (field == nil || r.into != field)
}

// rest ends the run: what comes next is not of one scan with what came before.
func (r *Router) rest() { r.run, r.fast = 0, 0 }

// Rune is a typed letter that no field has taken. Full-width digits count as digits.
func (r *Router) Rune(letter rune) {
	if r.field != nil && r.field.Visible() && !r.field.disabled {
		r.on.Focus(r.field)
		r.field.TypedRune(letter)
		return
	}
	if _, scan, _ := r.letter(nil); scan {
		return
	}
	if letter >= '０' && letter <= '９' {
		letter = letter - '０' + '0'
	}
	if letter >= '0' && letter <= '9' {
		r.screen.Digit(byte(letter - '0'))
	}
}

// letter counts a letter that reaches a field, or (nil) none: the n-th of its run,
// which is a scan or not yet. stray means that the run began elsewhere, or for
// another person: no field takes it.
func (r *Router) letter(field *Entry) (n int, scan, stray bool) {
	now := r.now()
	gap := now.Sub(r.last)
	switch {
	case r.run == 0 || gap >= runGap:
		r.run, r.fast, r.into, r.told = 1, 1, field, false
	case gap < scanGap:
		r.run, r.fast = r.run+1, r.fast+1
	default:
		r.run++
	}
	r.last = now
	scan = r.fast >= scanLetters
	stray = r.into == nil || r.into != field
	if stray && scan && !r.told {
		r.told = true
		r.screen.Scanned()
	}
	return r.run, scan, stray
}

// cut makes the rest of a run that is on its way into a field nobody's: the field was
// emptied for another person.
func (r *Router) cut(field *Entry) {
	if r.into == field {
		r.into = nil
	}
}

// Shortcut gives a shortcut that a control did not use to its window: Fyne asks
// the canvas for it only while nothing has the focus.
func (r *Router) Shortcut(s fyne.Shortcut) {
	if c, ok := r.on.(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// Follow passes on that a control got the focus.
func (r *Router) Follow(o fyne.CanvasObject) { r.screen.Follow(o) }

// Listen makes the router take the keys of a window in which nothing has the focus.
func (r *Router) Listen(c fyne.Canvas) {
	r.on = c
	c.SetOnTypedKey(r.Key)
	c.SetOnTypedRune(r.Rune)
}
