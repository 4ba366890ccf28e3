package handover_test

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"github.com/madoguchi/madoguchi/app/handover"
)

func (f *field) clipboardOwner() xproto.Window {
	f.t.Helper()
	reply, err := xproto.GetSelectionOwner(f.conn, f.atom("CLIPBOARD")).Reply()
	if err != nil {
		f.t.Fatal(err)
	}
	return reply.Owner
}

func TestThePastedNumberArrivesBeforeItsEnter(t *testing.T) {
	for _, layout := range []string{"us", "jp"} {
		t.Run(layout, func(t *testing.T) {
			startDisplay(t)
			tool(t, "setxkbmap", layout)
			lock(t, xproto.ModMaskLock, 0)
			lending := openField(t, "lending")
			lending.pastesOnControl()
			way, desktop := openWay(t, handover.Config{Way: handover.WayPaste, Keyboard: handover.KeyboardConfig{Prefix: "P"}})
			if err := way.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			if outcome, err := hand(t, way, "A1234-5678A", foreground(t, desktop)); outcome != handover.Delivered || err != nil {
				t.Fatalf("%v, %v", outcome, err)
			}
			// Control and V are two keys.
			if got, want := lending.pasted(), []string{"PA1234-5678A after 2 keys"}; !slices.Equal(got, want) {
				t.Errorf("pasted %q, want %q", got, want)
			}
			if got := lending.text(); got != "V\n" { // with CapsLock on
				t.Errorf("typed %q, want Ctrl+V and Enter", got)
			}
			if owner := lending.clipboardOwner(); owner != xproto.WindowNone {
				t.Errorf("the clipboard is still window %d's", owner)
			}
		})
	}
}

func TestAPasteThatNobodyTakesLeavesNothing(t *testing.T) {
	startDisplay(t)
	lending := openField(t, "lending") // knows no Ctrl+V
	way, desktop := openWay(t, handover.Config{Way: handover.WayPaste})
	outcome, err := hand(t, way, "0000001", foreground(t, desktop))
	if outcome != handover.NotDelivered || !errors.Is(err, handover.ErrNobody) {
		t.Errorf("%v, %v; want not delivered, ErrNobody", outcome, err)
	}
	if got := lending.text(); got != "v" {
		t.Errorf("typed %q, want no Enter", got)
	}
	if owner := lending.clipboardOwner(); owner != xproto.WindowNone {
		t.Errorf("the clipboard is still window %d's", owner)
	}
}

func TestAPasteGoesToTheTargetOnly(t *testing.T) {
	startDisplay(t)
	lending := openField(t, "lending")
	way, desktop := openWay(t, handover.Config{Way: handover.WayPaste})
	seen := foreground(t, desktop)
	mail := openField(t, "mail")
	mail.pastesOnControl()
	outcome, err := hand(t, way, "0000001", seen)
	if outcome != handover.NotDelivered || !errors.Is(err, handover.ErrTarget) {
		t.Errorf("%v, %v; want not delivered, ErrTarget", outcome, err)
	}
	if n := mail.pressed() + lending.pressed(); n != 0 {
		t.Errorf("%d keys were typed", n)
	}
}

func TestAnotherProgramsFetchIsNoProofOfAPaste(t *testing.T) {
	startDisplay(t)
	lending := openField(t, "lending")
	watcher := newField(t, "clipboard manager")
	way, desktop := openWay(t, handover.Config{Way: handover.WayPaste})
	done := handing(t.Context(), t, way, "0000001", foreground(t, desktop))
	eventually(t, "Ctrl+V", func() bool { return lending.pressed() == 2 })
	watcher.fetch("UTF8_STRING")
	eventually(t, "the watcher has it", func() bool { return len(watcher.pasted()) == 1 })
	if r := <-done; r.outcome != handover.Unknown || !errors.Is(r.err, handover.ErrNobody) {
		t.Errorf("%v, %v; want unknown, ErrNobody", r.outcome, r.err)
	}
}

// offered waits until a number stands on the clipboard.
func offered(t *testing.T, f *field) {
	t.Helper()
	eventually(t, "the number on the clipboard", func() bool { return f.clipboardOwner() != xproto.WindowNone })
}

func TestTheClerkPastesFromTheClipboard(t *testing.T) {
	needs(t, "xclip")
	startDisplay(t)
	lending := openField(t, "lending")
	way, _ := openWay(t, handover.Config{Way: handover.WayClipboard})
	if err := way.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := handing(t.Context(), t, way, "A1234-5678A", handover.Window{})
	offered(t, lending)
	<-time.After(400 * time.Millisecond) // as fast as a person
	if got := tool(t, "xclip", "-o", "-selection", "clipboard"); got != "A1234-5678A" {
		t.Errorf("pasted %q", got)
	}
	if r := <-done; r.outcome != handover.Delivered || r.err != nil {
		t.Errorf("%v, %v", r.outcome, r.err)
	}
	if out, err := exec.Command("xclip", "-o", "-selection", "clipboard").CombinedOutput(); err == nil {
		t.Errorf("the clipboard still holds %q", out)
	}
	if n := lending.pressed(); n != 0 {
		t.Errorf("%d keys were typed", n)
	}
}

func TestTheClipboardSaysThatItIsASecret(t *testing.T) {
	startDisplay(t)
	manager := newField(t, "clipboard manager")
	way, _ := openWay(t, handover.Config{Way: handover.WayClipboard})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := handing(ctx, t, way, "0000001", handover.Window{})
	offered(t, manager)
	for _, target := range []string{"x-kde-passwordManagerHint", "text/html", "MULTIPLE", "STRING", "TEXT", "text/plain;charset=utf-8"} {
		manager.fetch(target)
	}
	eventually(t, "six answers", func() bool { return len(manager.pasted()) == 6 })
	want := []string{"secret", "refused", "refused", "0000001", "0000001", "0000001"}
	for i, got := range manager.pasted() {
		if got != want[i]+" after 0 keys" {
			t.Errorf("answer %d is %q, want %q", i, got, want[i])
		}
	}
	select {
	case r := <-done:
		t.Fatalf("ended by a manager: %v, %v", r.outcome, r.err)
	case <-time.After(400 * time.Millisecond):
	}
	manager.fetch("STRING") // it asked for the mark before
	eventually(t, "a seventh answer", func() bool { return len(manager.pasted()) == 7 })
	cancel()
	if r := <-done; r.outcome != handover.Unknown || !errors.Is(r.err, context.Canceled) {
		t.Errorf("%v, %v; want unknown: a manager has the number", r.outcome, r.err)
	}
	if owner := manager.clipboardOwner(); owner != xproto.WindowNone {
		t.Errorf("the clipboard is still window %d's", owner)
	}
}

func TestANumberThatNobodyPastesLeavesTheClipboard(t *testing.T) {
	startDisplay(t)
	lending := openField(t, "lending")
	for _, test := range []struct {
		name string
		end  func(cancel context.CancelFunc)
		err  error
	}{
		{"after 10 s", func(context.CancelFunc) {}, handover.ErrNobody},
		{"when the work ends", func(cancel context.CancelFunc) { cancel() }, context.Canceled},
		{"when something else is copied", func(context.CancelFunc) {
			xproto.SetSelectionOwner(lending.conn, lending.id, lending.atom("CLIPBOARD"), xproto.TimeCurrentTime)
		}, handover.ErrClipboard},
	} {
		t.Run(test.name, func(t *testing.T) {
			way, _ := openWay(t, handover.Config{Way: handover.WayClipboard})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			begin := time.Now()
			done := handing(ctx, t, way, "0000001", handover.Window{})
			offered(t, lending)
			test.end(cancel)
			r := <-done
			if r.outcome != handover.NotDelivered || !errors.Is(r.err, test.err) {
				t.Errorf("%v, %v; want not delivered, %v", r.outcome, r.err, test.err)
			}
			if took := time.Since(begin); took > 11*time.Second {
				t.Errorf("took %v", took)
			}
			if owner := lending.clipboardOwner(); owner != xproto.WindowNone && owner != lending.id {
				t.Errorf("the clipboard is still window %d's", owner)
			}
		})
	}
}
