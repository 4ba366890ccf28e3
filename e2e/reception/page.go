//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
	"github.com/madoguchi/madoguchi/e2e/peer"
)

// samplePage is the page that docs/handover.md shows.
const samplePage = "docs/handover-sample.html"

// socket hands over to the sample page in a real browser. A page of another origin
// gets nothing, though it has the same code.
func socket(ctx context.Context, o options, out io.Writer) error {
	content, err := os.ReadFile(samplePage)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	html := strings.Replace(string(content), `content="47100"`, fmt.Sprintf(`content="%d"`, port), 1)
	serve := httptest.NewServer(page(html))
	defer serve.Close()
	stranger := httptest.NewServer(page(html)) // the same page, from elsewhere
	defer stranger.Close()
	d, err := openDesk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.begin(ctx, o, reception{"service": service, "handover": map[string]any{
		"way": "websocket", "websocket": map[string]any{"port": port, "origins": []string{serve.URL}},
	}}); err != nil {
		return err
	}
	code, err := d.pairing(ctx)
	if err != nil {
		return err
	}
	refused, err := d.refused(ctx, stranger.URL, code)
	if err != nil {
		return err
	}
	say(out, "page origin=foreign connections=0 refused=%d", refused)
	return d.taken(ctx, out, serve.URL, code)
}

func page(html string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, html) // a browser that went away asks again
	})
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// pairing opens 引渡し先 by the keyboard, has a code shown, and reads it off the
// screenshot.
func (d *desk) pairing(ctx context.Context) (string, error) {
	if err := d.press(ctx, "Tab", "Tab", "Return"); err != nil {
		return "", err
	}
	if _, err := d.program.Wait(ctx, "引渡し先", func(e e2e.Event) bool { return e.View("setup", "") }); err != nil {
		return "", err
	}
	if err := d.press(ctx, "Tab", "Tab", "Return"); err != nil {
		return "", err
	}
	return d.readCode(ctx)
}

// code is what a pairing code looks like.
var code = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

func (d *desk) readCode(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	for {
		file, err := d.shot(ctx, "code")
		if err != nil {
			return "", fmt.Errorf("no pairing code is seen: %w", err)
		}
		text, err := d.seat.Ask("tesseract", file, "-", "--psm", "11", "-l", "eng")
		if err != nil {
			return "", err
		}
		if found := code.FindString(text); found != "" {
			return found, nil
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return "", fmt.Errorf("no pairing code is seen: %w", ctx.Err())
		}
	}
}

// press sends keys to the clerk's window, as slowly as a person who looks.
func (d *desk) press(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := errors.Join(settled(ctx), d.display.Key(ctx, d.window, key)); err != nil {
			return err
		}
	}
	return settled(ctx)
}

// pair types the code into the page and waits for its word.
func pair(ctx context.Context, c *peer.Chromium, code, want string) error {
	expression := fmt.Sprintf(`(document.getElementById("code").value = %q, document.querySelector("#pair button").click())`, code)
	if _, err := c.Evaluate(ctx, expression); err != nil {
		return err
	}
	for {
		state, err := c.Evaluate(ctx, `document.getElementById("state").textContent`)
		if err != nil || strings.Contains(state, want) {
			return err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return fmt.Errorf("the page says %q, not %q: %w", state, want, ctx.Err())
		}
	}
}

// refused shows the code in a page of another origin. It gives how often the desk says
// so in its log.
func (d *desk) refused(ctx context.Context, address, code string) (int, error) {
	browser, err := peer.StartChromium(ctx, d.seat, address)
	if err != nil {
		return 0, err
	}
	defer browser.Stop()
	waiting, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	if err := pair(waiting, browser, code, "つながっていません"); err != nil {
		return 0, err
	}
	_, err = d.program.Wait(waiting, "the refusal", func(e e2e.Event) bool { return e.Text("msg") == "page refused" })
	if err != nil {
		return 0, err
	}
	state, err := browser.Evaluate(ctx, `socket === null`)
	if err == nil && state != "true" {
		err = errors.New("a page of another origin is connected")
	}
	return 1, err
}

// taken pairs the page that may and hands it every card's number.
func (d *desk) taken(ctx context.Context, out io.Writer, address, code string) error {
	browser, err := peer.StartChromium(ctx, d.seat, address)
	if err != nil {
		return err
	}
	defer browser.Stop()
	waiting, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	if err := pair(waiting, browser, code, "つながっています"); err != nil {
		return err
	}
	if err := d.screen(ctx, "F4", "lookup"); err != nil {
		return err
	}
	right := 0
	for i, c := range d.town.cards {
		d.lay(i)
		got, err := field(ctx, browser)
		if err != nil {
			return fmt.Errorf("card %d: %w", i+1, err)
		}
		if got == c.number {
			right++
		}
		if i == 0 {
			if _, err := d.shot(ctx, "page"); err != nil {
				return err
			}
		}
		if err := d.lift(ctx); err != nil {
			return err
		}
	}
	say(out, "lookups target=chromium way=websocket page=%s typed=%d right=%d", samplePage, len(d.town.cards), right)
	if right != len(d.town.cards) {
		return errors.New("a number came otherwise than it is on the card")
	}
	return nil
}

// field waits until a number stands in the page's field, takes it and goes on to the
// next person.
func field(ctx context.Context, c *peer.Chromium) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	for {
		number, err := c.Evaluate(ctx, `document.getElementById("number").value`)
		if err != nil {
			return "", err
		}
		if number != "" {
			_, err := c.Evaluate(ctx, `document.getElementById("lending").reset()`)
			return number, err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return "", fmt.Errorf("wait for a number in the page: %w", ctx.Err())
		}
	}
}
