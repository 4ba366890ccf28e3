package handover

import (
	"fmt"

	"github.com/ebitengine/purego"
)

// coreGraphics are the functions of macOS that typing and looking need (Quartz
// Event Services, Quartz Window Services, Core Foundation, AXUIElement.h). They
// may be called from any thread.
type coreGraphics struct {
	trusted func() bool

	newKey     func(source uintptr, keycode uint16, down bool) uintptr
	setUnicode func(event uintptr, count uint64, chars *uint16)
	setFlags   func(event uintptr, flags uint64)
	postToPID  func(pid int32, event uintptr)
	flags      func(state int32) uint64
	idle       func(state int32, eventType uint32) float64

	windows    func(option, relative uint32) uintptr
	arrayCount func(array uintptr) int64
	arrayAt    func(array uintptr, index int64) uintptr
	value      func(dictionary, key uintptr) uintptr
	number     func(number uintptr, kind int64, out *int64) bool
	newString  func(allocator uintptr, s string, encoding uint32) uintptr
	getString  func(s uintptr, buffer *byte, size int64, encoding uint32) bool
	release    func(object uintptr)
}

const (
	sessionState = 0 // kCGEventSourceStateCombinedSessionState
	anyInput     = ^uint32(0)

	onScreenOnly    = 1 << 0 // kCGWindowListOptionOnScreenOnly
	noDesktopPieces = 1 << 4 // kCGWindowListExcludeDesktopElements

	utf8Encoding = 0x08000100 // kCFStringEncodingUTF8
	int64Number  = 4          // kCFNumberSInt64Type
)

func openCoreGraphics() (*coreGraphics, error) {
	lib, err := purego.Dlopen("/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices", purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("open ApplicationServices: %w", err)
	}
	g := &coreGraphics{}
	for _, f := range []struct {
		to   any
		name string
	}{
		{&g.trusted, "AXIsProcessTrusted"},
		{&g.newKey, "CGEventCreateKeyboardEvent"},
		{&g.setUnicode, "CGEventKeyboardSetUnicodeString"},
		{&g.setFlags, "CGEventSetFlags"},
		{&g.postToPID, "CGEventPostToPid"},
		{&g.flags, "CGEventSourceFlagsState"},
		{&g.idle, "CGEventSourceSecondsSinceLastEventType"},
		{&g.windows, "CGWindowListCopyWindowInfo"},
		{&g.arrayCount, "CFArrayGetCount"},
		{&g.arrayAt, "CFArrayGetValueAtIndex"},
		{&g.value, "CFDictionaryGetValue"},
		{&g.number, "CFNumberGetValue"},
		{&g.newString, "CFStringCreateWithCString"},
		{&g.getString, "CFStringGetCString"},
		{&g.release, "CFRelease"},
	} {
		symbol, err := purego.Dlsym(lib, f.name)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", f.name, err)
		}
		purego.RegisterFunc(f.to, symbol)
	}
	return g, nil
}

// macWindow is a window with the process it belongs to.
type macWindow struct {
	Window
	pid int32
}

// front is the frontmost ordinary window; the zero macWindow: none. The list goes
// from front to back; other layers are the menu bar, the dock and the like.
func (g *coreGraphics) front() macWindow {
	list := g.windows(onScreenOnly|noDesktopPieces, 0)
	if list == 0 {
		return macWindow{}
	}
	defer g.release(list)
	for i := range g.arrayCount(list) {
		w := g.arrayAt(list, i)
		if layer, ok := g.int(w, "kCGWindowLayer"); !ok || layer != 0 {
			continue
		}
		id, _ := g.int(w, "kCGWindowNumber")
		pid, _ := g.int(w, "kCGWindowOwnerPID")
		return macWindow{
			Window: Window{ID: uint64(id), Process: g.string(w, "kCGWindowOwnerName"), Title: g.string(w, "kCGWindowName")},
			pid:    int32(pid),
		}
	}
	return macWindow{}
}

// entry gives what a dictionary has under a key; 0: nothing. It belongs to the
// dictionary.
func (g *coreGraphics) entry(dictionary uintptr, key string) uintptr {
	k := g.newString(0, key, utf8Encoding)
	if k == 0 {
		return 0
	}
	defer g.release(k)
	return g.value(dictionary, k)
}

func (g *coreGraphics) int(dictionary uintptr, key string) (n int64, ok bool) {
	entry := g.entry(dictionary, key)
	if entry == 0 {
		return 0, false
	}
	ok = g.number(entry, int64Number, &n)
	return n, ok
}

func (g *coreGraphics) string(dictionary uintptr, key string) string {
	entry := g.entry(dictionary, key)
	if entry == 0 {
		return ""
	}
	buffer := make([]byte, 1024)
	if !g.getString(entry, &buffer[0], int64(len(buffer)), utf8Encoding) {
		return ""
	}
	for i, b := range buffer {
		if b == 0 {
			return string(buffer[:i])
		}
	}
	return ""
}
