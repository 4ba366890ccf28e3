// Package vpcd puts a card into vsmartcard's virtual reader: a TCP client of the driver vpcd, so
// that any PC/SC program sees the card through pcscd.
package vpcd

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// Card is what lies on the reader: a virtualcard.Card, or a fault.Card around one. An error of
// Transmit is a card that left the reader in the middle of a command; virtualcard.ErrMute is one
// that stays there in silence.
type Card interface {
	ATR() []byte
	PowerOn()
	PowerOff()
	Reset()
	Transmit(command []byte) ([]byte, error)
}

// Messages of one byte from the driver; every other body is a command.
const (
	powerOff = 0x00
	powerOn  = 0x01
	reset    = 0x02
	getATR   = 0x04
)

// retry is the pause before the driver is dialled again after it went away.
const retry = 250 * time.Millisecond

// bareATR stands for a card without one: the driver takes an empty answer as no card.
var bareATR = []byte{0x3B, 0x00}

// Slot is one slot of the virtual reader. It is safe for concurrent use; a Card that comes and
// goes is told by PowerOn, PowerOff and Reset as the driver wants them.
type Slot struct {
	addr string

	mu      sync.Mutex
	card    Card
	conn    net.Conn
	changed chan struct{} // closed and replaced when card changes
}

// New makes an empty slot for the driver at addr (host:port). It dials nothing yet.
func New(addr string) *Slot {
	return &Slot{addr: addr, changed: make(chan struct{})}
}

// Serve is New, Insert and Run.
func Serve(ctx context.Context, addr string, card Card) error {
	s := New(addr)
	s.Insert(card)
	return s.Run(ctx)
}

// Insert lays a card on the reader; one that lies there leaves it first. The driver notices within
// 400 ms.
func (s *Slot) Insert(card Card) { s.set(card) }

// Remove takes the card away, also in the middle of a command.
func (s *Slot) Remove() { s.set(nil) }

// Card is what lies on the reader, nil if nothing does: a card whose command was torn has left.
func (s *Slot) Card() Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.card
}

func (s *Slot) set(card Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.card = card
	if s.conn != nil {
		_ = s.conn.Close() // whoever reads from it sees the end
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Run talks to the driver until ctx ends, whose error it returns. It fails at once where the
// driver cannot be reached; later it waits for a driver that restarts.
func (s *Slot) Run(ctx context.Context) error {
	reached := false
	for ctx.Err() == nil {
		s.mu.Lock()
		card, changed := s.card, s.changed
		s.mu.Unlock()
		if card == nil {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		err := s.session(ctx, card, &reached)
		if err != nil && !reached {
			return err
		}
		if err != nil {
			select {
			case <-time.After(retry):
			case <-ctx.Done():
			}
		}
	}
	return ctx.Err()
}

// session is one card's time on the reader. An error means that the driver is gone.
func (s *Slot) session(ctx context.Context, card Card, reached *bool) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	*reached = true
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	if !s.hold(card, conn) {
		return nil // taken away while we dialled
	}
	defer s.hold(nil, nil)
	defer card.PowerOff()

	err = s.exchange(conn, card)
	if errors.Is(err, errTorn) {
		s.leave(card)
		return nil
	}
	if s.Card() != card || ctx.Err() != nil {
		return nil
	}
	return err
}

// hold notes the connection of the card on the reader; false if it is another card by now.
func (s *Slot) hold(card Card, conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = conn
	return s.card == card
}

// leave empties the slot after a torn command, unless another card lies there already.
func (s *Slot) leave(card Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.card == card {
		s.card = nil
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

// errTorn: the card went away inside a command; nothing may be answered.
var errTorn = errors.New("card left in the middle of a command")

func (s *Slot) exchange(conn net.Conn, card Card) error {
	for {
		body, err := receive(conn)
		if err != nil {
			return err
		}
		var answer []byte
		switch {
		case len(body) == 1 && body[0] == powerOff:
			card.PowerOff()
			continue
		case len(body) == 1 && body[0] == powerOn:
			card.PowerOn()
			continue
		case len(body) == 1 && body[0] == reset:
			card.Reset()
			continue
		case len(body) == 1 && body[0] == getATR:
			if answer = card.ATR(); len(answer) == 0 {
				answer = bareATR
			}
		default:
			answer, err = card.Transmit(body)
			if errors.Is(err, virtualcard.ErrMute) {
				continue // the driver waits until the card is taken away
			}
			if err != nil {
				return fmt.Errorf("%w: %w", errTorn, err)
			}
		}
		if err := send(conn, answer); err != nil {
			return err
		}
	}
}

// receive reads one message. The driver sends length and body as two small packets: without an
// acknowledgement at once each command would wait 44 ms for it.
func receive(conn net.Conn) ([]byte, error) {
	var head [2]byte
	if err := readFull(conn, head[:]); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint16(head[:]))
	if err := readFull(conn, body); err != nil {
		return nil, err
	}
	return body, nil
}

func readFull(conn net.Conn, b []byte) error {
	acknowledgeAtOnce(conn)
	if _, err := io.ReadFull(conn, b); err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	acknowledgeAtOnce(conn)
	return nil
}

func send(conn net.Conn, body []byte) error {
	message := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(body)), uint16(len(body)))
	if _, err := conn.Write(append(message, body...)); err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	return nil
}
