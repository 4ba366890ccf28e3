package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/gallery"
	"github.com/madoguchi/madoguchi/ui/look"
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
	s := newStage(gallery.App().NewWindow, nil, texts, c, l, Options{Resident: place}, now.now)
	t.Cleanup(func() {
		s.clerkWindow.Close()
		if s.residentWindow != nil {
			s.residentWindow.Close()
		}
	})
	return s, c, now
}

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

type heardTones struct{ success, failure, keys int }

func (h *heardTones) Key() { h.keys++ }

func (h *heardTones) Success() { h.success++ }
func (h *heardTones) Failure() { h.failure++ }
