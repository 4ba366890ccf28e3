// Package handover passes a service ID on to the business application that the
// desk already runs: typed, pasted, over a loopback WebSocket, a serial port or a
// file, or as a barcode on the screen. Each way is its own file. Whether a number
// may be passed on at all is the tap gate's decision, not this package's.
//
// Every hand-over ends as one of three outcomes. NotDelivered is a promise: the
// number did not arrive and nothing of it is left behind.
package handover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// Errors that callers can act on. None carries a number.
var (
	ErrTarget    = errors.New("another window is in front")
	ErrAbove     = errors.New("the target runs with higher rights than this program")
	ErrWayland   = errors.New("this Wayland session lets no program type")
	ErrIME       = errors.New("the input method could not be switched off")
	ErrKeyboard  = errors.New("the keyboard cannot type this number")
	ErrClipboard = errors.New("the clipboard cannot be used")
	ErrNobody    = errors.New("nobody took the number up")
	ErrPort      = errors.New("the port cannot be used")
	ErrFolder    = errors.New("the folder cannot be used")
	ErrNotHere   = errors.New("this way of hand-over is not on this system")
	ErrConfig    = errors.New("the hand-over settings do not fit")
)

// Outcome is how a hand-over ended.
type Outcome int

// The three ends. The zero value is NotDelivered.
const (
	NotDelivered Outcome = iota // it did not arrive, and will not
	Unknown                     // it may have arrived: look at the other program
	Delivered                   // it arrived
)

// String gives the outcome's name for logs.
func (o Outcome) String() string {
	switch o {
	case NotDelivered:
		return "not delivered"
	case Unknown:
		return "unknown"
	case Delivered:
		return "delivered"
	}
	return fmt.Sprintf("outcome %d", int(o))
}

// Window is another program's window. Compare with ==.
type Window struct {
	ID      uint64
	Process string // the program's name, without its folder
	Title   string
	Above   bool // it runs with higher rights (integrity) than this program
}

// Desktop is what the tap gate looks at. Its methods may be called from any
// goroutine.
type Desktop interface {
	// Foreground is the window that has the keyboard; the zero Window: none.
	Foreground(ctx context.Context) (Window, error)
	// Idle is how long ago the last key or pointer input was. Keys are never read.
	Idle(ctx context.Context) (time.Duration, error)
	Close() error
}

// Way passes numbers on, one at a time: a second Hand waits for the first. Its
// methods may be called from any goroutine.
type Way interface {
	// Ready returns nil if a number could be handed over now, else what is in
	// the way, as one of this package's errors.
	Ready(ctx context.Context) error
	// Hand passes number on and blocks until its end is known or ctx ends; then
	// nothing of it is left behind (file, clipboard, socket). to is the window
	// that the gate has seen: keyboard and paste type only while it is in front,
	// the other ways ignore it. An error may stand beside every outcome but
	// Delivered; the outcome counts.
	Hand(ctx context.Context, number mykey.ServiceID, to Window) (Outcome, error)
	// Close ends what is under way and gives everything back.
	Close() error
}

// Open gives the way that c names. The caller closes it. It returns ErrConfig for
// settings that do not fit, ErrNotHere where this system has no such way, and the
// way's own error (ErrPort, ErrFolder, ErrWayland …) where it cannot start; a port
// or folder that is only missing now is Ready's to say, not Open's.
func Open(ctx context.Context, c Config, log *slog.Logger) (Way, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	switch c.Way {
	case WayKeyboard:
		return openKeyboard(ctx, c, log)
	case WayPaste:
		return openPaste(ctx, c, log)
	case WayClipboard:
		return openClipboard(ctx, c, log)
	case WayFile:
		return openFile(c), nil
	case WayWebSocket:
		w, err := openWebSocket(c, log)
		if err != nil {
			return nil, err
		}
		return w, nil
	case WaySerial:
		return openSerial(c), nil
	case WayScreen:
		return openScreen(), nil
	}
	return nil, fmt.Errorf("hand-over by %q: %w", c.Way, ErrConfig)
}
