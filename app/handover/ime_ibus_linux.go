package handover

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// ibus is ibus 1.5. It has no off: an engine of its own types plain keys, so the
// engine is changed and changed back.
type ibus struct {
	object dbus.BusObject
	engine string // the one that was on when off was called
	plain  string // the one that types plain keys
}

const (
	ibusBus       = "org.freedesktop.IBus"
	ibusPath      = "/org/freedesktop/IBus"
	ibusSetEngine = ibusBus + ".SetGlobalEngine"
	ibusPlain     = "xkb:" // engines that leave the keys to the keyboard's layout
)

// ibusOn gives the ibus of this session, nil: none. fcitx 5 plays ibus for programs
// that know only that; it has no engines and is switched as fcitx.
func ibusOn(ctx context.Context, b *bus) (inputMethod, error) {
	conn, err := b.connect(ctx)
	if err != nil || conn == nil {
		return nil, err
	}
	// A bus that knows no owners is ibus's own.
	owner, err := nameOwner(ctx, conn, ibusBus)
	if fcitx, ferr := nameOwner(ctx, conn, fcitxVersions()[0].bus); err == nil && ferr == nil && owner == fcitx {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return &ibus{object: conn.Object(ibusBus, ibusPath)}, nil
}

func (i *ibus) name() string { return "ibus" }

func (i *ibus) on(ctx context.Context) (bool, error) {
	engine, layout, err := i.current(ctx)
	if err != nil {
		return false, err
	}
	if engine == "" || strings.HasPrefix(engine, ibusPlain) {
		return false, nil
	}
	i.engine, i.plain = engine, "xkb:us::eng"
	if layout == "jp" {
		i.plain = "xkb:jp::jpn"
	}
	return true, nil
}

func (i *ibus) off(ctx context.Context) error { return i.set(ctx, i.plain) }

func (i *ibus) back(ctx context.Context) error { return i.set(ctx, i.engine) }

func (i *ibus) set(ctx context.Context, engine string) error {
	if err := i.object.CallWithContext(ctx, ibusSetEngine, dbus.FlagNoAutoStart, engine).Err; err != nil {
		return fmt.Errorf("set the engine of ibus: %w", err)
	}
	return nil
}

// current gives the engine and its layout; "": no engine. An engine is a variant
// of a structure whose third member is its name and whose ninth is its layout
// (IBusEngineDesc, after two members that every IBusSerializable has).
func (i *ibus) current(ctx context.Context) (engine, layout string, err error) {
	var v dbus.Variant
	call := i.object.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, ibusBus, "GlobalEngine")
	if err := call.Store(&v); err != nil {
		var answer dbus.Error
		if errors.As(err, &answer) && strings.Contains(answer.Error(), "No global engine") {
			return "", "", nil
		}
		return "", "", fmt.Errorf("ask ibus for its engine: %w", err)
	}
	if inner, ok := v.Value().(dbus.Variant); ok {
		v = inner
	}
	fields, ok := v.Value().([]any)
	if !ok || len(fields) < 11 {
		return "", "", errors.New("ask ibus for its engine: not an engine")
	}
	engine, _ = fields[2].(string)
	layout, _ = fields[9].(string)
	return engine, layout, nil
}

// ibusAddress finds where ibus of this display listens; "": it does not run. Its
// file stays behind when it ends, so its process is looked for too.
func ibusAddress() string {
	if a := os.Getenv("IBUS_ADDRESS"); a != "" {
		return a
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	host, number, _ := strings.Cut(os.Getenv("DISPLAY"), ":")
	number, _, _ = strings.Cut(number, ".")
	if host == "" {
		host = "unix"
	}
	files, err := filepath.Glob(filepath.Join(config, "ibus", "bus", "*-"+host+"-"+number))
	if err != nil {
		return ""
	}
	for _, file := range files {
		if a := readIBusFile(file); a != "" {
			return a
		}
	}
	return ""
}

func readIBusFile(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	values := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		values[key] = value
	}
	pid := values["IBUS_DAEMON_PID"]
	if pid == "" {
		return ""
	}
	if _, err := os.Stat(filepath.Join("/proc", pid)); err != nil {
		return ""
	}
	return values["IBUS_ADDRESS"]
}
