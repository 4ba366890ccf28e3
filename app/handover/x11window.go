//go:build linux

package handover

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jezek/xgb/xproto"
)

// foreground is the window that has the keyboard; the zero Window: none.
func (x *x11) foreground() (Window, error) {
	id, err := x.active()
	if err != nil || id == xproto.WindowNone {
		return Window{}, err
	}
	w, err := x.describe(id)
	if gone(err) { // closed between two questions
		return Window{}, nil
	}
	return w, err
}

// active is the window that the window manager calls active; without a manager
// the one that the input focus lies in.
func (x *x11) active() (xproto.Window, error) {
	managed, err := x.managed()
	if err != nil {
		return 0, err
	}
	if managed {
		w, err := x.number(x.root, atomActive)
		return xproto.Window(w), err
	}
	path, err := x.focus()
	if err != nil || len(path) == 0 {
		return 0, err
	}
	for _, w := range path { // the client window has WM_STATE (ICCCM §4.1.3.1)
		state, err := x.property(w, x.atoms[atomState])
		if err == nil && state.Format != 0 {
			return w, nil
		}
	}
	return path[len(path)-1], nil
}

// managed reports whether a living window manager keeps _NET_ACTIVE_WINDOW: the
// window it names must name itself (EWMH 1.5, _NET_SUPPORTING_WM_CHECK).
func (x *x11) managed() (bool, error) {
	check, err := x.number(x.root, atomCheck)
	if err != nil || check == 0 {
		return false, err
	}
	self, err := x.number(xproto.Window(check), atomCheck)
	return self == check, err
}

// focus is the window that keys go to and what it lies in, innermost first,
// without the root; empty: none.
func (x *x11) focus() ([]xproto.Window, error) {
	reply, err := xproto.GetInputFocus(x.conn).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the input focus: %w", err)
	}
	w := reply.Focus
	if w == xproto.InputFocusPointerRoot {
		pointer, err := xproto.QueryPointer(x.conn, x.root).Reply()
		if err != nil {
			return nil, fmt.Errorf("read the pointer: %w", err)
		}
		w = pointer.Child
	}
	var path []xproto.Window
	for w != xproto.WindowNone && w != x.root {
		tree, err := xproto.QueryTree(x.conn, w).Reply()
		if gone(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the window tree: %w", err)
		}
		path = append(path, w)
		w = tree.Parent
	}
	return path, nil
}

// describe gives a window's title and the program that made it.
func (x *x11) describe(id xproto.Window) (Window, error) {
	title, err := x.text(id, x.atoms[atomName])
	if err == nil && title == "" {
		title, err = x.text(id, xproto.AtomWmName)
	}
	if err != nil {
		return Window{}, fmt.Errorf("read the title: %w", err)
	}
	process, err := x.process(id)
	if err != nil {
		return Window{}, fmt.Errorf("read the program: %w", err)
	}
	return Window{ID: uint64(id), Process: process, Title: title}, nil
}

// process is the name of the program that made a window: that of its process if
// it runs on this machine and tells its id, else the first part of WM_CLASS.
func (x *x11) process(id xproto.Window) (string, error) {
	pid, err := x.number(id, atomPID)
	if err != nil {
		return "", err
	}
	machine, err := x.text(id, x.atoms[atomMachine])
	if err != nil {
		return "", err
	}
	if host, err := os.Hostname(); pid != 0 && err == nil && (machine == "" || machine == host) {
		if name := processName(int(pid)); name != "" {
			return name, nil
		}
	}
	class, err := x.text(id, xproto.AtomWmClass)
	instance, _, _ := strings.Cut(class, "\x00")
	return instance, err
}

// commLength is where Linux cuts a process's name off.
const commLength = 15

// processName is the name of a process, "" if there is none. The program file's
// name is asked only for what a name of 15 bytes may lack: the file of what an
// interpreter or wine runs is not the program that the clerk knows.
func processName(pid int) string {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	comm, err := os.ReadFile(filepath.Join(proc, "comm"))
	if err != nil {
		return ""
	}
	name := strings.TrimSuffix(string(comm), "\n")
	if len(name) < commLength {
		return name
	}
	exe, err := os.Readlink(filepath.Join(proc, "exe"))
	if base := filepath.Base(exe); err == nil && strings.HasPrefix(base, name) {
		return base
	}
	return name
}

// holds returns nil while id is the active window and the keys go to it.
func (x *x11) holds(id xproto.Window) error {
	active, err := x.active()
	if err != nil {
		return err
	}
	path, err := x.focus()
	if err != nil {
		return err
	}
	for _, w := range path {
		if w == id && active == id {
			return nil
		}
	}
	return ErrTarget
}

// inFront returns nil if to is still what the gate saw, title and program too,
// and has the keyboard, else ErrTarget.
func (x *x11) inFront(to Window) error {
	if to.ID == 0 || to.ID > 1<<32-1 {
		return ErrTarget
	}
	id := xproto.Window(to.ID)
	if err := x.holds(id); err != nil {
		return err
	}
	now, err := x.describe(id)
	if gone(err) || err == nil && now != to {
		return ErrTarget
	}
	return err
}

// imServers are the input methods that serve this display's programs by XIM, as
// they call themselves: fcitx, ibus.
func (x *x11) imServers() ([]string, error) {
	list, err := x.property(x.root, x.atoms[atomXIM])
	if err != nil || list.Format != 32 {
		return nil, err
	}
	var names []string
	for i := 0; i+4 <= len(list.Value); i += 4 {
		atom := xproto.Atom(binary.LittleEndian.Uint32(list.Value[i:]))
		owner, err := xproto.GetSelectionOwner(x.conn, atom).Reply()
		if err != nil {
			return nil, err
		}
		if owner.Owner == xproto.WindowNone { // it has ended
			continue
		}
		name, err := xproto.GetAtomName(x.conn, atom).Reply()
		if err != nil {
			return nil, err
		}
		names = append(names, strings.TrimPrefix(name.Name, "@server="))
	}
	return names, nil
}
