package handover

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/godbus/dbus/v5"
)

// bus is a D-Bus connection that is made when it is needed, kept, and made again
// after it broke. It may be used from any goroutine.
type bus struct {
	address func() string // "": there is no such bus

	mu   sync.Mutex
	conn *dbus.Conn
}

// connect gives the connection; nil: there is no such bus, or nobody listens
// there any more. The connection is the bus's to close.
func (b *bus) connect(ctx context.Context) (*dbus.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil && b.conn.Connected() {
		return b.conn, nil
	}
	b.conn = nil
	address := b.address()
	if address == "" {
		return nil, nil
	}
	conn, err := dial(ctx, address)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("the bus does not answer: %w", ctx.Err())
	}
	if err != nil {
		return nil, nil // a dead daemon's address: what is on no bus cannot be on
	}
	b.conn = conn
	return conn, nil
}

func (b *bus) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn == nil {
		return nil
	}
	err := b.conn.Close()
	b.conn = nil
	return err
}

// dial connects to a bus and says hello, as long as ctx lives.
func dial(ctx context.Context, address string) (*dbus.Conn, error) {
	type result struct {
		conn *dbus.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := dbus.Connect(address)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		return r.conn, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				_ = r.conn.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// hasOwner reports whether some program has a name on the bus.
func hasOwner(ctx context.Context, conn *dbus.Conn, name string) (bool, error) {
	var has bool
	err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has)
	if err != nil {
		return false, fmt.Errorf("ask the bus for %s: %w", name, err)
	}
	return has, nil
}

// nameOwner gives the connection that has a name on the bus.
func nameOwner(ctx context.Context, conn *dbus.Conn, name string) (string, error) {
	var owner string
	err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, name).Store(&owner)
	if err != nil {
		return "", fmt.Errorf("ask the bus for %s: %w", name, err)
	}
	return owner, nil
}

// sessionBus is the address of the session's bus; "": there is none. No bus is
// ever started for it.
func sessionBus() string {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return a
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return ""
	}
	socket := filepath.Join(dir, "bus")
	if _, err := os.Stat(socket); err != nil {
		return ""
	}
	return "unix:path=" + socket
}
