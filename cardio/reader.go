package cardio

import (
	"context"
	"fmt"
	"log/slog"
)

// Reader is the desk's R/W: it waits for cards and opens them. It may be shared
// by goroutines; one at a time waits.
type Reader struct {
	slot  Slot
	clock Clock
	log   *slog.Logger
}

// NewReader makes a reader of a slot. The trace of every exchange goes to log at
// debug level, masked.
func NewReader(slot Slot, clock Clock, log *slog.Logger) *Reader {
	return &Reader{slot: slot, clock: clock, log: log}
}

// Wait is Slot.Wait.
func (r *Reader) Wait(ctx context.Context, last Presence) (Presence, error) {
	return r.slot.Wait(ctx, last)
}

// Open opens the card that lies there, to be closed by Card.Close. It sends
// nothing to it. Errors are Slot.Connect's; a connect that does not return within
// 5 s is ErrSilent, and is closed should it ever come.
func (r *Reader) Open(ctx context.Context) (*Card, error) {
	type result struct {
		link Link
		err  error
	}
	connected := make(chan result)
	left := make(chan struct{})
	go func() {
		link, err := r.slot.Connect(ctx)
		select {
		case connected <- result{link, err}:
		case <-left:
			if err == nil {
				_ = link.Close() // nobody waits any more
			}
		}
	}()
	fires, stop := r.clock.Timer(watchdog)
	defer stop()
	select {
	case c := <-connected:
		if c.err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("open card: %w", named(c.err))
		}
		return newCard(c.link, r.clock, r.log), nil
	case <-fires:
		close(left)
		return nil, fmt.Errorf("open card: given up after %v: %w", watchdog, ErrSilent)
	}
}
