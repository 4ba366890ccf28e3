//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/e2e/peer"
)

// imeParts are the same look-ups with Japanese on in the application's field: through
// the way that switches it off and back, and through paste.
func imeParts() []part {
	var all []part
	for _, way := range []string{"keyboard", "paste"} {
		for _, t := range targets {
			name := "ime-" + way + "-" + t.name
			needs := append([]string{t.program, "fcitx5", "fcitx5-remote", "dbus-daemon", "dbus-send", peer.MozcServer}, deskNeeds...)
			all = append(all, part{name: name, needs: needs, limit: 20 * time.Minute, run: asUser(name, func(ctx context.Context, o options, out io.Writer) error {
				return lookups(ctx, o, out, t, way, japanese)
			})})
		}
	}
	return all
}

// ime is Japanese on before each look-up, and on again after it.
type ime struct {
	*peer.IME
}

func japanese(ctx context.Context, d *desk) (surroundings, error) {
	on, err := peer.StartIME(ctx, d.seat)
	return ime{on}, err
}

func (ime) String() string                     { return " ime=on" }
func (i ime) before(ctx context.Context) error { return i.Ready(ctx) }
func (i ime) after(ctx context.Context) error  { return i.Ready(ctx) }

// asUser has root run a part as a throw-away user, by this program started anew: an
// input method's server refuses to work for root. Any other user runs it at once.
func asUser(name string, run func(context.Context, options, io.Writer) error) func(context.Context, options, io.Writer) error {
	return func(ctx context.Context, o options, out io.Writer) (err error) {
		user, err := peer.NewUser()
		if err != nil {
			return err
		}
		if user == nil {
			return run(ctx, o, out)
		}
		defer func() { err = errors.Join(err, user.Remove()) }()
		home, err := os.MkdirTemp("", "madoguchi-user-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(home)
		again := exec.CommandContext(ctx, filepath.Join(home, "reception"), "-out", filepath.Join(home, "out"))
		self, err := os.Executable()
		if err != nil {
			return err
		}
		// The folders that these lie in need not be open to all.
		for as, path := range map[string]string{"reception": self, "madoguchi": o.program, "mykey-platform": o.platform} {
			if err := copyProgram(path, filepath.Join(home, as)); err != nil {
				return err
			}
		}
		again.Args = append(again.Args, "-program", filepath.Join(home, "madoguchi"), "-platform", filepath.Join(home, "mykey-platform"))
		if o.quick {
			again.Args = append(again.Args, "-quick")
		}
		again.Args = append(again.Args, name)
		if err := os.Chown(home, int(user.UID), int(user.GID)); err != nil {
			return err
		}
		again.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home}
		again.Dir = home
		again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user.UID, Gid: user.GID}, Setpgid: true}
		again.Cancel = func() error { return again.Process.Signal(syscall.SIGTERM) } // it takes its desk apart
		again.WaitDelay = 30 * time.Second
		err = relay(again, out)
		return errors.Join(err, keepShots(filepath.Join(home, "out", name), o.out))
	}
}

// relay passes on what the part prints of its look-ups; how it ended is this process's
// to say.
func relay(cmd *exec.Cmd, out io.Writer) error {
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	var why []string
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		line := lines.Text()
		if _, reason, found := strings.Cut(line, " notrun "); found {
			err = notRun{reason}
		} else if strings.HasPrefix(line, "lookups ") {
			fmt.Fprintln(out, line)
		} else if !strings.HasPrefix(line, "part=") {
			why = append(why, strings.TrimPrefix(line, "e2e failed: "))
		}
	}
	if ended := cmd.Wait(); ended != nil {
		return fmt.Errorf("%s (%w)", strings.Join(why, "\n"), ended)
	}
	return err
}

func copyProgram(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	copied, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(copied, source)
	return errors.Join(err, copied.Close())
}

// keepShots copies screenshots and log out of the user's folder, if there are any.
func keepShots(from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return nil
	}
	return os.CopyFS(to, os.DirFS(from))
}
