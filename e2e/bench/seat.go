//go:build linux

package main

import (
	"sync"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// seat is what lies on the virtual R/W all the time. The chip in it is changed
// between two rounds, which costs no wait for pcscd's poll, and every command is
// noted, whichever side sends it.
type seat struct {
	mu   sync.Mutex
	chip *virtualcard.Card
	seen []header
}

// header is what commands of two sides are compared by: CLA INS P1 P2. What
// follows differs from session to session.
type header [4]byte

// put changes the chip and forgets the commands.
func (s *seat) put(chip *virtualcard.Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chip != nil {
		s.chip.PowerOff()
	}
	chip.PowerOn()
	s.chip, s.seen = chip, nil
}

// commands gives what was sent since the last call.
func (s *seat) commands() []header {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = nil
	return seen
}

// ATR is the chip's.
func (s *seat) ATR() []byte { return s.now().ATR() }

// PowerOn powers the chip.
func (s *seat) PowerOn() { s.now().PowerOn() }

// PowerOff takes its power.
func (s *seat) PowerOff() { s.now().PowerOff() }

// Reset resets it.
func (s *seat) Reset() { s.now().Reset() }

// Transmit notes a command and passes it on.
func (s *seat) Transmit(command []byte) ([]byte, error) {
	s.mu.Lock()
	s.seen = append(s.seen, header(append(command[:min(len(command), 4):4], 0, 0, 0, 0)[:4]))
	chip := s.chip
	s.mu.Unlock()
	return chip.Transmit(command)
}

func (s *seat) now() *virtualcard.Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chip
}
