//go:build linux

// Package pcscdtest starts a pcscd of its own for a test: own mount namespace, own configuration,
// own ports, a virtual reader of vsmartcard and nothing of the system's. It works as root and as a
// plain user where user namespaces are allowed. Clients in the test's own process find it by
// PCSCLITE_CSOCK_NAME, which libpcsclite reads once: one daemon for such a process.
package pcscdtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Where Debian's packages put things.
const (
	driver    = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
	socketDir = "/run/pcscd"
	socket    = "pcscd.comm"
)

// startLimit is how long pcscd may take until its socket and its ports are there; 10 ms are usual.
const startLimit = 15 * time.Second

// ErrMissing: a program or driver that is needed is not installed.
var ErrMissing = errors.New("not installed")

// Daemon is a running pcscd. Stop ends it.
type Daemon struct {
	Socket string // for PCSCLITE_CSOCK_NAME
	Port   int    // of the reader's first slot; the second has Port + 1
	Reader string // PC/SC name of the first slot

	dir  string
	cmd  *exec.Cmd
	log  lockedBuffer
	done chan struct{} // closed when pcscd has ended
	once sync.Once
}

// TB is the part of testing.TB that Start needs.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
	Cleanup(func())
}

// Start runs a daemon for one test and stops it at its end. It skips the test only where pcscd or
// vpcd is not installed.
func Start(t TB) *Daemon {
	t.Helper()
	d, err := Run()
	if errors.Is(err, ErrMissing) {
		t.Skipf("skipped=1 reason=%q", err)
	}
	if err != nil {
		t.Fatalf("isolated pcscd: %v", err)
	}
	t.Cleanup(d.Stop)
	return d
}

// Run starts a daemon outside of a test. Errors: ErrMissing.
func Run() (*Daemon, error) {
	for _, program := range []string{"pcscd", "unshare", "sh"} {
		if _, err := look(program); err != nil {
			return nil, fmt.Errorf("%s: %w", program, ErrMissing)
		}
	}
	if _, err := os.Stat(driver); err != nil {
		return nil, fmt.Errorf("vpcd: %w", ErrMissing)
	}
	if err := os.MkdirAll(socketDir, 0o755); err != nil {
		return nil, fmt.Errorf("folder of pcscd's socket: %w", err)
	}
	// Another test may take a port between the choice and the start: then choose again.
	var last error
	for range 5 {
		d, err := start()
		if err == nil {
			return d, nil
		}
		last = err
	}
	return nil, last
}

// Stop ends the daemon and removes its folder. It may be called twice.
func (d *Daemon) Stop() {
	d.once.Do(func() {
		_ = d.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-d.done:
		case <-time.After(5 * time.Second):
			_ = d.cmd.Process.Kill()
			<-d.done
		}
		_ = os.RemoveAll(d.dir) // a leftover in the temporary folder is no fault of the test
	})
}

// Env is an environment for programs that shall see this daemon: the process's own with the socket.
func (d *Daemon) Env() []string {
	return append(os.Environ(), "PCSCLITE_CSOCK_NAME="+d.Socket)
}

// Address is where a virtual card connects to.
func (d *Daemon) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port)) }

// Log is what pcscd printed.
func (d *Daemon) Log() string { return d.log.String() }

func start() (*Daemon, error) {
	port, err := freePair()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pcscd")
	if err != nil {
		return nil, err
	}
	d := &Daemon{
		dir:    dir,
		Socket: filepath.Join(dir, "run", socket),
		Port:   port,
		done:   make(chan struct{}),
	}
	name := fmt.Sprintf("Virtual PCD %d", port)
	d.Reader = name + " 00 00"
	if err := d.configure(name); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	if err := d.launch(); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if err := d.ready(ctx); err != nil {
		d.Stop()
		return nil, fmt.Errorf("%w\n%s", err, d.Log())
	}
	return d, nil
}

func (d *Daemon) configure(name string) error {
	for _, sub := range []string{"run", "conf"} {
		if err := os.Mkdir(filepath.Join(d.dir, sub), 0o755); err != nil {
			return err
		}
	}
	reader := fmt.Sprintf("FRIENDLYNAME %q\nDEVICENAME /dev/null:0x%04X\nLIBPATH %s\nCHANNELID 0x%04X\n",
		name, d.Port, driver, d.Port)
	return os.WriteFile(filepath.Join(d.dir, "conf", "vpcd"), []byte(reader), 0o644)
}

// launch starts pcscd in its namespace. unshare, sh and pcscd are one process after another with
// the same pid, so that a signal to it reaches pcscd.
func (d *Daemon) launch() error {
	flags := "-m"
	if os.Geteuid() != 0 {
		flags = "-Urm"
	}
	unshare, err := look("unshare")
	if err != nil {
		return err
	}
	pcscd, err := look("pcscd")
	if err != nil {
		return err
	}
	d.cmd = exec.Command(unshare, flags, "sh", "-c",
		`mount --bind "$1/run" `+socketDir+` && exec "$2" -f -c "$1/conf"`, "sh", d.dir, pcscd)
	d.cmd.Stdout, d.cmd.Stderr = &d.log, &d.log
	d.cmd.WaitDelay = time.Second
	// A test that is killed takes its daemon along. The signal follows the thread that started it,
	// so that thread stays until the daemon has ended.
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(d.done)
		err := d.cmd.Start()
		started <- err
		if err == nil {
			_ = d.cmd.Wait() // how it ended matters only while it should run, and ready looks at done
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start pcscd: %w", err)
	}
	return nil
}

// ready waits until clients can connect to the socket and cards to both ports.
func (d *Daemon) ready(ctx context.Context) error {
	for _, at := range []struct{ network, address string }{
		{"unix", d.Socket},
		{"tcp", d.Address()},
		{"tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port+1))},
	} {
		if err := d.reachable(ctx, at.network, at.address); err != nil {
			return err
		}
	}
	return nil
}

// reachable polls by connecting: neither pcscd nor vpcd tells in another way that it listens.
func (d *Daemon) reachable(ctx context.Context, network, address string) error {
	var dialer net.Dialer
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for {
		conn, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-d.done:
			return fmt.Errorf("pcscd ended before %s: %w", address, err)
		case <-ctx.Done():
			return fmt.Errorf("pcscd is not at %s: %w", address, err)
		case <-poll.C:
		}
	}
}

// freePair finds two neighbouring free ports. vpcd listens on every address.
func freePair() (int, error) {
	for range 200 {
		first, err := net.Listen("tcp", ":0")
		if err != nil {
			return 0, err
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp", ":"+strconv.Itoa(port+1))
		_ = first.Close()
		if err != nil {
			continue
		}
		_ = second.Close()
		return port, nil
	}
	return 0, errors.New("no two neighbouring free ports")
}

// look finds a program, also where a plain user's PATH does not reach.
func look(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", program))
}

// lockedBuffer takes output while others read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
