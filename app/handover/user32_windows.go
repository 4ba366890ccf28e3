package handover

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The parts of user32 and imm32 that x/sys does not have.
var (
	user32 = windows.NewLazySystemDLL("user32.dll")
	imm32  = windows.NewLazySystemDLL("imm32.dll")

	procSendInput                = user32.NewProc("SendInput")
	procGetAsyncKeyState         = user32.NewProc("GetAsyncKeyState")
	procGetKeyState              = user32.NewProc("GetKeyState")
	procVkKeyScanExW             = user32.NewProc("VkKeyScanExW")
	procMapVirtualKeyExW         = user32.NewProc("MapVirtualKeyExW")
	procGetWindowTextW           = user32.NewProc("GetWindowTextW")
	procGetLastInputInfo         = user32.NewProc("GetLastInputInfo")
	procSendMessageTimeoutW      = user32.NewProc("SendMessageTimeoutW")
	procImmGetDefaultIMEWnd      = imm32.NewProc("ImmGetDefaultIMEWnd")
	procRegisterClassExW         = user32.NewProc("RegisterClassExW")
	procUnregisterClassW         = user32.NewProc("UnregisterClassW")
	procCreateWindowExW          = user32.NewProc("CreateWindowExW")
	procDestroyWindow            = user32.NewProc("DestroyWindow")
	procDefWindowProcW           = user32.NewProc("DefWindowProcW")
	procGetMessageW              = user32.NewProc("GetMessageW")
	procDispatchMessageW         = user32.NewProc("DispatchMessageW")
	procPostMessageW             = user32.NewProc("PostMessageW")
	procOpenClipboard            = user32.NewProc("OpenClipboard")
	procCloseClipboard           = user32.NewProc("CloseClipboard")
	procEmptyClipboard           = user32.NewProc("EmptyClipboard")
	procSetClipboardData         = user32.NewProc("SetClipboardData")
	procGetClipboardOwner        = user32.NewProc("GetClipboardOwner")
	procGetOpenClipboardWindow   = user32.NewProc("GetOpenClipboardWindow")
	procRegisterClipboardFormatW = user32.NewProc("RegisterClipboardFormatW")

	kernel32         = windows.NewLazySystemDLL("kernel32.dll")
	procGlobalAlloc  = kernel32.NewProc("GlobalAlloc")
	procGlobalFree   = kernel32.NewProc("GlobalFree")
	procGlobalLock   = kernel32.NewProc("GlobalLock")
	procGlobalUnlock = kernel32.NewProc("GlobalUnlock")
	procGetTickCount = kernel32.NewProc("GetTickCount")
)

// sendInput puts events into the system's queue in one piece: no key of the user's
// and no other program's comes between them.
func sendInput(in []keyInput) (int, error) {
	if len(in) == 0 {
		return 0, nil
	}
	n, _, _ := procSendInput.Call(uintptr(len(in)), uintptr(unsafe.Pointer(&in[0])), keyInputSize)
	return sendResult(int(n), len(in))
}

// heldKeys gives the virtual keys that the user holds down.
func heldKeys() []uint16 {
	var held []uint16
	for vk := uint16(1); vk < 0xFF; vk++ {
		if !countsAsHeld(vk) {
			continue
		}
		if state, _, _ := procGetAsyncKeyState.Call(uintptr(vk)); state&0x8000 != 0 {
			held = append(held, vk)
		}
	}
	return held
}

// liveLayout is the keyboard layout of the target's thread.
type liveLayout struct {
	hkl  windows.Handle
	caps bool
}

// layoutOf reads the layout of a window's thread.
func layoutOf(w windows.HWND, caps bool) (liveLayout, error) {
	thread, err := windows.GetWindowThreadProcessId(w, nil)
	if err != nil {
		return liveLayout{}, ErrTarget
	}
	return liveLayout{hkl: windows.GetKeyboardLayout(thread), caps: caps}, nil
}

// locks is a thread that knows the keyboard's locks. Windows keeps them for each
// thread; Wine lets a thread see only what changed after its first question, so
// it is asked once at the start.
type locks struct{ ask chan chan bool }

func watchLocks() locks {
	l := locks{ask: make(chan chan bool)}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		procGetKeyState.Call(vkCapital)
		for answer := range l.ask {
			state, _, _ := procGetKeyState.Call(vkCapital)
			answer <- state&1 != 0
		}
	}()
	return l
}

// caps reports whether CapsLock is on.
func (l locks) caps() bool {
	answer := make(chan bool)
	l.ask <- answer
	return <-answer
}

func (l locks) close() { close(l.ask) }

// key asks for the key of r and tries what it is told, with Shift turned round too:
// what CapsLock does is the layout's own matter. Where the answer does not hold,
// it tries all keys: Wine 8.0 says that '(' and ')' have none.
func (l liveLayout) key(r rune) (winStroke, bool) {
	told, _, _ := procVkKeyScanExW.Call(uintptr(r), uintptr(l.hkl))
	if int16(told) != -1 {
		if s, ok := l.try(uint16(told&0xFF), int(told>>8&0xFF), r); ok {
			return s, true
		}
	}
	for _, hold := range []int{0, holdControl | holdAlt} {
		for _, vks := range [][2]uint16{{0x20, 0x5A}, {0xBA, 0xE4}} { // not the keypad: it hangs on NumLock
			for vk := vks[0]; vk <= vks[1]; vk++ {
				if s, ok := l.try(vk, hold, r); ok {
					return s, true
				}
			}
		}
	}
	return winStroke{}, false
}

// try reports whether a key gives r as it is or with Shift turned round.
func (l liveLayout) try(vk uint16, hold int, r rune) (winStroke, bool) {
	const vkToScanExtended = 4 // MAPVK_VK_TO_VSC_EX
	code, _, _ := procMapVirtualKeyExW.Call(uintptr(vk), vkToScanExtended, uintptr(l.hkl))
	if code == 0 || hold&^(holdShift|holdControl|holdAlt) != 0 {
		return winStroke{}, false
	}
	for _, turn := range []int{0, holdShift} {
		if s := (winStroke{vk: vk, scan: uint16(code), hold: hold ^ turn}); l.gives(s) == r {
			return s, true
		}
	}
	return winStroke{}, false
}

// gives is the character that a key makes; 0: none, several or a dead key.
func (l liveLayout) gives(s winStroke) rune {
	var state [256]byte
	for hold, vk := range map[int]int{holdShift: vkShift, holdControl: vkControl, holdAlt: vkMenu} {
		if s.hold&hold != 0 {
			state[vk] = 0x80
		}
	}
	if l.caps {
		state[vkCapital] = 1
	}
	const keepState = 4 // the system's own dead-key state stays as it is (Windows 10 1607)
	var out [4]uint16
	if windows.ToUnicodeEx(uint32(s.vk), uint32(s.scan), &state[0], &out[0], int32(len(out)), keepState, l.hkl) != 1 {
		return 0
	}
	return rune(out[0])
}

// sendMessage sends a message to another program's window; it waits at most 500 ms.
func sendMessage(w windows.HWND, msg uint32, wParam, lParam uintptr) (uintptr, error) {
	const abortIfHung, limit = 0x0002, 500
	var result uintptr
	ok, _, err := procSendMessageTimeoutW.Call(uintptr(w), uintptr(msg), wParam, lParam, abortIfHung, limit, uintptr(unsafe.Pointer(&result)))
	if ok == 0 {
		return 0, fmt.Errorf("the window does not answer: %w", err)
	}
	return result, nil
}
