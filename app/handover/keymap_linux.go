package handover

import (
	"fmt"
	"slices"
)

// Keysyms (X11 protocol, appendix A). Printable ASCII is its own keysym.
const (
	keyTab         = 0xFF09
	keyReturn      = 0xFF0D
	keyScrollLock  = 0xFF14
	keyNumLock     = 0xFF7F
	keyShiftLeft   = 0xFFE1
	keyShiftRight  = 0xFFE2
	keyControlLeft = 0xFFE3
	keyControl     = 0xFFE4
	keyCapsLock    = 0xFFE5
	keyLevel3Shift = 0xFE03
)

// The modifiers of a key event's state, and of the rows of keymap.mods: row n is
// bit n. Bits 13 and 14 are the layout (XKB protocol §2.2.2).
const (
	modLock    = 1 << 1
	modAll     = 0xFF
	groupShift = 13
)

// keymap is an X server's keyboard map as core clients see it (XKB protocol
// §12.4): keysyms per keycode are layout 1 level 1 and 2, layout 2 level 1 and 2,
// layout 1 level 3 and 4.
type keymap struct {
	first byte     // the keycode of the first row
	width int      // keysyms per keycode
	syms  []uint32 // width for each keycode
	mods  [8][]byte
}

// stroke is one key, with what is held while it is pressed.
type stroke struct {
	code                   byte
	shift, level3, control bool
}

func (m keymap) sym(row, column int) uint32 {
	if column >= m.width {
		return 0
	}
	return m.syms[row*m.width+column]
}

func (m keymap) rows() int {
	if m.width == 0 {
		return 0
	}
	return len(m.syms) / m.width
}

// key gives a keycode that has one of syms in some place, or 0.
func (m keymap) key(syms ...uint32) byte {
	for i, s := range m.syms {
		if slices.Contains(syms, s) {
			return m.first + byte(i/m.width)
		}
	}
	return 0
}

// has reports whether a key of modifier row mod has keysym s.
func (m keymap) has(mod int, s uint32) bool {
	for _, code := range m.mods[mod] {
		row := int(code) - int(m.first)
		if code == 0 || row < 0 || row >= m.rows() {
			continue
		}
		for column := range m.width {
			if m.sym(row, column) == s {
				return true
			}
		}
	}
	return false
}

// isModifier reports whether a keycode is in some modifier's row.
func (m keymap) isModifier(code byte) bool {
	return slices.ContainsFunc(m.mods[:], func(row []byte) bool { return slices.Contains(row, code) })
}

// disturbing gives the modifiers of state that would change what is typed: all
// but NumLock and ScrollLock, which no key of ours looks at, and CapsLock, which
// strokes compensates.
func (m keymap) disturbing(state uint16) uint16 {
	state &= modAll
	for mod := range m.mods {
		locks := m.has(mod, keyNumLock) || m.has(mod, keyScrollLock)
		caps := mod == 1 && m.has(mod, keyCapsLock)
		if locks || caps {
			state &^= 1 << mod
		}
	}
	return state
}

// strokes gives the keys that type text while the keyboard is in state. '\n' is
// Enter and '\t' Tab. Nothing on the map is changed to make a character possible:
// it returns ErrKeyboard for one that has no key (which one is not said: it is
// part of a number).
func (m keymap) strokes(text string, state uint16) ([]stroke, error) {
	if m.disturbing(state) != 0 {
		return nil, fmt.Errorf("a modifier key is on: %w", ErrKeyboard)
	}
	group := int(state>>groupShift) & 3
	if group > 1 {
		return nil, fmt.Errorf("layout %d of the keyboard is on: %w", group+1, ErrKeyboard)
	}
	caps := state&modLock != 0
	var out []stroke
	for i := range len(text) {
		stroke, ok := m.find(asciiKeysym(text[i]), group, caps)
		if !ok {
			return nil, fmt.Errorf("a character is on no key: %w", ErrKeyboard)
		}
		out = append(out, stroke)
	}
	return out, nil
}

// shortcut is the key of s with Control.
func (m keymap) shortcut(s uint32, state uint16) (stroke, error) {
	if m.disturbing(state) != 0 {
		return stroke{}, fmt.Errorf("a modifier key is on: %w", ErrKeyboard)
	}
	st, ok := m.find(s, min(int(state>>groupShift)&3, 1), false)
	if !ok || st.shift || st.level3 || m.key(keyControlLeft, keyControl) == 0 {
		return stroke{}, fmt.Errorf("the shortcut is on no key: %w", ErrKeyboard)
	}
	st.control = true
	return st, nil
}

// find seeks s: without Shift first, then with it, then on level 3 and 4.
func (m keymap) find(s uint32, group int, caps bool) (stroke, bool) {
	canShift := m.key(keyShiftLeft, keyShiftRight) != 0
	canLevel3 := group == 0 && m.key(keyLevel3Shift) != 0
	for _, try := range []stroke{{}, {shift: true}, {level3: true}, {shift: true, level3: true}} {
		if try.shift && !canShift || try.level3 && !canLevel3 {
			continue
		}
		for row := range m.rows() {
			if m.gives(row, group, caps, try) == s {
				try.code = m.first + byte(row)
				return try, true
			}
		}
	}
	return stroke{}, false
}

// gives is the keysym that a program sees for a key: the rules of XKB's key types
// ALPHABETIC (CapsLock turns Shift round on a pair of letters) and TWO_LEVEL
// (CapsLock does nothing there, but capitalises a letter that comes out).
func (m keymap) gives(row, group int, caps bool, how stroke) uint32 {
	column := 2 * group
	if how.level3 {
		column = 4
	}
	low, high := m.sym(row, column), m.sym(row, column+1)
	if low == 0 && group == 1 { // a key of one layout has it in both
		low, high = m.sym(row, 0), m.sym(row, 1)
	}
	if high == 0 {
		high = upper(low)
	}
	s := low
	if how.shift != (caps && low != high && upper(low) == high) {
		s = high
	}
	if caps && (low == high || upper(low) != high) {
		s = upper(s)
	}
	return s
}

// asciiKeysym is the keysym of a printable character, of Enter or of Tab.
func asciiKeysym(c byte) uint32 {
	switch c {
	case '\n':
		return keyReturn
	case '\t':
		return keyTab
	}
	return uint32(c)
}

func upper(s uint32) uint32 {
	if s >= 'a' && s <= 'z' {
		return s - 'a' + 'A'
	}
	return s
}
