//go:build linux

package peer

import (
	"context"
	"os"
	"strings"

	"github.com/madoguchi/madoguchi/e2e"
)

// Mousepad is a text editor (GTK 3) with an empty file. Its title bears a star from
// the first key until the file is saved.
type Mousepad struct {
	seat    *Seat
	program *e2e.Program
	window  string
	file    string
}

// StartMousepad starts it and gives it the focus.
func StartMousepad(ctx context.Context, s *Seat) (m *Mousepad, err error) {
	m = &Mousepad{seat: s}
	if m.file, err = s.File("loan.txt", nil); err != nil {
		return nil, err
	}
	if m.program, err = s.Start("mousepad", "--disable-server", m.file); err != nil {
		return nil, err
	}
	if m.window, err = s.Display.Window(ctx, e2e.ByClass, "mousepad"); err == nil {
		err = s.Display.Activate(ctx, m.window)
	}
	if err != nil {
		m.Stop()
		return nil, err
	}
	return m, nil
}

// Target is App's.
func (m *Mousepad) Target() Target {
	return Target{Process: "mousepad", Title: `^.*loan\.txt - Mousepad$`, StartTitle: `^[^*].*loan\.txt - Mousepad$`}
}

// Window is App's.
func (m *Mousepad) Window() string { return m.window }

// Begin is App's: the file is saved, so that no star is there.
func (m *Mousepad) Begin(context.Context) error { return nil }

// Arrived is App's: the star is there, at two looks. It comes with the first letter,
// and the whole number within milliseconds.
func (m *Mousepad) Arrived(ctx context.Context) error {
	seen := 0
	return poll(ctx, "mousepad's star", func() (bool, error) {
		title, err := m.seat.Display.Title(ctx, m.window)
		if strings.HasPrefix(title, "*") {
			seen++
		}
		return seen == 2, err
	})
}

// Next is App's: Ctrl+S.
func (m *Mousepad) Next(ctx context.Context) error {
	if err := m.seat.Display.Key(ctx, m.window, "ctrl+s"); err != nil {
		return err
	}
	return poll(ctx, "mousepad to save", func() (bool, error) {
		title, err := m.seat.Display.Title(ctx, m.window)
		return !strings.HasPrefix(title, "*"), err
	})
}

// Numbers is App's: the file's lines, once it is saved.
func (m *Mousepad) Numbers(ctx context.Context, n int) (lines []string, err error) {
	err = poll(ctx, "mousepad's file", func() (bool, error) {
		if err := m.Next(ctx); err != nil {
			return false, err
		}
		content, err := os.ReadFile(m.file)
		lines = strings.Split(string(content), "\n")
		if lines[len(lines)-1] == "" { // after the last line's end
			lines = lines[:len(lines)-1]
		}
		return len(lines) >= n, err
	})
	if ctx.Err() != nil {
		return lines, nil
	}
	return lines, err
}

// Stop is App's.
func (m *Mousepad) Stop() { m.program.Stop() }
