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
type Entry struct {
	widget.BaseWidget
	kit      Kit
	most     int // letters
	text     []rune
	caret    int // letters before it
	focused  bool
	disabled bool
	changed  func(text string)
}

var (
	_ fyne.Focusable     = (*Entry)(nil)
	_ fyne.Tappable      = (*Entry)(nil)
	_ fyne.Disableable   = (*Entry)(nil)
	_ fyne.Shortcutable  = (*Entry)(nil)
	_ desktop.Cursorable = (*Entry)(nil)
)

// NewEntry is an empty line for at most so many letters; changed gets the text
// after each change by the person, not after Set.
func NewEntry(kit Kit, most int, changed func(text string)) *Entry {
	e := &Entry{kit: kit, most: most, changed: changed}
	e.ExtendBaseWidget(e)
	return e
}

// Text is what stands there.
func (e *Entry) Text() string { return string(e.text) }

// Set replaces the text; the caret stands at its end.
func (e *Entry) Set(text string) {
	letters := []rune(text)
	e.text = letters[:min(len(letters), e.most)]
	e.caret = len(e.text)
	e.Refresh()
}

// TypedRune implements fyne.Focusable.
func (e *Entry) TypedRune(r rune) { e.insert([]rune{r}) }

func (e *Entry) insert(letters []rune) {
	letters = letters[:min(len(letters), e.most-len(e.text))]
	if len(letters) == 0 || e.disabled {
		return
	}
	e.text = slices.Insert(e.text, e.caret, letters...)
	e.caret += len(letters)
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
	e.edited()
}

func (e *Entry) edited() {
	e.Refresh()
	e.changed(e.Text())
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

// CreateRenderer implements fyne.Widget. All letters have room: the line is as
// wide as its most letters at full width.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	l := e.kit.Look
	ground := &canvas.Rectangle{FillColor: look.Paper, StrokeColor: look.InkOff, StrokeWidth: l.Px(1), CornerRadius: l.Px(look.RadiusControl)}
	words := l.Digits("", look.Large, look.Ink)
	caret := &canvas.Rectangle{FillColor: look.Ink}
	focus := newRing(l, look.RadiusControl)
	p := &parts{objects: fixed(ground, words, caret, focus.outer, focus.inner)}
	p.show = func() {
		words.Text, words.Color, ground.FillColor = e.Text(), look.Ink, look.Paper
		if e.disabled {
			words.Color, ground.FillColor = look.InkOff, look.Surface
		}
		show(caret, e.focused)
		focus.show(e.focused)
	}
	p.place = func(size fyne.Size) {
		x, high := l.Px(entryPad), l.Px(look.Large*1.25)
		before := l.Digits(string(e.text[:e.caret]), look.Large, look.Ink).MinSize().Width
		put(ground, 0, 0, size.Width, size.Height)
		put(words, x, 0, size.Width-2*x, size.Height)
		put(caret, x+before, (size.Height-high)/2, l.Px(2), high)
		focus.place(size)
	}
	p.least = func() fyne.Size {
		return fyne.NewSize(l.Px(look.Large)*float32(e.most)+2*l.Px(entryPad), l.Px(look.Target))
	}
	p.show()
	return p
}

const entryPad float32 = 16
