package handover

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// fcitx is fcitx 5 or 4, as its remote program controls it.
type fcitx struct {
	conn   *dbus.Conn
	object dbus.BusObject
	fcitxNames
}

type fcitxNames struct {
	bus, path, state, activate, deactivate string
}

// fcitxVersions are the names of fcitx 5 (fcitx5-remote) and of fcitx 4 (4.2.9,
// fcitx-remote). Version 4 is measured against no real one.
func fcitxVersions() []fcitxNames {
	return []fcitxNames{
		{
			bus: "org.fcitx.Fcitx5", path: "/controller",
			state:      "org.fcitx.Fcitx.Controller1.State",
			activate:   "org.fcitx.Fcitx.Controller1.Activate",
			deactivate: "org.fcitx.Fcitx.Controller1.Deactivate",
		},
		{
			bus: "org.fcitx.Fcitx", path: "/inputmethod",
			state:      "org.fcitx.Fcitx.InputMethod.GetCurrentState",
			activate:   "org.fcitx.Fcitx.InputMethod.ActivateIM",
			deactivate: "org.fcitx.Fcitx.InputMethod.InactivateIM",
		},
	}
}

// fcitxActive is the state "converts keys"; 1 is inactive, 0 nothing has focus.
const fcitxActive = 2

// fcitxOn gives the fcitx that is on the bus; none is no error.
func fcitxOn(ctx context.Context, b *bus) ([]inputMethod, error) {
	conn, err := b.connect(ctx)
	if err != nil || conn == nil {
		return nil, err
	}
	var found []inputMethod
	for _, names := range fcitxVersions() {
		has, err := hasOwner(ctx, conn, names.bus) // a call would start it
		if err != nil {
			return nil, err
		}
		if has {
			found = append(found, &fcitx{
				conn: conn, fcitxNames: names,
				object: conn.Object(names.bus, dbus.ObjectPath(names.path)),
			})
		}
	}
	return found, nil
}

// name is what fcitx calls itself to the X server, in both versions.
func (f *fcitx) name() string { return "fcitx" }

func (f *fcitx) on(ctx context.Context) (bool, error) {
	var state int32
	if err := f.object.CallWithContext(ctx, f.state, dbus.FlagNoAutoStart).Store(&state); err != nil {
		return false, fmt.Errorf("ask fcitx for its state: %w", err)
	}
	return state == fcitxActive, nil
}

func (f *fcitx) off(ctx context.Context) error {
	if err := f.object.CallWithContext(ctx, f.deactivate, dbus.FlagNoAutoStart).Err; err != nil {
		return fmt.Errorf("switch fcitx off: %w", err)
	}
	return nil
}

func (f *fcitx) back(ctx context.Context) error {
	if err := f.object.CallWithContext(ctx, f.activate, dbus.FlagNoAutoStart).Err; err != nil {
		return fmt.Errorf("switch fcitx on again: %w", err)
	}
	return nil
}
