package handover_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/madoguchi/madoguchi/app/handover"
)

// portal is a stand-in for the desktop's portal: it answers as the RemoteDesktop
// portal's description says, on a real bus.
type portal struct {
	mu      sync.Mutex
	conn    *dbus.Conn
	types   uint32            // what devices there are
	refuse  map[string]uint32 // the answer's code to a method, if not 0
	silent  string            // the method that is never answered
	devices uint32            // what the user allows
	lose    int               // the key at which the session is lost; 0: none
	typed   strings.Builder
	down    int // keys that are pressed and not let go
	dialogs int
	session dbus.ObjectPath
}

func startPortal(t *testing.T, bus string, p *portal) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	const path, remote = "/org/freedesktop/portal/desktop", "org.freedesktop.portal.RemoteDesktop"
	p.conn = serve(t, bus, "org.freedesktop.portal.Desktop", path, remote, map[string]any{
		"CreateSession": func(from dbus.Sender, o map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.session = dbus.ObjectPath(path + "/session/" + name(from) + "/" + o["session_handle_token"].Value().(string))
			return p.answer("CreateSession", from, o, map[string]dbus.Variant{"session_handle": dbus.MakeVariant(string(p.session))})
		},
		"SelectDevices": func(from dbus.Sender, session dbus.ObjectPath, o map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if session != p.session || o["types"].Value() != uint32(1) {
				return "", dbus.MakeFailedError(fmt.Errorf("select %v of %s", o["types"], session))
			}
			return p.answer("SelectDevices", from, o, nil)
		},
		"Start": func(from dbus.Sender, session dbus.ObjectPath, _ string, o map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.dialogs++
			return p.answer("Start", from, o, map[string]dbus.Variant{"devices": dbus.MakeVariant(p.devices)})
		},
		"NotifyKeyboardKeysym": func(session dbus.ObjectPath, _ map[string]dbus.Variant, keysym int32, state uint32) *dbus.Error {
			p.mu.Lock()
			defer p.mu.Unlock()
			if session != p.session || p.lose > 0 && p.typed.Len() >= p.lose {
				return dbus.MakeFailedError(errors.New("no such session"))
			}
			if state == 0 {
				p.down--
				return nil
			}
			p.down++
			if keysym == 0xFF0D {
				keysym = '\n'
			}
			p.typed.WriteByte(byte(keysym))
			return nil
		},
	})
	get := func(iface, property string) (dbus.Variant, *dbus.Error) {
		if iface != remote || property != "AvailableDeviceTypes" {
			return dbus.Variant{}, dbus.MakeFailedError(errors.New("no such property"))
		}
		return dbus.MakeVariant(p.types), nil
	}
	if err := p.conn.ExportMethodTable(map[string]any{"Get": get}, path, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
}

func name(from dbus.Sender) string {
	return strings.ReplaceAll(strings.TrimPrefix(string(from), ":"), ".", "_")
}

// answer gives a request's path and sends its answer, both as quickly as it can:
// the signal may come before the method's own answer.
func (p *portal) answer(method string, from dbus.Sender, o map[string]dbus.Variant, results map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	path := dbus.ObjectPath("/org/freedesktop/portal/desktop/request/" + name(from) + "/" + o["handle_token"].Value().(string))
	if p.silent == method {
		return path, nil
	}
	if results == nil {
		results = map[string]dbus.Variant{}
	}
	if err := p.conn.Emit(path, "org.freedesktop.portal.Request.Response", p.refuse[method], results); err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return path, nil
}

// got is what was typed, how many keys are still down and how often the user was
// asked.
func (p *portal) got() (typed string, down, dialogs int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.typed.String(), p.down, p.dialogs
}

// waylandSession is a session without X whose bus has a portal; nil: none.
func waylandSession(t *testing.T, p *portal) {
	t.Helper()
	bus := startBus(t)
	session(t, map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DBUS_SESSION_BUS_ADDRESS": bus})
	if p != nil {
		startPortal(t, bus, p)
	}
}

func TestWithoutAPortalNothingIsTypedOnWayland(t *testing.T) {
	for _, test := range []struct {
		name   string
		portal *portal
	}{
		{"no portal", nil},
		{"a portal without a keyboard", &portal{types: 2, devices: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			waylandSession(t, test.portal)
			way, _ := openWay(t, handover.Config{Way: handover.WayKeyboard})
			if err := way.Ready(t.Context()); !errors.Is(err, handover.ErrWayland) {
				t.Errorf("ready: %v, want ErrWayland", err)
			}
			if outcome, err := hand(t, way, "0000001", handover.Window{}); outcome != handover.NotDelivered || !errors.Is(err, handover.ErrWayland) {
				t.Errorf("%v, %v; want not delivered, ErrWayland", outcome, err)
			}
		})
	}
}

func TestPasteAndClipboardSayThatWaylandRefusesThem(t *testing.T) {
	session(t, map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"})
	for _, name := range []string{handover.WayPaste, handover.WayClipboard} {
		way, _ := openWay(t, handover.Config{Way: name})
		if err := way.Ready(t.Context()); !errors.Is(err, handover.ErrWayland) {
			t.Errorf("%s ready: %v, want ErrWayland", name, err)
		}
		if outcome, err := hand(t, way, "0000001", handover.Window{}); outcome != handover.NotDelivered || !errors.Is(err, handover.ErrWayland) {
			t.Errorf("%s: %v, %v; want not delivered, ErrWayland", name, outcome, err)
		}
	}
}

func TestThePortalTypesAfterOneConsent(t *testing.T) {
	p := &portal{types: 3, devices: 1}
	waylandSession(t, p)
	m := &ime{on: true, pressed: func() int { typed, _, _ := p.got(); return len(typed) }}
	startFcitx(t, sessionBus(), 5, m)
	way, _ := openWay(t, handover.Config{Way: handover.WayKeyboard})
	if err := way.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, dialogs := p.got(); dialogs != 0 {
		t.Errorf("Ready asked the user %d times", dialogs)
	}
	for _, n := range []string{"0000001", "A1234-5678A"} {
		if outcome, err := hand(t, way, n, handover.Window{}); outcome != handover.Unknown || err != nil {
			t.Fatalf("%v, %v; want unknown: nobody sees where it went", outcome, err)
		}
	}
	typed, down, dialogs := p.got()
	if typed != "0000001\nA1234-5678A\n" || down != 0 || dialogs != 1 {
		t.Errorf("typed %q, %d keys down, asked %d times", typed, down, dialogs)
	}
	if said := fmt.Sprint(m.said()); said != "[off after 0 keys on after 8 keys off after 8 keys on after 20 keys]" {
		t.Errorf("the input method was told %s", said)
	}
	// The desktop ends the session; the next number asks anew.
	if err := p.conn.Emit(p.session, "org.freedesktop.portal.Session.Closed"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a second consent", func() bool {
		if outcome, err := hand(t, way, "2", handover.Window{}); outcome != handover.Unknown || err != nil {
			t.Fatalf("%v, %v", outcome, err)
		}
		_, _, dialogs := p.got()
		return dialogs == 2
	})
}

func TestThePortalTypesIntoNoNamedWindow(t *testing.T) {
	p := &portal{types: 3, devices: 1}
	waylandSession(t, p)
	way, _ := openWay(t, handover.Config{Way: handover.WayKeyboard})
	outcome, err := hand(t, way, "0000001", handover.Window{ID: 1, Process: "lending", Title: "lending"})
	if outcome != handover.NotDelivered || !errors.Is(err, handover.ErrTarget) {
		t.Errorf("%v, %v; want not delivered, ErrTarget", outcome, err)
	}
	if typed, _, dialogs := p.got(); typed != "" || dialogs != 0 {
		t.Errorf("typed %q, asked %d times", typed, dialogs)
	}
}

func TestAPortalThatRefusesLeavesTheNumberUntyped(t *testing.T) {
	for _, test := range []struct {
		name    string
		portal  portalSetting
		outcome handover.Outcome
		err     error
	}{
		{"the user says no", portalSetting{refuse: "Start"}, handover.NotDelivered, handover.ErrWayland},
		{"no session", portalSetting{refuse: "CreateSession"}, handover.NotDelivered, handover.ErrWayland},
		{"only the pointer is allowed", portalSetting{devices: 2}, handover.NotDelivered, handover.ErrWayland},
		{"the user does not answer", portalSetting{silent: "Start"}, handover.NotDelivered, context.Canceled},
		{"the session is lost at the third key", portalSetting{devices: 1, lose: 2}, handover.Unknown, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &portal{types: 1, devices: test.portal.devices, silent: test.portal.silent, lose: test.portal.lose, refuse: map[string]uint32{test.portal.refuse: 1}}
			waylandSession(t, p)
			way, _ := openWay(t, handover.Config{Way: handover.WayKeyboard})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := handing(ctx, t, way, "0000001", handover.Window{})
			if test.portal.silent != "" {
				eventually(t, "the dialog", func() bool { _, _, dialogs := p.got(); return dialogs == 1 })
				cancel()
			}
			r := <-done
			if r.outcome != test.outcome || r.err == nil || test.err != nil && !errors.Is(r.err, test.err) {
				t.Errorf("%v, %v; want %v, %v", r.outcome, r.err, test.outcome, test.err)
			}
			if typed, _, _ := p.got(); len(typed) != test.portal.lose {
				t.Errorf("typed %q", typed)
			}
		})
	}
}

// portalSetting is what one test's portal does.
type portalSetting struct {
	devices        uint32
	refuse, silent string
	lose           int
}

func sessionBus() string { return os.Getenv("DBUS_SESSION_BUS_ADDRESS") }
