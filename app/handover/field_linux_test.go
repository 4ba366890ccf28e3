package handover_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// field is a window of our own that takes keys: a business application whose
// doings a test can choose. Its methods may be called from the test only.
type field struct {
	t    *testing.T
	conn *xgb.Conn
	root xproto.Window
	id   xproto.Window

	mu     sync.Mutex
	keys   []xproto.KeyPressEvent
	pastes bool     // Ctrl with any key pastes
	log    []string // what was pasted, and how many keys had come by then
}

// openField makes a window with a title, and gives it the focus.
func openField(t *testing.T, title string) *field {
	t.Helper()
	f := newField(t, title)
	if err := xproto.MapWindowChecked(f.conn, f.id).Check(); err != nil {
		t.Fatal(err)
	}
	f.focus()
	return f
}

// newField makes a window that is not shown.
func newField(t *testing.T, title string) *field {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	f := &field{t: t, conn: conn, root: screen.Root}
	if f.id, err = xproto.NewWindowId(conn); err != nil {
		t.Fatal(err)
	}
	const events = xproto.EventMaskKeyPress
	if err := xproto.CreateWindowChecked(conn, screen.RootDepth, f.id, screen.Root, 0, 0, 200, 100, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwEventMask, []uint32{events}).Check(); err != nil {
		t.Fatal(err)
	}
	f.title(title)
	pid := make([]byte, 4)
	xgb.Put32(pid, uint32(os.Getpid()))
	f.set("_NET_WM_PID", "CARDINAL", 32, pid)
	f.set("WM_CLASS", "STRING", 8, []byte("counter\x00Counter\x00"))
	done := make(chan struct{})
	go f.read(done)
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return f
}

func (f *field) read(done chan<- struct{}) {
	defer close(done)
	for {
		event, err := f.conn.WaitForEvent()
		switch event := event.(type) {
		case xproto.KeyPressEvent:
			f.mu.Lock()
			f.keys = append(f.keys, event)
			pastes := f.pastes && event.State&xproto.ModMaskControl != 0
			f.mu.Unlock()
			if pastes {
				f.fetch("UTF8_STRING")
			}
		case xproto.SelectionNotifyEvent:
			f.fetched(event)
		case nil:
			if err == nil {
				return
			}
		}
	}
}

// fetch asks the clipboard for a target.
func (f *field) fetch(target string) {
	xproto.ConvertSelection(f.conn, f.id, f.atom("CLIPBOARD"), f.atom(target), f.atom("TEST"), xproto.TimeCurrentTime)
}

func (f *field) fetched(e xproto.SelectionNotifyEvent) {
	text := "refused"
	if e.Property != xproto.AtomNone {
		if reply, err := xproto.GetProperty(f.conn, true, f.id, e.Property, xproto.GetPropertyTypeAny, 0, 256).Reply(); err == nil {
			text = string(reply.Value)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fmt.Sprintf("%s after %d keys", text, len(f.keys)))
}

// pasted is what the clipboard gave so far.
func (f *field) pasted() []string {
	f.sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

func (f *field) pastesOnControl() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pastes = true
}

func (f *field) focus() {
	f.t.Helper()
	// A window that is not shown yet cannot have the focus: ask until it is.
	eventually(f.t, "the focus", func() bool {
		return xproto.SetInputFocusChecked(f.conn, xproto.InputFocusNone, f.id, xproto.TimeCurrentTime).Check() == nil
	})
}

func (f *field) atom(name string) xproto.Atom {
	f.t.Helper()
	reply, err := xproto.InternAtom(f.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		f.t.Fatal(err)
	}
	return reply.Atom
}

func (f *field) set(name, kind string, format byte, value []byte) {
	f.t.Helper()
	err := xproto.ChangePropertyChecked(f.conn, xproto.PropModeReplace, f.id, f.atom(name), f.atom(kind),
		format, uint32(len(value)/int(format/8)), value).Check()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *field) unset(name string) {
	f.t.Helper()
	if err := xproto.DeletePropertyChecked(f.conn, f.id, f.atom(name)).Check(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *field) title(s string) {
	f.t.Helper()
	f.set("_NET_WM_NAME", "UTF8_STRING", 8, []byte(s))
}

// pressed is how many keys have come.
func (f *field) pressed() int {
	f.sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.keys)
}

// sync waits until the server has answered all that was asked before; what it
// sent before has been read then.
func (f *field) sync() {
	f.t.Helper()
	if _, err := xproto.GetInputFocus(f.conn).Reply(); err != nil {
		f.t.Fatal(err)
	}
}

// text is what the keys that have come say on the map of now: of a pair of letters
// CapsLock gives the other one. Keys without a character are left out.
func (f *field) text() string {
	f.t.Helper()
	setup := xproto.Setup(f.conn)
	reply, err := xproto.GetKeyboardMapping(f.conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		f.t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var text strings.Builder
	for _, key := range f.keys {
		row := int(key.Detail-setup.MinKeycode) * int(reply.KeysymsPerKeycode)
		pair := reply.Keysyms[row+2*int(key.State>>13&1):]
		shift := key.State&xproto.ModMaskShift != 0
		letters := pair[0] >= 'a' && pair[0] <= 'z' && pair[1] == pair[0]-32
		if letters && key.State&xproto.ModMaskLock != 0 {
			shift = !shift
		}
		sym := pair[0]
		if shift {
			sym = pair[1]
		}
		switch {
		case sym >= 0x20 && sym <= 0x7E:
			text.WriteByte(byte(sym))
		case sym == 0xFF0D:
			text.WriteByte('\n')
		case sym == 0xFF09:
			text.WriteByte('\t')
		}
	}
	return text.String()
}

// state is the modifiers, locks and layout that are on.
func (f *field) state() uint16 {
	f.t.Helper()
	reply, err := xproto.QueryPointer(f.conn, f.root).Reply()
	if err != nil {
		f.t.Fatal(err)
	}
	return reply.Mask & 0x60FF
}

// holdServer lets the server answer nobody else until the test ends.
func holdServer(t *testing.T) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := xproto.GrabServerChecked(conn).Check(); err != nil {
		t.Fatal(err)
	}
}
