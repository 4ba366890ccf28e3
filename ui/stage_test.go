package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/gallery"
	"github.com/madoguchi/madoguchi/ui/look"
	"github.com/madoguchi/madoguchi/ui/sound"
)

// counter keeps what the windows sent.
type counter struct {
	view   app.View
	sent   []app.Intent
	digits int
}

func (c *counter) View() app.View                  { return c.view }
func (c *counter) Subscribe(func(app.View)) func() { return func() {} }
func (c *counter) Send(i app.Intent)               { c.sent = append(c.sent, i) }
func (c *counter) Digit(byte)                      { c.digits++ }

func (c *counter) last() app.Intent {
	if len(c.sent) == 0 {
		return nil
	}
	return c.sent[len(c.sent)-1]
}

// clock is moved by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) wait(d time.Duration) { c.at = c.at.Add(d) }

func sheet(t *testing.T, name string) app.View {
	t.Helper()
	for _, s := range gallery.All() {
		if s.Name == name {
			return s.View
		}
	}
	t.Fatalf("no sheet %q in the gallery", name)
	return app.View{}
}

func open1(t *testing.T, place ResidentWindow) (*stage, *counter, *clock) {
	t.Helper()
	texts, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	c, now := &counter{}, &clock{at: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
	l := look.New(1)
	s := newStage(func(title string) fyne.Window {
		w := gallery.App().NewWindow(title)
		return heeding{w, &shortcuts{Canvas: w.Canvas()}}
	}, nil, texts, c, l, Options{Resident: place}, now.now)
	t.Cleanup(func() {
		s.clerkWindow.Close()
		if s.residentWindow != nil {
			s.residentWindow.Close()
		}
	})
	return s, c, now
}

// heeding is a window whose canvas heeds shortcuts, as the program's does; that of
// Fyne's test driver does not.
type heeding struct {
	fyne.Window
	canvas *shortcuts
}

func (h heeding) Canvas() fyne.Canvas { return h.canvas }

type shortcuts struct {
	fyne.Canvas
	fyne.ShortcutHandler
}

func (s *shortcuts) AddShortcut(one fyne.Shortcut, do func(fyne.Shortcut)) {
	s.ShortcutHandler.AddShortcut(one, do)
}
func (s *shortcuts) RemoveShortcut(one fyne.Shortcut) { s.ShortcutHandler.RemoveShortcut(one) }

// press sends a key to a window as Fyne's driver does: to what has the focus, else
// to the canvas.
func press(w fyne.Window, name fyne.KeyName) {
	event := &fyne.KeyEvent{Name: name}
	if f := w.Canvas().Focused(); f != nil {
		f.TypedKey(event)
		return
	}
	w.Canvas().OnTypedKey()(event)
}

func type1(w fyne.Window, r rune) {
	if f := w.Canvas().Focused(); f != nil {
		f.TypedRune(r)
		return
	}
	w.Canvas().OnTypedRune()(r)
}

func TestTheClerksKeys(t *testing.T) {
	tests := []struct {
		name, sheet string
		key         fyne.KeyName
		want        app.Intent
	}{
		{"F2 begins a write", "home", fyne.KeyF2, app.GoTo{Screen: app.ScreenWrite}},
		{"Enter on Home is the blue tile", "home", fyne.KeyReturn, app.GoTo{Screen: app.ScreenWrite}},
		{"F1 goes home", "write-waiting", fyne.KeyF1, app.GoTo{Screen: app.ScreenHome}},
		{"Esc stops", "write-consent", fyne.KeyEscape, app.Cancel{}},
		{"Esc does nothing while the card is written", "write-writing", fyne.KeyEscape, nil},
		{"Enter does nothing while the card is written", "write-writing", fyne.KeyReturn, nil},
		{"Enter answers whose procedure", "write-whose", fyne.KeyReturn, app.Tell{Who: app.WhoseSelf}},
		{"Esc keeps a torn write for later", "write-torn", fyne.KeyEscape, app.Later{}},
		{"Enter never gives up", "write-torn", fyne.KeyReturn, nil},
		{"Enter waits for the card to leave", "write-done", fyne.KeyReturn, nil},
		{"Enter is the next person", "write-done-card-away", fyne.KeyReturn, app.Next{}},
		{"F12 takes the demo card off", "write-done", fyne.KeyF12, app.RemoveCard{}},
		{"F12 lays the demo card", "write-waiting", fyne.KeyF12, app.InsertCard{}},
		{"F12 is nothing outside training", "home-not-training", fyne.KeyF12, nil},
		{"F2 is nothing at a reception desk", "reception-home", fyne.KeyF2, nil},
		{"F3 registers", "reception-home", fyne.KeyF3, app.GoTo{Screen: app.ScreenRegister}},
		{"F4 looks up", "reception-home", fyne.KeyF4, app.GoTo{Screen: app.ScreenLookup}},
		{"F3 is nothing at a municipal counter", "home", fyne.KeyF3, nil},
		{"F4 is nothing at a municipal counter", "home", fyne.KeyF4, nil},
		{"Enter on a reception desk's Home is the look-up", "reception-home", fyne.KeyReturn, app.GoTo{Screen: app.ScreenLookup}},
		{"F8 shows the barcode", "lookup-done", fyne.KeyF8, app.ShowBarcode{}},
		{"F8 is not the way to 引渡し先", "lookup-waiting", fyne.KeyF8, nil},
		{"F9 hands over again", "lookup-done", fyne.KeyF9, app.HandOver{}},
		{"F9 releases the person before", "lookup-held", fyne.KeyF9, app.Release{}},
		{"F9 tries while nobody is there", "lookup-waiting", fyne.KeyF9, app.TryTarget{}},
		{"Enter never hands over", "lookup-done", fyne.KeyReturn, nil},
		{"Enter never releases", "lookup-held", fyne.KeyReturn, nil},
		{"Esc takes the number away", "lookup-done", fyne.KeyEscape, app.Clear{}},
		{"Enter registers when the resident said yes", "register-ready", fyne.KeyReturn, app.Put{}},
		{"Enter does not register before", "register-consent", fyne.KeyReturn, nil},
		{"Enter in an empty field is nothing", "register-number", fyne.KeyReturn, nil},
		{"Esc in the field begins anew", "register-number", fyne.KeyEscape, app.Cancel{}},
		{"Enter gives no reason by itself", "register-reason", fyne.KeyReturn, nil},
		{"Enter takes no link away", "register-ask-unlink", fyne.KeyReturn, nil},
		{"Esc keeps the link", "register-ask-unlink", fyne.KeyEscape, app.Cancel{}},
		{"Enter saves 引渡し先", "setup-action", fyne.KeyReturn, app.Save{}},
		{"Enter opens a locked desk", "locked", fyne.KeyReturn, app.Next{}},
		{"F4 does not open a locked desk", "locked", fyne.KeyF4, nil},
		{"Esc does not open a locked desk", "locked", fyne.KeyEscape, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, c, _ := open1(t, ResidentBeside)
			s.show(sheet(t, test.sheet))
			press(s.clerkWindow, test.key)
			if got := c.last(); got != test.want {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

func TestANumberPointsAtAnAnswerAndEnterGivesIt(t *testing.T) {
	s, c, now := open1(t, ResidentBeside)
	s.show(sheet(t, "write-whose"))
	type1(s.clerkWindow, '3')
	if len(c.sent) != 0 {
		t.Fatalf("the number alone sent %#v", c.sent)
	}
	now.wait(time.Second)
	press(s.clerkWindow, fyne.KeyReturn)
	if got, want := c.last(), (app.Tell{Who: app.WhoseGuardian}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestAScanAnswersNothing(t *testing.T) {
	s, c, now := open1(t, ResidentBeside)
	s.show(sheet(t, "write-whose"))
	for _, r := range "4912345678904" {
		type1(s.clerkWindow, r)
		now.wait(5 * time.Millisecond)
	}
	press(s.clerkWindow, fyne.KeyReturn)
	if len(c.sent) != 1 || c.last() != (app.Scanned{}) {
		t.Errorf("sent %#v, want one Scanned", c.sent)
	}
}

func TestTheClerksWindowTakesNoPIN(t *testing.T) {
	s, c, now := open1(t, ResidentBeside)
	s.show(sheet(t, "write-pin"))
	for _, r := range "80" {
		type1(s.clerkWindow, r)
		now.wait(time.Second)
	}
	if c.digits != 0 {
		t.Errorf("%d digits passed from the clerk's window", c.digits)
	}
	type1(s.residentWindow, '8')
	if c.digits != 1 {
		t.Errorf("%d digits passed from the resident's window, want 1", c.digits)
	}
}

func TestAKeyForTheScreenBeforeIsNoConsent(t *testing.T) {
	s, c, now := open1(t, ResidentTurn)
	s.show(sheet(t, "write-whose"))
	s.show(sheet(t, "write-consent"))
	press(s.clerkWindow, fyne.KeyReturn)
	if len(c.sent) != 0 {
		t.Fatalf("an Enter at the same moment sent %#v", c.sent)
	}
	now.wait(time.Second)
	press(s.clerkWindow, fyne.KeyReturn)
	if got, want := c.last(), (app.Consent{Yes: true}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestTheWindowTurnsAndDoesNotTurnBackWhileDigitsStand(t *testing.T) {
	s, _, _ := open1(t, ResidentTurn)
	steps := []struct {
		name   string
		view   app.View
		turned bool
	}{
		{"the clerk is asked", sheet(t, "write-whose"), false},
		{"the resident consents", sheet(t, "write-consent"), true},
		{"the PIN is asked", sheet(t, "write-pin"), true},
		{"digits stand though nothing is asked", func() app.View {
			v := sheet(t, "write-pin")
			v.Resident.Asks = false
			return v
		}(), true},
		{"the work goes on", sheet(t, "write-checking"), false},
	}
	for _, step := range steps {
		s.show(step.view)
		if got := s.clerkWindow.Content() == s.resident.Content(); got != step.turned {
			t.Errorf("%s: turned to the resident: got %v, want %v", step.name, got, step.turned)
		}
	}
}

// two is a machine whose second display comes and goes.
type two struct{ second bool }

func (d *two) HasSecondaryDisplay() bool { return d.second }

func TestTheResidentsWindowFollowsTheSecondDisplay(t *testing.T) {
	s, _, _ := open1(t, ResidentAuto)
	d := &two{second: true}
	s.display = d
	for _, second := range []bool{true, false, true} {
		d.second = second
		s.show(sheet(t, "write-consent"))
		if got := s.residentWindow != nil; got != second {
			t.Errorf("second display %v: own window %v", second, got)
		}
		if got := s.turned; got == second {
			t.Errorf("second display %v: turned %v", second, got)
		}
	}
}

func TestPageDownShowsWhatDoesNotFit(t *testing.T) {
	s, _, _ := open1(t, ResidentBeside)
	s.clerkWindow.Resize(fyne.NewSize(700, 480))
	s.show(sheet(t, "write-problem-PIN-BLOCKED"))
	area := scrolls(s.clerk.Content())
	if len(area) != 1 {
		t.Fatalf("%d scrolling areas in sight, want 1", len(area))
	}
	press(s.clerkWindow, fyne.KeyPageDown)
	down := area[0].Offset.Y
	press(s.clerkWindow, fyne.KeyPageUp)
	if down <= 0 || area[0].Offset.Y != 0 {
		t.Errorf("Page Down scrolled to %v, Page Up back to %v", down, area[0].Offset.Y)
	}
}

// scrolls are the scrolling areas in sight.
func scrolls(o fyne.CanvasObject) []*container.Scroll {
	if !o.Visible() {
		return nil
	}
	var found []*container.Scroll
	switch one := o.(type) {
	case *container.Scroll:
		return []*container.Scroll{one}
	case *fyne.Container:
		for _, child := range one.Objects {
			found = append(found, scrolls(child)...)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(one).Objects() {
			found = append(found, scrolls(child)...)
		}
	}
	return found
}

func TestTheTonesSoundOnce(t *testing.T) {
	s, _, _ := open1(t, ResidentBeside)
	var heard heardTones
	s.sound = &heard
	for _, name := range []string{"write-verifying", "write-done", "write-done", "write-done-card-left", "home", "write-torn"} {
		s.show(sheet(t, name))
	}
	if heard.success != 1 || heard.failure != 2 {
		t.Errorf("success %d, failure %d; want 1 and 2", heard.success, heard.failure)
	}
}

func TestEveryKeyOfThePadTicksAlike(t *testing.T) {
	s, c, now := open1(t, ResidentTurn)
	var heard heardTones
	s.sound = &heard
	s.show(sheet(t, "write-pin"))
	now.wait(time.Second)
	for _, r := range "19" {
		type1(s.clerkWindow, r)
		now.wait(time.Second)
	}
	press(s.clerkWindow, fyne.KeyBackspace)
	if heard.keys != 3 || c.digits != 2 {
		t.Errorf("%d ticks, %d digits; want 3 and 2", heard.keys, c.digits)
	}
	if heard.failure != 0 {
		t.Errorf("%d failure tones", heard.failure)
	}
}

// heardTones counts.
type heardTones struct{ success, failure, keys int }

func (h *heardTones) Play(t sound.Tone) {
	switch t {
	case sound.Key:
		h.keys++
	case sound.Success:
		h.success++
	case sound.Failure:
		h.failure++
	}
}

// lock sends Ctrl+L as Fyne's driver does: to what has the focus, else to the
// canvas.
func lock(w fyne.Window) {
	ctrlL := &desktop.CustomShortcut{KeyName: fyne.KeyL, Modifier: fyne.KeyModifierControl}
	if f, ok := w.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(ctrlL)
		return
	}
	w.Canvas().(fyne.Shortcutable).TypedShortcut(ctrlL)
}

func TestCtrlLLocksAndOpens(t *testing.T) {
	tests := []struct {
		sheet string
		want  app.Intent
	}{
		{"lookup-waiting", app.GoTo{Screen: app.ScreenLocked}},
		{"register-number", app.GoTo{Screen: app.ScreenLocked}}, // the field has the focus
		{"locked", app.Next{}},
		{"home", app.GoTo{Screen: app.ScreenLocked}}, // a municipal counter
	}
	for _, test := range tests {
		t.Run(test.sheet, func(t *testing.T) {
			s, c, _ := open1(t, ResidentBeside)
			s.show(sheet(t, test.sheet))
			lock(s.clerkWindow)
			if got := c.last(); got != test.want {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

func TestNobodyLocksWhileTheResidentIsAsked(t *testing.T) {
	s, c, _ := open1(t, ResidentTurn)
	s.show(sheet(t, "register-consent"))
	lock(s.clerkWindow)
	if len(c.sent) != 0 {
		t.Errorf("sent %#v", c.sent)
	}
	s.show(sheet(t, "register-ready"))
	lock(s.clerkWindow)
	if got, want := c.last(), (app.GoTo{Screen: app.ScreenLocked}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

// The number's field has the focus without a mouse, takes what comes as it comes, and
// says how it came.
func TestTheNumberIsTakenWithoutAMouse(t *testing.T) {
	tests := []struct {
		name, letters string
		gap           time.Duration
		scanned       bool
	}{
		{"a scanner", "A28021217A", 5 * time.Millisecond, true},
		{"a person", "28021217", 200 * time.Millisecond, false},
		{"a person in full width", "Ａ２８０２−１２１７", 200 * time.Millisecond, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, c, now := open1(t, ResidentBeside)
			s.show(sheet(t, "register-number"))
			for _, r := range test.letters {
				now.wait(test.gap)
				type1(s.clerkWindow, r)
			}
			press(s.clerkWindow, fyne.KeyReturn)
			want := app.Entered{Serial: 7, Text: app.NewInput(test.letters), Scanned: test.scanned}
			if len(c.sent) != 1 || c.last() != want {
				t.Errorf("sent %d intents, the last a %T; want the number as typed, scanned=%v", len(c.sent), c.last(), test.scanned)
			}
		})
	}
}

// A scan that comes before the card, or while the reason is asked, is swallowed.
func TestAScanOutOfTurnIsOnlyTold(t *testing.T) {
	for _, name := range []string{"register-waiting", "register-reason", "register-consent", "lookup-waiting", "lookup-done", "locked", "reception-home"} {
		t.Run(name, func(t *testing.T) {
			s, c, now := open1(t, ResidentBeside)
			s.show(sheet(t, name))
			for _, r := range "A28021217A" {
				now.wait(5 * time.Millisecond)
				type1(s.clerkWindow, r)
			}
			press(s.clerkWindow, fyne.KeyReturn)
			if len(c.sent) != 1 || c.last() != (app.Scanned{}) {
				t.Errorf("sent %d intents, the last a %T; want one Scanned", len(c.sent), c.last())
			}
		})
	}
}

// What was typed for one person, or for one question, is not there for the next.
func TestNothingTypedStaysForTheNext(t *testing.T) {
	first := sheet(t, "register-number")
	next := first
	next.Register.Serial++
	tests := []struct {
		name string
		then []app.View
	}{
		{"the next person", []app.View{next}},
		{"the reason and the second typing", []app.View{sheet(t, "register-reason"), sheet(t, "register-again")}},
		{"the same person after a problem", []app.View{sheet(t, "register-problem-LINK-TAKEN"), first}},
		{"another screen and back", []app.View{sheet(t, "reception-home"), first}},
		{"the lock and back", []app.View{sheet(t, "locked"), first}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, c, now := open1(t, ResidentBeside)
			s.show(first)
			for _, r := range "2802" {
				now.wait(200 * time.Millisecond)
				type1(s.clerkWindow, r)
			}
			for _, v := range test.then {
				s.show(v)
			}
			now.wait(time.Second)
			press(s.clerkWindow, fyne.KeyReturn)
			if len(c.sent) != 0 {
				t.Errorf("Enter sent a %T", c.last())
			}
		})
	}
}

func TestAReasonIsGivenByItsNumberAndEnter(t *testing.T) {
	s, c, now := open1(t, ResidentBeside)
	s.show(sheet(t, "register-reason"))
	type1(s.clerkWindow, '2')
	now.wait(time.Second)
	press(s.clerkWindow, fyne.KeyReturn)
	if got, want := c.last(), (app.TypedBecause{Reason: app.TypedDamaged}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

// 連携を解除: reached by Tab, pressed by Space, never by Enter, and asked once more.
func TestALinkIsTakenAwayOnlyByIntent(t *testing.T) {
	s, c, _ := open1(t, ResidentBeside)
	s.show(sheet(t, "register-number"))
	s.clerkWindow.Canvas().FocusNext()
	press(s.clerkWindow, fyne.KeyReturn)
	if len(c.sent) != 0 {
		t.Fatalf("Enter sent %#v", c.sent)
	}
	press(s.clerkWindow, fyne.KeySpace)
	if got, want := c.last(), (app.Unlink{Service: 1}); got != want {
		t.Fatalf("got %#v, want %#v", got, want)
	}
	s.show(sheet(t, "register-ask-unlink"))
	if f := s.clerkWindow.Canvas().Focused(); f != nil {
		t.Errorf("%T is preselected", f)
	}
	c.sent = nil
	press(s.clerkWindow, fyne.KeySpace)
	press(s.clerkWindow, fyne.KeyReturn)
	if len(c.sent) != 0 {
		t.Errorf("sent %#v", c.sent)
	}
}

// A terminal without a clerk shows the resident's side alone, and no number.
func TestATerminalWithoutAClerkIsTheResidents(t *testing.T) {
	s, _, _ := open1(t, ResidentTurn)
	v := sheet(t, "lookup-unattended")
	s.show(v)
	if s.clerkWindow.Content() != s.resident.Content() {
		t.Error("the clerk's side stands there")
	}
}

// A registration's question is answered by the resident's own keys.
func TestTheResidentConsentsToANumber(t *testing.T) {
	for _, name := range []string{"register-consent", "register-unlinking"} {
		for key, want := range map[fyne.KeyName]app.Intent{fyne.KeyReturn: app.Consent{Yes: true}, fyne.KeyEscape: app.Consent{}} {
			s, c, now := open1(t, ResidentBeside)
			s.show(sheet(t, name))
			press(s.residentWindow, key)
			if len(c.sent) != 0 {
				t.Errorf("%s: %v at the same moment sent %#v", name, key, c.sent)
			}
			now.wait(time.Second)
			press(s.residentWindow, key)
			if got := c.last(); got != want {
				t.Errorf("%s: %v sent %#v, want %#v", name, key, got, want)
			}
		}
	}
}
