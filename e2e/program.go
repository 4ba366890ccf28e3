//go:build linux

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrEnded: the program ended while something was still expected of it.
var ErrEnded = errors.New("the program has ended")

// Event is one JSON line of the program's log.
type Event map[string]any

// Text gives a member as text, "" where it is missing.
func (e Event) Text(key string) string {
	if e[key] == nil {
		return ""
	}
	return fmt.Sprint(e[key])
}

// View reports whether e says that the screen has come to this phase.
func (e Event) View(screen, phase string) bool {
	return e.Text("msg") == "view" && e.Text("screen") == screen && (phase == "" || e.Text("phase") == phase)
}

// Program is a running program whose log is followed. Stop ends it.
type Program struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and its log is read
	once sync.Once

	mu    sync.Mutex
	lines []string
	event []Event
	next  int           // the first event that no Wait has passed
	moved chan struct{} // closed at each line, then made anew
}

// Start starts cmd and follows its standard error. Everything it writes also
// goes to log.
func Start(cmd *exec.Cmd, log io.Writer) (*Program, error) {
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	log = &shared{w: log} // both streams go there at once
	cmd.Stdout = log
	cmd.WaitDelay = 5 * time.Second
	if cmd.SysProcAttr == nil { // who runs it may be set
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true // Ctrl-C at the driver ends it through Stop
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Program{cmd: cmd, done: make(chan struct{}), moved: make(chan struct{})}
	go func() {
		p.follow(stderr, log)
		_ = cmd.Wait() // Exit reads the state
		close(p.done)
	}()
	return p, nil
}

func (p *Program) follow(from io.Reader, log io.Writer) {
	lines := bufio.NewScanner(io.TeeReader(from, log))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.take(lines.Text())
	}
	_, _ = io.Copy(log, from) // after a line too long to scan: never block the program
}

func (p *Program) take(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, line)
	var e Event
	if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &e) == nil {
		p.event = append(p.event, e)
	}
	close(p.moved)
	p.moved = make(chan struct{})
}

// Wait gives the next event that ok accepts, counted from the one that the last
// Wait gave: a moment that has passed is found, none is found twice. Its error
// holds the last lines of the log. Errors: ErrEnded.
func (p *Program) Wait(ctx context.Context, what string, ok func(Event) bool) (Event, error) {
	for {
		e, moved := p.find(ok)
		if e != nil {
			return e, nil
		}
		select {
		case <-moved:
		case <-p.done:
			if e, _ := p.find(ok); e != nil { // logged as its last word
				return e, nil
			}
			return nil, fmt.Errorf("wait for %s: %w (%v); it said last:\n%s", what, ErrEnded, p.cmd.ProcessState, p.tail())
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for %s: %w; it said last:\n%s", what, ctx.Err(), p.tail())
		}
	}
}

func (p *Program) find(ok func(Event) bool) (Event, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := p.next; i < len(p.event); i++ {
		if ok(p.event[i]) {
			p.next = i + 1
			return p.event[i], p.moved
		}
	}
	return nil, p.moved
}

// Find gives the last event so far that ok accepts, whether passed or not.
func (p *Program) Find(ok func(Event) bool) (Event, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.event) - 1; i >= 0; i-- {
		if ok(p.event[i]) {
			return p.event[i], true
		}
	}
	return nil, false
}

func (p *Program) tail() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines[max(0, len(p.lines)-15):], "\n")
}

// PID is the program's process id.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Exit waits for the program's own end and gives its exit code, -1 after a signal.
func (p *Program) Exit(ctx context.Context) (int, error) {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the program's end: %w", ctx.Err())
	}
}

// Stop asks the program to end (SIGTERM), kills it after 10 s, and gives its exit
// code. It may be called twice.
func (p *Program) Stop() int {
	p.once.Do(func() {
		// The whole group: a child that keeps the log open would keep us waiting.
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
			<-p.done
		}
	})
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// Env is the environment of this process with more set; the display and the
// PC/SC socket of whoever started us are taken out first.
func Env(more ...string) []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		switch name {
		case "DISPLAY", "WAYLAND_DISPLAY", "PCSCLITE_CSOCK_NAME":
		default:
			env = append(env, pair)
		}
	}
	return append(env, more...)
}

// shared lets one writer at a time.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}
