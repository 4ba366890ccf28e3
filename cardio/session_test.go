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
