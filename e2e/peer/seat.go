//go:build linux

package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/madoguchi/madoguchi/e2e"
)

// Seat is a desk's screen with a window manager, a home folder, and the user whose
// programs run there. Stop ends it with all of them.
type Seat struct {
	Display *e2e.Display
	Home    string // made new, gone with the seat

	user    *User // nil: ours
	env     []string
	log     io.Writer
	running []*e2e.Program
}

// NewSeat sets up a seat on a display. Its programs run as user, nil for our own, and
// write to log.
func NewSeat(ctx context.Context, d *e2e.Display, user *User, log io.Writer) (s *Seat, err error) {
	s = &Seat{Display: d, user: user, log: log}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	if s.Home, err = os.MkdirTemp("", "madoguchi-seat-"); err != nil {
		return s, err
	}
	if err := errors.Join(s.Own(s.Home), s.Folder("run"), s.Folder(".config")); err != nil {
		return s, err
	}
	// Nothing of whoever started us but the way to programs.
	s.env = append(d.Env(), "PATH="+os.Getenv("PATH"), "HOME="+s.Home, "XDG_RUNTIME_DIR="+filepath.Join(s.Home, "run"),
		"LANG=C.UTF-8", "GSETTINGS_BACKEND=memory", "NO_AT_BRIDGE=1")
	_, err = s.manager(ctx)
	return s, err
}

func (s *Seat) manager(ctx context.Context) (*e2e.Program, error) {
	p, err := s.Display.StartManager(ctx, s.log, "HOME="+s.Home)
	if err == nil {
		s.running = append(s.running, p)
	}
	return p, err
}

// Setenv adds to the environment of programs that are started from now on.
func (s *Seat) Setenv(pairs ...string) { s.env = append(s.env, pairs...) }

// Folder makes a folder in the home folder, for the seat's user alone.
func (s *Seat) Folder(name string) error {
	path := filepath.Join(s.Home, name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return s.Own(path)
}

// File writes a file in the home folder and gives its path.
func (s *Seat) File(name string, content []byte) (string, error) {
	path := filepath.Join(s.Home, name)
	for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
		if err := s.Folder(dir); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return "", err
	}
	return path, s.Own(path)
}

// Own gives a file to the seat's user.
func (s *Seat) Own(path string) error {
	if s.user == nil {
		return nil
	}
	return os.Chown(path, int(s.user.UID), int(s.user.GID))
}

// Command is a program of this seat, not started yet.
func (s *Seat) Command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = slices.Clone(s.env)
	cmd.Dir = s.Home
	if s.user != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.user.credential()}
	}
	return cmd
}

// Start starts a program of this seat. Whoever stops it first, the seat's end does at
// last.
func (s *Seat) Start(program string, args ...string) (*e2e.Program, error) {
	return s.Run(s.Command(program, args...), s.log)
}

// Run starts a command of this seat, with a log of its own.
func (s *Seat) Run(cmd *exec.Cmd, log io.Writer) (*e2e.Program, error) {
	p, err := e2e.Start(cmd, log)
	if err == nil {
		s.running = append(s.running, p)
	}
	return p, err
}

// Ask runs a program of this seat to its end and gives what it printed.
func (s *Seat) Ask(program string, args ...string) (string, error) {
	out, err := s.Command(program, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", program, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Root reports whether the seat's programs run as root.
func (s *Seat) Root() bool { return s.user == nil && os.Geteuid() == 0 }

// Stop ends all programs of the seat, the last first, and removes its home folder. It
// may be called twice.
func (s *Seat) Stop() {
	for _, p := range slices.Backward(s.running) {
		p.Stop()
	}
	if s.Home != "" {
		_ = os.RemoveAll(s.Home) // a leftover in the temporary folder is no fault of the test
	}
}
