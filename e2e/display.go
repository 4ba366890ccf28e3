//go:build linux

package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Display is an Xvfb of its own. Stop ends it.
type Display struct {
	Name string // for DISPLAY, ":99"

	cmd  *exec.Cmd
	done chan struct{}
	once sync.Once
}

// displayLimit is how long Xvfb may take to say its number; 300 ms are usual.
const displayLimit = 20 * time.Second

// StartDisplay starts Xvfb with one screen of width × height pixels. Xvfb finds
// the free number itself; -noreset keeps it when its first client ends.
func StartDisplay(width, height int) (*Display, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"+extension", "GLX", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C at the driver ends it through Stop
	err = cmd.Start()
	_ = write.Close() // ours; Xvfb has its own
	if err != nil {
		return nil, fmt.Errorf("start Xvfb: %w", err)
	}
	d := &Display{cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // its end matters only while it should run
		close(d.done)
	}()
	if err := read.SetReadDeadline(time.Now().Add(displayLimit)); err != nil {
		d.Stop()
		return nil, err
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		d.Stop()
		return nil, fmt.Errorf("wait for Xvfb's number: %w", err)
	}
	number, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		d.Stop()
		return nil, fmt.Errorf("read Xvfb's number: %w", err)
	}
	d.Name = ":" + strconv.Itoa(number)
	return d, nil
}

// Stop ends the display. It may be called twice.
func (d *Display) Stop() {
	d.once.Do(func() {
		_ = d.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-d.done:
		case <-time.After(5 * time.Second):
			_ = d.cmd.Process.Kill()
			<-d.done
		}
	})
}

// Env is what a program needs to show itself here: drawn without a graphics
// card, no input method between it and the keys.
func (d *Display) Env() []string {
	return []string{"DISPLAY=" + d.Name, "LIBGL_ALWAYS_SOFTWARE=1", "XMODIFIERS=@im=none"}
}

// By is how windows are sought.
type By string

// Ways to seek: by title (ASCII only: xdotool does not find a Japanese one), by
// WM_CLASS, by the process that made it.
const (
	ByName  By = "--name"
	ByClass By = "--class"
	ByPID   By = "--pid"
)

// Windows gives the ids of the visible windows that fit, in the order that X
// tells them; none is no error.
func (d *Display) Windows(ctx context.Context, by By, what string) ([]string, error) {
	out, err := d.run(ctx, "xdotool", "search", "--onlyvisible", string(by), what)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil, nil
	}
	return strings.Fields(out), err
}

// Window waits for a visible window that fits, and gives its id. X
// has no event to ask for from outside, so it looks again every 50 ms.
func (d *Display) Window(ctx context.Context, by By, what string) (string, error) {
	return d.await(ctx, by, what, func(string) (bool, error) { return true, nil })
}

// WindowAt waits for a visible window that fits and whose left edge stands at x,
// in pixels.
func (d *Display) WindowAt(ctx context.Context, by By, what string, x int) (string, error) {
	return d.await(ctx, by, what, func(id string) (bool, error) {
		out, err := d.run(ctx, "xdotool", "getwindowgeometry", "--shell", id)
		return slices.Contains(strings.Fields(out), fmt.Sprintf("X=%d", x)), err
	})
}

func (d *Display) await(ctx context.Context, by By, what string, fits func(id string) (bool, error)) (string, error) {
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		ids, err := d.Windows(ctx, by, what)
		if err != nil {
			return "", err
		}
		for _, id := range ids {
			if ok, err := fits(id); ok || err != nil {
				return id, err
			}
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return "", fmt.Errorf("wait for the window %s %s: %w", by, what, ctx.Err())
		}
	}
}

// Key sends one key to a window: "F2", "Return", "Escape", "ctrl+l".
func (d *Display) Key(ctx context.Context, window, key string) error {
	_, err := d.run(ctx, "xdotool", "windowfocus", window, "key", key)
	return err
}

// Type types text into a window, one letter each 60 ms: slower than a scanner.
// The text is read from standard input, so that it stands in no argument list.
func (d *Display) Type(ctx context.Context, window, text string) error {
	return d.typed(ctx, text, "windowfocus", window, "type", "--delay", "60", "--file", "-")
}

func (d *Display) typed(ctx context.Context, text string, args ...string) error {
	cmd := d.command(ctx, "xdotool", args...)
	cmd.Stdin = strings.NewReader(text)
	return output(cmd, new(string))
}

func (d *Display) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), append(d.Env(), "LC_ALL=C.UTF-8")...)
	return cmd
}

func (d *Display) run(ctx context.Context, program string, args ...string) (string, error) {
	var out string
	err := output(d.command(ctx, program, args...), &out)
	return out, err
}

// output runs cmd; its error holds what the program said.
func output(cmd *exec.Cmd, out *string) error {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	b, err := cmd.Output()
	*out = string(b)
	if err != nil {
		return fmt.Errorf("%s: %w: %s", cmd.Args[0], err, strings.TrimSpace(stderr.String()))
	}
	return nil
}
