package app

import (
	"context"
	"slices"
	"sync"
	"time"
)

// event is one thing that happened: an intent, the R/W changed, a hand-over ended,
// or time is up.
type event struct {
	intent Intent
	reader bool    // the presence changed: look at it
	over   bool    // the time that was waited for has passed
	passed *passed // a hand-over ended
}

// queue holds events in order. put never waits.
type queue struct {
	mu    sync.Mutex
	items []event
	some  chan struct{} // holds one token while there may be events
}

func newQueue() *queue { return &queue{some: make(chan struct{}, 1)} }

func (q *queue) put(e event) {
	q.mu.Lock()
	q.items = append(q.items, e)
	q.mu.Unlock()
	select {
	case q.some <- struct{}{}:
	default:
	}
}

func (q *queue) take() (event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return event{}, false
	}
	e := q.items[0]
	q.items = q.items[1:]
	return e, true
}

// drop takes out what was meant for a moment that is over. What leads to another
// screen stays.
func (q *queue) drop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = slices.DeleteFunc(q.items, func(e event) bool {
		_, leads := e.intent.(GoTo)
		return !leads
	})
}

// wait gives the next event, or over when limit fires (nil: no limit), or ctx's
// error.
func (q *queue) wait(ctx context.Context, limit <-chan time.Time) (event, error) {
	for {
		if e, ok := q.take(); ok {
			return e, nil
		}
		select {
		case <-ctx.Done():
			return event{}, ctx.Err()
		case <-limit:
			return event{over: true}, nil
		case <-q.some:
		}
	}
}
