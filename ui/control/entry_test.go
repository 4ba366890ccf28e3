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

// events keeps what a person did in an Entry.
type events struct {
	texts   []string
	entered []string
	scanned []bool
}

func (e *events) Changed(text string) { e.texts = append(e.texts, text) }

func (e *events) Entered(text string, scanned bool) {
	e.entered, e.scanned = append(e.entered, text), append(e.scanned, scanned)
}

func entry(most int) (*control.Entry, *heard, *shortcuts, *events) {
	return entryAt(most, time.Now)
}

func entryAt(most int, now control.Clock) (*control.Entry, *heard, *shortcuts, *events) {
	router := control.NewRouter(now)
	h, on1 := &heard{}, &events{}
	router.To(h)
	on := &shortcuts{Canvas: test.NewCanvas()}
	router.Listen(on)
	e := control.NewEntry(control.Kit{Look: look.New(1), Router: router}, most, on1)
	return e, h, on, on1
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
			e, _, _, _ := entryAt(6, slowly())
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
	if want := []string{"1234", "123412"}; !slices.Equal(texts.texts, want) {
		t.Errorf("changed was told %q, want %q", texts.texts, want)
	}
}

func TestADisabledEntryTakesNothing(t *testing.T) {
	e, _, _, texts := entry(6)
	e.Set("12345678")
	e.Disable()
	e.TypedRune('9')
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if got := e.Text(); got != "123456" || len(texts.texts) != 0 {
		t.Errorf("got %q and %d changes, want 123456 and none", got, len(texts.texts))
	}
}

// slowly is a clock by which a person types: a tenth of a second between any two
// questions for the time.
func slowly() control.Clock {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(100 * time.Millisecond)
		return now
	}
}

func TestAnEntryKnowsAScanFromAPerson(t *testing.T) {
	const fast, slow, pause = 5 * time.Millisecond, 120 * time.Millisecond, 250 * time.Millisecond
	type step struct {
		letters string
		gap     time.Duration
		enter   time.Duration // after the last letter; 0: none
		soon    bool          // after pause, not a second
	}
	tests := []struct {
		name    string
		steps   []step
		entered []string
		scanned []bool
		left    string
		scans   int
	}{
		{"a scan with its Enter", []step{{"A28021217A", fast, fast, false}}, []string{"A28021217A"}, []bool{true}, "A28021217A", 0},
		{"a scan, and Enter by hand", []step{{"A28021217A", fast, time.Second, false}}, []string{"A28021217A"}, []bool{true}, "A28021217A", 0},
		{"a person, in full width", []step{{"２８０２", slow, slow, false}}, []string{"２８０２"}, []bool{false}, "２８０２", 0},
		{"a scan takes the place of what was typed", []step{{"2802", slow, 0, false}, {"A28021217A", fast, fast, false}}, []string{"A28021217A"}, []bool{true}, "A28021217A", 0},
		{"a second scan takes the place of the first", []step{{"A28021217A", fast, fast, false}, {"A28020034A", fast, fast, false}}, []string{"A28021217A", "A28020034A"}, []bool{true, true}, "A28020034A", 0},
		{"a scan to which a person adds a letter is typed", []step{{"28021217", fast, 0, false}, {"1", slow, slow, false}}, []string{"280212171"}, []bool{false}, "280212171", 0},
		{"a scan while the window is drawn: a pause after its beginning", []step{{"A2", fast, 0, false}, {"8021217A", fast, pause, true}}, []string{"A28021217A"}, []bool{true}, "A28021217A", 0},
		{"a scan with pauses in it", []step{{"A28", fast, 0, false}, {"021", fast, 0, true}, {"217A", fast, pause, true}}, []string{"A28021217A"}, []bool{true}, "A28021217A", 0},
		{"a scan with a late end", []step{{"A28021217", fast, 0, false}, {"A", fast, pause, true}}, []string{"A28021217A"}, []bool{true}, "A28021217A", 0},
		{"a person who rolls two keys", []step{{"28", 20 * time.Millisecond, 0, false}, {"02", slow, 0, true}, {"12", 20 * time.Millisecond, 0, true}, {"17", slow, slow, true}}, []string{"28021217"}, []bool{false}, "28021217", 0},
		{"five fast letters are typed", []step{{"28021", fast, fast, false}}, []string{"28021"}, []bool{false}, "28021", 0},
		{"Enter in an empty field is the screen's", []step{{"", 0, slow, false}}, nil, nil, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
			e, h, _, on := entryAt(100, func() time.Time { return now })
			for _, step := range test.steps {
				if now = now.Add(time.Second); step.soon {
					now = now.Add(pause - time.Second)
				}
				for i, r := range []rune(step.letters) {
					if i > 0 {
						now = now.Add(step.gap)
					}
					e.TypedRune(r)
				}
				if step.enter > 0 {
					now = now.Add(step.enter)
					e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				}
			}
			if !slices.Equal(on.entered, test.entered) || !slices.Equal(on.scanned, test.scanned) {
				t.Errorf("entered %q %v, want %q %v", on.entered, on.scanned, test.entered, test.scanned)
			}
			if e.Text() != test.left || h.Scans != test.scans {
				t.Errorf("%q stands there, %d stray scans; want %q and %d", e.Text(), h.Scans, test.left, test.scans)
			}
			if test.entered == nil && !slices.Equal(h.Keys, []fyne.KeyName{fyne.KeyReturn}) {
				t.Errorf("the screen heard %v, want Enter", h.Keys)
			}
		})
	}
}

// Whatever comes of a scan after the field was emptied is the person's before: it
// goes nowhere, and so does its Enter, wherever the field was emptied in between.
func TestNothingOfAScanStaysForTheNextPerson(t *testing.T) {
	const scan = "A28021217A"
	for at := 1; at <= len(scan); at++ {
		now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		e, h, _, on := entryAt(100, func() time.Time { return now })
		for i, r := range scan {
			if i == at {
				e.Clear()
			}
			now = now.Add(5 * time.Millisecond)
			e.TypedRune(r)
		}
		if at == len(scan) {
			e.Clear()
		}
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if e.Text() != "" || len(on.entered) != 0 || len(h.Keys) != 0 {
			t.Errorf("emptied after %d letters: %q stands there, %q was entered, the screen heard %v", at, e.Text(), on.entered, h.Keys)
		}
		now = now.Add(time.Second)
		for _, r := range scan {
			e.TypedRune(r)
		}
		if e.Text() != scan {
			t.Errorf("emptied after %d letters: the next scan left %q", at, e.Text())
		}
	}
}

// A scan that began before the field was there must not arrive in part.
func TestAScanThatBeganBeforeTheFieldIsNotTakenInPart(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	router := control.NewRouter(func() time.Time { return now })
	h, on := &heard{}, &events{}
	router.To(h)
	router.Listen(test.NewCanvas())
	e := control.NewEntry(control.Kit{Look: look.New(1), Router: router}, 100, on)
	for i, r := range "A28021217A" {
		now = now.Add(5 * time.Millisecond)
		if i < 3 {
			router.Rune(r)
			continue
		}
		router.Expect(e) // the field comes up in the middle of the scan
		e.TypedRune(r)
	}
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if e.Text() != "" || len(on.entered) != 0 || h.Scans != 1 {
		t.Errorf("%q stands there, %q was entered, %d stray scans; want nothing, nothing and 1", e.Text(), on.entered, h.Scans)
	}
}

// A number is expected: a letter that reaches no control goes into the field.
func TestLettersFindTheFieldThatExpectsThem(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	router := control.NewRouter(func() time.Time { return now })
	h, on := &heard{}, &events{}
	router.To(h)
	window := test.NewTempWindow(t, nil)
	router.Listen(window.Canvas())
	e := control.NewEntry(control.Kit{Look: look.New(1), Router: router}, 100, on)
	window.SetContent(e)
	router.Expect(e)
	for _, r := range "A28021217A" {
		now = now.Add(5 * time.Millisecond)
		router.Rune(r)
	}
	if e.Text() != "A28021217A" || window.Canvas().Focused() != fyne.Focusable(e) || h.Scans != 0 || len(h.Digits) != 0 {
		t.Errorf("%q stands there, the focus is on %T, the screen heard %+v", e.Text(), window.Canvas().Focused(), h)
	}
	router.Expect(nil)
	now = now.Add(time.Second)
	router.Rune('7')
	if e.Text() != "A28021217A" || len(h.Digits) != 1 {
		t.Errorf("nothing is expected: %q stands there, the screen heard %+v", e.Text(), h)
	}
}
