package handover_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// needs skips the test where one of the programs is not installed.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("skipped=1 reason=%q", p+" is not installed")
		}
	}
}

// startDisplay starts an Xvfb for this test and makes it the session's display: no
// Wayland, no bus, no input method but what the test starts itself.
func startDisplay(t *testing.T, args ...string) {
	t.Helper()
	needs(t, "Xvfb", "setxkbmap", "xdotool")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd := exec.Command("Xvfb", append([]string{
		"-displayfd", "3", "-screen", "0", "640x480x24", "-noreset", "-nolisten", "tcp",
	}, args...)...)
	cmd.ExtraFiles = []*os.File{write}
	run(t, cmd)
	_ = write.Close()
	if err := read.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb tells no number: %v", err)
	}
	session(t, map[string]string{"DISPLAY": ":" + strings.TrimSpace(line)})
}

// session makes this process one of a session that has only what is said.
func session(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range []string{
		"DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "IBUS_ADDRESS", "XMODIFIERS",
	} {
		t.Setenv(name, env[name])
	}
	config := t.TempDir()
	if dir := env["XDG_CONFIG_HOME"]; dir != "" {
		config = dir
	}
	t.Setenv("XDG_CONFIG_HOME", config)
}

// run starts a program that ends with the test, children and all.
func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		done := make(chan struct{})
		go func() {
			_ = cmd.Wait() // it was told to end
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
}

// tool runs a program to its end and gives what it said.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// windowArg is a window's id as xdotool writes it.
func windowArg(id uint64) string { return strconv.FormatUint(id, 10) }

// terminal is an xterm whose shell writes what it reads into a file: a program of
// somebody else's that reads keys by Xlib and XKB.
type terminal struct {
	id   uint64
	file string
}

func startTerminal(t *testing.T, title string) terminal {
	t.Helper()
	needs(t, "xterm")
	file := t.TempDir() + "/typed"
	run(t, exec.Command("xterm", "-T", title, "-e", "sh", "-c", fmt.Sprintf("stty raw -echo; exec cat > %s", file)))
	var id uint64
	eventually(t, "the terminal's window", func() bool {
		out, err := exec.Command("xdotool", "search", "--onlyvisible", "--class", "xterm").Output()
		if err != nil {
			return false
		}
		id, err = strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
		return err == nil
	})
	eventually(t, "the terminal's shell", func() bool {
		_, err := os.Stat(file)
		return err == nil
	})
	tool(t, "xdotool", "windowfocus", "--sync", windowArg(id))
	return terminal{id: id, file: file}
}

// read waits for want or for as many bytes, and gives what is there.
func (x terminal) read(t *testing.T, want string) string {
	t.Helper()
	var got string
	eventually(t, "what was typed into the terminal", func() bool {
		b, err := os.ReadFile(x.file)
		got = string(b)
		return err == nil && len(got) >= len(want)
	})
	return got
}
