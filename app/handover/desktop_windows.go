package handover

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// OpenDesktop gives the Windows desktop. The caller closes it.
func OpenDesktop(context.Context) (Desktop, error) {
	ours, err := processIntegrity(windows.GetCurrentProcessId())
	if err != nil {
		return nil, fmt.Errorf("read our own integrity: %w", err)
	}
	return windowsDesktop{ours: ours.level}, nil
}

// windowsDesktop is this session's desktop. A window of the store's programs is
// told as ApplicationFrameHost.exe, a console's as what hosts it.
type windowsDesktop struct{ ours uint32 }

func (d windowsDesktop) Foreground(ctx context.Context) (Window, error) {
	return await(ctx, d.foreground)
}

func (d windowsDesktop) foreground() (Window, error) {
	w := windows.GetForegroundWindow()
	if w == 0 {
		return Window{}, nil
	}
	return describeWindow(w, d.ours)
}

// describeWindow gives a window's title, its program and whether that has higher
// rights than ours.
func describeWindow(w windows.HWND, ours uint32) (Window, error) {
	var pid uint32
	if _, err := windows.GetWindowThreadProcessId(w, &pid); err != nil {
		return Window{}, nil // closed between two questions
	}
	name, err := programName(pid)
	if err != nil {
		return Window{}, err
	}
	level, err := processIntegrity(pid)
	if err != nil {
		return Window{}, err
	}
	var title [512]uint16
	n, _, _ := procGetWindowTextW.Call(uintptr(w), uintptr(unsafe.Pointer(&title[0])), uintptr(len(title)))
	return Window{
		ID: uint64(w), Process: name, Title: windows.UTF16ToString(title[:n]), Above: level.above(ours),
	}, nil
}

// programName is a process's program file without its folder; "": Windows does not
// let us look.
func programName(pid uint32) (string, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open the window's process: %w", err)
	}
	defer windows.CloseHandle(process)
	path := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(path))
	if err := windows.QueryFullProcessImageName(process, 0, &path[0], &size); err != nil {
		return "", fmt.Errorf("read the window's program: %w", err)
	}
	return filepath.Base(windows.UTF16ToString(path[:size])), nil
}

// processIntegrity reads a process's integrity level (TOKEN_MANDATORY_LABEL, the
// last part of its SID).
func processIntegrity(pid uint32) (integrity, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err == nil {
		defer windows.CloseHandle(process)
		var token windows.Token
		if err = windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err == nil {
			defer token.Close()
			return tokenIntegrity(token)
		}
	}
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return integrity{denied: true}, nil
	}
	return integrity{}, fmt.Errorf("open the window's process: %w", err)
}

func tokenIntegrity(token windows.Token) (integrity, error) {
	var size uint32
	err := windows.GetTokenInformation(token, windows.TokenIntegrityLevel, nil, 0, &size)
	if !errors.Is(err, windows.ERROR_INSUFFICIENT_BUFFER) {
		return integrity{}, fmt.Errorf("read the integrity level: %w", err)
	}
	words := make([]uint64, (size+7)/8) // aligned for the pointer it begins with
	if err := windows.GetTokenInformation(token, windows.TokenIntegrityLevel, (*byte)(unsafe.Pointer(&words[0])), size, &size); err != nil {
		return integrity{}, fmt.Errorf("read the integrity level: %w", err)
	}
	sid := (*windows.Tokenmandatorylabel)(unsafe.Pointer(&words[0])).Label.Sid
	return integrity{level: sid.SubAuthority(uint32(sid.SubAuthorityCount()) - 1)}, nil
}

// Idle is the time since the last input of this session. It wraps with Windows'
// tick count, after 49 days without input.
func (d windowsDesktop) Idle(context.Context) (time.Duration, error) {
	info := struct{ size, tick uint32 }{size: 8}
	if ok, _, err := procGetLastInputInfo.Call(uintptr(unsafe.Pointer(&info))); ok == 0 {
		return 0, fmt.Errorf("read the idle time: %w", err)
	}
	now, _, _ := procGetTickCount.Call()
	return time.Duration(uint32(now)-info.tick) * time.Millisecond, nil
}

func (d windowsDesktop) Close() error { return nil }
