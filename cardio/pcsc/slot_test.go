package pcsc

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/cardio"
)

// fake is a PC/SC service that a test decides.
type fake struct {
	establish func() error
	readers   []string
	listErr   error
	states    map[string]scard.StateFlag
	atr       []byte
	changeErr error
	connect   func(reader string, p scard.Protocol) (handle, error)

	established, released, changes int
	asked                          []scard.ReaderState
}

func (f *fake) Establish() (manager, error) {
	if f.establish != nil {
		if err := f.establish(); err != nil {
			return nil, err
		}
	}
	f.established++
	return &fakeManager{f, make(chan struct{}, 1)}, nil
}

type fakeManager struct {
	*fake
	cancelled chan struct{}
}

func (m *fakeManager) ListReaders() ([]string, error) { return m.readers, m.listErr }

// GetStatusChange returns at once where a state differs from what is known, else
// after the time-out.
func (m *fakeManager) GetStatusChange(states []scard.ReaderState, timeout time.Duration) error {
	m.changes++
	m.asked = states
	if m.changeErr != nil {
		return m.changeErr
	}
	changed := false
	for i := range states {
		now := m.states[states[i].Reader]
		states[i].EventState = now
		states[i].Atr = m.atr
		if now&^scard.StateChanged != states[i].CurrentState {
			states[i].EventState |= scard.StateChanged
			changed = true
		}
	}
	if changed {
		return nil
	}
	select {
	case <-time.After(timeout):
		return scard.ErrTimeout
	case <-m.cancelled:
		return scard.ErrCancelled
	}
}

func (m *fakeManager) Connect(reader string, p scard.Protocol) (handle, error) {
	return m.connect(reader, p)
}

func (m *fakeManager) Cancel() error {
	select {
	case m.cancelled <- struct{}{}:
	default:
	}
	return nil
}
func (m *fakeManager) Release() error { m.released++; return nil }

const (
	a, b  = "Reader A", "Reader B"
	card  = scard.StatePresent
	empty = scard.StateEmpty
	mute  = scard.StatePresent | scard.StateMute
)

func TestWhichSlotIsUsed(t *testing.T) {
	for _, c := range []struct {
		name       string
		states     map[string]scard.StateFlag
		readers    []string
		options    Options
		remembered string
		want       cardio.State
		reader     string
	}{
		{"no reader", nil, nil, Options{}, "", cardio.NoReader, ""},
		{"empty", map[string]scard.StateFlag{a: empty}, []string{a}, Options{}, "", cardio.Empty, a},
		{"card", map[string]scard.StateFlag{a: card}, []string{a}, Options{}, "", cardio.Present, a},
		{"card in use", map[string]scard.StateFlag{a: card | scard.StateInuse}, []string{a}, Options{}, "", cardio.Present, a},
		{"card in the second", map[string]scard.StateFlag{a: empty, b: card}, []string{a, b}, Options{}, "", cardio.Present, b},
		{"the remembered of two", map[string]scard.StateFlag{a: card, b: card}, []string{a, b}, Options{}, b, cardio.Present, b},
		{"the first of two", map[string]scard.StateFlag{a: card, b: card}, []string{a, b}, Options{}, "", cardio.Present, a},
		{"a mute slot is skipped", map[string]scard.StateFlag{a: mute, b: card}, []string{a, b}, Options{}, a, cardio.Present, b},
		{"only a mute one", map[string]scard.StateFlag{a: mute}, []string{a}, Options{}, "", cardio.Mute, a},
		{"unavailable", map[string]scard.StateFlag{a: scard.StateUnavailable}, []string{a}, Options{}, "", cardio.NoReader, ""},
		{"Windows Hello", map[string]scard.StateFlag{"Windows Hello for Business 1": card}, []string{"Windows Hello for Business 1"}, Options{}, "", cardio.NoReader, ""},
		{"a SAM slot", map[string]scard.StateFlag{"ACS ACR1252 1S CL Reader SAM 0": card}, []string{"ACS ACR1252 1S CL Reader SAM 0"}, Options{}, "", cardio.NoReader, ""},
		{"Samsung is no SAM", map[string]scard.StateFlag{"Samsung 1": card}, []string{"Samsung 1"}, Options{}, "", cardio.Present, "Samsung 1"},
		{"training takes virtual ones only", map[string]scard.StateFlag{a: card, "Virtual PCD 1": empty}, []string{a, "Virtual PCD 1"}, Options{Only: "Virtual PCD"}, "", cardio.Empty, "Virtual PCD 1"},
		{"training without one", map[string]scard.StateFlag{a: card}, []string{a}, Options{Only: "Virtual PCD"}, "", cardio.NoReader, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{readers: c.readers, states: c.states}
				s := newSlot(f, cardio.SystemClock{}, c.options)
				s.remembered = c.remembered
				p, err := s.Wait(t.Context(), cardio.Presence{State: -1})
				if err != nil || p.State != c.want || p.Reader != c.reader {
					t.Errorf("Wait = %+v, %v; want %v on %q", p, err, c.want, c.reader)
				}
			})
		})
	}
}

func TestAStoppedServiceComesBackByItself(t *testing.T) {
	for _, code := range []scard.Error{scard.ErrNoService, scard.ErrServiceStopped, scard.ErrInvalidHandle, scard.ErrCommError, winInvalidHandle} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{readers: []string{a}, states: map[string]scard.StateFlag{a: card}}
			s := newSlot(f, cardio.SystemClock{}, Options{})
			before, err := s.Wait(t.Context(), cardio.Presence{State: -1})
			if err != nil || before.State != cardio.Present {
				t.Fatalf("%v: %+v, %v", code, before, err)
			}
			f.changeErr = code
			gone, err := s.Wait(t.Context(), before)
			if err != nil || gone.State != cardio.NoService || f.released != 1 {
				t.Fatalf("%v: %+v, %v, %d contexts released; want no service", code, gone, err, f.released)
			}
			f.changeErr = nil
			down := 5
			f.establish = func() error {
				if down--; down > 0 {
					return scard.ErrNoService
				}
				return nil
			}
			start := time.Now()
			back, err := s.Wait(t.Context(), gone)
			if err != nil || back.State != cardio.Present || back.Count == before.Count {
				t.Errorf("%v: %+v, %v; want the card with another count than %d", code, back, err, before.Count)
			}
			if waited := time.Since(start); waited < time.Second || waited > 10*time.Second {
				t.Errorf("%v: back after %v: no back-off", code, waited)
			}
		})
	}
}

func TestOutAndInBetweenTwoPollsIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{readers: []string{a}, states: map[string]scard.StateFlag{a: card | 1<<16}}
		s := newSlot(f, cardio.SystemClock{}, Options{})
		first, err := s.Wait(t.Context(), cardio.Presence{State: -1})
		if err != nil {
			t.Fatal(err)
		}
		f.states[a] = card | 3<<16
		second, err := s.Wait(t.Context(), first)
		if err != nil || second.State != cardio.Present || second == first {
			t.Errorf("Wait = %+v after %+v, %v", second, first, err)
		}
		if got := f.asked[0].CurrentState; got != card|1<<16 {
			t.Errorf("asked with state %X, want the whole of what was seen", uint32(got))
		}
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{readers: []string{a}, states: map[string]scard.StateFlag{a: empty}}
		s := newSlot(f, cardio.SystemClock{}, Options{})
		last, err := s.Wait(t.Context(), cardio.Presence{State: -1})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute+time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := s.Wait(ctx, last); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait: %v", err)
		}
		if waited := time.Since(start); waited > time.Minute+100*time.Millisecond {
			t.Errorf("ended after %v", waited)
		}
		if f.changes > 40 {
			t.Errorf("%d polls in a minute: a busy loop", f.changes)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAReaderThatStirsForNothingIsNoBusyLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{readers: []string{a}, states: map[string]scard.StateFlag{a: empty}}
		s := newSlot(f, cardio.SystemClock{}, Options{})
		last, err := s.Wait(t.Context(), cardio.Presence{State: -1})
		if err != nil {
			t.Fatal(err)
		}
		f.changeErr = scard.ErrUnknownReader // returns at once, every time
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, _ = s.Wait(ctx, last)
		if f.changes > 110 {
			t.Errorf("%d polls in 10 s", f.changes)
		}
	})
}

func TestEveryCodeIsNamed(t *testing.T) {
	for code, want := range map[scard.Error]error{
		scard.ErrNoService: cardio.ErrNoService, scard.ErrServiceStopped: cardio.ErrNoService,
		winInvalidHandle: cardio.ErrNoService, winBrokenPipe: cardio.ErrNoService,
		scard.ErrNoReadersAvailable: cardio.ErrNoReader, scard.ErrReaderUnavailable: cardio.ErrNoReader,
		scard.ErrNoSmartcard:      cardio.ErrNoCard,
		scard.ErrRemovedCard:      cardio.ErrRemoved,
		scard.ErrNotTransacted:    cardio.ErrRemoved,
		scard.ErrUnresponsiveCard: cardio.ErrSilent,
		scard.ErrResetCard:        cardio.ErrReset,
		scard.ErrSharingViolation: cardio.ErrInUse,
		scard.ErrInternalError:    cardio.ErrReaderFault,
		scard.Error(4711):         cardio.ErrReaderFault,
	} {
		if got := cause(code); !errors.Is(got, want) {
			t.Errorf("cause(%08X) = %v, want %v", uint32(code), got, want)
		}
	}
	if cause(nil) != nil {
		t.Error("no error became one")
	}
}

// fakeHandle is a connected card.
type fakeHandle struct {
	protocol scard.Protocol
	begin    error // of BeginTransaction
	answer   error // of Transmit
	sent     []byte
	ends     int
}

func (h *fakeHandle) Protocol() scard.Protocol { return h.protocol }
func (h *fakeHandle) Transmit(c []byte) ([]byte, error) {
	h.sent = bytes.Clone(c)
	return []byte{0x90, 0}, h.answer
}
func (h *fakeHandle) BeginTransaction() error          { return h.begin }
func (h *fakeHandle) EndTransaction() error            { h.ends++; return nil }
func (h *fakeHandle) Status() ([]byte, error)          { return []byte{0x3B, 0}, nil }
func (h *fakeHandle) Reconnect(p scard.Protocol) error { h.protocol = p; return nil }
func (h *fakeHandle) Disconnect() error                { return nil }

func TestHowACardIsConnected(t *testing.T) {
	const t0, t1 = scard.ProtocolT0, scard.ProtocolT1
	for _, c := range []struct {
		name  string
		fails []error // of each try; then it works
		tries []scard.Protocol
		err   error
		took  time.Duration
	}{
		{"T=1 first", nil, []scard.Protocol{t1}, nil, 0},
		{"T=0 where another uses it", []error{scard.ErrProtoMismatch}, []scard.Protocol{t1, t0}, nil, 0},
		{"T=0 where T=1 is silent", []error{scard.ErrUnresponsiveCard}, []scard.Protocol{t1, t0}, nil, 0},
		{"T=1 the second time", []error{scard.ErrUnresponsiveCard, scard.ErrUnresponsiveCard}, []scard.Protocol{t1, t0, t1}, nil, 0},
		{"silent", []error{scard.ErrUnresponsiveCard, scard.ErrUnresponsiveCard, scard.ErrUnresponsiveCard}, []scard.Protocol{t1, t0, t1}, cardio.ErrSilent, 0},
		{"held for a moment", []error{scard.ErrSharingViolation, scard.ErrSharingViolation}, []scard.Protocol{t1, t1, t1}, nil, 200 * time.Millisecond},
		{"held", []error{
			scard.ErrSharingViolation, scard.ErrSharingViolation, scard.ErrSharingViolation, scard.ErrSharingViolation, scard.ErrSharingViolation,
			scard.ErrSharingViolation, scard.ErrSharingViolation, scard.ErrSharingViolation, scard.ErrSharingViolation, scard.ErrSharingViolation,
		}, []scard.Protocol{t1, t1, t1, t1, t1, t1, t1, t1, t1, t1}, cardio.ErrInUse, 900 * time.Millisecond},
		{"taken away", []error{scard.ErrNoSmartcard}, []scard.Protocol{t1}, cardio.ErrNoCard, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var tries []scard.Protocol
				f := &fake{readers: []string{a}, states: map[string]scard.StateFlag{a: card}}
				f.connect = func(_ string, p scard.Protocol) (handle, error) {
					tries = append(tries, p)
					if n := len(tries); n <= len(c.fails) {
						return nil, c.fails[n-1]
					}
					return &fakeHandle{protocol: p}, nil
				}
				start := time.Now()
				l, err := newSlot(f, cardio.SystemClock{}, Options{}).Connect(t.Context())
				if !errors.Is(err, c.err) || time.Since(start) != c.took || len(tries) != len(c.tries) {
					t.Fatalf("Connect: %v after %v, tries %v; want %v after %v, %v", err, time.Since(start), tries, c.err, c.took, c.tries)
				}
				for i := range tries {
					if tries[i] != c.tries[i] {
						t.Errorf("tries %v, want %v", tries, c.tries)
					}
				}
				if err == nil {
					err = l.Close()
				}
				if f.released != 1 {
					t.Errorf("%d contexts released, want 1 (%v)", f.released, err)
				}
			})
		})
	}
}

func TestOnT0TheExpectedLengthIsLeftOff(t *testing.T) {
	h := &fakeHandle{protocol: scard.ProtocolT0}
	l := &link{handle: h}
	if _, err := l.Transmit([]byte{0x84, 0xE4, 0, 0, 1, 0xAA, 0}); err != nil || !bytes.Equal(h.sent, []byte{0x84, 0xE4, 0, 0, 1, 0xAA}) {
		t.Errorf("sent % X, %v", h.sent, err)
	}
}

func TestATransactionOnACardResetBeforeIsNotBegun(t *testing.T) {
	h := &fakeHandle{protocol: scard.ProtocolT1, begin: scard.ErrResetCard}
	if err := (&link{handle: h}).Begin(); !errors.Is(err, cardio.ErrReset) || h.ends != 0 {
		t.Errorf("Begin: %v, ended %d times; want ErrReset, never", err, h.ends)
	}
}

func TestACardResetUnseenIsToldByItsFirstAnswer(t *testing.T) {
	l := &link{handle: &fakeHandle{protocol: scard.ProtocolT1, answer: scard.ErrResetCard}}
	if err := l.Begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Transmit([]byte{0x00, 0xA4, 0x04, 0x0C}); !errors.Is(err, cardio.ErrReset) {
		t.Errorf("Transmit: %v; want ErrReset", err)
	}
}

func TestTheLibrarysPanicsAreKeptAway(t *testing.T) {
	if err := (systemManager{}).GetStatusChange(nil, 0); err == nil {
		t.Error("an empty list was passed on")
	}
	if _, err := (systemManager{}).Connect("", scard.ProtocolT1); err == nil {
		t.Error("a reader without a name was passed on")
	}
	if _, err := (systemHandle{}).Transmit(nil); err == nil {
		t.Error("an empty command was passed on")
	}
	if _, err := (systemHandle{&scard.Card{}}).Transmit([]byte{0}); !is(err, scard.ErrProtoMismatch) {
		t.Errorf("a card without a protocol: %v", err)
	}
}
