package gallery

import (
	"image"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/assets"
	"github.com/madoguchi/madoguchi/ui/clerk"
	"github.com/madoguchi/madoguchi/ui/look"
	"github.com/madoguchi/madoguchi/ui/resident"
)

// Room is a size of window and of text to draw a View in.
type Room struct {
	Name          string
	Width, Height float32
	Scale         float32
}

// Rooms are the usual PC, the smallest screen, and 200 % text on both.
var Rooms = []Room{
	{"1366x768", 1366, 768, 1},
	{"1024x700", 1024, 700, 1},
	{"1366x768-200", 1366, 768, 2},
	{"1024x700-200", 1024, 700, 2},
}

// Large is a 4K screen with 200 % text: looked at by the tests alone, as a picture of
// it takes 32 MB.
var Large = Room{"3840x2160-200", 3840, 2160, 2}

// Rooms are those a sheet is drawn in.
func (s Sheet) Rooms() []Room {
	if s.Extreme {
		return Rooms
	}
	return Rooms[:1]
}

// Catalogues are the languages of both windows.
type Catalogues struct{ Clerk, Easy, English assets.Catalogue }

// LoadCatalogues loads them.
func LoadCatalogues() (Catalogues, error) {
	var c Catalogues
	for _, one := range []struct {
		lang string
		into *assets.Catalogue
	}{{assets.Japanese, &c.Clerk}, {assets.EasyJapanese, &c.Easy}, {assets.English, &c.English}} {
		loaded, err := assets.Load(one.lang)
		if err != nil {
			return Catalogues{}, err
		}
		*one.into = loaded
	}
	return c, nil
}

// Nobody takes every intent and does nothing.
type Nobody struct{}

// Send implements clerk.Desk and resident.Desk.
func (Nobody) Send(app.Intent) {}

// Digit implements resident.Desk.
func (Nobody) Digit(byte) {}

// Clerk puts the clerk's window with a View on a canvas of Fyne's test driver;
// close the window when done.
func Clerk(c Catalogues, s Sheet, r Room) fyne.Window {
	w := clerk.New(look.New(r.Scale), clerk.Texts{Clerk: c.Clerk, Easy: c.Easy, English: c.English}, Nobody{}, time.Now)
	window := stand(w.Content(), r)
	w.Attach(window.Canvas())
	w.Show(s.View)
	for _, key := range s.Keys {
		typed(window.Canvas(), key)
	}
	return window
}

// typed is a key as Fyne's driver gives it: Tab moves the focus, else it goes to
// what has the focus, else to the canvas.
func typed(c fyne.Canvas, key fyne.KeyName) {
	focused := c.Focused()
	switch event := (&fyne.KeyEvent{Name: key}); {
	case key == fyne.KeyTab:
		c.FocusNext()
	case focused != nil:
		focused.TypedKey(event)
	default:
		c.OnTypedKey()(event)
	}
}

// Resident does the same with the resident's window.
func Resident(c Catalogues, s Sheet, r Room) fyne.Window {
	w := resident.New(look.New(r.Scale), resident.Texts{Easy: c.Easy, English: c.English}, Nobody{}, true, time.Now)
	window := stand(w.Content(), r)
	w.Attach(window.Canvas())
	w.Show(s.View)
	return window
}

// stand puts content on a window of the one test app.
func stand(content fyne.CanvasObject, r Room) fyne.Window {
	stage := theStage()
	stage.broom.Canvas().Capture()
	stage.theme.Look = look.New(r.Scale)
	window := stage.app.NewWindow("")
	window.SetContent(content)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(r.Width, r.Height))
	return window
}

// App is the one app of Fyne's test driver in this process, in our theme at 100 %.
// Fyne parses every face again (40 MB) when an app is made or a theme is set, and
// its shaper never lets the old ones go: an app for each test case once took all
// of a machine's memory. So there is one, and its theme is set once.
func App() fyne.App {
	stage := theStage()
	stage.theme.Look = look.New(1)
	return stage.app
}

// oneStage has a window of one pixel: Fyne lets go of what closed windows held,
// once a minute, when some canvas is drawn, and most of the tests draw none.
type oneStage struct {
	app   fyne.App
	theme *scaled
	broom fyne.Window
}

var theStage = sync.OnceValue(func() oneStage {
	s := oneStage{app: test.NewApp(), theme: &scaled{look.Theme{Look: look.New(1)}}}
	s.app.Settings().SetTheme(s.theme)
	s.broom = s.app.NewWindow("")
	s.broom.SetPadded(false)
	s.broom.Resize(fyne.NewSize(1, 1))
	return s
})

// scaled is a theme whose text size changes without Fyne being told: only windows
// made after that ask for it.
type scaled struct{ look.Theme }

// Picture is what stands on the window.
func Picture(w fyne.Window) image.Image { return w.Canvas().Capture() }
