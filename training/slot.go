package training

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

// onReader is what lies on an R/W: a virtual card whose faults can be planned.
type onReader interface {
	vpcd.Card
	Restore() // puts a card back that a fault took away
}

// Slot is an R/W in process, on which one virtual card can be put. It fills
// cardio's seam and may be used from any goroutine.
type Slot struct {
	name string

	mu    sync.Mutex
	card  onReader // nil: empty
	mute  bool
	count uint32
	moved chan struct{} // closed at each change, then made anew
}

// NewSlot makes an empty R/W.
func NewSlot(name string) *Slot { return &Slot{name: name, moved: make(chan struct{})} }

// Insert puts a card on the R/W, in place of the one that lies there.
func (s *Slot) Insert(card onReader, mute bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.card != nil {
		s.takeOff()
	}
	card.Restore()
	s.card, s.mute = card, mute
	s.change()
}

// Remove takes the card off.
func (s *Slot) Remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.card != nil {
		s.takeOff()
	}
}

func (s *Slot) takeOff() {
	s.card.PowerOff()
	s.card = nil
	s.change()
}

func (s *Slot) change() {
	s.count++
	close(s.moved)
	s.moved = make(chan struct{})
}

// Present reports whether a card lies there.
func (s *Slot) Present() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.card != nil
}

// Wait is cardio.Slot's.
func (s *Slot) Wait(ctx context.Context, last cardio.Presence) (cardio.Presence, error) {
	for {
		s.mu.Lock()
		now, moved := s.presence(), s.moved
		s.mu.Unlock()
		if now != last {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-moved:
		}
	}
}

func (s *Slot) presence() cardio.Presence {
	p := cardio.Presence{State: cardio.Empty, Reader: s.name, Contactless: true, Count: s.count}
	switch {
	case s.card != nil && s.mute:
		p.State = cardio.Mute
	case s.card != nil:
		p.State = cardio.Present
	}
	return p
}

// Connect is cardio.Slot's.
func (s *Slot) Connect(context.Context) (cardio.Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.card == nil:
		return nil, cardio.ErrNoCard
	case s.mute:
		return nil, cardio.ErrSilent
	}
	return &link{slot: s, card: s.card, count: s.count}, nil
}

// link is one connection to the card that lay there when it was made.
type link struct {
	slot  *Slot
	card  onReader
	count uint32
}

func (l *link) there() error {
	l.slot.mu.Lock()
	defer l.slot.mu.Unlock()
	if l.slot.count != l.count {
		return cardio.ErrRemoved
	}
	return nil
}

// Transmit is cardio.Link's. A card that a fault takes away is off the R/W.
func (l *link) Transmit(command []byte) ([]byte, error) {
	if err := l.there(); err != nil {
		return nil, err
	}
	answer, err := l.card.Transmit(command)
	switch {
	case errors.Is(err, fault.ErrRemoved):
		l.slot.lost(l.count)
		return nil, cardio.ErrRemoved
	case errors.Is(err, virtualcard.ErrMute):
		return nil, cardio.ErrSilent
	case err != nil:
		return nil, fmt.Errorf("%w: %w", cardio.ErrReaderFault, err)
	}
	if err := l.there(); err != nil {
		return nil, err // the answer came too late to be heard
	}
	return answer, nil
}

func (s *Slot) lost(count uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == count && s.card != nil {
		s.takeOff()
	}
}

// Begin, End, Alive and Reconnect are cardio.Link's: no other program shares this
// card.
func (l *link) Begin() error { return l.there() }

// End ends nothing.
func (l *link) End() error { return l.there() }

// Alive reports whether the card still lies there.
func (l *link) Alive() error { return l.there() }

// Reconnect finds the same card or none.
func (l *link) Reconnect() error { return l.there() }

// ATR is the card's.
func (l *link) ATR() []byte { return l.card.ATR() }

// Close leaves the card as it is.
func (l *link) Close() error { return nil }
