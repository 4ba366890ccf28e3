// Package pcsc fills cardio's Slot and Link with PC/SC (winscard, pcsclite).
//
// One goroutine at a time is in a context; Cancel alone comes from outside. The
// context that waits is not the one that a card is used with: each connection has
// its own. A context is believed dead by what calls answer, never asked: IsValid
// says true after the service was started anew.
package pcsc

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/cardio"
)

const (
	pnp         = `\\?PnP?\Notification`
	poll        = 2 * time.Second        // readers are listed again at least this often
	breather    = 100 * time.Millisecond // between two polls that brought no news
	sharingTry  = 100 * time.Millisecond // between two tries while another holds the card
	sharingMany = 10
	backoffMin  = 100 * time.Millisecond
	backoffMax  = 2 * time.Second
)

// Options say which readers are ours.
type Options struct {
	// Only takes readers whose name begins with it; "" takes all. Training over
	// vpcd sets "Virtual PCD", so that a real reader is never opened.
	Only string
}

// Slot is the machine's R/W. It is safe for one goroutine in Wait and another in
// Connect. Close it.
type Slot struct {
	service service
	clock   cardio.Clock
	options Options
	pnp     bool // the system tells of readers that come and go

	waiting sync.Mutex // held by Wait and Close: the waiting context is theirs
	manager manager    // nil: to be established
	known   map[string]scard.ReaderState
	epoch   uint32 // contexts so far: part of Count, for counters begin anew with the service
	backoff time.Duration

	mu         sync.Mutex
	present    string // reader of the last presence with a card
	remembered string // reader that worked last
}

// NewSlot makes a slot of the machine's PC/SC service. It asks nothing yet.
func NewSlot(clock cardio.Clock, o Options) *Slot { return newSlot(system{}, clock, o) }

func newSlot(s service, clock cardio.Clock, o Options) *Slot {
	return &Slot{
		service: s, clock: clock, options: o,
		pnp:   runtime.GOOS != "darwin", // macOS has no such entry
		known: map[string]scard.ReaderState{}, backoff: backoffMin,
	}
}

// Close releases the waiting context. No Wait may be under way.
func (s *Slot) Close() error {
	s.waiting.Lock()
	defer s.waiting.Unlock()
	return s.drop()
}

// Wait is cardio.Slot's.
func (s *Slot) Wait(ctx context.Context, last cardio.Presence) (cardio.Presence, error) {
	s.waiting.Lock()
	defer s.waiting.Unlock()
	timeout := time.Duration(0) // the first look does not wait
	for ctx.Err() == nil {
		p, news, err := s.look(ctx, timeout)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			_ = s.drop() // it is broken: what it says to that is of no use
			p = cardio.Presence{State: cardio.NoService, Count: s.epoch << 16}
		}
		s.note(p)
		if p != last && !(err != nil && last.State == cardio.NoService) {
			return p, nil
		}
		switch {
		case err != nil:
			s.sleep(ctx, s.backoff)
			s.backoff = min(2*s.backoff, backoffMax)
		case timeout > 0 && news:
			s.sleep(ctx, breather) // something stirs that is not ours: no busy loop
		}
		timeout = poll
	}
	return cardio.Presence{}, ctx.Err()
}

// look lists the readers and waits for one of them to change. It reports whether
// anything did. An error means that the context is of no use any more.
func (s *Slot) look(ctx context.Context, timeout time.Duration) (cardio.Presence, bool, error) {
	if s.manager == nil {
		m, err := s.service.Establish()
		if err != nil {
			return cardio.Presence{}, false, err
		}
		s.manager = m
		s.epoch++
		clear(s.known)
	}
	readers, err := s.manager.ListReaders()
	if err != nil && !is(err, scard.ErrNoReadersAvailable) {
		return cardio.Presence{}, false, err
	}
	readers = slices.DeleteFunc(readers, func(r string) bool { return !s.ours(r) })
	states := s.states(readers)
	if len(states) == 0 {
		s.sleep(ctx, timeout)
		s.backoff = backoffMin
		return cardio.Presence{State: cardio.NoReader, Count: s.epoch << 16}, false, nil
	}
	news, err := s.change(ctx, states, timeout)
	if err != nil {
		return cardio.Presence{}, false, err
	}
	s.backoff = backoffMin
	return s.presence(readers), news, nil
}

// states gives each reader's state as it was last seen, whole, so that only what
// changed since then returns; those that went are forgotten.
func (s *Slot) states(readers []string) []scard.ReaderState {
	names := slices.Clone(readers)
	if s.pnp {
		names = append(names, pnp)
	}
	states := make([]scard.ReaderState, 0, len(names))
	for _, name := range names {
		state, seen := s.known[name]
		if !seen {
			state = scard.ReaderState{Reader: name, CurrentState: scard.StateUnaware}
		}
		states = append(states, state)
	}
	for name := range s.known {
		if !slices.Contains(names, name) {
			delete(s.known, name)
		}
	}
	return states
}

// change is one GetStatusChange, ended early when ctx ends.
func (s *Slot) change(ctx context.Context, states []scard.ReaderState, timeout time.Duration) (bool, error) {
	release := cancelWith(ctx, s.manager)
	err := s.manager.GetStatusChange(states, timeout)
	release()
	switch {
	case is(err, scard.ErrTimeout), is(err, scard.ErrCancelled):
		return false, nil
	case is(err, scard.ErrUnknownReader), is(err, scard.ErrReaderUnavailable):
		return true, nil // unplugged since it was listed
	case err != nil:
		return false, err
	}
	for _, state := range states {
		if state.Reader == pnp && state.EventState&scard.StateUnknown != 0 {
			s.pnp = false // this system has no such entry
			continue
		}
		state.CurrentState = state.EventState &^ scard.StateChanged
		s.known[state.Reader] = state
	}
	return true, nil
}

// presence chooses the slot: with a card before without, one that answers before
// a mute one, the remembered before the first.
func (s *Slot) presence(readers []string) cardio.Presence {
	best := cardio.Presence{State: cardio.NoReader, Count: s.epoch << 16}
	remembered := s.rememberedReader()
	for _, name := range readers {
		state, seen := s.known[name]
		if !seen {
			continue
		}
		p := s.presenceOf(state)
		if rank(p.State) > rank(best.State) || rank(p.State) == rank(best.State) && name == remembered {
			best = p
		}
	}
	return best
}

func rank(s cardio.State) int {
	switch s {
	case cardio.Present:
		return 3
	case cardio.Mute:
		return 2
	case cardio.Empty:
		return 1
	default:
		return 0
	}
}

// presenceOf reads one reader's state: flags are the low 16 bits, the high 16
// count comings and goings.
func (s *Slot) presenceOf(state scard.ReaderState) cardio.Presence {
	p := cardio.Presence{Reader: state.Reader, Count: s.epoch<<16 | uint32(state.CurrentState)>>16}
	flags := state.CurrentState & 0xFFFF
	switch {
	case flags&(scard.StateUnknown|scard.StateUnavailable|scard.StateIgnore) != 0:
		p.State = cardio.NoReader
	case flags&scard.StateMute != 0:
		p.State = cardio.Mute
	case flags&scard.StatePresent != 0:
		p.State = cardio.Present
		p.Contactless = contactless(state.Atr)
	default:
		p.State = cardio.Empty
	}
	return p
}

// contactless recognises the ATR that a reader makes up for a card without
// contacts: 3B 8n 80 01 (PC/SC part 3, 3.1.3.2.3).
func contactless(atr []byte) bool {
	return len(atr) >= 4 && atr[0] == 0x3B && atr[1]&0xF0 == 0x80 && atr[2] == 0x80 && atr[3] == 0x01
}

// ours reports a reader that a resident's card can lie on: within Only, not one
// that software pretends, not a slot for the reader's own SAM.
func (s *Slot) ours(name string) bool {
	if name == "" || !strings.HasPrefix(name, s.options.Only) {
		return false
	}
	lower := strings.ToLower(name)
	for _, v := range []string{"windows hello", "microsoft virtual smart card", "microsoft uicc"} {
		if strings.Contains(lower, v) {
			return false
		}
	}
	return !slices.ContainsFunc(strings.FieldsFunc(lower, notLetter), func(word string) bool { return word == "sam" })
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }

func (s *Slot) note(p cardio.Presence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present = ""
	if p.State == cardio.Present || p.State == cardio.Mute || p.State == cardio.Empty {
		s.present = p.Reader
	}
}

func (s *Slot) rememberedReader() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remembered
}

func (s *Slot) drop() error {
	if s.manager == nil {
		return nil
	}
	m := s.manager
	s.manager = nil
	return cause(m.Release())
}

func (s *Slot) sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	fires, stop := s.clock.Timer(d)
	defer stop()
	select {
	case <-fires:
	case <-ctx.Done():
	}
}

// cancelWith cancels m's wait when ctx ends. A cancel that comes before the wait
// has begun is lost, so it is repeated until release is called.
func cancelWith(ctx context.Context, m manager) (release func()) {
	over := make(chan struct{})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		again := time.NewTicker(5 * time.Millisecond)
		defer again.Stop()
		for {
			_ = m.Cancel() // there may be nothing to cancel yet
			select {
			case <-over:
				return
			case <-again.C:
			}
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}

// Connect is cardio.Slot's: the card on the reader that Wait last named, without
// a Wait the first that has one. T=1 is asked for first, for its case 4; a card
// that another program already uses with T=0 is taken so. While another holds it
// for itself, it is tried for about a second.
func (s *Slot) Connect(ctx context.Context) (cardio.Link, error) {
	m, err := s.service.Establish()
	if err != nil {
		return nil, cause(err)
	}
	l, err := s.connect(ctx, m)
	if err != nil {
		return nil, errors.Join(err, cause(m.Release()))
	}
	return l, nil
}

func (s *Slot) connect(ctx context.Context, m manager) (*link, error) {
	reader, err := s.reader(m)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		h, err := connectAny(m, reader)
		if err == nil {
			atr, err := h.Status()
			if err != nil {
				return nil, errors.Join(cause(err), cause(h.Disconnect()))
			}
			s.mu.Lock()
			s.remembered = reader
			s.mu.Unlock()
			return &link{manager: m, handle: h, atr: atr}, nil
		}
		if !is(err, scard.ErrSharingViolation) || try == sharingMany || ctx.Err() != nil {
			return nil, cause(err)
		}
		s.sleep(ctx, sharingTry)
	}
}

// connectAny tries T=1, then T=0, and T=1 once more where the card was silent: some
// answer the second time only.
func connectAny(m manager, reader string) (handle, error) {
	h, first := m.Connect(reader, scard.ProtocolT1)
	if first == nil || !is(first, scard.ErrProtoMismatch) && !is(first, scard.ErrUnresponsiveCard) {
		return h, first
	}
	h, err := m.Connect(reader, scard.ProtocolT0)
	if err == nil || is(first, scard.ErrProtoMismatch) {
		return h, err
	}
	return m.Connect(reader, scard.ProtocolT1)
}

// reader is the one that Wait named, else the first of ours with a card.
func (s *Slot) reader(m manager) (string, error) {
	s.mu.Lock()
	name := s.present
	s.mu.Unlock()
	if name != "" {
		return name, nil
	}
	readers, err := m.ListReaders()
	if err != nil {
		return "", cause(err)
	}
	readers = slices.DeleteFunc(readers, func(r string) bool { return !s.ours(r) })
	if len(readers) == 0 {
		return "", cardio.ErrNoReader
	}
	states := make([]scard.ReaderState, 0, len(readers))
	for _, r := range readers {
		states = append(states, scard.ReaderState{Reader: r})
	}
	if err := m.GetStatusChange(states, 0); err != nil && !is(err, scard.ErrTimeout) {
		return "", cause(err)
	}
	for _, state := range states {
		if state.EventState&scard.StatePresent != 0 && state.EventState&scard.StateMute == 0 {
			return state.Reader, nil
		}
	}
	return "", cardio.ErrNoCard
}
