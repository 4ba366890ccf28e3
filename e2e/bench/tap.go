//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/e2e/bench/floor"
	"github.com/madoguchi/madoguchi/training"
)

// goalTap: card present to number delivered costs no more than this many times its
// floor.
const goalTap = 1.15

// rested is how long no key was used before a round: longer than the tap gate asks
// for (150 ms), which is a rule and no cost of ours. Both sides wait.
const rested = 160 * time.Millisecond

// measureTaps measures taps, from the moment that a card is reported to the last key of
// its holder's number in the target, beside the floor: same card, same platform,
// same R/W, same window.
func (b *bed) measureTaps(ctx context.Context, rounds int) (result *bench, err error) {
	l, err := b.lend(ctx, "lending", -1)
	if err != nil {
		return nil, err
	}
	defer closeInto(&err, l)
	desk := l.training.Desk()
	certificate, err := desk.Certificate()
	if err != nil {
		return nil, err
	}
	bare, err := floor.Open(floor.Config{
		Address: desk.BaseURL, TLS: tlsOf(desk.Roots, certificate), File: b.path("floor-lending.db"), Reader: b.daemon.Reader,
	})
	if err != nil {
		return nil, err
	}
	defer closeInto(&err, bare)
	keys, err := floor.OpenKeys()
	if err != nil {
		return nil, err
	}
	defer keys.Close()
	ours := tapper{lay: l.desk.Come, delivered: l.desk.Typed, after: l.desk.Next}
	theirs := bareTaps(string(training.ServiceLibrary), bare, keys)
	defer theirs.stop()
	for _, open := range []struct {
		side *tapper
		file string
	}{{&ours, l.journal()}, {&theirs.tapper, b.path("floor-lending.db")}} {
		if open.side.wal, err = openWAL(open.file); err != nil {
			return nil, err
		}
		defer open.side.wal.Close()
	}
	result = &bench{name: "tap", goal: goalTap}
	for n := range rounds + warmUp {
		card := l.lay()
		a, err := l.tap(ctx, card, ours)
		if err != nil {
			return nil, fmt.Errorf("ours, round %d: %w", n, err)
		}
		b.seat.put(card.Chip)
		f, err := l.tap(ctx, card, theirs.tapper)
		if err != nil {
			return nil, fmt.Errorf("floor, round %d: %w", n, err)
		}
		if err := same(a, f); err != nil {
			return nil, fmt.Errorf("round %d: %w", n, err)
		}
		if n >= warmUp {
			result.add(a, f)
		}
	}
	return result, nil
}

// tapper is one of two that look a card up: the desk, or the floor.
type tapper struct {
	wal       *wal
	lay       func()                      // tells of a card, and returns at once
	delivered func(context.Context) error // waits for the end
	after     func(context.Context) error
}

// tapLimit is how long one tap may take; 10 ms are usual.
const tapLimit = 10 * time.Second

// tap lets one side look one card up. What is timed is from telling of the card to
// the last key in the target.
func (l *lending) tap(ctx context.Context, card *training.Card, s tapper) (r round, err error) {
	ctx, cancel := context.WithTimeout(ctx, tapLimit)
	defer cancel()
	if err := s.wal.empty(); err != nil {
		return r, err
	}
	l.target.expect(keysOf(card))
	if err := l.target.quiet(ctx, rested); err != nil {
		return r, err
	}
	l.asked.requests()
	began := time.Now()
	s.lay()
	last, err := l.target.last(ctx)
	if ended := s.delivered(ctx); ended != nil { // it says more than the keys that did not come
		err = ended
	}
	if err != nil {
		return r, err
	}
	r.took = last.Sub(began)
	r.commands, r.routes, r.keys = l.bed.seat.commands(), l.asked.requests(), l.target.received()
	if r.commits, err = s.wal.commits(); err != nil {
		return r, err
	}
	return r, s.after(ctx)
}

// keysOf is how many events of keys a number and Enter are.
func keysOf(card *training.Card) int { return 2 * (len(card.Number.Reveal()) + 1) }

// bareSide is the floor, waiting for a card in a goroutine of its own as the desk
// does.
type bareSide struct {
	tapper
	came  chan struct{}
	ended chan error
}

func bareTaps(service string, bare *floor.Floor, keys *floor.Keys) *bareSide {
	s := &bareSide{came: make(chan struct{}, 1), ended: make(chan error, 1)}
	go func() {
		defer close(s.ended)
		for range s.came {
			s.ended <- bare.Tap(service, keys)
		}
	}()
	s.lay = func() { s.came <- struct{}{} }
	s.delivered = func(ctx context.Context) error {
		select {
		case err := <-s.ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.after = func(context.Context) error { return nil }
	return s
}

func (s *bareSide) stop() { close(s.came) }
