package handover_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/madoguchi/madoguchi/app/handover"
)

// These tests need a Windows desktop, or wine's on an X server
// (scripts/wine-keyboard).

// user gives a function of user32.
func user(name string) *windows.LazyProc { return windows.NewLazySystemDLL("user32.dll").NewProc(name) }

func wide(t *testing.T, s string) uintptr {
	t.Helper()
	p, err := windows.UTF16PtrFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return uintptr(unsafe.Pointer(p))
}

const applicationTitle = "MADOGUCHI_TEST_APPLICATION"

// TestBusinessApplication is no test: run by one, it is a Win32 program with a field.
func TestBusinessApplication(t *testing.T) {
	title := os.Getenv(applicationTitle)
	if title == "" {
		return
	}
	runtime.LockOSThread()
	var edit uintptr
	handle := func(w, msg, wParam, lParam uintptr) uintptr {
		const setFocus, destroy = 0x0007, 0x0002
		switch msg {
		case setFocus:
			user("SetFocus").Call(edit)
			return 0
		case destroy:
			os.Exit(0)
		}
		r, _, _ := user("DefWindowProcW").Call(w, msg, wParam, lParam)
		return r
	}
	class, err := windows.UTF16PtrFromString("Lending")
	if err != nil {
		t.Fatal(err)
	}
	wc := struct {
		size, style                        uint32
		proc                               uintptr
		clsExtra, wndExtra                 int32
		instance, icon, cursor, background uintptr
		menu, class                        *uint16
		iconSmall                          uintptr
	}{proc: windows.NewCallback(handle), class: class}
	wc.size = uint32(unsafe.Sizeof(wc))
	if ok, _, err := user("RegisterClassExW").Call(uintptr(unsafe.Pointer(&wc))); ok == 0 {
		t.Fatal(err)
	}
	const overlapped, visible, child, multiLine, wantReturn, scrolls = 0x00CF0000, 0x10000000, 0x40000000, 0x0004, 0x1000, 0x00C0
	w, _, err := user("CreateWindowExW").Call(0, uintptr(unsafe.Pointer(class)), wide(t, title), overlapped|visible, 10, 10, 400, 300, 0, 0, 0, 0)
	if w == 0 {
		t.Fatal(err)
	}
	edit, _, err = user("CreateWindowExW").Call(0, wide(t, "EDIT"), wide(t, ""), child|visible|multiLine|wantReturn|scrolls, 0, 0, 380, 260, w, 0, 0, 0)
	if edit == 0 {
		t.Fatal(err)
	}
	user("SetForegroundWindow").Call(w)
	user("SetFocus").Call(edit)
	fmt.Printf("window %d %d\n", w, edit)
	var msg [48]byte // MSG
	for {
		more, _, _ := user("GetMessageW").Call(uintptr(unsafe.Pointer(&msg)), 0, 0, 0)
		if int32(more) <= 0 {
			return
		}
		user("TranslateMessage").Call(uintptr(unsafe.Pointer(&msg)))
		user("DispatchMessageW").Call(uintptr(unsafe.Pointer(&msg)))
	}
}

// application is a running business application.
type application struct {
	t            *testing.T
	window, edit uintptr
}

// startApplication starts it and waits until it is in front.
func startApplication(t *testing.T, d handover.Desktop, title string) application {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBusinessApplication$")
	cmd.Env = append(os.Environ(), applicationTitle+"="+title)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	a := application{t: t}
	for lines := bufio.NewScanner(out); a.edit == 0; {
		if !lines.Scan() {
			t.Fatalf("the application does not start: %v", lines.Err())
		}
		_, _ = fmt.Sscanf(lines.Text(), "window %d %d", &a.window, &a.edit)
	}
	eventually(t, "the application in front", func() bool { return foreground(t, d).ID == uint64(a.window) })
	return a
}

// text is what stands in the field; reading it waits until the application has
// taken what came before.
func (a application) text() string {
	a.t.Helper()
	const getText, abortIfHung = 0x000D, 0x0002
	var buffer [8192]uint16
	var n uintptr
	ok, _, err := user("SendMessageTimeoutW").Call(a.edit, getText, uintptr(len(buffer)), uintptr(unsafe.Pointer(&buffer[0])),
		abortIfHung, 2000, uintptr(unsafe.Pointer(&n)))
	if ok == 0 {
		a.t.Fatalf("read the field: %v", err)
	}
	return windows.UTF16ToString(buffer[:n])
}

// wants waits for the whole text, and reports what is there instead.
func (a application) wants(want string) {
	a.t.Helper()
	var got string
	end := time.After(limit)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for got = a.text(); len(got) < len(want); got = a.text() {
		select {
		case <-look.C:
			continue
		case <-end:
		}
		break
	}
	if got != want {
		a.t.Errorf("arrived %q, want %q", got, want)
	}
}

// key is one event of the user's: pressed or let go.
func key(vk uint16, up bool) {
	flags := uintptr(0)
	if up {
		flags = 2 // KEYEVENTF_KEYUP
	}
	user("keybd_event").Call(uintptr(vk), 0, flags, 0)
}

func TestAWindowsFieldGetsEveryNumberAsItIs(t *testing.T) {
	for _, profile := range []string{"unicode", "scan-code", "paste"} {
		for _, caps := range []bool{false, true} {
			name := profile
			if caps {
				name += " with CapsLock"
			}
			t.Run(name, func(t *testing.T) {
				way, desktop := openWay(t, handover.Config{Way: handover.WayKeyboard, Keyboard: handover.KeyboardConfig{Profile: profile}})
				a := startApplication(t, desktop, "lending")
				if caps {
					const capsLock = 0x14
					press := func() { key(capsLock, false); key(capsLock, true) }
					press()
					t.Cleanup(press)
				}
				count := 20
				if profile == "paste" {
					count = 4 // each waits for programs that ask twice
				}
				var want strings.Builder
				begin := time.Now()
				list := numbers(count)
				for _, n := range list {
					want.WriteString(n + "\r\n")
					if outcome, err := hand(t, way, n, foreground(t, desktop)); outcome != handover.Delivered || err != nil {
						t.Fatalf("hand over %q: %v, %v", n, outcome, err)
					}
				}
				took := time.Since(begin) / time.Duration(len(list))
				a.wants(want.String())
				t.Logf("keyboard=%q numbers=%d each=%v", name, len(list), took.Round(100*time.Microsecond))
			})
		}
	}
}

func TestTheWindowsDesktopTellsWhatIsInFront(t *testing.T) {
	way, d := openWay(t, handover.Config{Way: handover.WayKeyboard})
	a := startApplication(t, d, "貸出 – 図書館システム")
	w := foreground(t, d)
	if want := filepath.Base(os.Args[0]); w.ID != uint64(a.window) || w.Title != "貸出 – 図書館システム" || w.Process != want || w.Above {
		t.Errorf("in front is %+v, want window %d of %s", w, a.window, want)
	}
	if err := way.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	key(0x1B, false)
	key(0x1B, true)
	if idle, err := d.Idle(t.Context()); err != nil || idle > 5*time.Second {
		t.Errorf("just after a key: idle for %v, %v", idle, err)
	}
}

func TestNothingIsTypedIntoAnotherWindowsWindow(t *testing.T) {
	way, d := openWay(t, handover.Config{Way: handover.WayKeyboard})
	paste, _ := openWay(t, handover.Config{Way: handover.WayPaste})
	a := startApplication(t, d, "lending")
	seen := foreground(t, d)
	b := startApplication(t, d, "mail")
	other := foreground(t, d)
	other.Title = "lending"
	above := foreground(t, d)
	above.Above = true
	for name, to := range map[string]handover.Window{"the one behind": seen, "another title": other, "none": {}, "other rights": above} {
		for _, w := range []handover.Way{way, paste} {
			outcome, err := hand(t, w, "0000001", to)
			if outcome != handover.NotDelivered || !errors.Is(err, handover.ErrTarget) {
				t.Errorf("%s: %v, %v; want not delivered, ErrTarget", name, outcome, err)
			}
		}
	}
	if got := a.text() + b.text(); got != "" {
		t.Errorf("typed %q", got)
	}
}

func TestAHeldKeyDoesNotChangeTheNumberOnWindows(t *testing.T) {
	const shift, x = 0x10, 0x58
	for _, profile := range []string{"unicode", "scan-code"} {
		t.Run(profile, func(t *testing.T) {
			way, d := openWay(t, handover.Config{Way: handover.WayKeyboard, Keyboard: handover.KeyboardConfig{Profile: profile}})
			a := startApplication(t, d, "lending")
			key(shift, false)
			defer key(shift, true)
			if outcome, err := hand(t, way, "a1234-5678A", foreground(t, d)); outcome != handover.Delivered || err != nil {
				t.Fatalf("%v, %v", outcome, err)
			}
			a.wants("a1234-5678A\r\n")
		})
	}
	t.Run("a letter", func(t *testing.T) {
		way, d := openWay(t, handover.Config{Way: handover.WayKeyboard})
		a := startApplication(t, d, "lending")
		key(x, false)
		defer key(x, true)
		if outcome, err := hand(t, way, "0000001", foreground(t, d)); outcome != handover.NotDelivered || !errors.Is(err, handover.ErrKeyboard) {
			t.Errorf("%v, %v; want not delivered, ErrKeyboard", outcome, err)
		}
		if got := strings.Trim(a.text(), "x"); got != "" {
			t.Errorf("typed %q", got)
		}
	})
}

// onClipboard reports whether the clipboard holds a format.
func onClipboard(t *testing.T, format string) bool {
	t.Helper()
	const unicodeText = 13
	id := uintptr(unicodeText)
	if format != "" {
		id, _, _ = user("RegisterClipboardFormatW").Call(wide(t, format))
	}
	ok, _, _ := user("IsClipboardFormatAvailable").Call(id)
	return ok != 0
}

func TestTheWindowsClipboardIsMarkedAndClearedAfterThePaste(t *testing.T) {
	way, d := openWay(t, handover.Config{Way: handover.WayClipboard})
	a := startApplication(t, d, "lending")
	done := handing(t.Context(), t, way, "A1234-5678A", handover.Window{})
	eventually(t, "the number on the clipboard", func() bool { return onClipboard(t, "") })
	for _, format := range []string{"ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory", "CanUploadToCloudClipboard"} {
		if !onClipboard(t, format) {
			t.Errorf("no %s on the clipboard", format)
		}
	}
	<-time.After(500 * time.Millisecond) // as fast as a person
	const paste = 0x0302
	user("PostMessageW").Call(a.edit, paste, 0, 0)
	if r := <-done; r.outcome != handover.Delivered || r.err != nil {
		t.Errorf("%v, %v", r.outcome, r.err)
	}
	a.wants("A1234-5678A")
	if onClipboard(t, "") {
		t.Error("the number is still on the clipboard")
	}
}

func TestWhatWasCopiedAfterUsStaysOnTheWindowsClipboard(t *testing.T) {
	way, d := openWay(t, handover.Config{Way: handover.WayClipboard})
	a := startApplication(t, d, "lending")
	const setText, selectAll, copyText = 0x000C, 0x00B1, 0x0301
	user("SendMessageW").Call(a.edit, setText, 0, wide(t, "clerk"))
	done := handing(t.Context(), t, way, "0000001", handover.Window{})
	eventually(t, "the number on the clipboard", func() bool { return onClipboard(t, "") })
	user("SendMessageW").Call(a.edit, selectAll, 0, ^uintptr(0))
	user("SendMessageW").Call(a.edit, copyText, 0, 0)
	if r := <-done; r.outcome != handover.NotDelivered || !errors.Is(r.err, handover.ErrClipboard) {
		t.Errorf("%v, %v; want not delivered, ErrClipboard", r.outcome, r.err)
	}
	if !onClipboard(t, "") {
		t.Error("what the clerk copied is gone")
	}
}
