package floor

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// slotSize is how much of the area is one record; a demo card's stands first.
const slotSize = 128

// Keys types digits and Enter into whatever has the focus. Close it.
type Keys struct {
	x     *xgb.Conn
	root  xproto.Window
	codes map[byte]byte // digit or Enter to keycode
}

// enter is the keysym of Enter (X11 protocol, appendix A); a digit's is itself.
const enter = 0xFF0D

// OpenKeys connects to the X server that DISPLAY names and seeks the keys.
func OpenKeys() (*Keys, error) {
	x, err := xgb.NewConn()
	if err != nil {
		return nil, err
	}
	setup := xproto.Setup(x)
	k := &Keys{x: x, root: setup.DefaultScreen(x).Root, codes: map[byte]byte{}}
	if err := xtest.Init(x); err != nil {
		x.Close()
		return nil, err
	}
	first := setup.MinKeycode
	all, err := xproto.GetKeyboardMapping(x, first, byte(setup.MaxKeycode-first+1)).Reply()
	if err != nil {
		x.Close()
		return nil, err
	}
	for i, sym := range all.Keysyms {
		column, code := i%int(all.KeysymsPerKeycode), byte(first)+byte(i/int(all.KeysymsPerKeycode))
		switch {
		case column != 0:
		case sym >= '0' && sym <= '9':
			k.codes[byte(sym)] = code
		case sym == enter:
			k.codes['\n'] = code
		}
	}
	return k, nil
}

// Close lets the X server go.
func (k *Keys) Close() { k.x.Close() }

// Type presses and releases a key for each character.
func (k *Keys) Type(text string) error {
	for i := range len(text) {
		code := k.codes[text[i]]
		if code == 0 {
			return fmt.Errorf("no key for %q", text[i])
		}
		xtest.FakeInput(k.x, xproto.KeyPress, code, 0, k.root, 0, 0, 0)
		xtest.FakeInput(k.x, xproto.KeyRelease, code, 0, k.root, 0, 0, 0)
	}
	return nil
}

// Tap is one look-up of the card on the reader: from connecting it to the last key of
// its holder's number in service, and Enter. As the desk does, it asks the new
// connection for its ATR, and lets the card go before the platform is asked.
func (f *Floor) Tap(service string, keys *Keys) error {
	card, err := Connect(f.config.Reader)
	if err != nil {
		return err
	}
	_, err = card.card.Status()
	var area []byte
	if err == nil {
		area, err = card.Area()
	}
	if err := errors.Join(err, card.Close()); err != nil {
		return err
	}
	var found struct {
		Number string `json:"service_id"`
	}
	body := fmt.Sprintf(`{"record":%q}`, base64.StdEncoding.EncodeToString(area[:slotSize]))
	if err := f.post("/v1/services/"+service+"/lookups", body, &found); err != nil {
		return err
	}
	if err := f.counted("looked-up"); err != nil {
		return err
	}
	return keys.Type(found.Number + "\n")
}
