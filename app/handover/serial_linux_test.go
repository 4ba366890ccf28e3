package handover

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

func TestSerialPortSendsAsAScannerDoes(t *testing.T) {
	for _, test := range []struct{ framing, number, want string }{
		{"", "0000001", "0000001\r"},
		{"none", "0000001", "0000001"},
		{"cr", "00112233", "00112233\r"},
		{"lf", "00112233", "00112233\n"},
		{"crlf", "A1234-5678A", "A1234-5678A\r\n"},
		{"stx-etx", "A1234-5678A", "\x02A1234-5678A\x03"},
		{"stx-etx-cr", strings.Repeat("9", 64), "\x02" + strings.Repeat("9", 64) + "\x03\r"},
	} {
		t.Run("framing "+test.framing, func(t *testing.T) {
			pair := newPair(t)
			way := openSerial(Config{Serial: SerialConfig{Port: pair.ours, Framing: test.framing}})
			defer way.Close()
			if err := way.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				r := <-hand(t.Context(), way, test.number)
				if r.outcome != Delivered || r.err != nil {
					t.Fatalf("got %v, %v; want delivered", r.outcome, r.err)
				}
				if got := pair.read(t, len(test.want)); got != test.want {
					t.Errorf("arrived %q, want %q", got, test.want)
				}
			}
		})
	}
}

func TestSerialSettingsReachThePort(t *testing.T) {
	for _, test := range []struct {
		name string
		c    SerialConfig
		want serial.Mode
	}{
		{"unless set", SerialConfig{}, serial.Mode{BaudRate: 9600, DataBits: 8}},
		{"seven even two", SerialConfig{Baud: 2400, DataBits: 7, Parity: "even", StopBits: 2}, serial.Mode{
			BaudRate: 2400, DataBits: 7, Parity: serial.EvenParity, StopBits: serial.TwoStopBits,
		}},
		{"eight odd one", SerialConfig{Baud: 115200, DataBits: 8, Parity: "odd", StopBits: 1}, serial.Mode{
			BaudRate: 115200, DataBits: 8, Parity: serial.OddParity,
		}},
	} {
		if got := modeOf(test.c); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
	// A pseudo terminal keeps the speed and the stop bits; data bits and parity it
	// always sets itself.
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	way := openSerial(Config{Serial: SerialConfig{Port: slave.Name(), Baud: 2400, StopBits: 2}})
	defer way.Close()
	if err := way.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	settings, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	if settings.Cflag&unix.CSTOPB == 0 || settings.Cflag&unix.CBAUD != unix.B2400 {
		t.Errorf("the port is at %+v, want 2400 bit/s and two stop bits", settings)
	}
	if settings.Lflag&(unix.ECHO|unix.ICANON) != 0 || settings.Oflag&unix.OPOST != 0 {
		t.Errorf("the port changes what is sent: %+v", settings)
	}
}

func TestSerialPortThatCannotBeUsed(t *testing.T) {
	for _, test := range []struct {
		name string
		port func(t *testing.T) string
	}{
		{"missing", func(t *testing.T) string { return filepath.Join(t.TempDir(), "ttyUSB0") }},
		{"no port", func(*testing.T) string { return "/dev/null" }},
		{"a file", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}},
		{"no right to it", func(t *testing.T) string {
			master, slave, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { master.Close(); slave.Close() })
			if err := slave.Chmod(0); err != nil {
				t.Fatal(err)
			}
			asStranger(t)
			return slave.Name()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			way := openSerial(Config{Serial: SerialConfig{Port: test.port(t)}})
			defer way.Close()
			if err := way.Ready(t.Context()); !errors.Is(err, ErrPort) {
				t.Errorf("ready: got %v, want ErrPort", err)
			}
			outcome, err := way.Hand(t.Context(), service(t, "0000001"), Window{})
			if outcome != NotDelivered || !errors.Is(err, ErrPort) {
				t.Errorf("got %v, %v; want not delivered, ErrPort", outcome, err)
			}
		})
	}
}

func TestSerialPortPluggedInAgainWorks(t *testing.T) {
	pair := newPair(t)
	way := openSerial(Config{Serial: SerialConfig{Port: pair.ours}})
	defer way.Close()
	deliver := func(number string) {
		t.Helper()
		if r := <-hand(t.Context(), way, number); r.outcome != Delivered {
			t.Fatalf("got %v, %v; want delivered", r.outcome, r.err)
		}
		if got := pair.read(t, len(number)+1); got != number+"\r" {
			t.Errorf("arrived %q, want %q", got, number)
		}
	}
	deliver("0000001")
	pair.unplug()
	if r := <-hand(t.Context(), way, "0000002"); r.outcome != NotDelivered || !errors.Is(r.err, ErrPort) {
		t.Errorf("unplugged: got %v, %v; want not delivered, ErrPort", r.outcome, r.err)
	}
	if err := way.Ready(t.Context()); !errors.Is(err, ErrPort) {
		t.Errorf("unplugged: ready gives %v, want ErrPort", err)
	}
	pair.plug(t)
	deliver("0000003") // it was not open
	pair.unplug()
	pair.plug(t)
	deliver("0000004") // the kept port is a dead one
	pair.unplug()
	pair.plug(t)
	if err := way.Ready(t.Context()); err != nil {
		t.Errorf("plugged in again: %v", err)
	}
	deliver("0000005")
}

// TestSerialPortThatTakesNothing has a program at the other end that hangs.
func TestSerialPortThatTakesNothing(t *testing.T) {
	nothing := func(*serialWay, context.CancelFunc, *os.File) {}
	for _, test := range []struct {
		name  string
		limit time.Duration
		end   func(way *serialWay, cancel context.CancelFunc, master *os.File)
		want  error
	}{
		{"the transaction ends", time.Hour, func(_ *serialWay, cancel context.CancelFunc, _ *os.File) { cancel() }, context.Canceled},
		{"the way is closed", time.Hour, func(way *serialWay, _ context.CancelFunc, _ *os.File) { way.Close() }, context.Canceled},
		{"the other side is unplugged", time.Hour, func(_ *serialWay, _ context.CancelFunc, master *os.File) { master.Close() }, ErrPort},
		{"its time is up", 50 * time.Millisecond, nothing, ErrPort},
	} {
		t.Run(test.name, func(t *testing.T) {
			master, slave, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer master.Close()
			defer slave.Close()
			way := openSerial(Config{Serial: SerialConfig{Port: slave.Name()}})
			defer way.Close()
			if err := way.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			fill(t, slave)
			way.limit = test.limit
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			got := hand(ctx, way, "0000001")
			select {
			case r := <-got:
				if test.limit == time.Hour {
					t.Fatalf("ended by itself: %v, %v", r.outcome, r.err)
				}
				got <- r
			case <-time.After(100 * time.Millisecond): // it is stuck, as it should
			}
			test.end(way, cancel, master)
			select {
			case r := <-got:
				if r.outcome == Delivered || !errors.Is(r.err, test.want) {
					t.Errorf("got %v, %v; want not delivered or unknown, %v", r.outcome, r.err, test.want)
				}
				if strings.Contains(drainAll(t, master), "0000001") {
					t.Errorf("%v, but it came later", r.outcome)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("Hand does not end")
			}
		})
	}
}

// fill writes to the port until it takes no more, by the test's own end: while a
// way has the port, nobody else can open it.
func fill(t *testing.T, slave *os.File) {
	t.Helper()
	fd := int(slave.Fd())
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	// What was written moves on behind our back: full is what stays full.
	room := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for still := 0; still < 5; still++ {
		var err error
		for err == nil {
			if _, err = unix.Write(fd, make([]byte, 1)); err == nil {
				still = 0
			}
		}
		if err != unix.EAGAIN {
			t.Fatal(err)
		}
		if _, err := unix.Poll(room, 10); err != nil && err != unix.EINTR {
			t.Fatal(err)
		}
	}
}

// drainAll reads what the port still holds; "" when it is closed.
func drainAll(t *testing.T, master *os.File) string {
	t.Helper()
	var all []byte
	b := make([]byte, 4096)
	fd := []unix.PollFd{{Fd: int32(master.Fd()), Events: unix.POLLIN}}
	for {
		if n, err := unix.Poll(fd, 100); n < 1 || err != nil {
			return string(all)
		}
		n, err := unix.Read(int(fd[0].Fd), b)
		if n < 1 || err != nil {
			return string(all)
		}
		all = append(all, b[:n]...)
	}
}

// pair is two serial ports with a cable between them.
type pair struct {
	ours, theirs string
	plug         func(t *testing.T)
	unplug       func()
	port         *os.File // theirs, open
}

func newPair(t *testing.T) *pair {
	t.Helper()
	folder := t.TempDir()
	p := &pair{ours: filepath.Join(folder, "ours"), theirs: filepath.Join(folder, "theirs")}
	p.plug, p.unplug = p.ptyPair, func() {}
	if _, err := exec.LookPath("socat"); err == nil {
		p.plug = p.socatPair
	}
	p.plug(t)
	t.Cleanup(func() { p.unplug() })
	return p
}

func (p *pair) socatPair(t *testing.T) {
	t.Helper()
	socat := exec.Command("socat", "-d", "-d", "pty,rawer,link="+p.ours, "pty,rawer,link="+p.theirs)
	says, err := socat.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := socat.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(says)
	for lines.Scan() && !strings.Contains(lines.Text(), "starting data transfer loop") {
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, says)
		_ = socat.Wait() // it was interrupted
	}()
	p.port, err = os.OpenFile(p.theirs, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	p.unplug = func() {
		p.port.Close()
		_ = socat.Process.Signal(os.Interrupt)
		<-done
		os.Remove(p.ours)
		os.Remove(p.theirs)
		p.unplug = func() {}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// ptyPair is one pseudo terminal, where socat is not installed.
func (p *pair) ptyPair(t *testing.T) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(slave.Name(), p.ours); err != nil {
		t.Fatal(err)
	}
	p.port = master
	p.unplug = func() {
		slave.Close()
		master.Close()
		os.Remove(p.ours)
		p.unplug = func() {}
	}
}

// read gives the next n characters of the other end.
func (p *pair) read(t *testing.T, n int) string {
	t.Helper()
	if err := p.port.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, n)
	got, err := io.ReadFull(p.port, b)
	if err != nil {
		t.Errorf("read the other end: %v", err)
	}
	return string(b[:got])
}
