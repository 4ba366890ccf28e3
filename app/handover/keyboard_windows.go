package handover

import (
	"context"
	"log/slog"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/madoguchi/madoguchi/mykey"
)

// openKeyboard types by SendInput: characters, scan codes or Ctrl+V, by profile.
func openKeyboard(ctx context.Context, c Config, log *slog.Logger) (Way, error) {
	if c.Keyboard.Profile == "paste" {
		return openPaste(ctx, c, log)
	}
	desk, err := newWinDesk()
	if err != nil {
		return nil, err
	}
	return &winKeyboard{desk: desk, c: c.Keyboard, log: log, turns: newTurns(), locks: watchLocks()}, nil
}

// winDesk is what every way that types on Windows looks at.
type winDesk struct{ ours uint32 }

func newWinDesk() (winDesk, error) {
	ours, err := processIntegrity(windows.GetCurrentProcessId())
	return winDesk{ours: ours.level}, err
}

// inFront returns nil if to is still what the gate saw and may be typed into, else
// ErrTarget or ErrAbove. Windows cannot be held still: between this and SendInput,
// which is one piece, some microseconds pass.
func (d winDesk) inFront(to Window) error {
	w := windows.GetForegroundWindow()
	if w == 0 || uint64(w) != to.ID {
		return ErrTarget
	}
	now, err := describeWindow(w, d.ours)
	if err != nil {
		return err
	}
	if now != to {
		return ErrTarget
	}
	if now.Above {
		return ErrAbove
	}
	return d.holds(w)
}

// holds returns nil while w is in front and its keys go to a field, not a menu.
func (d winDesk) holds(w windows.HWND) error {
	if windows.GetForegroundWindow() != w {
		return ErrTarget
	}
	thread, err := windows.GetWindowThreadProcessId(w, nil)
	if err != nil {
		return ErrTarget
	}
	const inMenu = 0x4 | 0x8 | 0x10 // GUI_INMENUMODE, GUI_SYSTEMMENUMODE, GUI_POPUPMENUMODE
	info := windows.GUIThreadInfo{Size: uint32(unsafe.Sizeof(windows.GUIThreadInfo{}))}
	if err := windows.GetGUIThreadInfo(thread, &info); err == nil && info.Flags&inMenu != 0 {
		return ErrTarget
	}
	return nil
}

// released lets go of modifiers that are still held; ErrKeyboard: another key is.
func released() ([]keyInput, error) {
	held := heldKeys()
	for _, vk := range held {
		if !isWinModifier(vk) {
			return nil, errHeld
		}
	}
	return releaseInputs(held), nil
}

// send types strokes into to in one call, with a delay in one call for each.
func (d winDesk) send(ctx context.Context, to Window, check func() error, delay time.Duration, strokes []winStroke) (sent int, err error) {
	w := windows.HWND(to.ID)
	for sent < len(strokes) {
		if sent > 0 {
			select {
			case <-time.After(delay):
			case <-ctx.Done():
				return sent, ctx.Err()
			}
			check = func() error { return d.holds(w) }
		}
		part := strokes[sent:]
		if delay > 0 {
			part = part[:1]
		}
		in, err := released()
		if err != nil {
			return sent, err
		}
		for _, s := range part {
			in = append(in, s.inputs()...)
		}
		if err := ctx.Err(); err != nil {
			return sent, err
		}
		if err := check(); err != nil {
			return sent, err
		}
		n, err := sendInput(in)
		if n > 0 {
			sent += len(part)
		}
		if err != nil {
			return sent, err
		}
		if windows.GetForegroundWindow() != w {
			return sent, ErrTarget
		}
	}
	return sent, nil
}

// winKeyboard types by SendInput. A key that the user holds is waited for (1 s); a
// modifier that is held longer is released and not pressed again. What only a real
// Windows can show: that its Japanese input methods obey imeOff.
type winKeyboard struct {
	desk  winDesk
	c     KeyboardConfig
	log   *slog.Logger
	turns *turns
	locks locks
}

func (k *winKeyboard) Ready(ctx context.Context) error {
	_, give, err := k.turns.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	w := windows.GetForegroundWindow()
	if w == 0 {
		return nil
	}
	_, err = k.strokes(w, k.c.Prefix+"0123456789"+suffixText(k.c))
	return err
}

func (k *winKeyboard) strokes(w windows.HWND, text string) ([]winStroke, error) {
	if k.c.Profile != "scan-code" {
		return unicodeStrokes(text), nil
	}
	layout, err := layoutOf(w, k.locks.caps())
	if err != nil {
		return nil, err
	}
	return scanStrokes(text, layout)
}

func (k *winKeyboard) Hand(ctx context.Context, number mykey.ServiceID, to Window) (outcome Outcome, err error) {
	ctx, give, err := k.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	check := func() error { return k.desk.inFront(to) }
	if err := check(); err != nil {
		return NotDelivered, err
	}
	if err := awaitReleased(ctx, anyHeld); err != nil {
		return NotDelivered, err
	}
	w := windows.HWND(to.ID)
	if !k.c.KeepIME {
		back, err := imeOff(w)
		defer func() {
			if err := back(outcome != NotDelivered); err != nil {
				k.log.Warn("the input method stays off", "err", err)
			}
		}()
		if err != nil {
			return NotDelivered, err
		}
	}
	strokes, err := k.strokes(w, k.c.Prefix+number.Reveal()+suffixText(k.c))
	if err != nil {
		return NotDelivered, err
	}
	return typed(k.desk.send(ctx, to, check, time.Duration(k.c.Delay)*time.Millisecond, strokes))
}

func anyHeld() (bool, error) { return len(heldKeys()) > 0, nil }

func (k *winKeyboard) Close() error {
	if k.turns.over() {
		k.locks.close()
	}
	return nil
}
