package handover

import (
	"context"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf16"

	"github.com/madoguchi/madoguchi/mykey"
)

// openKeyboard types by CGEvent.
func openKeyboard(_ context.Context, c Config, _ *slog.Logger) (Way, error) {
	g, err := openCoreGraphics()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyboard, err)
	}
	return &macKeyboard{g: g, c: c.Keyboard, turns: newTurns()}, nil
}

// openPaste is not built: whether a paste came through cannot be told.
func openPaste(context.Context, Config, *slog.Logger) (Way, error) { return nil, ErrNotHere }

// openClipboard is not built.
func openClipboard(context.Context, Config, *slog.Logger) (Way, error) { return nil, ErrNotHere }

// macKeyboard types characters, not keys (CGEventKeyboardSetUnicodeString), into
// the process whose window the gate has seen and no other. No layout, lock or held
// modifier changes them. The input method is not looked at: its functions belong
// to the main thread. It has been built and vetted, not run.
type macKeyboard struct {
	g     *coreGraphics
	c     KeyboardConfig
	turns *turns
}

// Virtual keycodes (HIToolbox, Events.h) and the modifiers of CGEventFlags.
const (
	macReturn = 36
	macTab    = 48
	macHeld   = 0x20000 | 0x40000 | 0x80000 | 0x100000 // Shift, Control, Option, Command
)

// Ready returns ErrKeyboard without the user's permission (System Settings,
// Privacy & Security, Accessibility): macOS then drops what is typed, in silence.
func (k *macKeyboard) Ready(context.Context) error {
	if !k.g.trusted() {
		return fmt.Errorf("not allowed under Accessibility: %w", ErrKeyboard)
	}
	return nil
}

func (k *macKeyboard) Hand(ctx context.Context, number mykey.ServiceID, to Window) (Outcome, error) {
	ctx, give, err := k.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	if err := k.Ready(ctx); err != nil {
		return NotDelivered, err
	}
	held := func() (bool, error) { return k.g.flags(sessionState)&macHeld != 0, nil }
	if err := awaitReleased(ctx, held); err != nil {
		return NotDelivered, err
	}
	front := k.g.front()
	if to == (Window{}) || front.Window != to {
		return NotDelivered, ErrTarget
	}
	return typed(k.typeText(ctx, front, k.c.Prefix+number.Reveal()+suffixText(k.c)))
}

// typeText sends text to a window's process while the window stays in front; sent
// is how many characters went.
func (k *macKeyboard) typeText(ctx context.Context, w macWindow, text string) (sent int, err error) {
	delay := time.Duration(k.c.Delay) * time.Millisecond
	for _, r := range text {
		if sent > 0 && delay > 0 {
			select {
			case <-time.After(delay):
			case <-ctx.Done():
				return sent, ctx.Err()
			}
		}
		if k.g.front().ID != w.ID {
			return sent, ErrTarget
		}
		if err := k.char(w.pid, r); err != nil {
			return sent, err
		}
		sent++
	}
	if k.g.front().ID != w.ID {
		return sent, ErrTarget
	}
	return sent, nil
}

func (k *macKeyboard) char(pid int32, r rune) error {
	var code uint16
	switch r {
	case '\n':
		code = macReturn
	case '\t':
		code = macTab
	}
	for _, down := range []bool{true, false} {
		event := k.g.newKey(0, code, down)
		if event == 0 {
			return fmt.Errorf("make a key event: %w", ErrKeyboard)
		}
		if code == 0 {
			units := utf16.Encode([]rune{r})
			k.g.setUnicode(event, uint64(len(units)), &units[0])
		}
		k.g.setFlags(event, 0)
		k.g.postToPID(pid, event)
		k.g.release(event)
	}
	return nil
}

func (k *macKeyboard) Close() error {
	k.turns.over()
	return nil
}
