// Package ui draws what app says, in two windows: the clerk's and the resident's.
// It is the only room that knows Fyne.
package ui

import (
	"context"
	"fmt"
	"os"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/assets"
	"github.com/madoguchi/madoguchi/ui/banner"
	"github.com/madoguchi/madoguchi/ui/look"
	"github.com/madoguchi/madoguchi/ui/sound"
)

// Counter is the counter's work, as the windows see it. Send and Digit return at
// once. Subscribe calls back on the counter's own goroutine, with every new View
// in order, until cancel.
type Counter interface {
	View() app.View
	Subscribe(func(app.View)) (cancel func())
	Send(app.Intent)
	Digit(d byte)
}

// ResidentWindow is where the resident's window stands.
type ResidentWindow int

// Places of the resident's window.
const (
	ResidentAuto   ResidentWindow = iota // second display, full screen; without one: turn
	ResidentBeside                       // an ordinary window beside the clerk's
	ResidentTurn                         // 画面を回す: the whole window becomes the resident's while they are asked
)

// Options say how the windows look. The zero value is the usual counter PC.
type Options struct {
	Resident  ResidentWindow
	ArrowLeft bool    // the R/W stands at the left of the resident's display
	TextScale float32 // 1 or 2; 0 is 1
	Sound     Sound   // nil is what the system can play; Silent mutes
	Size      fyne.Size
}

// Exit codes of Run.
const (
	exitDone = iota
	exitNoCatalogue
	exitNoWindow
)

// Run shows the windows until ctx ends or the clerk's window is closed, and gives
// the program's exit code. It must be called on the main goroutine. Without OpenGL
// it says so on stderr (DISPLAY-NO-OPENGL) and does not run without a window.
func Run(ctx context.Context, counter Counter, options Options) int {
	texts, err := loadTexts()
	if err != nil {
		fmt.Fprintln(os.Stderr, "madoguchi:", err)
		return exitNoCatalogue
	}
	quiet()
	a := fyneapp.NewWithID("jp.madoguchi.counter")
	a.SetIcon(look.Icon())
	l := look.New(max(1, options.TextScale))
	a.Settings().SetTheme(look.Theme{Look: l})
	if options.Sound == nil {
		player := sound.New()
		defer player.Close()
		options.Sound = player
	}
	display, _ := a.Driver().(desktop.Driver)
	s := newStage(a.NewWindow, display, texts, counter, l, options, time.Now)
	if err := open(s.clerkWindow); err != nil {
		tell(os.Stderr, texts.Clerk, app.CodeDisplayNoOpenGL)
		return exitNoWindow
	}
	s.notices.scale = s.clerkWindow.Canvas().Scale()
	s.notices.board = banner.Open(s.notices.scale*l.Scale, func() { counter.Send(app.Release{}) })
	defer s.notices.board.Close()
	a.Lifecycle().SetOnEnteredForeground(func() { s.notices.inFront(true, s.view) })
	a.Lifecycle().SetOnExitedForeground(func() { s.notices.inFront(false, s.view) })
	s.show(counter.View())
	cancel := counter.Subscribe(func(v app.View) { fyne.Do(func() { s.show(v) }) })
	defer cancel()
	defer context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })()
	a.Run()
	return exitDone
}

// Texts are the catalogues of both windows.
type texts struct{ Clerk, Easy, English assets.Catalogue }

func loadTexts() (texts, error) {
	var t texts
	for _, one := range []struct {
		lang string
		into *assets.Catalogue
	}{{assets.Japanese, &t.Clerk}, {assets.EasyJapanese, &t.Easy}, {assets.English, &t.English}} {
		loaded, err := assets.Load(one.lang)
		if err != nil {
			return texts{}, err
		}
		*one.into = loaded
	}
	return t, nil
}
