//go:build linux

package handover

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jezek/xgb/xproto"
)

// Whoever asks the X server waits for it to wake and to be woken again. What can be
// asked at once is therefore asked at once, and the answers are read afterwards.

// foreground is the window that has the keyboard; the zero Window: none.
func (x *x11) foreground() (Window, error) {
	last := xproto.Window(x.lastFront.Load())
	var window asked
	if last != 0 {
		window = x.askWindow(last)
	}
	f, err := x.front(last)
	if err != nil || f.active == xproto.WindowNone {
		return Window{}, err
	}
	if f.active != last {
		x.lastFront.Store(uint32(f.active))
		window = x.askWindow(f.active)
	}
	w, err := window.read()
	if gone(err) { // closed between two questions
		return Window{}, nil
	}
	return w, err
}

// front is which window is active, and where keys go.
type front struct {
	active xproto.Window   // 0: none
	path   []xproto.Window // the window that keys go to and what it lies in, innermost first, without the root, see walk; empty: none
}

// front asks for the window that the window manager calls active; without a manager
// for the one that the input focus lies in. likely is the window that it may well be,
// 0 for none: it is asked along.
func (x *x11) front(likely xproto.Window) (f front, err error) {
	manager := xproto.Window(x.manager.Load())
	askCheck, askActive, askFocus := x.ask(x.root, atomCheck), x.ask(x.root, atomActive), xproto.GetInputFocus(x.conn)
	var askSelf xproto.GetPropertyCookie
	if manager != 0 {
		askSelf = x.ask(manager, atomCheck)
	}
	var place askedPlace
	if likely != 0 {
		place = x.askPlace(likely)
	}
	check, err := number(askCheck.Reply())
	if err != nil {
		return f, err
	}
	active, err := number(askActive.Reply())
	if err != nil {
		return f, err
	}
	focus, err := askFocus.Reply()
	if err != nil {
		return f, fmt.Errorf("read the input focus: %w", err)
	}
	if xproto.Window(check) != manager {
		x.manager.Store(check)
		askSelf = x.ask(xproto.Window(check), atomCheck)
	}
	path, client, err := x.walk(focus.Focus, place)
	if err != nil {
		return f, err
	}
	// A living window manager keeps _NET_ACTIVE_WINDOW: the window it names must name
	// itself (EWMH 1.5, _NET_SUPPORTING_WM_CHECK).
	var self uint32
	if check != 0 {
		if self, err = number(askSelf.Reply()); err != nil {
			return f, err
		}
	}
	f.path = path
	switch {
	case check != 0 && self == check:
		f.active = xproto.Window(active)
	case client >= 0:
		f.active = path[client]
	case len(path) > 0:
		f.active = path[len(path)-1]
	}
	return f, nil
}

// askedPlace is a window that was asked whether it is a client window and what it
// lies in.
type askedPlace struct {
	id    xproto.Window
	state xproto.GetPropertyCookie
	tree  xproto.QueryTreeCookie
}

func (x *x11) askPlace(id xproto.Window) askedPlace {
	return askedPlace{id, x.ask(id, atomState), xproto.QueryTree(x.conn, id)}
}

// walk gives a window and what it lies in, innermost first, without the root, and
// which of them is the first client window: it has WM_STATE (ICCCM §4.1.3.1); -1:
// none. It goes no further than the window that was asked already, if that is one
// or lies around one.
func (x *x11) walk(w xproto.Window, known askedPlace) (path []xproto.Window, client int, err error) {
	client = -1
	if w == xproto.InputFocusPointerRoot {
		pointer, err := xproto.QueryPointer(x.conn, x.root).Reply()
		if err != nil {
			return nil, client, fmt.Errorf("read the pointer: %w", err)
		}
		w = pointer.Child
	}
	for w != xproto.WindowNone && w != x.root {
		place := known
		if w != known.id {
			place = x.askPlace(w)
		}
		state, err := place.state.Reply()
		if err == nil && state.Format != 0 && client < 0 {
			client = len(path)
		}
		tree, err := place.tree.Reply()
		if gone(err) {
			return nil, -1, nil
		}
		if err != nil {
			return nil, -1, fmt.Errorf("read the window tree: %w", err)
		}
		path = append(path, w)
		if w == known.id && client >= 0 {
			break
		}
		w = tree.Parent
	}
	return path, client, nil
}

// has reports whether id is the active window and the keys go to it.
func (f front) has(id xproto.Window) bool { return f.active == id && slices.Contains(f.path, id) }

// asked is a window that was asked for its title and the program that made it. What
// stands in for them in old programs is asked only where they are missing.
type asked struct {
	x                  *x11
	id                 xproto.Window
	name, pid, machine xproto.GetPropertyCookie
}

func (x *x11) askWindow(id xproto.Window) asked {
	return asked{x, id, x.ask(id, atomName), x.ask(id, atomPID), x.ask(id, atomMachine)}
}

// read waits for the answers.
func (a asked) read() (Window, error) {
	title, err := text(a.name.Reply())
	if err == nil && title == "" {
		title, err = text(a.x.property(a.id, xproto.AtomWmName))
	}
	if err != nil {
		return Window{}, fmt.Errorf("read the title: %w", err)
	}
	process, err := a.process()
	if err != nil {
		return Window{}, fmt.Errorf("read the program: %w", err)
	}
	return Window{ID: uint64(a.id), Process: process, Title: title}, nil
}

// process is the name of the program that made a window: that of its process if
// it runs on this machine and tells its id, else the first part of WM_CLASS.
func (a asked) process() (string, error) {
	pid, err := number(a.pid.Reply())
	if err != nil {
		return "", err
	}
	machine, err := text(a.machine.Reply())
	if err != nil {
		return "", err
	}
	if host, err := os.Hostname(); pid != 0 && err == nil && (machine == "" || machine == host) {
		if name := processName(int(pid)); name != "" {
			return name, nil
		}
	}
	class, err := text(a.x.property(a.id, xproto.AtomWmClass))
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
	f, err := x.front(id)
	if err == nil && !f.has(id) {
		err = ErrTarget
	}
	return err
}

// inFront returns nil if to is still what the gate saw, title and program too,
// and has the keyboard, else ErrTarget.
func (x *x11) inFront(to Window) error {
	if to.ID == 0 || to.ID > 1<<32-1 {
		return ErrTarget
	}
	id := xproto.Window(to.ID)
	window := x.askWindow(id)
	if err := x.holds(id); err != nil {
		return err
	}
	now, err := window.read()
	if gone(err) || err == nil && now != to {
		return ErrTarget
	}
	return err
}

// imServers are the input methods that serve this display's programs by XIM, as
// they call themselves: fcitx, ibus.
func (x *x11) imServers(servers xproto.GetPropertyCookie) ([]string, error) {
	list, err := servers.Reply()
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
