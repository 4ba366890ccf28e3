//go:build linux

package peer

import (
	"context"

	"github.com/madoguchi/madoguchi/e2e"
)

// Chromium is the browser with one page in a window of its own.
type Chromium struct {
	program *e2e.Program
	window  string
	profile string // folder
}

// chromiumFlags have it show the page and nothing else: no first-run pages, no calls
// home, no store of passwords, no graphics card.
var chromiumFlags = []string{
	"--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-breakpad", "--disable-crash-reporter", "--password-store=basic",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-features=Translate",
	"--no-proxy-server", "--window-position=0,0",
}

// StartChromium starts it with a profile of its own and gives it the focus.
func StartChromium(ctx context.Context, s *Seat, address string) (*Chromium, error) {
	c := &Chromium{profile: s.Home + "/chromium"}
	flags := append([]string{"--user-data-dir=" + c.profile, "--remote-debugging-port=0"}, chromiumFlags...)
	if s.Root() {
		flags = append(flags, "--no-sandbox", "--test-type") // it has no sandbox for root, and says so in a bar
	}
	var err error
	if c.program, err = s.Start("chromium", append(flags, "--app="+address)...); err != nil {
		return nil, err
	}
	if c.window, err = s.Display.Window(ctx, e2e.ByClass, "chromium"); err == nil {
		err = s.Display.Activate(ctx, c.window)
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// Window is its window's id.
func (c *Chromium) Window() string { return c.window }

// Stop ends it. It may be called twice.
func (c *Chromium) Stop() { c.program.Stop() }
