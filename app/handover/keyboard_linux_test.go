package handover_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/madoguchi/madoguchi/app/handover"
)

func TestATerminalGetsEveryNumberAsItIs(t *testing.T) {
	for _, layout := range []string{"us", "jp"} {
		for _, caps := range []bool{false, true} {
			name := layout
			if caps {
				name += " with CapsLock"
			}
			t.Run(name, func(t *testing.T) {
				startDisplay(t)
				tool(t, "setxkbmap", layout)
				xterm := startTerminal(t, "lending")
				if caps {
					tool(t, "xdotool", "key", "Caps_Lock")
				}
				way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
				to := foreground(t, desktop)
				if to.ID != xterm.id || to.Process != "xterm" || to.Title != "lending" {
					t.Fatalf("in front is %+v, want the terminal, window %d", to, xterm.id)
				}
				if err := way.Ready(t.Context()); err != nil {
					t.Fatalf("not ready: %v", err)
				}
				var want strings.Builder
				for _, n := range numbers(100) {
					want.WriteString(n + "\r")
					if outcome, err := way.Hand(t.Context(), number(t, n), to); outcome != handover.Delivered || err != nil {
						t.Fatalf("hand over %q: %v, %v", n, outcome, err)
					}
				}
				if got := xterm.read(t, want.String()); got != want.String() {
					t.Errorf("arrived\n%q, want\n%q", got, want.String())
				}
				if now := newField(t, "").state() == xproto.ModMaskLock; now != caps {
					t.Errorf("CapsLock is on: %v, want %v", now, caps)
				}
			})
		}
	}
}

func TestPrefixSuffixAndDelayAreTyped(t *testing.T) {
	for _, test := range []struct {
		name string
		c    handover.KeyboardConfig
		want string
	}{
		{"Enter", handover.KeyboardConfig{}, "0000001\r"},
		{"prefix and Tab", handover.KeyboardConfig{Prefix: "P ", Suffix: "tab"}, "P 0000001\t"},
		{"nothing after", handover.KeyboardConfig{Suffix: "none"}, "0000001"},
		{"delay", handover.KeyboardConfig{Delay: 5}, "0000001\r"},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			xterm := startTerminal(t, "lending")
			way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard, Keyboard: test.c})
			begin := time.Now()
			if outcome, err := way.Hand(t.Context(), number(t, "0000001"), foreground(t, desktop)); outcome != handover.Delivered || err != nil {
				t.Fatalf("%v, %v", outcome, err)
			}
			if took, least := time.Since(begin), time.Duration(7*test.c.Delay)*time.Millisecond; took < least {
				t.Errorf("took %v, want at least %v", took, least)
			}
			if got := xterm.read(t, test.want); got != test.want {
				t.Errorf("arrived %q, want %q", got, test.want)
			}
		})
	}
}

func TestNothingIsTypedWhenTheTargetIsNotWhatWasSeen(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(t *testing.T, lending *field, seen handover.Window) handover.Window
	}{
		{"another window came to the front", func(t *testing.T, _ *field, seen handover.Window) handover.Window {
			openField(t, "mail")
			return seen
		}},
		{"the title is another one", func(_ *testing.T, lending *field, seen handover.Window) handover.Window {
			lending.title("return")
			return seen
		}},
		{"another program", func(_ *testing.T, _ *field, seen handover.Window) handover.Window {
			seen.Process = "mail"
			return seen
		}},
		{"the window was closed", func(_ *testing.T, lending *field, seen handover.Window) handover.Window {
			xproto.DestroyWindow(lending.conn, lending.id)
			return seen
		}},
		{"no window has the focus", func(_ *testing.T, lending *field, seen handover.Window) handover.Window {
			xproto.SetInputFocus(lending.conn, xproto.InputFocusNone, xproto.InputFocusNone, xproto.TimeCurrentTime)
			return seen
		}},
		{"no window was seen", func(*testing.T, *field, handover.Window) handover.Window { return handover.Window{} }},
		{"a menu has the keyboard", func(t *testing.T, _ *field, seen handover.Window) handover.Window {
			grabKeyboard(t)
			return seen
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			witness := openField(t, "elsewhere")
			lending := openField(t, "lending")
			way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
			seen := foreground(t, desktop)
			to := test.change(t, lending, seen)
			lending.sync()
			outcome, err := hand(t, way, "0000001", to)
			if outcome != handover.NotDelivered || !errors.Is(err, handover.ErrTarget) {
				t.Errorf("%v, %v; want not delivered, ErrTarget", outcome, err)
			}
			witness.focus()
			if n := witness.pressed() + lending.pressed(); n != 0 {
				t.Errorf("%d keys were typed", n)
			}
		})
	}
}

// grabKeyboard takes the keyboard as an open menu does; the focus stays.
func grabKeyboard(t *testing.T) {
	t.Helper()
	menu, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(menu.Close)
	root := xproto.Setup(menu).DefaultScreen(menu).Root
	reply, err := xproto.GrabKeyboard(menu, false, root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
	if err != nil || reply.Status != xproto.GrabStatusSuccess {
		t.Fatalf("grab the keyboard: %+v, %v", reply, err)
	}
}

func TestAHeldKeyDoesNotChangeTheNumber(t *testing.T) {
	for _, test := range []struct {
		name, key string
		outcome   handover.Outcome
		err       error
		want      string
	}{
		{"Shift", "Shift_L", handover.Delivered, nil, "A1234-5678A\n"},
		{"right Shift", "Shift_R", handover.Delivered, nil, "A1234-5678A\n"},
		{"Control", "Control_L", handover.Delivered, nil, "A1234-5678A\n"},
		{"Alt", "Alt_L", handover.Delivered, nil, "A1234-5678A\n"},
		{"a letter", "x", handover.NotDelivered, handover.ErrKeyboard, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			elsewhere := openField(t, "elsewhere")
			tool(t, "xdotool", "keydown", test.key)
			lending := openField(t, "lending")
			way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
			outcome, err := hand(t, way, "A1234-5678A", foreground(t, desktop))
			if outcome != test.outcome || !errors.Is(err, test.err) {
				t.Errorf("%v, %v; want %v, %v", outcome, err, test.outcome, test.err)
			}
			lending.sync()
			if got := strings.Trim(lending.text(), "x"); got != test.want { // a held letter repeats itself
				t.Errorf("arrived %q, want %q", got, test.want)
			}
			for _, key := range lending.keys {
				if key.State&(xproto.ModMaskControl|xproto.ModMask1) != 0 {
					t.Errorf("a key came with modifiers %x", key.State)
				}
			}
			if test.outcome == handover.Delivered && lending.state() != 0 {
				t.Errorf("modifiers %x are on afterwards", lending.state())
			}
			elsewhere.sync()
		})
	}
}

func TestAKeyThatIsLetGoInTimeIsWaitedFor(t *testing.T) {
	startDisplay(t)
	elsewhere := openField(t, "elsewhere")
	tool(t, "xdotool", "keydown", "x")
	eventually(t, "the key", func() bool { return elsewhere.pressed() > 0 })
	lending := openField(t, "lending")
	way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
	to := foreground(t, desktop)
	done := make(chan error, 1)
	go func() {
		_, err := way.Hand(t.Context(), number(t, "0000001"), to)
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("ended while the key was down: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	tool(t, "xdotool", "keyup", "x")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	lending.sync()
	if got := lending.text(); got != "0000001\n" {
		t.Errorf("arrived %q", got)
	}
}

func TestANumberWithoutItsKeysIsNotBegun(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T)
		number  string
		ready   error
	}{
		{"no Latin letters", func(t *testing.T) { tool(t, "setxkbmap", "ru") }, "0000A01", nil},
		{"no Latin digits", func(t *testing.T) { tool(t, "setxkbmap", "th") }, "0000001", handover.ErrKeyboard},
		{"only the other layout has them", func(t *testing.T) {
			tool(t, "setxkbmap", "us,ru")
			lock(t, 0, 1)
		}, "0000A01", nil},
		{"a third layout", func(t *testing.T) {
			tool(t, "setxkbmap", "us,ru,us")
			lock(t, 0, 2)
		}, "0000001", nil},
		{"Shift is locked", func(t *testing.T) { lock(t, xproto.ModMaskShift, 0) }, "0000001", nil},
		{"Alt is locked", func(t *testing.T) { lock(t, xproto.ModMask1, 0) }, "0000001", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			test.prepare(t)
			lending := openField(t, "lending")
			way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
			if err := way.Ready(t.Context()); !errors.Is(err, test.ready) {
				t.Errorf("ready: %v, want %v", err, test.ready)
			}
			outcome, err := hand(t, way, test.number, foreground(t, desktop))
			if outcome != handover.NotDelivered || !errors.Is(err, handover.ErrKeyboard) {
				t.Errorf("%v, %v; want not delivered, ErrKeyboard", outcome, err)
			}
			if err != nil && strings.Contains(err.Error(), test.number) {
				t.Errorf("the error holds the number: %v", err)
			}
			if n := lending.pressed(); n != 0 {
				t.Errorf("%d keys were typed", n)
			}
		})
	}
}

func TestTheLayoutThatIsOnIsTypedOn(t *testing.T) {
	for _, test := range []struct {
		name, layouts string
		mods, group   byte
		number        string
	}{
		{"the second of two", "us,jp", 0, 1, "A1234-5678a_:;"},
		{"the first of two", "jp,us", 0, 0, "A1234-5678a_:;"},
		{"the second of two with CapsLock", "us,jp", xproto.ModMaskLock, 1, "A1234-5678a_:;"},
		{"NumLock", "us", xproto.ModMask2, 0, "A1234-5678a_:;"},
		{"French: digits need Shift", "fr", 0, 0, "A1234-5678a_:;"},
		{"French with CapsLock", "fr", xproto.ModMaskLock, 0, "A1234-5678a_:;"},
		{"German: AltGr", "de", 0, 0, "A1234-5678a_:;@[]{}|"},
		{"German with CapsLock", "de", xproto.ModMaskLock, 0, "A1234-5678a_:;@[]{}|"},
		{"Persian: digits on level 3", "ir", 0, 0, "0000001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			startDisplay(t)
			tool(t, "setxkbmap", test.layouts)
			lock(t, test.mods, test.group)
			xterm := startTerminal(t, "lending")
			way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
			want := test.number + "\r"
			if outcome, err := hand(t, way, test.number, foreground(t, desktop)); outcome != handover.Delivered || err != nil {
				t.Fatalf("%v, %v", outcome, err)
			}
			if got := xterm.read(t, want); got != want {
				t.Errorf("arrived %q, want %q", got, want)
			}
		})
	}
}

// lock switches modifiers and a layout on as their lock keys do (XkbLatchLockState,
// XKB protocol §16.3.7).
func lock(t *testing.T, mods, group byte) {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	const name = "XKEYBOARD"
	ext, err := xproto.QueryExtension(conn, uint16(len(name)), name).Reply()
	if err != nil || !ext.Present {
		t.Fatalf("%s: %+v, %v", name, ext, err)
	}
	use := conn.NewCookie(true, true)
	conn.NewRequest([]byte{ext.MajorOpcode, 0, 2, 0, 1, 0, 0, 0}, use) // XkbUseExtension 1.0
	if _, err := use.Reply(); err != nil {
		t.Fatal(err)
	}
	set := conn.NewCookie(true, false)
	conn.NewRequest([]byte{ext.MajorOpcode, 5, 4, 0, 0x00, 0x01, mods, mods, 1, group, 0, 0, 0, 0, 0, 0}, set)
	if err := set.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestADelayedNumberStopsWhenTheWindowIsNoLongerInFront(t *testing.T) {
	startDisplay(t)
	mail := openField(t, "mail")
	lending := openField(t, "lending")
	way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard, Keyboard: handover.KeyboardConfig{Delay: 50}})
	done := handing(t.Context(), t, way, "A1234-5678A", foreground(t, desktop))
	eventually(t, "three keys", func() bool { return lending.pressed() >= 3 })
	mail.focus()
	if r := <-done; r.outcome != handover.Unknown || !errors.Is(r.err, handover.ErrTarget) {
		t.Errorf("%v, %v; want unknown, ErrTarget", r.outcome, r.err)
	}
	if got := lending.text(); got == "" || !strings.HasPrefix("A1234-5678A", got) {
		t.Errorf("arrived %q, want the number's beginning", got)
	}
	if n := mail.pressed(); n != 0 {
		t.Errorf("%d keys came to the other window", n)
	}
}

// Another program takes the focus away again and again while numbers are typed.
func TestNoKeyReachesAWindowThatComesInBetween(t *testing.T) {
	startDisplay(t)
	mail := openField(t, "mail")
	lending := openField(t, "lending")
	way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard})
	to := foreground(t, desktop)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan int)
	go func() {
		turns := 0
		for ; ctx.Err() == nil; turns++ {
			id := mail.id
			if turns%2 == 1 {
				id = lending.id
			}
			xproto.SetInputFocus(mail.conn, xproto.InputFocusNone, id, xproto.TimeCurrentTime)
			if _, err := xproto.GetInputFocus(mail.conn).Reply(); err != nil {
				break
			}
		}
		over <- turns
	}()
	count := map[handover.Outcome]int{}
	for range 300 {
		outcome, err := hand(t, way, "0000001", to)
		count[outcome]++
		if (err == nil) != (outcome == handover.Delivered) || err != nil && !errors.Is(err, handover.ErrTarget) {
			t.Errorf("%v, %v", outcome, err)
		}
	}
	stop()
	turns := <-over
	if n := mail.pressed(); n != 0 {
		t.Errorf("%d keys came to the other window", n)
	}
	lending.sync()
	if got, want := lending.text(), strings.Repeat("0000001\n", count[handover.Delivered]); got != want {
		t.Errorf("%d characters arrived, want %d", len(got), len(want))
	}
	if count[handover.Delivered] == 0 || count[handover.NotDelivered] == 0 || count[handover.Unknown] != 0 {
		t.Errorf("outcomes %v: the focus was not contested", count)
	}
	t.Logf("focus changes=%d delivered=%d refused=%d", turns, count[handover.Delivered], count[handover.NotDelivered])
}

func TestTwoNumbersAtOnceDoNotMix(t *testing.T) {
	startDisplay(t)
	lending := openField(t, "lending")
	way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard, Keyboard: handover.KeyboardConfig{Delay: 1}})
	to := foreground(t, desktop)
	first := handing(t.Context(), t, way, "1111111", to)
	second := handing(t.Context(), t, way, "2222222", to)
	for _, done := range []<-chan result{first, second} {
		if r := <-done; r.outcome != handover.Delivered || r.err != nil {
			t.Errorf("%v, %v", r.outcome, r.err)
		}
	}
	lending.sync()
	if got := lending.text(); got != "1111111\n2222222\n" && got != "2222222\n1111111\n" {
		t.Errorf("arrived %q", got)
	}
}
