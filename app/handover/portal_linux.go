package handover

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// Names of the portal (xdg-desktop-portal, RemoteDesktop).
const (
	portalBus     = "org.freedesktop.portal.Desktop"
	portalPath    = "/org/freedesktop/portal/desktop"
	portalRemote  = "org.freedesktop.portal.RemoteDesktop"
	portalRequest = "org.freedesktop.portal.Request"
	portalSession = "org.freedesktop.portal.Session"

	portalKeyboardType = uint32(1) // device types are bits
)

// portal is a session in which the desktop lets us press keys.
type portal struct {
	conn    *dbus.Conn
	object  dbus.BusObject
	session dbus.ObjectPath
	signals chan *dbus.Signal
	tokens  int
}

// portalHasKeyboard returns nil if this desktop's portal can press keys.
func portalHasKeyboard(ctx context.Context, conn *dbus.Conn) error {
	var types dbus.Variant
	err := conn.Object(portalBus, portalPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		portalRemote, "AvailableDeviceTypes").Store(&types)
	if err != nil {
		return fmt.Errorf("ask the portal for its devices: %w", err)
	}
	if bits, ok := types.Value().(uint32); !ok || bits&portalKeyboardType == 0 {
		return errors.New("the portal has no keyboard")
	}
	return nil
}

// openPortalSession asks the user, through the desktop's own dialog, whether this
// program may type; it waits for the answer as long as ctx lives.
func openPortalSession(ctx context.Context, conn *dbus.Conn) (*portal, error) {
	p := &portal{conn: conn, object: conn.Object(portalBus, portalPath), signals: make(chan *dbus.Signal, 16)}
	err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(portalBus), dbus.WithMatchPathNamespace(portalPath))
	if err != nil {
		return nil, fmt.Errorf("listen to the portal: %w", err)
	}
	conn.Signal(p.signals)
	if err := p.begin(ctx); err != nil {
		conn.RemoveSignal(p.signals)
		p.end()
		return nil, err
	}
	return p, nil
}

func (p *portal) begin(ctx context.Context) error {
	created, err := p.request(ctx, "CreateSession", func(options map[string]dbus.Variant) []any {
		options["session_handle_token"] = dbus.MakeVariant(p.token())
		return []any{options}
	})
	if err != nil {
		return err
	}
	switch handle := created["session_handle"].Value().(type) { // a string by mistake of the first version
	case string:
		p.session = dbus.ObjectPath(handle)
	case dbus.ObjectPath:
		p.session = handle
	}
	if !p.session.IsValid() {
		return errors.New("the portal gives no session")
	}
	_, err = p.request(ctx, "SelectDevices", func(options map[string]dbus.Variant) []any {
		options["types"] = dbus.MakeVariant(portalKeyboardType)
		return []any{p.session, options}
	})
	if err != nil {
		return err
	}
	started, err := p.request(ctx, "Start", func(options map[string]dbus.Variant) []any {
		return []any{p.session, "", options}
	})
	if err != nil {
		return err
	}
	if devices, ok := started["devices"].Value().(uint32); !ok || devices&portalKeyboardType == 0 {
		return errors.New("no keyboard was allowed")
	}
	return nil
}

func (p *portal) token() string {
	p.tokens++
	return "madoguchi" + strconv.Itoa(p.tokens)
}

// request makes a call whose answer comes as a signal of a request object, at a
// path known before, so that a quick answer is not missed.
func (p *portal) request(ctx context.Context, method string, args func(options map[string]dbus.Variant) []any) (map[string]dbus.Variant, error) {
	token := p.token()
	sender := strings.ReplaceAll(strings.TrimPrefix(p.conn.Names()[0], ":"), ".", "_")
	want := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	in := args(map[string]dbus.Variant{"handle_token": dbus.MakeVariant(token)})
	var handle dbus.ObjectPath
	if err := p.object.CallWithContext(ctx, portalRemote+"."+method, 0, in...).Store(&handle); err != nil {
		return nil, fmt.Errorf("%s of the portal: %w", method, err)
	}
	for {
		select {
		case s, ok := <-p.signals:
			if !ok {
				return nil, errors.New("the session bus is gone")
			}
			if s.Path != want && s.Path != handle || s.Name != portalRequest+".Response" {
				continue
			}
			var code uint32
			var results map[string]dbus.Variant
			if err := dbus.Store(s.Body, &code, &results); err != nil {
				return nil, fmt.Errorf("answer to %s of the portal: %w", method, err)
			}
			if code != 0 {
				return nil, fmt.Errorf("the user or the desktop does not allow it (%s: %d)", method, code)
			}
			return results, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// alive reports whether the desktop has not ended the session.
func (p *portal) alive() bool {
	for p.conn.Connected() {
		select {
		case s, ok := <-p.signals:
			if !ok || s.Path == p.session && s.Name == portalSession+".Closed" {
				p.conn.RemoveSignal(p.signals)
				return false
			}
		default:
			return true
		}
	}
	return false
}

// end closes a session that was not begun to its end.
func (p *portal) end() {
	if p.session.IsValid() {
		p.conn.Object(portalBus, p.session).Go(portalSession+".Close", dbus.FlagNoReplyExpected, nil)
	}
}

// typeText presses the keys of text; '\n' is Enter, '\t' Tab. sent is how many
// were pressed.
func (p *portal) typeText(ctx context.Context, text string, delay time.Duration) (sent int, err error) {
	const down, up = uint32(1), uint32(0)
	for i := range len(text) {
		if sent > 0 && delay > 0 {
			select {
			case <-time.After(delay):
			case <-ctx.Done():
				return sent, ctx.Err()
			}
		}
		key := asciiKeysym(text[i])
		if err := p.key(ctx, key, down); err != nil {
			return sent, err
		}
		sent++
		// A key that is down must come up, whatever has ended meanwhile.
		if err := p.key(context.WithoutCancel(ctx), key, up); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (p *portal) key(ctx context.Context, keysym, state uint32) error {
	ctx, cancel := context.WithTimeout(ctx, portalAnswers)
	defer cancel()
	options := map[string]dbus.Variant{}
	call := p.object.CallWithContext(ctx, portalRemote+".NotifyKeyboardKeysym", 0, p.session, options, int32(keysym), state)
	if call.Err != nil {
		return fmt.Errorf("press a key through the portal: %w", call.Err)
	}
	return nil
}

// portalAnswers is how long the portal may take for one key.
const portalAnswers = time.Second
