package handover_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/creack/pty"

	"github.com/madoguchi/madoguchi/app/handover"
)

// soon is how long a stopped hand-over may still take.
const soon = 3 * time.Second

// bench is one way with its other side, which takes the number only when told.
type bench struct {
	way    handover.Way
	to     handover.Window
	begun  func() // waits until the other side could see the number
	take   func() // lets the other side take it
	want   handover.Outcome
	traces func() string // what of the number is left; "" nothing
}

// ways gives the bench of each way. In a slow one a hand-over goes on until it is
// stopped.
func ways() map[string]func(t *testing.T, slow bool) bench {
	return map[string]func(t *testing.T, slow bool) bench{
		handover.WayKeyboard: keyboardBench, handover.WayPaste: pasteBench, handover.WayClipboard: clipboardBench,
		handover.WayWebSocket: webSocketBench, handover.WaySerial: serialBench, handover.WayFile: fileBench,
		handover.WayScreen: screenBench,
	}
}

func TestEveryWayEndsInOneOfThreeOutcomes(t *testing.T) {
	for name, open := range ways() {
		test := func(what string, slow bool, do func(*testing.T, bench)) {
			t.Run(name+"/"+what, func(t *testing.T) {
				before := runtime.NumGoroutine()
				t.Run("bench", func(t *testing.T) {
					b := open(t, slow)
					eventually(t, "ready", func() bool { return b.way.Ready(t.Context()) == nil })
					do(t, b)
					leavesNothing(t, b)
				})
				eventually(t, "the end of what was started", func() bool { return runtime.NumGoroutine() <= before })
			})
		}
		test("taken", false, func(t *testing.T, b bench) {
			end := handing(t.Context(), t, b.way, conformant, b.to)
			b.take()
			if r := ending(t, end); r.outcome != b.want || r.err != nil {
				t.Errorf("got %v, %v; want %v", r.outcome, r.err, b.want)
			}
		})
		test("stopped before", false, func(t *testing.T, b bench) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			r := ending(t, handing(ctx, t, b.way, conformant, b.to))
			if r.outcome != handover.NotDelivered || !errors.Is(r.err, context.Canceled) {
				t.Errorf("got %v, %v; want not delivered, context.Canceled", r.outcome, r.err)
			}
		})
		test("closed", false, func(t *testing.T, b bench) {
			closed(t, b.way)
			closed(t, b.way)
			if r := ending(t, handing(t.Context(), t, b.way, conformant, b.to)); r.outcome != handover.NotDelivered || r.err == nil {
				t.Errorf("got %v, %v; want not delivered, and why", r.outcome, r.err)
			}
		})
		if name == handover.WayScreen {
			continue // its end is there at once
		}
		test("stopped on the way", true, func(t *testing.T, b bench) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			end := handing(ctx, t, b.way, conformant, b.to)
			b.begun()
			cancel()
			if r := ending(t, end); r.outcome == handover.Delivered || !errors.Is(r.err, context.Canceled) {
				t.Errorf("got %v, %v; want not delivered or unknown, context.Canceled", r.outcome, r.err)
			}
		})
		test("closed on the way", true, func(t *testing.T, b bench) {
			end := handing(t.Context(), t, b.way, conformant, b.to)
			b.begun()
			closed(t, b.way)
			if r := ending(t, end); r.outcome == handover.Delivered || r.err == nil {
				t.Errorf("got %v, %v; want not delivered or unknown, and why", r.outcome, r.err)
			}
		})
	}
}

const conformant = "A1234-5678A"

func ending(t *testing.T, end <-chan result) result {
	t.Helper()
	select {
	case r := <-end:
		if r.outcome != handover.NotDelivered && r.outcome != handover.Unknown && r.outcome != handover.Delivered {
			t.Errorf("got %v", r.outcome)
		}
		if r.err != nil && strings.Contains(r.err.Error(), conformant) {
			t.Errorf("the error carries the number: %v", r.err)
		}
		return r
	case <-time.After(soon):
		t.Fatalf("no end within %v", soon)
		return result{}
	}
}

func closed(t *testing.T, way handover.Way) {
	t.Helper()
	end := make(chan error, 1)
	go func() { end <- way.Close() }()
	select {
	case err := <-end:
		if err != nil {
			t.Errorf("close: %v", err)
		}
	case <-time.After(soon):
		t.Fatalf("not closed within %v", soon)
	}
}

func leavesNothing(t *testing.T, b bench) {
	t.Helper()
	for end := time.Now().Add(soon); ; <-time.After(5 * time.Millisecond) {
		left := b.traces()
		if left == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("left behind: %s", left)
		}
	}
}

func keyboardBench(t *testing.T, slow bool) bench {
	startDisplay(t)
	lending := openField(t, "lending")
	c := handover.Config{Way: handover.WayKeyboard}
	if slow {
		c.Keyboard.Delay = 1000
	}
	way, desktop := openWay(t, c)
	return bench{
		way: way, to: foreground(t, desktop), want: handover.Delivered, take: func() {},
		begun: func() { eventually(t, "the first key", func() bool { return lending.pressed() > 0 }) },
		traces: func() string {
			if state := lending.state(); state != 0 {
				return fmt.Sprintf("keys held: %x", state)
			}
			return ""
		},
	}
}

func pasteBench(t *testing.T, slow bool) bench {
	startDisplay(t)
	lending := openField(t, "lending")
	if !slow {
		lending.pastesOnControl()
	}
	way, desktop := openWay(t, handover.Config{Way: handover.WayPaste})
	return bench{
		way: way, to: foreground(t, desktop), want: handover.Delivered, take: func() {},
		begun:  func() { eventually(t, "Ctrl+V", func() bool { return lending.pressed() > 1 }) },
		traces: lending.clipboard,
	}
}

func clipboardBench(t *testing.T, _ bool) bench {
	startDisplay(t)
	lending := openField(t, "lending")
	way, _ := openWay(t, handover.Config{Way: handover.WayClipboard})
	return bench{
		way: way, want: handover.Delivered,
		begun: func() { offered(t, lending) },
		take: func() {
			offered(t, lending)
			<-time.After(400 * time.Millisecond) // as fast as a person
			lending.fetch("UTF8_STRING")
		},
		traces: lending.clipboard,
	}
}

func (f *field) clipboard() string {
	if owner := f.clipboardOwner(); owner != 0 {
		return fmt.Sprintf("the clipboard is window %d's", owner)
	}
	return ""
}

func screenBench(t *testing.T, _ bool) bench {
	way, err := handover.Open(t.Context(), handover.Config{Way: handover.WayScreen}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { way.Close() })
	return bench{way: way, want: handover.Unknown, take: func() {}, traces: func() string { return "" }}
}

func fileBench(t *testing.T, _ bool) bench {
	folder := t.TempDir()
	way := openBench(t, handover.Config{Way: handover.WayFile, File: handover.FileConfig{Folder: folder}})
	path := filepath.Join(folder, "number.txt")
	begun := func() {
		eventually(t, "the file", func() bool { _, err := os.Stat(path); return err == nil })
	}
	return bench{
		way: way, want: handover.Delivered, begun: begun,
		take: func() {
			begun()
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		},
		traces: func() string {
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) > 0 {
				return fmt.Sprint(entries, err)
			}
			return ""
		},
	}
}

func serialBench(t *testing.T, slow bool) bench {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	way := openBench(t, handover.Config{Way: handover.WaySerial, Serial: handover.SerialConfig{Port: slave.Name()}})
	if err := way.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := bench{way: way, want: handover.Delivered, begun: func() { <-time.After(50 * time.Millisecond) }}
	b.take = func() {
		got := make([]byte, len(conformant)+1)
		if _, err := io.ReadFull(master, got); err != nil || string(got) != conformant+"\r" {
			t.Errorf("arrived %q, %v", got, err)
		}
	}
	if slow {
		handover.FillPort(t, slave)
	}
	b.traces = func() string {
		if strings.Contains(handover.PortHolds(t, master), conformant) {
			return "the number, in the port"
		}
		return ""
	}
	return b
}

func webSocketBench(t *testing.T, _ bool) bench {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	way := openBench(t, handover.Config{Way: handover.WayWebSocket, WebSocket: handover.WebSocketConfig{
		Port: port, Origins: []string{"https://library.example"},
	}})
	conn, _, err := websocket.Dial(t.Context(), fmt.Sprintf("ws://127.0.0.1:%d/handover", port), &websocket.DialOptions{
		Subprotocols: []string{"madoguchi.handover.1"}, HTTPHeader: http.Header{"Origin": {"https://library.example"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &benchPage{conn: conn, say: make(chan map[string]string, 8)}
	p.say <- map[string]string{"type": "hello", "token": way.(handover.Pairer).Pair()}
	var ends sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	ends.Go(func() { p.listen(ctx) })
	ends.Go(func() { p.speak(ctx) })
	t.Cleanup(func() {
		cancel()
		conn.CloseNow()
		ends.Wait()
	})
	begun := func() { eventually(t, "the number", func() bool { return p.open() != "" }) }
	return bench{
		way: way, want: handover.Delivered, begun: begun,
		take: func() {
			begun()
			id := p.open()
			p.forget(id)
			p.say <- map[string]string{"type": "taken", "id": id}
		},
		traces: func() string {
			if p.open() != "" {
				return "the page still has the number"
			}
			return ""
		},
	}
}

// benchPage is a page that takes a number only when it is told to.
type benchPage struct {
	conn *websocket.Conn
	say  chan map[string]string
	mu   sync.Mutex
	id   string // of the number that it has and has not taken; "" none
}

func (p *benchPage) open() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id
}

func (p *benchPage) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id == "" || p.id == id {
		p.id = ""
	}
}

func (p *benchPage) listen(ctx context.Context) {
	defer p.forget("") // a page that is cut off shows nothing
	for {
		_, b, err := p.conn.Read(ctx)
		if err != nil {
			return
		}
		var m map[string]string
		if json.Unmarshal(b, &m) != nil {
			return
		}
		switch m["type"] {
		case "welcome":
			p.say <- map[string]string{"type": "kept"}
		case "number":
			p.mu.Lock()
			p.id = m["id"]
			p.mu.Unlock()
		case "withdrawn":
			p.forget(m["id"])
		}
	}
}

func (p *benchPage) speak(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-p.say:
			b, err := json.Marshal(m)
			if err != nil || p.conn.Write(ctx, websocket.MessageText, b) != nil {
				return
			}
		}
	}
}

func openBench(t *testing.T, c handover.Config) handover.Way {
	t.Helper()
	way, err := handover.Open(t.Context(), c, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { way.Close() })
	return way
}
