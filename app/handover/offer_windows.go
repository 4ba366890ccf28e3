package handover

import (
	"fmt"
	"runtime"
	"time"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
)

const (
	wmDestroy         = 0x0002
	wmRenderFormat    = 0x0305
	wmRenderAll       = 0x0306
	wmDestroyClip     = 0x0307
	wmWithdraw        = 0x8001 // WM_APP + 1
	cfUnicodeText     = 13
	globalMoveable    = 0x0002
	hwndMessage       = ^uintptr(2) // HWND_MESSAGE, -3
	clipboardTries    = 20
	clipboardTryAgain = 10 * time.Millisecond
)

// exclusionFormats keep the text out of clipboard histories and clouds; each holds
// the DWORD 0 ("The Clipboard Operations", Cloud Clipboard and Clipboard History).
var exclusionFormats = [...]string{
	"ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory", "CanUploadToCloudClipboard",
}

// winOffer is a text that stands on the clipboard until it is withdrawn. It is
// promised only (delayed rendering): Windows asks for it when a program wants it,
// once; that program's process is what fetches tells. Later readers are not seen.
type winOffer struct {
	text    []uint16
	window  windows.HWND
	fetches chan uint32   // the process that fetched; 0: it cannot be told
	lost    chan struct{} // closed when another program took the clipboard over
	ended   chan struct{}
	empty   bool // we emptied the clipboard ourselves; the window's thread alone uses it
}

// offerOnClipboard puts text on the clipboard. The caller withdraws it.
func offerOnClipboard(text string) (*winOffer, error) {
	o := &winOffer{
		text:    append(utf16.Encode([]rune(text)), 0),
		fetches: make(chan uint32, 1), lost: make(chan struct{}), ended: make(chan struct{}),
	}
	started := make(chan error, 1)
	go o.run(started)
	if err := <-started; err != nil {
		<-o.ended
		return nil, fmt.Errorf("%w: %w", ErrClipboard, err)
	}
	return o, nil
}

// withdraw empties the clipboard if the text on it is still ours.
func (o *winOffer) withdraw() {
	procPostMessageW.Call(uintptr(o.window), wmWithdraw, 0, 0)
	<-o.ended
	clear(o.text)
}

// run is the thread that the window belongs to.
func (o *winOffer) run(started chan<- error) {
	defer close(o.ended)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	class, err := windows.UTF16PtrFromString("MadoguchiClipboard")
	if err != nil {
		started <- err
		return
	}
	instance := windows.Handle(0)
	wc := struct {
		size, style                        uint32
		proc                               uintptr
		clsExtra, wndExtra                 int32
		instance, icon, cursor, background windows.Handle
		menu, class                        *uint16
		iconSmall                          windows.Handle
	}{proc: windows.NewCallback(o.handle), class: class}
	wc.size = uint32(unsafe.Sizeof(wc))
	if ok, _, err := procRegisterClassExW.Call(uintptr(unsafe.Pointer(&wc))); ok == 0 {
		started <- fmt.Errorf("register a window class: %w", err)
		return
	}
	defer procUnregisterClassW.Call(uintptr(unsafe.Pointer(class)), uintptr(instance))
	w, _, err := procCreateWindowExW.Call(0, uintptr(unsafe.Pointer(class)), 0, 0, 0, 0, 0, 0, hwndMessage, 0, uintptr(instance), 0)
	if w == 0 {
		started <- fmt.Errorf("make a window: %w", err)
		return
	}
	o.window = windows.HWND(w)
	if err := o.put(); err != nil {
		procDestroyWindow.Call(w)
		started <- err
		return
	}
	started <- nil
	var msg struct {
		window         windows.HWND
		message        uint32
		wParam, lParam uintptr
		time           uint32
		x, y           int32
		private        uint32
	}
	for {
		more, _, _ := procGetMessageW.Call(uintptr(unsafe.Pointer(&msg)), w, 0, 0)
		if int32(more) <= 0 || msg.message == wmWithdraw {
			break
		}
		procDispatchMessageW.Call(uintptr(unsafe.Pointer(&msg)))
	}
	o.clear()
	procDestroyWindow.Call(w)
}

// openClipboard waits for other programs to be done with the clipboard.
func (o *winOffer) openClipboard() error {
	var err error
	for range clipboardTries {
		var ok uintptr
		if ok, _, err = procOpenClipboard.Call(uintptr(o.window)); ok != 0 {
			return nil
		}
		time.Sleep(clipboardTryAgain)
	}
	return fmt.Errorf("open the clipboard: %w", err)
}

// put promises the text and sets the marks.
func (o *winOffer) put() error {
	if err := o.openClipboard(); err != nil {
		return err
	}
	defer procCloseClipboard.Call()
	if ok, _, err := procEmptyClipboard.Call(); ok == 0 {
		return fmt.Errorf("empty the clipboard: %w", err)
	}
	for _, name := range exclusionFormats {
		p, err := windows.UTF16PtrFromString(name)
		if err != nil {
			return err
		}
		format, _, err := procRegisterClipboardFormatW.Call(uintptr(unsafe.Pointer(p)))
		if format == 0 {
			return fmt.Errorf("register %s: %w", name, err)
		}
		if err := setClipboard(format, make([]uint16, 2)); err != nil {
			return err
		}
	}
	procSetClipboardData.Call(cfUnicodeText, 0) // NULL promises it and is what comes back
	return nil
}

// clear empties the clipboard if it is still ours.
func (o *winOffer) clear() {
	if owner, _, _ := procGetClipboardOwner.Call(); windows.HWND(owner) != o.window {
		return
	}
	if o.openClipboard() != nil {
		return
	}
	defer procCloseClipboard.Call()
	if owner, _, _ := procGetClipboardOwner.Call(); windows.HWND(owner) == o.window {
		o.empty = true
		procEmptyClipboard.Call()
	}
}

// handle is the window's procedure.
func (o *winOffer) handle(w windows.HWND, msg uint32, wParam, lParam uintptr) uintptr {
	switch msg {
	case wmRenderFormat:
		if wParam == cfUnicodeText && setClipboard(cfUnicodeText, o.text) == nil {
			select {
			case o.fetches <- clipboardReader():
			default:
			}
		}
		return 0
	case wmRenderAll: // our window goes: the promise goes with it
		return 0
	case wmDestroyClip:
		if !o.empty && o.window != 0 {
			o.empty = true
			close(o.lost)
		}
		return 0
	}
	r, _, _ := procDefWindowProcW.Call(uintptr(w), uintptr(msg), wParam, lParam)
	return r
}

// clipboardReader is the process that has the clipboard open; 0: it said no window.
func clipboardReader() uint32 {
	w, _, _ := procGetOpenClipboardWindow.Call()
	if w == 0 {
		return 0
	}
	var pid uint32
	if _, err := windows.GetWindowThreadProcessId(windows.HWND(w), &pid); err != nil {
		return 0
	}
	return pid
}

// setClipboard gives the clipboard a copy of data in the memory it wants.
func setClipboard(format uintptr, data []uint16) error {
	size := uintptr(len(data)) * 2
	memory, _, err := procGlobalAlloc.Call(globalMoveable, size)
	if memory == 0 {
		return fmt.Errorf("allocate for the clipboard: %w", err)
	}
	p, _, err := procGlobalLock.Call(memory)
	if p == 0 {
		procGlobalFree.Call(memory)
		return fmt.Errorf("allocate for the clipboard: %w", err)
	}
	copy(unsafe.Slice((*uint16)(*(*unsafe.Pointer)(unsafe.Pointer(&p))), len(data)), data)
	procGlobalUnlock.Call(memory)
	if ok, _, err := procSetClipboardData.Call(format, memory); ok == 0 {
		procGlobalFree.Call(memory)
		return fmt.Errorf("set the clipboard: %w", err)
	}
	return nil // the memory is the clipboard's now
}
