package ui

import (
	"errors"
	"fmt"
	"io"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/assets"
)

// ErrNoOpenGL means that no window could be made: no OpenGL, or no display at all.
var ErrNoOpenGL = errors.New("no window: OpenGL 2.1 is missing")

// open shows a window before the event loop runs. Without OpenGL Fyne logs a line
// and goes on without a window, or panics; here both are ErrNoOpenGL.
func open(w fyne.Window) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("open window: %v: %w", p, ErrNoOpenGL)
		}
	}()
	w.Show()
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return nil
	}
	made := true
	native.RunNative(func(context any) {
		switch c := context.(type) {
		case driver.X11WindowContext:
			made = c.WindowHandle != 0
		case driver.WindowsWindowContext:
			made = c.HWND != 0
		case driver.MacWindowContext:
			made = c.NSWindow != 0
		}
	})
	if !made {
		return ErrNoOpenGL
	}
	return nil
}

// tell writes a code's sentences where there is no window to show them.
func tell(out io.Writer, texts assets.Catalogue, code app.Code) {
	key := "code." + string(code)
	fmt.Fprintf(out, "%s: %s%s%s\n", code, texts.Text(key+".happened"), texts.Text(key+".kept"), texts.Text(key+".now"))
}

// quiet settles what Fyne would take from the surroundings: an unusable locale, and
// an input method, which no field of ours needs and which Fyne cannot place.
func quiet() {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		switch os.Getenv(name) {
		case "C", "POSIX", "C.UTF-8":
			os.Setenv(name, "ja_JP.UTF-8")
		}
	}
	if os.Getenv("LANG") == "" {
		os.Setenv("LANG", "ja_JP.UTF-8")
	}
	os.Setenv("XMODIFIERS", "@im=none")
}
