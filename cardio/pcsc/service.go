package pcsc

import (
	"fmt"
	"time"

	"github.com/ebfe/scard"
)

// service is the seam to ebfe/scard: what a test puts in its place. Its three
// interfaces guard against what that library does with unusual values: an empty
// list, an empty command and an undefined protocol make it panic, and so does a
// reader without a name.
type service interface {
	Establish() (manager, error)
}

// manager is one context: one goroutine at a time, but for Cancel.
type manager interface {
	ListReaders() ([]string, error)
	GetStatusChange(states []scard.ReaderState, timeout time.Duration) error
	Connect(reader string, protocol scard.Protocol) (handle, error)
	Cancel() error
	Release() error
}

// handle is one connected card.
type handle interface {
	Protocol() scard.Protocol
	Transmit(command []byte) ([]byte, error)
	BeginTransaction() error
	EndTransaction() error
	Status() (atr []byte, err error)
	Reconnect(protocol scard.Protocol) error
	Disconnect() error
}

// system is the machine's PC/SC service.
type system struct{}

func (system) Establish() (manager, error) {
	ctx, err := scard.EstablishContext()
	if err != nil {
		return nil, err
	}
	return systemManager{ctx}, nil
}

type systemManager struct{ ctx *scard.Context }

// ListReaders asks twice inside (size, then names): a reader that arrives in
// between makes the buffer too small.
func (m systemManager) ListReaders() ([]string, error) {
	for try := 0; ; try++ {
		readers, err := m.ctx.ListReaders()
		if err != scard.ErrInsufficientBuffer || try == 3 {
			return readers, err
		}
	}
}

func (m systemManager) GetStatusChange(states []scard.ReaderState, timeout time.Duration) error {
	if len(states) == 0 {
		return scard.ErrNoReadersAvailable
	}
	return m.ctx.GetStatusChange(states, timeout)
}

func (m systemManager) Connect(reader string, protocol scard.Protocol) (handle, error) {
	if reader == "" {
		return nil, scard.ErrUnknownReader
	}
	card, err := m.ctx.Connect(reader, scard.ShareShared, protocol)
	if err != nil {
		return nil, err
	}
	return systemHandle{card}, nil
}

func (m systemManager) Cancel() error  { return m.ctx.Cancel() }
func (m systemManager) Release() error { return m.ctx.Release() }

type systemHandle struct{ card *scard.Card }

func (h systemHandle) Protocol() scard.Protocol { return h.card.ActiveProtocol() }

func (h systemHandle) Transmit(command []byte) ([]byte, error) {
	if len(command) == 0 {
		return nil, scard.ErrInvalidParameter
	}
	if p := h.card.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 {
		return nil, scard.ErrProtoMismatch
	}
	return h.card.Transmit(command)
}

func (h systemHandle) BeginTransaction() error { return h.card.BeginTransaction() }
func (h systemHandle) EndTransaction() error   { return h.card.EndTransaction(scard.LeaveCard) }
func (h systemHandle) Disconnect() error       { return h.card.Disconnect(scard.LeaveCard) }

func (h systemHandle) Reconnect(protocol scard.Protocol) error {
	return h.card.Reconnect(scard.ShareShared, protocol, scard.LeaveCard)
}

// Status panics inside the library where the service names no reader.
func (h systemHandle) Status() (atr []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", scard.ErrReaderUnavailable, p)
		}
	}()
	status, err := h.card.Status()
	if err != nil {
		return nil, err
	}
	return status.Atr, nil
}
