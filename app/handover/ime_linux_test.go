package handover_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/jezek/xgb/xproto"

	"github.com/madoguchi/madoguchi/app/handover"
)

// startBus starts a dbus-daemon of this test's own, that starts no program for
// anybody, and gives its address.
func startBus(t *testing.T) string {
	t.Helper()
	needs(t, "dbus-daemon")
	dir, err := os.MkdirTemp("", "bus") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "bus.conf")
	err = os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:dir=`+dir+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	run(t, cmd)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon tells no address: %v", err)
	}
	return strings.TrimSpace(address)
}

// serve puts a service of ours on a bus.
func serve(t *testing.T, address, name, path, iface string, methods map[string]any) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.ExportMethodTable(methods, dbus.ObjectPath(path), iface); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("own %s: %v, %v", name, reply, err)
	}
	return conn
}

// ime is a stand-in for an input method: it remembers what it was told, and how
// many keys the target had got by then.
type ime struct {
	mu      sync.Mutex
	on      bool
	sticks  bool          // stays on whatever it is told
	hangs   chan struct{} // answers nothing until this is closed; nil: answers
	log     []string
	pressed func() int
}

func (m *ime) state() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.on
}

func (m *ime) set(on bool, what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.on = on || m.sticks
	m.log = append(m.log, fmt.Sprintf("%s after %d keys", what, m.pressed()))
}

func (m *ime) said() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.log)
}

// startFcitxAsIBus is fcitx 5 as it comes: it also says that it is ibus.
func startFcitxAsIBus(t *testing.T, bus string, m *ime) {
	t.Helper()
	conn := startFcitx(t, bus, 5, m)
	if _, err := conn.RequestName("org.freedesktop.IBus", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	writeIBusFile(t, bus)
}

// startFcitx is a stand-in for fcitx 5's controller, or 4's.
func startFcitx(t *testing.T, bus string, version int, m *ime) *dbus.Conn {
	t.Helper()
	state := func() (int32, *dbus.Error) {
		if m.hangs != nil {
			<-m.hangs
		}
		if m.state() {
			return 2, nil
		}
		return 1, nil
	}
	on := func() *dbus.Error { m.set(true, "on"); return nil }
	off := func() *dbus.Error { m.set(false, "off"); return nil }
	if version == 4 {
		return serve(t, bus, "org.fcitx.Fcitx", "/inputmethod", "org.fcitx.Fcitx.InputMethod",
			map[string]any{"GetCurrentState": state, "ActivateIM": on, "InactivateIM": off})
	}
	return serve(t, bus, "org.fcitx.Fcitx5", "/controller", "org.fcitx.Fcitx.Controller1",
		map[string]any{"State": state, "Activate": on, "Deactivate": off})
}

// startIBus is a stand-in for ibus on a bus of its own.
func startIBus(t *testing.T, m *ime, engine string) {
	t.Helper()
	current := engine
	get := func(_, _ string) (dbus.Variant, *dbus.Error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if current == "" {
			return dbus.Variant{}, dbus.NewError("org.freedesktop.DBus.Error.Failed", []any{"No global engine."})
		}
		return dbus.MakeVariant(dbus.MakeVariant(struct {
			Kind                                                                 string
			Attachments                                                          map[string]dbus.Variant
			Name, LongName, Description, Language, License, Author, Icon, Layout string
			Rank                                                                 uint32
		}{Kind: "IBusEngineDesc", Attachments: map[string]dbus.Variant{}, Name: current, Layout: "jp"})), nil
	}
	set := func(name string) *dbus.Error {
		m.mu.Lock()
		if !m.sticks {
			current = name
		}
		m.mu.Unlock()
		m.set(name == engine, name)
		return nil
	}
	address := startBus(t)
	conn := serve(t, address, "org.freedesktop.IBus", "/org/freedesktop/IBus", "org.freedesktop.IBus", map[string]any{"SetGlobalEngine": set})
	if err := conn.ExportMethodTable(map[string]any{"Get": get}, "/org/freedesktop/IBus", "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	writeIBusFile(t, address)
}

// writeIBusFile tells programs where ibus listens.
func writeIBusFile(t *testing.T, address string) {
	t.Helper()
	dir := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "ibus", "bus")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "0123-unix-"+strings.TrimPrefix(os.Getenv("DISPLAY"), ":"))
	text := fmt.Sprintf("# made by a test\nIBUS_ADDRESS=%s\nIBUS_DAEMON_PID=%d\n", address, os.Getpid())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheInputMethodIsOffWhileTypingAndAsBeforeAfterwards(t *testing.T) {
	for _, test := range []struct {
		name  string
		start func(t *testing.T, bus string, m *ime)
		ime   *ime
		keep  bool
		said  []string
		err   error
	}{
		{name: "fcitx 5 on", start: fcitx(5), ime: &ime{on: true}, said: []string{"off after 0 keys", "on after 8 keys"}},
		{name: "fcitx 5 off", start: fcitx(5)},
		{name: "fcitx 5 on, kept", start: fcitx(5), ime: &ime{on: true}, keep: true},
		{name: "fcitx 4 on", start: fcitx(4), ime: &ime{on: true}, said: []string{"off after 0 keys", "on after 8 keys"}},
		{name: "fcitx 5 stays on", start: fcitx(5), ime: &ime{on: true, sticks: true}, said: []string{"off after 0 keys", "on after 0 keys"}, err: handover.ErrIME},
		{name: "fcitx 5 hangs", start: fcitx(5), ime: &ime{on: true, hangs: make(chan struct{})}, err: handover.ErrIME},
		{name: "fcitx 5 that plays ibus", start: startFcitxAsIBus, ime: &ime{on: true}, said: []string{"off after 0 keys", "on after 8 keys"}},
		{name: "ibus on", start: ibus("mozc-jp"), said: []string{"xkb:jp::jpn after 0 keys", "mozc-jp after 8 keys"}},
		{name: "ibus with a plain engine", start: ibus("xkb:jp::jpn")},
		{name: "ibus without an engine", start: ibus("")},
		{name: "ibus stays on", start: ibus("mozc-jp"), ime: &ime{sticks: true}, said: []string{"xkb:jp::jpn after 0 keys", "mozc-jp after 0 keys"}, err: handover.ErrIME},
		{name: "fcitx that is on no bus", start: xim("fcitx"), err: handover.ErrIME},
		{name: "an input method that nobody can switch", start: xim("uim"), err: handover.ErrIME},
		{name: "an input method that nobody can switch, kept", start: xim("uim"), keep: true},
		{name: "none", start: func(*testing.T, string, *ime) {}},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			bus := startBus(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
			lending := openField(t, "lending")
			m := test.ime
			if m == nil {
				m = &ime{}
			}
			m.pressed = lending.pressed
			if m.hangs != nil {
				t.Cleanup(func() { close(m.hangs) })
			}
			test.start(t, bus, m)
			way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard, Keyboard: handover.KeyboardConfig{KeepIME: test.keep}})
			outcome, err := hand(t, way, "0000001", foreground(t, desktop))
			want, text := handover.Delivered, "0000001\n"
			if test.err != nil {
				want, text = handover.NotDelivered, ""
			}
			if outcome != want || !errors.Is(err, test.err) {
				t.Errorf("%v, %v; want %v, %v", outcome, err, want, test.err)
			}
			lending.sync()
			if got := lending.text(); got != text {
				t.Errorf("arrived %q, want %q", got, text)
			}
			if got := m.said(); !slices.Equal(got, test.said) {
				t.Errorf("the input method was told %q, want %q", got, test.said)
			}
		})
	}
}

func fcitx(version int) func(*testing.T, string, *ime) {
	return func(t *testing.T, bus string, m *ime) { startFcitx(t, bus, version, m) }
}

func ibus(engine string) func(*testing.T, string, *ime) {
	return func(t *testing.T, _ string, m *ime) { startIBus(t, m, engine) }
}

// xim is an input method that only the X server knows of.
func xim(name string) func(*testing.T, string, *ime) {
	return func(t *testing.T, _ string, _ *ime) {
		f := newField(t, "")
		server := f.atom("@server=" + name)
		if err := xproto.SetSelectionOwnerChecked(f.conn, f.id, server, xproto.TimeCurrentTime).Check(); err != nil {
			t.Fatal(err)
		}
		value := []byte{byte(server), byte(server >> 8), byte(server >> 16), byte(server >> 24)}
		if err := xproto.ChangePropertyChecked(f.conn, xproto.PropModeReplace, f.root, f.atom("XIM_SERVERS"), xproto.AtomAtom, 32, 1, value).Check(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadySaysThatAnInputMethodIsInTheWay(t *testing.T) {
	startDisplay(t)
	xim("uim")(t, "", nil)
	way, _ := openWay(t, handover.Config{Way: handover.WayKeyboard})
	if err := way.Ready(t.Context()); !errors.Is(err, handover.ErrIME) {
		t.Errorf("ready: %v, want ErrIME", err)
	}
}
