//go:build linux

package handover

import (
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// hold runs do while the server serves no other program: until it returns, no
// window can come to the front, change its title or take the keyboard. Windows
// stand still meanwhile, so do is short and waits for nothing but the server.
func (x *x11) hold(do func() error) error {
	xproto.GrabServer(x.conn)
	err := do()
	if free := xproto.UngrabServerChecked(x.conn).Check(); err == nil && free != nil {
		err = fmt.Errorf("let the X server go: %w", free)
	}
	return err
}

// live is the keyboard at one moment of the server's.
type live struct {
	m     keymap
	down  []byte // the keys that are held
	state uint16 // the modifiers and the layout that are on
}

// live asks for all of it at once, for typing into id. It returns ErrTarget if a
// program has taken the keyboard for itself (an open menu, a screen lock): what is
// typed then goes there, whatever is in front. The server tells that only to one who
// takes it; the target sees its focus leave and come back, as with each shortcut of a
// window manager.
func (x *x11) live(id xproto.Window) (l live, err error) {
	take := xproto.GrabKeyboard(x.conn, true, id, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync)
	xproto.UngrabKeyboard(x.conn, xproto.TimeCurrentTime) // does nothing where somebody else has it
	x.wake()
	askMap, askHeld, askState := x.askKeyboard(), xproto.QueryKeymap(x.conn), xproto.QueryPointer(x.conn, x.root)
	taken, err := take.Reply()
	if err != nil {
		return l, fmt.Errorf("ask who has the keyboard: %w", err)
	}
	if taken.Status != xproto.GrabStatusSuccess {
		return l, fmt.Errorf("a menu or a lock has the keyboard: %w", ErrTarget)
	}
	if l.m, err = askMap.read(); err != nil {
		return l, err
	}
	if l.down, err = x.held(askHeld.Reply()); err != nil {
		return l, err
	}
	l.state, err = state(askState.Reply())
	return l, err
}

// held gives the keys that are down. Which ones they are is asked only to tell
// modifiers from the rest.
func (x *x11) held(reply *xproto.QueryKeymapReply, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("ask whether keys are down: %w", err)
	}
	var down []byte
	for code := int(x.first); code <= int(x.last); code++ {
		if reply.Keys[code/8]&(1<<(code%8)) != 0 {
			down = append(down, byte(code))
		}
	}
	return down, nil
}

// anyHeld reports whether a key is down.
func (x *x11) anyHeld() (bool, error) {
	return x.anyOf(xproto.QueryKeymap(x.conn).Reply())
}

func (x *x11) anyOf(reply *xproto.QueryKeymapReply, err error) (bool, error) {
	down, err := x.held(reply, err)
	return len(down) > 0, err
}

// release lets go of modifiers that are still held, and gives the state after that.
// They are not pressed again after the number: the user's own release then changes
// nothing.
func (x *x11) release(l live) (uint16, error) {
	for _, code := range l.down {
		if !l.m.isModifier(code) {
			return 0, errHeld
		}
	}
	if len(l.down) == 0 {
		return l.state, nil
	}
	for _, code := range l.down {
		x.fake(xproto.KeyRelease, code)
	}
	return state(xproto.QueryPointer(x.conn, x.root).Reply())
}

// wake makes XTEST's keyboard the one whose map is live: a keyboard on the desk
// may have another map, and the server changes to XTEST's with its first event. No
// program sees this one, the release of a key that is not down.
func (x *x11) wake() { x.fake(xproto.KeyRelease, x.first) }

// keyboard reads the live map.
func (x *x11) keyboard() (keymap, error) { return x.askKeyboard().read() }

// askedMap is a map that was asked for.
type askedMap struct {
	first byte
	syms  xproto.GetKeyboardMappingCookie
	mods  xproto.GetModifierMappingCookie
}

func (x *x11) askKeyboard() askedMap {
	count := int(x.last) - int(x.first) + 1
	return askedMap{
		first: x.first, syms: xproto.GetKeyboardMapping(x.conn, xproto.Keycode(x.first), byte(count)),
		mods: xproto.GetModifierMapping(x.conn),
	}
}

// read waits for the answers.
func (a askedMap) read() (keymap, error) {
	syms, err := a.syms.Reply()
	if err != nil {
		return keymap{}, fmt.Errorf("read the keyboard map: %w", err)
	}
	mods, err := a.mods.Reply()
	if err != nil {
		return keymap{}, fmt.Errorf("read the modifiers: %w", err)
	}
	m := keymap{first: a.first, width: int(syms.KeysymsPerKeycode), syms: make([]uint32, len(syms.Keysyms))}
	for i, s := range syms.Keysyms {
		m.syms[i] = uint32(s)
	}
	width := int(mods.KeycodesPerModifier)
	for mod := range m.mods {
		for _, code := range mods.Keycodes[mod*width : (mod+1)*width] {
			if code != 0 {
				m.mods[mod] = append(m.mods[mod], byte(code))
			}
		}
	}
	return m, nil
}

// state is the modifiers and the layout that are on.
func state(reply *xproto.QueryPointerReply, err error) (uint16, error) {
	if err != nil {
		return 0, fmt.Errorf("read the modifiers' state: %w", err)
	}
	return reply.Mask, nil
}

func (x *x11) fake(kind, code byte) {
	xtest.FakeInput(x.conn, kind, code, 0, x.root, 0, 0, 0)
}

// press types one stroke.
func (x *x11) press(m keymap, s stroke) {
	var with []byte
	if s.control {
		with = append(with, m.key(keyControlLeft, keyControl))
	}
	if s.shift {
		with = append(with, m.key(keyShiftLeft, keyShiftRight))
	}
	if s.level3 {
		with = append(with, m.key(keyLevel3Shift))
	}
	for _, code := range with {
		x.fake(xproto.KeyPress, code)
	}
	x.fake(xproto.KeyPress, s.code)
	x.fake(xproto.KeyRelease, s.code)
	for i := len(with) - 1; i >= 0; i-- {
		x.fake(xproto.KeyRelease, with[i])
	}
}

// plan says which keys to press, for the map and state of the moment.
type plan func(m keymap, state uint16) ([]stroke, error)

// typeInto presses the keys of p while the window id has the keyboard, all in one
// hold; with a delay one hold for each key. Before the first key check must find
// nothing, too; what it looks at may change by that key. sent is how many were
// pressed: all with a nil error; with an error, none or the first ones.
func (x *x11) typeInto(ctx context.Context, id xproto.Window, check func() error, delay time.Duration, p plan) (sent int, err error) {
	var keys []stroke
	var m keymap
	begin := func() error {
		if err := ctx.Err(); err != nil { // another program may have held the server for long
			return err
		}
		if err := check(); err != nil {
			return err
		}
		now, err := x.live(id)
		if err != nil {
			return err
		}
		state, err := x.release(now)
		if err != nil {
			return err
		}
		m = now.m
		keys, err = p(m, state)
		return err
	}
	err = x.hold(func() error {
		if err := begin(); err != nil {
			return err
		}
		for sent < len(keys) {
			x.press(m, keys[sent])
			if sent++; delay > 0 {
				break
			}
		}
		return x.holds(id)
	})
	for err == nil && sent < len(keys) {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return sent, ctx.Err()
		}
		err = x.hold(func() error {
			if err := x.holds(id); err != nil {
				return err
			}
			x.press(m, keys[sent])
			sent++
			return x.holds(id)
		})
	}
	return sent, err
}
