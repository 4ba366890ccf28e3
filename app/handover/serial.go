package handover

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.bug.st/serial"

	"github.com/madoguchi/madoguchi/mykey"
)

// serialLimit is how long a port may take to send one number: 67 characters at
// 300 bit/s are 2.5 s.
const serialLimit = 5 * time.Second

const serialAbort = 20 * time.Millisecond // between two tries to stop a port

var errStuck = errors.New("it takes nothing")

// Framing of scanners.
const (
	stx = "\x02"
	etx = "\x03"
)

// serialWay writes the number to a serial port as a scanner would send it. The
// port is opened at the first need and kept: opening moves its control lines,
// which the other side may take for a scanner that was plugged in again.
type serialWay struct {
	name           string
	mode           serial.Mode
	before, behind string
	limit          time.Duration

	turns *turns
	line  *line // nil: not open; whoever has the turn
}

func openSerial(c Config) *serialWay {
	w := &serialWay{name: c.Serial.Port, mode: modeOf(c.Serial), limit: serialLimit, turns: newTurns()}
	w.before, w.behind = framing(c.Serial.Framing)
	return w
}

func modeOf(c SerialConfig) serial.Mode {
	mode := serial.Mode{BaudRate: c.Baud, DataBits: c.DataBits, Parity: serial.NoParity, StopBits: serial.OneStopBit}
	if c.Baud == 0 {
		mode.BaudRate = 9600
	}
	if c.DataBits == 0 {
		mode.DataBits = 8
	}
	switch c.Parity {
	case "odd":
		mode.Parity = serial.OddParity
	case "even":
		mode.Parity = serial.EvenParity
	}
	if c.StopBits == 2 {
		mode.StopBits = serial.TwoStopBits
	}
	return mode
}

func framing(name string) (before, behind string) {
	switch name {
	case "", "cr":
		return "", "\r"
	case "lf":
		return "", "\n"
	case "crlf":
		return "", "\r\n"
	case "stx-etx":
		return stx, etx
	case "stx-etx-cr":
		return stx, etx + "\r"
	}
	return "", ""
}

// Ready returns ErrPort if the port is missing, taken by another program, or not
// this account's to use.
func (w *serialWay) Ready(ctx context.Context) error {
	_, give, err := w.turns.take(ctx)
	if err != nil {
		return err
	}
	defer give()
	if w.line != nil && w.line.port.SetMode(&w.mode) != nil {
		w.drop() // it was unplugged; it may be there again
	}
	return w.open()
}

// Hand is Delivered when the port has sent every character: whether a program
// reads the other end, no serial port tells. When some may have gone out and
// others not it is Unknown.
func (w *serialWay) Hand(ctx context.Context, number mykey.ServiceID, _ Window) (Outcome, error) {
	ctx, give, err := w.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	kept := w.line != nil
	if err := w.open(); err != nil {
		return NotDelivered, err
	}
	text := []byte(w.before + number.Reveal() + w.behind)
	defer clear(text)
	sent, err := w.send(ctx, text)
	if err != nil && sent == 0 && kept && ctx.Err() == nil && !errors.Is(err, errStuck) {
		// The kept port was unplugged since, and nothing went out: try it afresh.
		if err := w.open(); err != nil {
			return NotDelivered, err
		}
		sent, err = w.send(ctx, text)
	}
	switch {
	case err == nil:
		return Delivered, nil
	case sent == 0:
		return NotDelivered, err
	default:
		return Unknown, err
	}
}

func (w *serialWay) open() error {
	if w.line != nil {
		return nil
	}
	l, err := openLine(w.name, &w.mode)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPort, err)
	}
	w.line = l
	return nil
}

func (w *serialWay) drop() {
	w.line.close()
	w.line = nil
}

// send gives how many characters the port took. After an error the port is
// closed, and what it had not sent yet is thrown away.
func (w *serialWay) send(ctx context.Context, text []byte) (int, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, w.limit, errStuck)
	defer cancel()
	type result struct {
		sent int
		err  error
	}
	end := make(chan result, 1)
	go func() {
		sent, err := w.line.write(text)
		if err == nil {
			err = w.line.port.Drain()
		}
		end <- result{sent, err}
	}()
	var r result
	select {
	case r = <-end:
		if r.err != nil {
			r.err = fmt.Errorf("%w: %w", ErrPort, r.err)
		}
	case <-ctx.Done():
		for ended := false; !ended; {
			w.line.abort() // it ends only what has begun: hence again
			select {
			case r = <-end:
				ended = true
			case <-time.After(serialAbort):
			}
		}
		if r.err == nil {
			return r.sent, nil // it was sent at the last moment
		}
		r.err = context.Cause(ctx)
		if errors.Is(r.err, errStuck) {
			r.err = fmt.Errorf("%w: %w", ErrPort, r.err)
		}
	}
	if r.err != nil {
		w.drop()
	}
	return r.sent, r.err
}

// Close ends a hand-over that waits and closes the port.
func (w *serialWay) Close() error {
	if w.turns.over() && w.line != nil {
		w.drop()
	}
	return nil
}
