//go:build linux

package peer

import (
	"context"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

//go:embed page.html
var page []byte

// Form is a business application in the browser: a page with one field, which tells
// its server what it holds. Its title changes while a person's number stands there.
type Form struct {
	*Chromium
	seat   *Seat
	server *httptest.Server

	mu      sync.Mutex
	numbers []string
}

// StartForm starts server and browser; the focus is in the field.
func StartForm(ctx context.Context, s *Seat) (f *Form, err error) {
	f = &Form{seat: s}
	loaded := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // a browser that went away asks again
	})
	mux.HandleFunc("GET /loaded", func(http.ResponseWriter, *http.Request) {
		select {
		case loaded <- struct{}{}:
		default:
		}
	})
	mux.HandleFunc("POST /numbers", f.take)
	f.server = httptest.NewServer(mux)
	if f.Chromium, err = StartChromium(ctx, s, f.server.URL); err != nil {
		f.server.Close()
		return nil, err
	}
	select {
	case <-loaded:
		return f, nil
	case <-ctx.Done():
		f.Stop()
		return nil, ctx.Err()
	}
}

// take takes the whole list each time: an answer that overtakes another is shorter.
func (f *Form) take(w http.ResponseWriter, r *http.Request) {
	var numbers []string
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(content, &numbers)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(numbers) > len(f.numbers) {
		f.numbers = numbers
	}
}

// Target is App's.
func (f *Form) Target() Target {
	return Target{Process: "chromium", Title: "^貸出( - 処理中)?$", StartTitle: "^貸出$"}
}

// Begin is App's: the title is the start's.
func (f *Form) Begin(context.Context) error { return nil }

// Arrived is App's: the page has changed its title, at Enter.
func (f *Form) Arrived(ctx context.Context) error {
	return poll(ctx, "the page's other title", func() (bool, error) {
		title, err := f.seat.Display.Title(ctx, f.window)
		return strings.HasSuffix(title, "処理中"), err
	})
}

// Next is App's: Escape ends the work on a person.
func (f *Form) Next(ctx context.Context) error {
	if err := f.seat.Display.Key(ctx, f.window, "Escape"); err != nil {
		return err
	}
	return poll(ctx, "the page's start", func() (bool, error) {
		title, err := f.seat.Display.Title(ctx, f.window)
		return title == "貸出", err
	})
}

// Numbers is App's.
func (f *Form) Numbers(ctx context.Context, n int) (numbers []string, err error) {
	err = poll(ctx, "the page's numbers", func() (bool, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		numbers = slices.Clone(f.numbers)
		return len(numbers) >= n, nil
	})
	if ctx.Err() != nil {
		return numbers, nil
	}
	return numbers, err
}

// Stop ends browser and server.
func (f *Form) Stop() {
	f.Chromium.Stop()
	f.server.CloseClientConnections()
	f.server.Close()
}
