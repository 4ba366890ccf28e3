//go:build unix && !darwin

package banner_test

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/madoguchi/madoguchi/ui/banner"
)

// limit is how long a test waits for what must come, s.
const limit = 10 * time.Second

// display starts an Xvfb that ends with the test and connects to it, as the business
// application does: a window of its own with the keyboard.
func display(t *testing.T) (*xgb.Conn, xproto.Window) {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skipf("skipped=1 reason=%q", "Xvfb is not installed")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1366x768x24", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was told to end
	})
	_ = write.Close()
	if err := read.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb tells no number: %v", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(line))
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := xtest.Init(conn); err != nil {
		t.Fatal(err)
	}
	w := open(t, conn, 0, 0, 1366, 768, 1)
	if err := xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, w, 0).Check(); err != nil {
		t.Fatal(err)
	}
	return conn, w
}

// open maps another program's window.
func open(t *testing.T, conn *xgb.Conn, x, y int16, width, height uint16, unmanaged uint32) xproto.Window {
	t.Helper()
	w, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	err = xproto.CreateWindowChecked(conn, screen.RootDepth, w, screen.Root, x, y, width, height, 0, xproto.WindowClassInputOutput,
		screen.RootVisual, xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{unmanaged, xproto.EventMaskButtonPress}).Check()
	if err != nil {
		t.Fatal(err)
	}
	if err := xproto.MapWindowChecked(conn, w).Check(); err != nil {
		t.Fatal(err)
	}
	return w
}

// top is the uppermost window that can be seen, and where it is.
func top(conn *xgb.Conn) (xproto.Window, xproto.GetGeometryReply) {
	tree, err := xproto.QueryTree(conn, xproto.Setup(conn).DefaultScreen(conn).Root).Reply()
	if err != nil {
		return 0, xproto.GetGeometryReply{}
	}
	for i := len(tree.Children) - 1; i >= 0; i-- {
		a, err := xproto.GetWindowAttributes(conn, tree.Children[i]).Reply()
		if err != nil || a.MapState != xproto.MapStateViewable {
			continue
		}
		if g, err := xproto.GetGeometry(conn, xproto.Drawable(tree.Children[i])).Reply(); err == nil {
			return tree.Children[i], *g
		}
	}
	return 0, xproto.GetGeometryReply{}
}

// eventually asks until it is so, or the limit is over.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("in %v it did not come that %s", limit, what)
		case <-tick.C:
		}
	}
}

func focus(t *testing.T, conn *xgb.Conn) xproto.Window {
	t.Helper()
	reply, err := xproto.GetInputFocus(conn).Reply()
	if err != nil {
		t.Fatal(err)
	}
	return reply.Focus
}

// picture is 320×80 with one corner cut.
func picture() image.Image {
	p := image.NewNRGBA(image.Rect(0, 0, 320, 80))
	for x := range 320 {
		for y := range 80 {
			if x+y > 4 {
				p.SetNRGBA(x, y, color.NRGBA{R: 0x19, G: 0x7a, B: 0x4b, A: 0xff})
			}
		}
	}
	return p
}

func TestANoticeStandsAboveAllAndTakesNoKeyboard(t *testing.T) {
	conn, business := display(t)
	board := banner.Open(1, func() {})
	defer board.Close()
	notice := func() bool {
		w, at := top(conn)
		return w != business && at.Width == 320 && at.Height == 80
	}
	board.Show(banner.Notice{Picture: picture()})
	eventually(t, "the notice stands at the top", notice)
	if _, at := top(conn); at.X != 1366-320-24 || at.Y != 768-80-40 {
		t.Errorf("the notice stands at %d,%d, want 24 px from the right and 40 px from below", at.X, at.Y)
	}
	if got := focus(t, conn); got != business {
		t.Errorf("the keyboard is with window %d, want the business application's %d", got, business)
	}
	reply, err := xproto.GetImage(conn, xproto.ImageFormatZPixmap, xproto.Drawable(xproto.Setup(conn).DefaultScreen(conn).Root), 1366-24-160, 768-40-40, 1, 1, 0xffffffff).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%x", reply.Data[:3]), "4b7a19"; got != want {
		t.Errorf("the middle of the notice is %s, want %s", got, want)
	}

	over := open(t, conn, 900, 500, 466, 268, 1)
	eventually(t, "the notice comes to the top again", func() bool { w, _ := top(conn); return w != over && notice() })
	if got := focus(t, conn); got != business {
		t.Errorf("after it came up again the keyboard is with window %d, want %d", got, business)
	}
	board.Hide()
	eventually(t, "the notice is gone", func() bool { w, _ := top(conn); return w == over })
	board.Show(banner.Notice{Picture: picture()})
	eventually(t, "the next notice stands at the top", notice)
	board.Close()
	eventually(t, "nothing of it is left", func() bool { w, _ := top(conn); return w == over })
}

func TestOnlyALiveNoticeHearsAClick(t *testing.T) {
	for _, live := range []bool{false, true} {
		t.Run(fmt.Sprintf("live=%v", live), func(t *testing.T) {
			conn, business := display(t)
			clicks := make(chan struct{}, 1)
			board := banner.Open(1, func() { clicks <- struct{}{} })
			defer board.Close()
			board.Show(banner.Notice{Picture: picture(), Live: live})
			eventually(t, "the notice stands at the top", func() bool { w, _ := top(conn); return w != business && w != 0 })
			root := xproto.Setup(conn).DefaultScreen(conn).Root
			for _, press := range []byte{xproto.MotionNotify, xproto.ButtonPress, xproto.ButtonRelease} {
				detail := byte(1)
				if press == xproto.MotionNotify {
					detail = 0
				}
				if err := xtest.FakeInputChecked(conn, press, detail, 0, root, 1366-100, 768-80, 0).Check(); err != nil {
					t.Fatal(err)
				}
			}
			under := make(chan struct{}, 1)
			go func() { // ends with the connection
				for {
					event, err := conn.WaitForEvent()
					if event == nil && err == nil {
						return
					}
					if _, ok := event.(xproto.ButtonPressEvent); ok {
						under <- struct{}{}
					}
				}
			}()
			want, other := under, clicks
			if live {
				want, other = clicks, under
			}
			select {
			case <-want:
			case <-time.After(limit):
				t.Fatal("the click was not heard where it belongs")
			}
			if len(other) != 0 {
				t.Error("the click was heard where it does not belong, too")
			}
			if got := focus(t, conn); got != business {
				t.Errorf("after the click the keyboard is with window %d, want %d", got, business)
			}
		})
	}
}

func TestWithoutADisplayThereIsNoNoticeAndNoHarm(t *testing.T) {
	t.Setenv("DISPLAY", "")
	board := banner.Open(1, func() {})
	board.Show(banner.Notice{Picture: picture(), Live: true})
	board.Hide()
	board.Close()
}
