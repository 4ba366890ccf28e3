package control_test

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// shortcuts is a canvas that tells which shortcuts reached it.
type shortcuts struct {
	fyne.Canvas
	got []string
}

func (s *shortcuts) TypedShortcut(shortcut fyne.Shortcut) {
	s.got = append(s.got, shortcut.ShortcutName())
}

func entry(most int) (*control.Entry, *heard, *shortcuts, *[]string) {
	router := control.NewRouter(time.Now)
	h, texts := &heard{}, &[]string{}
	router.To(h)
	on := &shortcuts{Canvas: test.NewCanvas()}
	router.Listen(on)
	e := control.NewEntry(control.Kit{Look: look.New(1), Router: router}, most, func(text string) { *texts = append(*texts, text) })
	return e, h, on, texts
}

func TestAnEntryIsEditedByKeys(t *testing.T) {
	left, right, back, del := fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete
	tests := []struct {
		name, typed string
		keys        []fyne.KeyName
		then, want  string
	}{
		{"letters stand in order", "AB12", nil, "", "AB12"},
		{"full-width letters stay as they came", "ＡＢ１", nil, "", "ＡＢ１"},
		{"no more than fit", "1234567", nil, "", "123456"},
		{"backspace takes the letter before", "1234", []fyne.KeyName{back}, "", "123"},
		{"backspace in the middle", "1234", []fyne.KeyName{left, left, back}, "9", "1934"},
		{"delete takes the letter after", "1234", []fyne.KeyName{left, del}, "", "123"},
		{"home and end", "23", []fyne.KeyName{fyne.KeyHome}, "1", "123"},
		{"the caret stays inside", "12", []fyne.KeyName{right, right, left, left, left, back, fyne.KeyEnd, del}, "3", "123"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, _, _, _ := entry(6)
			for _, r := range test.typed {
				e.TypedRune(r)
			}
			for _, key := range test.keys {
				e.TypedKey(&fyne.KeyEvent{Name: key})
			}
			for _, r := range test.then {
				e.TypedRune(r)
			}
			if got := e.Text(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnEntryKeepsNoKeyFromTheScreen(t *testing.T) {
	e, h, on, _ := entry(6)
	want := []fyne.KeyName{fyne.KeyF1, fyne.KeyF2, fyne.KeyF12, fyne.KeyEscape, fyne.KeyReturn, fyne.KeyUp, fyne.KeyPageDown}
	for _, key := range want {
		e.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if !slices.Equal(h.Keys, want) {
		t.Errorf("the screen heard %v, want %v", h.Keys, want)
	}
	lock := &desktop.CustomShortcut{KeyName: fyne.KeyL, Modifier: fyne.KeyModifierControl}
	e.TypedShortcut(lock)
	e.TypedShortcut(&fyne.ShortcutCopy{Clipboard: test.NewClipboard()})
	if want := []string{lock.ShortcutName(), "Copy"}; !slices.Equal(on.got, want) {
		t.Errorf("the window heard the shortcuts %v, want %v", on.got, want)
	}
}

func TestAnEntryPastesOneLine(t *testing.T) {
	e, _, _, texts := entry(6)
	clipboard := test.NewClipboard()
	clipboard.SetContent("1234\n5678")
	e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if want := []string{"1234", "123412"}; !slices.Equal(*texts, want) {
		t.Errorf("changed was told %q, want %q", *texts, want)
	}
}

func TestADisabledEntryTakesNothing(t *testing.T) {
	e, _, _, texts := entry(6)
	e.Set("12345678")
	e.Disable()
	e.TypedRune('9')
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if got := e.Text(); got != "123456" || len(*texts) != 0 {
		t.Errorf("got %q and %d changes, want 123456 and none", got, len(*texts))
	}
}
