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
// the last. Its Enter may come a little later than its letters.
const (
	scanLetters  = 6
	scanGap      = 35 * time.Millisecond
	scanEnterGap = 150 * time.Millisecond
)

// Router takes every key of one window, whether or not a control has the focus.
type Router struct {
	screen Screen
	now    Clock
	on     fyne.Canvas // whose keys it takes
	burst  int
	last   time.Time
}

// NewRouter is a router for one window. It belongs to the UI thread.
func NewRouter(now Clock) *Router { return &Router{now: now} }

// To sets the screen that the keys go to; call it before the first key.
func (r *Router) To(screen Screen) { r.screen = screen }

// Key is a key that is not a letter.
func (r *Router) Key(event *fyne.KeyEvent) {
	switch name := event.Name; name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if r.scanEnter() {
			return
		}
		r.screen.Key(fyne.KeyReturn)
	case fyne.KeyEscape, fyne.KeyBackspace, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight,
		fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
		fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		r.screen.Key(name)
	}
}

// ScanEnter reports whether an Enter that comes now belongs to a scan, and ends it.
func (r *Router) scanEnter() bool {
	scan := r.burst >= scanLetters && r.now().Sub(r.last) < scanEnterGap
	r.burst = 0
	return scan
}

// Rune is a typed letter. Full-width digits count as digits.
func (r *Router) Rune(letter rune) {
	if r.letter() {
		return
	}
	if letter >= '０' && letter <= '９' {
		letter = letter - '０' + '0'
	}
	if letter >= '0' && letter <= '9' {
		r.screen.Digit(byte(letter - '0'))
	}
}

// letter counts a letter of a possible scan and reports whether it is one.
func (r *Router) letter() (scan bool) {
	now := r.now()
	if r.burst > 0 && now.Sub(r.last) < scanGap {
		r.burst++
	} else {
		r.burst = 1
	}
	r.last = now
	if r.burst == scanLetters {
		r.screen.Scanned()
	}
	return r.burst >= scanLetters
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
