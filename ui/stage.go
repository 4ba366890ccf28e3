package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/clerk"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
	"github.com/madoguchi/madoguchi/ui/resident"
)

// stage is the two windows and where the resident's stands just now. It belongs
// to the UI thread.
type stage struct {
	newWindow      func(title string) fyne.Window
	display        interface{ HasSecondaryDisplay() bool } // nil: there is none
	place          ResidentWindow
	size           fyne.Size
	sound          Sound
	notices        *noticeboard
	clerk          *clerk.Window
	resident       *resident.Window
	clerkWindow    fyne.Window
	residentWindow fyne.Window // nil while the resident has none of their own
	turned         bool
	view           app.View
}

func newStage(newWindow func(string) fyne.Window, display desktop.Driver, t texts, counter Counter, l look.Look, o Options, now control.Clock) *stage {
	s := &stage{newWindow: newWindow, place: o.Resident, size: o.Size, sound: o.Sound}
	if display != nil {
		s.display = display
	}
	if s.size.IsZero() {
		s.size = fyne.NewSize(1366, 768)
	}
	if s.sound == nil {
		s.sound = Silent{}
	}
	s.clerk = clerk.New(l, clerk.Texts{Clerk: t.Clerk, Easy: t.Easy, English: t.English}, counter, now)
	s.resident = resident.New(l, resident.Texts{Easy: t.Easy, English: t.English},
		ticking{counter, func() Sound { return s.sound }}, !o.ArrowLeft, now)
	s.notices = newNoticeboard(t.Clerk, l)
	s.clerkWindow = newWindow(t.Clerk.Text("product"))
	s.clerkWindow.SetPadded(false)
	s.clerkWindow.SetMaster()
	s.clerkWindow.SetContent(s.clerk.Content())
	s.clerkWindow.Resize(s.size)
	s.clerk.Attach(s.clerkWindow.Canvas())
	return s
}

// show draws a View in both windows at the same moment.
func (s *stage) show(v app.View) {
	before := s.view
	s.view = v
	s.arrange()
	alone := v.Screen == app.ScreenLookup && v.Lookup.Unattended // nobody is there to look at the clerk's side
	s.turn(v.Resident.Asks || v.Resident.Digits > 0 || alone)
	s.clerk.Show(v)
	s.resident.Show(v)
	s.focus(before.Resident.Asks)
	s.notices.show(v)
	tone(s.sound, before, v)
}

// arrange gives the resident a window of their own where there is a place for it.
// Fyne tells nothing when a display comes or goes, so every View looks again; a
// window is closed and made anew, never hidden.
func (s *stage) arrange() {
	wanted := s.place == ResidentBeside
	if s.place == ResidentAuto {
		wanted = s.display != nil && s.display.HasSecondaryDisplay()
	}
	switch {
	case wanted && s.residentWindow == nil:
		s.turn(false)
		s.openResident()
	case !wanted && s.residentWindow != nil:
		window := s.residentWindow
		s.residentWindow = nil
		window.Close()
	}
}

func (s *stage) openResident() {
	w := s.newWindow(s.clerkWindow.Title() + " — 利用者側")
	s.residentWindow = w
	w.SetPadded(false)
	w.SetContent(s.resident.Content())
	w.Resize(s.size)
	s.resident.Attach(w.Canvas())
	w.SetCloseIntercept(func() {}) // it ends with the clerk's
	placed, ok := w.(desktop.Window)
	switch {
	case ok && s.place == ResidentBeside:
		placed.RequestPosition(int(s.size.Width), 0)
	case ok:
		placed.RequestFullScreenSecondary()
	}
	w.Show()
	if !s.view.Resident.Asks {
		s.clerkWindow.RequestFocus() // the window opened last took the keys
	}
}

// turn makes the whole window the resident's, or the clerk's again. It does not go
// back while digits stand: show asks for it until they are gone.
func (s *stage) turn(resident bool) {
	if s.residentWindow != nil {
		resident = false
	}
	if s.turned == resident {
		return
	}
	s.turned = resident
	if resident {
		s.clerk.Leave()
		s.clerkWindow.SetContent(s.resident.Content())
		s.resident.Attach(s.clerkWindow.Canvas())
		return
	}
	s.clerkWindow.SetContent(s.clerk.Content())
	s.clerk.Attach(s.clerkWindow.Canvas())
}

// focus gives the keys to the one who is asked: digits must reach the pad, and the
// clerk's keys must not answer for the resident.
func (s *stage) focus(asked bool) {
	switch asks := s.view.Resident.Asks; {
	case s.residentWindow == nil || asks == asked:
	case asks:
		s.residentWindow.RequestFocus()
	default:
		s.clerkWindow.RequestFocus()
	}
}
