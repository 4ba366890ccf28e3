package control

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// Entry is one line to type an ID or a number into. It takes letters as they come:
// folding full-width ones is the work of whoever reads Text. What it does not use
// itself (F-keys, Enter, Escape, the vertical arrows, shortcuts) goes to the
// Router, so that no key is lost while it has the focus. Its caret stands still: a
// blinking one would draw the whole window twice a second.
//
// A scan takes the place of what stood there; its letters come in one run. A
// longer text than there is room for is shown around the caret.
type Entry struct {
	widget.BaseWidget
	kit      Kit
	most     int // letters
	text     []rune
	caret    int    // letters before it
	run      []rune // the letters of the present run
	scanned  bool   // all that stands there came as a scanner types
	focused  bool
	disabled bool
	on       EntryEvents
}

// EntryEvents hears what a person does in an Entry.
type EntryEvents interface {
	// Changed gets the text after each change by the person, not after Set or Clear.
	Changed(text string)
	// Entered gets the text when Enter came, unless nothing stands there; scanned
	// says that it came as a scanner types.
	Entered(text string, scanned bool)
}

var (
	_ fyne.Focusable     = (*Entry)(nil)
	_ fyne.Tappable      = (*Entry)(nil)
	_ fyne.Disableable   = (*Entry)(nil)
	_ fyne.Shortcutable  = (*Entry)(nil)
	_ desktop.Cursorable = (*Entry)(nil)
)

// NewEntry is an empty line for at most so many letters.
func NewEntry(kit Kit, most int, on EntryEvents) *Entry {
	e := &Entry{kit: kit, most: most, on: on}
	e.ExtendBaseWidget(e)
	return e
}

// Text is what stands there.
func (e *Entry) Text() string { return string(e.text) }

// Set replaces the text; the caret stands at its end.
func (e *Entry) Set(text string) {
	letters := []rune(text)
	e.text = letters[:min(len(letters), e.most)]
	e.caret, e.scanned = len(e.text), false
	e.Refresh()
}

// Clear empties it for another person or question: the rest of a scan that is on
// its way goes nowhere.
func (e *Entry) Clear() {
	clear(e.text)
	clear(e.run)
	e.text, e.run = nil, nil
	e.kit.Router.cut(e)
	e.Set("")
}

// TypedRune implements fyne.Focusable.
func (e *Entry) TypedRune(r rune) {
	n, scan, stray := e.kit.Router.letter(e)
	if stray || e.disabled {
		return
	}
	if n == 1 {
		e.run = e.run[:0]
	}
	e.run = append(e.run, r)
	switch {
	case scan && !e.scanned: // now it is known for one: what stood there before goes
		e.Set(string(e.run))
		e.scanned = true
		e.edited()
	case scan:
		e.insert([]rune{r})
		e.scanned = true
	default:
		e.insert([]rune{r})
	}
}

func (e *Entry) insert(letters []rune) {
	letters = letters[:min(len(letters), e.most-len(e.text))]
	if len(letters) == 0 || e.disabled {
		return
	}
	e.text = slices.Insert(e.text, e.caret, letters...)
	e.caret += len(letters)
	e.scanned = false
	e.edited()
}

func (e *Entry) remove(at int) {
	if at < 0 || at >= len(e.text) || e.disabled {
		return
	}
	e.text = slices.Delete(e.text, at, at+1)
	if at < e.caret {
		e.caret--
	}
	e.scanned = false
	e.kit.Router.rest()
	e.edited()
}

func (e *Entry) edited() {
	e.Refresh()
	e.on.Changed(e.Text())
}

func (e *Entry) enter(event *fyne.KeyEvent) {
	switch {
	case e.kit.Router.scanEnter(e):
	case len(e.text) == 0 || e.disabled:
		e.kit.Router.Key(event)
	default:
		e.on.Entered(e.Text(), e.scanned)
	}
}

func (e *Entry) move(to int) {
	e.caret = min(max(0, to), len(e.text))
	e.Refresh()
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyBackspace:
		e.remove(e.caret - 1)
	case fyne.KeyDelete:
		e.remove(e.caret)
	case fyne.KeyLeft:
		e.move(e.caret - 1)
	case fyne.KeyRight:
		e.move(e.caret + 1)
	case fyne.KeyHome:
		e.move(0)
	case fyne.KeyEnd:
		e.move(len(e.text))
	case fyne.KeyReturn, fyne.KeyEnter:
		e.enter(event)
	default:
		e.kit.Router.Key(event)
	}
}

// TypedShortcut implements fyne.Shortcutable: it pastes one line, and passes on
// what is not for it. It never copies: what is typed here stays off the clipboard.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	paste, ok := s.(*fyne.ShortcutPaste)
	if !ok {
		e.kit.Router.Shortcut(s)
		return
	}
	letters := []rune(paste.Clipboard.Content())
	if end := slices.IndexFunc(letters, func(r rune) bool { return r < ' ' }); end >= 0 {
		letters = letters[:end]
	}
	e.kit.Router.rest()
	e.insert(letters)
}

// Tapped implements fyne.Tappable.
func (e *Entry) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil && !e.disabled {
		c.Focus(e)
	}
}

// Cursor implements desktop.Cursorable.
func (e *Entry) Cursor() desktop.Cursor { return desktop.TextCursor }

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.focused = true
	e.kit.Router.Follow(e)
	e.Refresh()
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.focused = false
	e.Refresh()
}

// Disabled implements fyne.Disableable: Tab passes over it.
func (e *Entry) Disabled() bool { return e.disabled }

// Enable implements fyne.Disableable.
func (e *Entry) Enable() {
	e.disabled = false
	e.Refresh()
}

// Disable implements fyne.Disableable.
func (e *Entry) Disable() {
	e.disabled = true
	e.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	l := e.kit.Look
	ground := &canvas.Rectangle{FillColor: look.Paper, StrokeColor: look.InkOff, StrokeWidth: l.Px(1), CornerRadius: l.Px(look.RadiusControl)}
	words := l.Digits("", look.Large, look.Ink)
	caret := &canvas.Rectangle{FillColor: look.Ink}
	focus := newRing(l, look.RadiusControl)
	p := &parts{objects: fixed(ground, words, caret, focus.outer, focus.inner)}
	p.show = func() {
		words.Color, ground.FillColor = look.Ink, look.Paper
		if e.disabled {
			words.Color, ground.FillColor = look.InkOff, look.Surface
		}
		show(caret, e.focused)
		focus.show(e.focused)
	}
	p.place = func(size fyne.Size) {
		x, high := l.Px(entryPad), l.Px(look.Large*1.25)
		from, to := e.inSight(size.Width - 2*x)
		words.Text = string(e.text[from:to])
		put(ground, 0, 0, size.Width, size.Height)
		put(words, x, 0, size.Width-2*x, size.Height)
		put(caret, x+e.width(from, e.caret), (size.Height-high)/2, l.Px(2), high)
		focus.place(size)
	}
	p.least = func() fyne.Size {
		return fyne.NewSize(l.Px(look.Large)*float32(min(e.most, entryLeast))+2*l.Px(entryPad), l.Px(look.Target))
	}
	p.show()
	return p
}

const (
	entryPad   float32 = 16
	entryLeast int     = 10 // letters that always have room
)

func (e *Entry) width(from, to int) float32 {
	return e.kit.Look.Digits(string(e.text[from:to]), look.Large, look.Ink).MinSize().Width
}

// inSight are the letters that have room, those at the caret among them.
func (e *Entry) inSight(room float32) (from, to int) {
	for from < e.caret && e.width(from, e.caret) > room {
		from++
	}
	to = e.caret
	for to < len(e.text) && e.width(from, to+1) <= room {
		to++
	}
	return from, to
}
