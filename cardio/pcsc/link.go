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

// Begin asks for the state too: a transaction can begin without an error although
// the card was reset before (Windows 7 and older).
func (l *link) Begin() error {
	if err := l.handle.BeginTransaction(); err != nil {
		return cause(err)
	}
	if err := l.Alive(); err != nil {
		return errors.Join(err, cause(l.handle.EndTransaction()))
	}
	return nil
}

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
