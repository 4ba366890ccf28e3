//go:build linux

package handover

import (
	"encoding/binary"
	"fmt"

	"github.com/jezek/xgb/xproto"
)

// offer is a text that stands on the clipboard until it is withdrawn: it is kept
// in this process alone and given to whom asks for it (ICCCM §2). It has a
// connection of its own, so that nothing of it can be left behind.
type offer struct {
	x       *x11
	window  xproto.Window
	since   xproto.Timestamp
	text    []byte
	fetches chan fetch
	lost    chan struct{} // closed when another program took the clipboard over
	ended   chan struct{}
}

// fetch is a request that was answered.
type fetch struct {
	client uint32 // who asked, as x11.client says it
	text   bool   // the text; else only the mark that it is secret
}

// offerText puts text on the clipboard, marked as a secret for those clipboard
// managers that look (Klipper, CopyQ, KeePassXC's mark). The caller withdraws it.
func offerText(text string) (*offer, error) {
	x, err := dialX11()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClipboard, err)
	}
	// A request that nobody has looked at yet must not stop the answering.
	const unread = 64
	o := &offer{
		x: x, text: []byte(text), fetches: make(chan fetch, unread),
		lost: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := o.own(); err != nil {
		x.close()
		return nil, fmt.Errorf("%w: %w", ErrClipboard, err)
	}
	go o.answerAll()
	return o, nil
}

// own makes a window of ours the clipboard's owner.
func (o *offer) own() error {
	c := o.x.conn
	var err error
	if o.window, err = xproto.NewWindowId(c); err != nil {
		return err
	}
	const depth, visual = 0, 0 // the parent's
	err = xproto.CreateWindowChecked(c, depth, o.window, o.x.root, -1, -1, 1, 1, 0,
		xproto.WindowClassInputOnly, visual, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return fmt.Errorf("make a window: %w", err)
	}
	if o.since, err = o.now(); err != nil {
		return err
	}
	clipboard := o.x.atoms[atomClipboard]
	if err := xproto.SetSelectionOwnerChecked(c, o.window, clipboard, o.since).Check(); err != nil {
		return fmt.Errorf("take the clipboard: %w", err)
	}
	owner, err := xproto.GetSelectionOwner(c, clipboard).Reply()
	if err != nil {
		return fmt.Errorf("ask for the clipboard's owner: %w", err)
	}
	if owner.Owner != o.window {
		return fmt.Errorf("another program keeps the clipboard")
	}
	return nil
}

// now is the server's time: it stands in the event that a property has changed.
func (o *offer) now() (xproto.Timestamp, error) {
	c := o.x.conn
	err := xproto.ChangePropertyChecked(c, xproto.PropModeAppend, o.window, xproto.AtomWmName, xproto.AtomString, 8, 0, nil).Check()
	if err != nil {
		return 0, fmt.Errorf("ask for the server's time: %w", err)
	}
	for {
		event, xerr := c.WaitForEvent()
		if changed, ok := event.(xproto.PropertyNotifyEvent); ok {
			return changed.Time, nil
		}
		if event == nil && xerr == nil {
			return 0, fmt.Errorf("ask for the server's time: the X server is gone")
		}
	}
}

// withdraw takes the text off the clipboard: the server does it only if nobody has
// taken the clipboard after us.
func (o *offer) withdraw() {
	// If this is lost, so is the connection, and the server forgets us with it.
	_ = xproto.SetSelectionOwnerChecked(o.x.conn, xproto.WindowNone, o.x.atoms[atomClipboard], o.since).Check()
	o.x.close()
	<-o.ended
	clear(o.text)
}

func (o *offer) answerAll() {
	defer close(o.ended)
	lost := false
	for {
		event, err := o.x.conn.WaitForEvent()
		switch event := event.(type) {
		case xproto.SelectionRequestEvent:
			o.answer(event)
		case xproto.SelectionClearEvent:
			if !lost {
				lost = true
				close(o.lost)
			}
		case nil:
			if err == nil {
				return
			}
		}
	}
}

// answer serves one request. MULTIPLE is refused: only clipboard managers that
// save for good ask for it.
func (o *offer) answer(r xproto.SelectionRequestEvent) {
	if r.Property == xproto.AtomNone { // an old client (ICCCM §2.2)
		r.Property = r.Target
	}
	a := o.x.atoms
	kind, format, value := r.Target, byte(8), []byte(nil)
	asked := fetch{client: o.x.client(r.Requestor)}
	told := false
	switch r.Target {
	case a[atomTargets]:
		kind, format, value = xproto.AtomAtom, 32, o.targets()
	case a[atomTimestamp]:
		kind, format, value = xproto.AtomInteger, 32, binary.LittleEndian.AppendUint32(nil, uint32(o.since))
	case a[atomPasswordHint]:
		value, told = []byte("secret"), true
	case a[atomText]:
		kind, value, asked.text, told = xproto.AtomString, o.text, true, true
	case xproto.AtomString, a[atomUTF8], a[atomPlain], a[atomPlainUTF8]:
		value, asked.text, told = o.text, true, true
	default:
		r.Property = xproto.AtomNone
	}
	if r.Property != xproto.AtomNone {
		count := uint32(len(value) / int(format/8))
		xproto.ChangeProperty(o.x.conn, xproto.PropModeReplace, r.Requestor, r.Property, kind, format, count, value)
	}
	notify := xproto.SelectionNotifyEvent{
		Time: r.Time, Requestor: r.Requestor, Selection: r.Selection, Target: r.Target, Property: r.Property,
	}
	// Checked: the answer has left the server before anybody hears of it, and so
	// stands before the key that is pressed then, on another connection.
	err := xproto.SendEventChecked(o.x.conn, false, r.Requestor, xproto.EventMaskNoEvent, string(notify.Bytes())).Check()
	if told && err == nil {
		select {
		case o.fetches <- asked:
		default:
		}
	}
}

// targets is what can be asked for.
func (o *offer) targets() []byte {
	a := o.x.atoms
	var b []byte
	for _, atom := range []xproto.Atom{
		a[atomTargets], a[atomTimestamp], a[atomUTF8], xproto.AtomString, a[atomText], a[atomPlain],
		a[atomPlainUTF8], a[atomPasswordHint],
	} {
		b = binary.LittleEndian.AppendUint32(b, uint32(atom))
	}
	return b
}

// client tells programs apart: the ids of all that one connection made share
// their upper bits.
func (x *x11) client(w xproto.Window) uint32 { return uint32(w) & x.ours }
