//go:build linux

package handover

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/screensaver"
	"github.com/jezek/xgb/xproto"
)

// x11 is one connection to the X server. Its methods may be called from any
// goroutine, but between two programs that ask the server, only what stands
// inside hold is one moment.
type x11 struct {
	conn  *xgb.Conn
	root  xproto.Window
	ours  uint32 // the bits of an id that tell which client made it
	first byte   // the lowest keycode
	last  byte   // the highest
	atoms map[string]xproto.Atom

	// Windows as last seen, which are asked along before anybody knows whether they
	// still are what they were: an answer about another window is not read.
	manager   atomic.Uint32 // that the window manager names itself by; 0: none
	lastFront atomic.Uint32 // that was in front
}

// dialX11 connects to the X server that DISPLAY names, with the extensions of
// want. Closing it ends the goroutine that takes the events away.
func dialX11(want ...string) (*x11, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("connect to the X server: %w", err)
	}
	setup := xproto.Setup(conn)
	x := &x11{
		conn: conn, root: setup.DefaultScreen(conn).Root, ours: ^setup.ResourceIdMask,
		first: byte(setup.MinKeycode), last: byte(setup.MaxKeycode),
		atoms: map[string]xproto.Atom{},
	}
	for _, name := range want {
		if err == nil {
			err = x.extension(name)
		}
	}
	if err == nil {
		err = x.intern()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return x, nil
}

// drain takes away what the server tells every client (the keyboard map has
// changed): xgb stands still when 5,000 events lie unread.
func (x *x11) drain() {
	go func() {
		for {
			if event, err := x.conn.WaitForEvent(); event == nil && err == nil {
				return
			}
		}
	}()
}

func (x *x11) close() { x.conn.Close() }

// extension makes one of xgb's extensions usable. Their own Init also writes
// into a map that every other connection reads without a lock; none of the
// events it would name are asked for here.
func (x *x11) extension(name string) error {
	reply, err := xproto.QueryExtension(x.conn, uint16(len(name)), name).Reply()
	if err != nil {
		return fmt.Errorf("ask for %s: %w", name, err)
	}
	if !reply.Present {
		return fmt.Errorf("the X server has no %s: %w", name, errNoExtension)
	}
	x.conn.ExtLock.Lock()
	defer x.conn.ExtLock.Unlock()
	x.conn.Extensions[name] = reply.MajorOpcode
	return nil
}

var errNoExtension = errors.New("extension missing")

const (
	atomActive       = "_NET_ACTIVE_WINDOW"
	atomCheck        = "_NET_SUPPORTING_WM_CHECK"
	atomName         = "_NET_WM_NAME"
	atomPID          = "_NET_WM_PID"
	atomMachine      = "WM_CLIENT_MACHINE"
	atomState        = "WM_STATE"
	atomXIM          = "XIM_SERVERS"
	atomClipboard    = "CLIPBOARD"
	atomTargets      = "TARGETS"
	atomTimestamp    = "TIMESTAMP"
	atomUTF8         = "UTF8_STRING"
	atomText         = "TEXT"
	atomPlain        = "text/plain"
	atomPlainUTF8    = "text/plain;charset=utf-8"
	atomPasswordHint = "x-kde-passwordManagerHint"
)

func (x *x11) intern() error {
	names := []string{
		atomActive, atomCheck, atomName, atomPID, atomMachine, atomState, atomXIM, atomClipboard,
		atomTargets, atomTimestamp, atomUTF8, atomText, atomPlain, atomPlainUTF8, atomPasswordHint,
	}
	cookies := make([]xproto.InternAtomCookie, len(names))
	for i, name := range names {
		cookies[i] = xproto.InternAtom(x.conn, false, uint16(len(name)), name)
	}
	for i, name := range names {
		reply, err := cookies[i].Reply()
		if err != nil {
			return fmt.Errorf("name %s: %w", name, err)
		}
		x.atoms[name] = reply.Atom
	}
	return nil
}

// property gives at most 1 KiB of a window's property; none is no error.
func (x *x11) property(w xproto.Window, name xproto.Atom) (*xproto.GetPropertyReply, error) {
	return x.askAtom(w, name).Reply()
}

// ask asks for a property, and does not wait for the answer.
func (x *x11) ask(w xproto.Window, name string) xproto.GetPropertyCookie {
	return x.askAtom(w, x.atoms[name])
}

func (x *x11) askAtom(w xproto.Window, name xproto.Atom) xproto.GetPropertyCookie {
	const words = 256
	return xproto.GetProperty(x.conn, false, w, name, xproto.GetPropertyTypeAny, 0, words)
}

// number gives a property of 32 bits; 0: there is none, or no such window.
func number(reply *xproto.GetPropertyReply, err error) (uint32, error) {
	if gone(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if reply.Format != 32 || len(reply.Value) < 4 {
		return 0, nil
	}
	return binary.LittleEndian.Uint32(reply.Value), nil // xgb speaks little-endian on every machine
}

// text gives a property of text in UTF-8; "": there is none.
func text(reply *xproto.GetPropertyReply, err error) (string, error) {
	if err != nil || reply.Format != 8 {
		return "", err
	}
	if reply.Type == xproto.AtomString { // Latin-1 (ICCCM §2.7.1)
		runes := make([]rune, len(reply.Value))
		for i, b := range reply.Value {
			runes[i] = rune(b)
		}
		return string(runes), nil
	}
	return strings.ToValidUTF8(string(reply.Value), ""), nil
}

// gone reports whether err says that a window is not there any more.
func gone(err error) bool {
	var window xproto.WindowError
	return errors.As(err, &window)
}

// idle is the time since the last input.
func (x *x11) idle() (time.Duration, error) {
	info, err := screensaver.QueryInfo(x.conn, xproto.Drawable(x.root)).Reply()
	if err != nil {
		return 0, fmt.Errorf("read the idle time: %w", err)
	}
	return time.Duration(info.MsSinceUserInput) * time.Millisecond, nil
}

// waylandSession reports whether the desktop is a Wayland one. Its X server
// (Xwayland) shows old programs only, so it is of no use for typing.
func waylandSession() bool {
	return os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("XDG_SESSION_TYPE") == "wayland"
}
