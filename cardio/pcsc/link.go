package pcsc

import (
	"errors"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/cardio/apdu"
)

// link is a cardio.Link: one card with a context of its own, so that a call which
// never returns holds nothing but itself.
type link struct {
	manager manager
	handle  handle
	atr     []byte
}

// Transmit sends a command as the protocol carries it. The bytes are not copied.
func (l *link) Transmit(command []byte) ([]byte, error) {
	if l.handle.Protocol() == scard.ProtocolT0 {
		command = apdu.ForT0(command)
	}
	answer, err := l.handle.Transmit(command)
	return answer, cause(err)
}

// Begin asks nothing but that. Windows 7 and older began a transaction without an
// error although the card was reset before; where a service still does, the first
// Transmit tells, and each of our transactions begins with a SELECT.
func (l *link) Begin() error { return cause(l.handle.BeginTransaction()) }

func (l *link) End() error { return cause(l.handle.EndTransaction()) }

func (l *link) Alive() error {
	_, err := l.handle.Status()
	return cause(err)
}

func (l *link) Reconnect() error { return cause(l.handle.Reconnect(l.handle.Protocol())) }

func (l *link) ATR() []byte { return l.atr }

func (l *link) Close() error {
	return errors.Join(cause(l.handle.Disconnect()), cause(l.manager.Release()))
}
