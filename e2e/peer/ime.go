//go:build linux

package peer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
)

// imeProfile puts Mozc first: it is on in every field from the start.
const imeProfile = `[Groups/0]
Name=Default
Default Layout=us
DefaultIM=mozc

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=mozc
Layout=

[GroupOrder]
0=Default
`

const imeConfig = `[Behavior]
ActiveByDefault=True
ShareInputState=All
`

// IME is fcitx5 with Mozc, on a session bus of the seat's own.
type IME struct {
	seat *Seat
	bus  *e2e.Program
}

// imeLimit is how long it may take to be there; 1 s is usual.
const imeLimit = 30 * time.Second

// StartIME starts it. Programs that the seat starts afterwards use it. Mozc's server
// refuses to work for root.
func StartIME(ctx context.Context, s *Seat) (*IME, error) {
	if s.Root() {
		return nil, errors.New("an input method for root: Mozc's server refuses it")
	}
	ctx, cancel := context.WithTimeout(ctx, imeLimit)
	defer cancel()
	i := &IME{seat: s}
	s.Setenv("GTK_IM_MODULE=fcitx", "QT_IM_MODULE=fcitx", "XMODIFIERS=@im=fcitx")
	for name, content := range map[string]string{"profile": imeProfile, "config": imeConfig} {
		if _, err := s.File(".config/fcitx5/"+name, []byte(content)); err != nil {
			return nil, err
		}
	}
	address, err := i.startBus(ctx)
	if err != nil {
		return nil, err
	}
	s.Setenv("DBUS_SESSION_BUS_ADDRESS=" + address)
	if err := i.startMozc(ctx); err != nil {
		return nil, err
	}
	if _, err := s.Start("fcitx5", "--disable=notifications,kimpanel,wayland,waylandim"); err != nil {
		return nil, err
	}
	return i, poll(ctx, "fcitx5 on the bus and on the display", func() (bool, error) {
		// Its own remote program would have the bus start a second one.
		there, err := s.Ask("dbus-send", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.fcitx.Fcitx5")
		if err != nil || !strings.Contains(there, "true") {
			return false, err
		}
		servers, err := s.Ask("xprop", "-root", "XIM_SERVERS")
		return strings.Contains(servers, "@server=fcitx"), err
	})
}

// MozcServer is where Debian's package puts it.
const MozcServer = "/usr/lib/mozc/mozc_server"

// startMozc starts the server of conversions: fcitx5 would do so at the first key,
// and let that and the next pass meanwhile.
func (i *IME) startMozc(ctx context.Context) error {
	if _, err := i.seat.Start(MozcServer); err != nil {
		return err
	}
	return poll(ctx, "Mozc's server", func() (bool, error) {
		_, err := os.Stat(filepath.Join(i.seat.Home, ".config/mozc/.session.ipc"))
		return err == nil, nil
	})
}

// startBus starts the session bus and gives its address.
func (i *IME) startBus(ctx context.Context) (string, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer read.Close()
	cmd := i.seat.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=3")
	cmd.ExtraFiles = []*os.File{write}
	i.bus, err = i.seat.Run(cmd, i.seat.log)
	_ = write.Close() // ours; the bus has its own
	if err != nil {
		return "", err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := read.SetReadDeadline(deadline); err != nil {
			return "", err
		}
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("wait for the session bus: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// On reports whether Japanese is typed in the field that has the focus. Before a
// program has told fcitx5 of its field, keys go past it.
func (i *IME) On() (bool, error) {
	fields, err := i.seat.Ask("dbus-send", "--print-reply=literal", "--dest=org.fcitx.Fcitx5", "/controller",
		"org.fcitx.Fcitx.Controller1.DebugInfo")
	if err != nil || !strings.Contains(fields, "focus:1") {
		return false, err
	}
	state, err := i.seat.Ask("fcitx5-remote")
	if err != nil {
		return false, err
	}
	name, err := i.seat.Ask("fcitx5-remote", "-n")
	return state == "2" && name == "mozc", err
}

// Ready waits until it is on in the field that has the focus: each field asks for it
// by itself.
func (i *IME) Ready(ctx context.Context) error { return poll(ctx, "Japanese in the field", i.On) }
