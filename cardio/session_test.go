package cardio

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/madoguchi/madoguchi/cardio/cardmanager"
)

// scripted is a link whose answers a test decides. Everything is 9000.
type scripted struct {
	alive  atomic.Int32
	closed atomic.Bool
	hang   chan struct{} // Transmit waits for it, where it is not nil
	beginc chan struct{}
	err    atomic.Pointer[error] // of Alive
}

func (l *scripted) Transmit([]byte) ([]byte, error) {
	if l.hang != nil {
		<-l.hang
	}
	return []byte{0x90, 0x00}, nil
}

func (l *scripted) Begin() error {
	if l.beginc != nil {
		<-l.beginc
	}
	return nil
}

func (l *scripted) Alive() error {
	l.alive.Add(1)
	if err := l.err.Load(); err != nil {
		return *err
	}
	return nil
}
func (l *scripted) End() error       { return nil }
func (l *scripted) Reconnect() error { return nil }
func (l *scripted) ATR() []byte      { return []byte{0x3B, 0x00} }
func (l *scripted) Close() error     { l.closed.Store(true); return nil }

func scriptedCard(l *scripted) *Card {
	c := newCard(l, SystemClock{}, slog.New(slog.DiscardHandler))
	c.isd = []byte(cardmanager.AID)
	return c
}

func TestTheCardIsKeptAliveWhileThePlatformIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &scripted{}
		card := scriptedCard(l)
		s, err := card.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if got := l.alive.Load(); got != 3 {
			t.Errorf("asked %d times in 7 s, want 3", got)
		}
		if err := s.End(); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second)
		if got := l.alive.Load(); got != 3 {
			t.Errorf("asked %d times after the end, want 3", got)
		}
		if err := card.Close(); err != nil || !l.closed.Load() {
			t.Errorf("close: %v, link closed %t", err, l.closed.Load())
		}
	})
}

func TestAResetBetweenTwoScriptsEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &scripted{}
		card := scriptedCard(l)
		defer card.Close()
		s, err := card.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.err.Store(&ErrReset)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if _, err := s.Run(t.Context(), scriptOf(t, selISD), func(Stage) {}); !errors.Is(err, ErrReset) {
			t.Errorf("Run: %v, want ErrReset", err)
		}
		if err := s.End(); !errors.Is(err, ErrReset) {
			t.Errorf("End: %v, want ErrReset", err)
		}
	})
}

// slow is a card that takes its time over each command.
type slow struct {
	*scripted
	takes []time.Duration // of each command in turn; the last for all that follow
	sent  atomic.Int32
	ended atomic.Int32
}

func (l *slow) Transmit([]byte) ([]byte, error) {
	n := int(l.sent.Add(1))
	time.Sleep(l.takes[min(n, len(l.takes))-1])
	return []byte{0x90, 0x00}, nil
}

func (l *slow) End() error { l.ended.Add(1); return nil }

func TestEachCommandHasTheWatchdogToItself(t *testing.T) {
	const almost = watchdog - time.Second
	for _, c := range []struct {
		name  string
		takes []time.Duration
		err   error
		took  time.Duration
		sent  int32
		ended int32 // transactions, when all is over
	}{
		// 9000 without data is no area: the card was heard out.
		{"slow, twice", []time.Duration{almost}, ErrMalformed, 2 * almost, 2, 1},
		{"silent at the second", []time.Duration{almost, time.Hour}, ErrSilent, almost + watchdog, 2, 0},
		{"silent at the first", []time.Duration{time.Hour, 0}, ErrSilent, watchdog, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &slow{scripted: &scripted{}, takes: c.takes}
				card := newCard(l, SystemClock{}, slog.New(slog.DiscardHandler))
				start := time.Now()
				_, err := card.Area(t.Context())
				if !errors.Is(err, c.err) || time.Since(start) != c.took {
					t.Errorf("Area: %v after %v; want %v after %v", err, time.Since(start), c.err, c.took)
				}
				_ = card.Close()
				time.Sleep(2 * time.Hour) // the call returns after all
				if l.sent.Load() != c.sent || l.ended.Load() != c.ended || !l.closed.Load() {
					t.Errorf("%d commands, %d ends, closed %t; want %d, %d, true", l.sent.Load(), l.ended.Load(), l.closed.Load(), c.sent, c.ended)
				}
			})
		})
	}
}

func TestTheWatchdogOfAnEarlierCallEndsNoLaterOne(t *testing.T) {
	for _, idle := range []time.Duration{0, watchdog - time.Second, watchdog, time.Hour} {
		t.Run(idle.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &scripted{}
				card := scriptedCard(l)
				if _, err := card.Area(t.Context()); !errors.Is(err, ErrMalformed) {
					t.Fatal(err)
				}
				time.Sleep(idle)
				l.hang = make(chan struct{})
				start := time.Now()
				if _, err := card.Area(t.Context()); !errors.Is(err, ErrSilent) || time.Since(start) != watchdog {
					t.Errorf("Area: %v after %v; want ErrSilent after %v", err, time.Since(start), watchdog)
				}
				close(l.hang)
				synctest.Wait()
			})
		})
	}
}

func TestACardThatNeverAnswersDoesNotHangTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &scripted{hang: make(chan struct{})}
		card := scriptedCard(l)
		start := time.Now()
		_, err := card.Area(t.Context())
		if !errors.Is(err, ErrSilent) || time.Since(start) != watchdog {
			t.Errorf("Area: %v after %v; want ErrSilent after %v", err, time.Since(start), watchdog)
		}
		start = time.Now()
		if _, err := card.Certificate(t.Context()); !errors.Is(err, ErrSilent) || time.Since(start) != 0 {
			t.Errorf("Certificate: %v after %v; want ErrSilent at once", err, time.Since(start))
		}
		if err := card.Close(); !errors.Is(err, ErrSilent) {
			t.Errorf("Close: %v, want ErrSilent", err)
		}
		close(l.hang) // the call returns after all
		synctest.Wait()
		if !l.closed.Load() {
			t.Error("the link that was left behind was not closed")
		}
	})
}

func TestACardHeldByAnotherProgramIsInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &scripted{beginc: make(chan struct{})}
		card := scriptedCard(l)
		if _, err := card.Area(t.Context()); !errors.Is(err, ErrInUse) {
			t.Errorf("Area: %v, want ErrInUse", err)
		}
		close(l.beginc)
	})
}

type stuckSlot struct {
	come chan struct{}
	link *scripted
}

func (s stuckSlot) Wait(context.Context, Presence) (Presence, error) { return Presence{}, nil }

func (s stuckSlot) Connect(context.Context) (Link, error) {
	<-s.come
	return s.link, nil
}

func TestAConnectThatNeverReturnsIsGivenUpAndClosedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stuckSlot{make(chan struct{}), &scripted{}}
		_, err := NewReader(s, SystemClock{}, slog.New(slog.DiscardHandler)).Open(t.Context())
		if !errors.Is(err, ErrSilent) {
			t.Errorf("Open: %v, want ErrSilent", err)
		}
		close(s.come)
		synctest.Wait()
		if !s.link.closed.Load() {
			t.Error("the late link was not closed")
		}
	})
}

func TestAnUnnamedErrorOfALinkIsAReaderFault(t *testing.T) {
	if err := named(errors.New("odd")); !errors.Is(err, ErrReaderFault) {
		t.Errorf("named = %v", err)
	}
}
