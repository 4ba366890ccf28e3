package handover

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// wmIMEControl asks a thread's input method through its default IME window (imm.h).
const (
	wmIMEControl     = 0x0283
	imcGetOpenStatus = 0x0005
	imcSetOpenStatus = 0x0006
)

// imeOff switches the input method of the window's focused field off. back
// switches it on again if it was on; it is to be called in any case.
func imeOff(w windows.HWND) (back func(typed bool) error, err error) {
	nothing := func(bool) error { return nil }
	ime := imeWindow(w)
	if ime == 0 {
		return nothing, nil // the thread has no input method
	}
	on, err := sendMessage(ime, wmIMEControl, imcGetOpenStatus, 0)
	if err != nil {
		return nothing, fmt.Errorf("%w: %w", ErrIME, err)
	}
	if on == 0 {
		return nothing, nil
	}
	back = func(typed bool) error {
		if typed {
			time.Sleep(imeSettles)
		}
		_, err := sendMessage(ime, wmIMEControl, imcSetOpenStatus, 1)
		return err
	}
	_, err = sendMessage(ime, wmIMEControl, imcSetOpenStatus, 0)
	if err == nil {
		on, err = sendMessage(ime, wmIMEControl, imcGetOpenStatus, 0)
	}
	if err != nil {
		return back, fmt.Errorf("%w: %w", ErrIME, err)
	}
	if on != 0 {
		return back, fmt.Errorf("it stays on: %w", ErrIME)
	}
	return back, nil
}

// imeWindow is the default IME window of the thread that has w's focus.
func imeWindow(w windows.HWND) windows.HWND {
	if thread, err := windows.GetWindowThreadProcessId(w, nil); err == nil {
		info := windows.GUIThreadInfo{Size: uint32(unsafe.Sizeof(windows.GUIThreadInfo{}))}
		if windows.GetGUIThreadInfo(thread, &info) == nil && info.Focus != 0 {
			w = info.Focus
		}
	}
	ime, _, _ := procImmGetDefaultIMEWnd.Call(uintptr(w))
	return windows.HWND(ime)
}
