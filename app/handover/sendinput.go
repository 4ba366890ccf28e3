package handover

import (
	"errors"
	"fmt"
	"unicode/utf16"
)

// keyInput is INPUT of winuser.h with its KEYBDINPUT, as 64-bit Windows lays it out:
// 40 bytes, the union being as long as its longest member (MOUSEINPUT).
type keyInput struct {
	Type  uint32
	_     uint32
	VK    uint16
	Scan  uint16
	Flags uint32
	Time  uint32
	_     uint32
	Extra uint64
	_     uint64
}

const keyInputSize = 40

const (
	inputKeyboard = 1

	flagExtended = 0x0001
	flagUp       = 0x0002
	flagUnicode  = 0x0004
	flagScan     = 0x0008
)

// Virtual keys (winuser.h) and scan codes (set 1) of the keys that are on every
// keyboard.
const (
	vkTab     = 0x09
	vkReturn  = 0x0D
	vkShift   = 0x10
	vkControl = 0x11
	vkMenu    = 0x12
	vkCapital = 0x14
	vkV       = 0x56

	scanTab      = 0x0F
	scanReturn   = 0x1C
	scanControl  = 0x1D
	scanShift    = 0x2A
	scanV        = 0x2F
	scanMenu     = 0x38
	scanExtended = 0xE000 // the key is sent with the extended flag
)

// What is held while a key is pressed, as VkKeyScanEx says it.
const (
	holdShift   = 1
	holdControl = 2
	holdAlt     = 4
)

// winStroke is one key: by its place on the keyboard, or a character without a key.
type winStroke struct {
	vk, scan uint16
	hold     int
	char     uint16 // a UTF-16 unit; 0: a key
}

// winLayout says where a character is on the target's keyboard layout, with
// CapsLock as it is.
type winLayout interface {
	key(r rune) (winStroke, bool)
}

// enterOrTab is the key of '\n' and '\t', the same on every layout.
func enterOrTab(r rune) (winStroke, bool) {
	switch r {
	case '\n':
		return winStroke{vk: vkReturn, scan: scanReturn}, true
	case '\t':
		return winStroke{vk: vkTab, scan: scanTab}, true
	}
	return winStroke{}, false
}

// unicodeStrokes types text as characters (VK_PACKET): no layout, lock or held key
// changes them.
func unicodeStrokes(text string) []winStroke {
	var out []winStroke
	for _, r := range text {
		if s, ok := enterOrTab(r); ok {
			out = append(out, s)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = append(out, winStroke{char: unit})
		}
	}
	return out
}

// scanStrokes types text as keys, for programs that pass keys on to another
// machine. It returns ErrKeyboard for a character without a key.
func scanStrokes(text string, layout winLayout) ([]winStroke, error) {
	var out []winStroke
	for _, r := range text {
		s, ok := enterOrTab(r)
		if !ok {
			s, ok = layout.key(r)
		}
		if !ok {
			return nil, fmt.Errorf("a character is on no key: %w", ErrKeyboard)
		}
		out = append(out, s)
	}
	return out, nil
}

// inputs are the events of one stroke: what is held goes down, the key down and
// up, what is held up in reverse.
func (s winStroke) inputs() []keyInput {
	if s.char != 0 {
		down := keyInput{Type: inputKeyboard, Scan: s.char, Flags: flagUnicode}
		return []keyInput{down, down.up()}
	}
	var before, after []keyInput
	for _, h := range []struct {
		hold     int
		vk, scan uint16
	}{{holdControl, vkControl, scanControl}, {holdAlt, vkMenu, scanMenu}, {holdShift, vkShift, scanShift}} {
		if s.hold&h.hold != 0 {
			down := keyDown(h.vk, h.scan)
			before = append(before, down)
			after = append([]keyInput{down.up()}, after...)
		}
	}
	down := keyDown(s.vk, s.scan)
	return append(append(before, down, down.up()), after...)
}

// keyDown is a key by its scan code; the virtual key stands beside it for programs
// that look at it.
func keyDown(vk, scan uint16) keyInput {
	in := keyInput{Type: inputKeyboard, VK: vk, Scan: scan &^ scanExtended, Flags: flagScan}
	if scan&scanExtended != 0 {
		in.Flags |= flagExtended
	}
	return in
}

func (in keyInput) up() keyInput {
	in.Flags |= flagUp
	return in
}

// releaseInputs lets go of virtual keys that are held.
func releaseInputs(held []uint16) []keyInput {
	var out []keyInput
	for _, vk := range held {
		out = append(out, keyInput{Type: inputKeyboard, VK: vk, Flags: flagUp})
	}
	return out
}

// isWinModifier reports whether a virtual key changes what other keys do while it
// is held: Shift, Control, Alt and Windows, both sides.
func isWinModifier(vk uint16) bool {
	return vk >= vkShift && vk <= vkMenu || vk >= 0xA0 && vk <= 0xA5 || vk == 0x5B || vk == 0x5C
}

// countsAsHeld reports whether a virtual key that is down is held by the user. The
// mouse's buttons, the locks and the Japanese keyboards' mode keys are not: those
// say down for as long as the mode is on.
func countsAsHeld(vk uint16) bool {
	switch {
	case vk < 0x08, vk >= 0xE5, vk == vkCapital, vk >= 0x15 && vk <= 0x1A, vk >= 0x1C && vk <= 0x1F, vk == 0x90, vk == 0x91:
		return false
	}
	return true
}

// sendResult is what an answer of SendInput means: all, none, or part of the
// events came through. A window of higher integrity swallows them all without a
// word, which is why integrity is read before.
func sendResult(sent, asked int) (int, error) {
	switch {
	case sent >= asked:
		return asked, nil
	case sent <= 0:
		return 0, fmt.Errorf("another program blocks the keyboard: %w", ErrKeyboard)
	}
	return sent, errors.New("another program blocked the keyboard in between")
}
