package app_test

import (
	"context"
	"sync"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/training"
)

// socket is where the R/W is plugged in: it can be pulled, its service stopped,
// another program can hold or reset the card.
type socket struct {
	slot *training.Slot

	mu    sync.Mutex
	state *cardio.State // in place of the R/W's; nil: the R/W's
	held  error         // what Connect says; nil: the R/W's
	reset string        // a command that begins so, in hex, finds the card reset
	nth   int           // which of them, from now; 0 none
	moved chan struct{}
}

func newSocket(slot *training.Slot) *socket { return &socket{slot: slot, moved: make(chan struct{})} }

// is makes the R/W be in a state, whatever lies there.
func (s *socket) is(state cardio.State) { s.change(func() { s.state = &state }) }

// plugged puts everything back in order.
func (s *socket) plugged() { s.change(func() { s.state, s.held = nil, nil }) }

// hold makes Connect fail.
func (s *socket) hold(err error) { s.change(func() { s.held = err }) }

// resetAt has another program reset the card in place of the nth command from now
// that begins so.
func (s *socket) resetAt(begin string, nth int) { s.change(func() { s.reset, s.nth = begin, nth }) }

// pending reports a reset that has not come.
func (s *socket) pending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nth > 0
}

func (s *socket) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.moved)
	s.moved = make(chan struct{})
}

func (s *socket) Wait(ctx context.Context, last cardio.Presence) (cardio.Presence, error) {
	for {
		s.mu.Lock()
		state, moved := s.state, s.moved
		s.mu.Unlock()
		if state != nil {
			now := cardio.Presence{State: *state}
			if now != last {
				return now, nil
			}
			select {
			case <-moved:
			case <-ctx.Done():
				return last, ctx.Err()
			}
			continue
		}
		until, cancel := context.WithCancel(ctx)
		go func() {
			select {
			case <-moved:
				cancel()
			case <-until.Done():
			}
		}()
		now, err := s.slot.Wait(until, last)
		cancel()
		if err == nil || ctx.Err() != nil {
			return now, err
		}
	}
}

func (s *socket) Connect(ctx context.Context) (cardio.Link, error) {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held != nil {
		return nil, held
	}
	link, err := s.slot.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &shared{Link: link, socket: s}, nil
}

// shared is a link to a card that other programs use too.
type shared struct {
	cardio.Link
	socket *socket
	reset  bool
}

func (l *shared) Transmit(command []byte) ([]byte, error) {
	l.socket.mu.Lock()
	if l.socket.nth > 0 && begins(command, l.socket.reset) {
		l.socket.nth--
		l.reset = l.socket.nth == 0
	}
	l.socket.mu.Unlock()
	if l.reset {
		return nil, cardio.ErrReset
	}
	return l.Link.Transmit(command)
}

func (l *shared) Reconnect() error {
	l.reset = false
	return l.Link.Reconnect()
}
