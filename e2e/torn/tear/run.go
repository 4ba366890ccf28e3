package tear

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Report is what became of a part.
type Report struct {
	Run
	Tried, Old, New, Third int
	Failures               []error // each names its case
}

// Err is nil where every case was tried and held.
func (r *Report) Err() error {
	if len(r.Failures) == 0 && r.Tried == r.N() && r.Old+r.New == r.Tried {
		return nil
	}
	return fmt.Errorf("%s: %d of %d cases tried, %d failed", r.Part, r.Tried, r.N(), len(r.Failures))
}

// maxFailures ends a part that is broken altogether.
const maxFailures = 20

func (r *Report) add(left Left, err error) {
	r.Tried++
	switch {
	case errors.Is(err, ErrThird):
		r.Third++
	case err != nil:
	case left == New:
		r.New++
	default:
		r.Old++
	}
	if err != nil {
		r.Failures = append(r.Failures, err)
	}
}

// Opener starts a counter.
type Opener func(context.Context) (*Counter, error)

// All measures a part and tries every case of it, workers at a time, each at a
// counter of its own. tried is told after each case, by one goroutine at a time.
func All(ctx context.Context, open Opener, part Part, workers int, tried func(*Report)) (*Report, error) {
	first, err := open(ctx)
	if err != nil {
		return nil, err
	}
	run, err := first.Measure(ctx, part)
	if err = errors.Join(err, first.Close()); err != nil {
		return nil, err
	}
	report := &Report{Run: run}
	return report, report.try(ctx, open, run.Cases(), workers, tried)
}

func (r *Report) try(ctx context.Context, open Opener, cases []Case, workers int, tried func(*Report)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan Case)
	go func() {
		defer close(queue)
		for _, c := range cases {
			select {
			case queue <- c:
			case <-ctx.Done():
				return
			}
		}
	}()
	var mu sync.Mutex
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			err := work(ctx, open, queue, func(left Left, err error) {
				mu.Lock()
				defer mu.Unlock()
				r.add(left, err)
				tried(r)
				if len(r.Failures) >= maxFailures {
					stop(fmt.Errorf("%s: given up after %d failures", r.Part, maxFailures))
				}
			})
			if err != nil {
				stop(err)
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// work tries cases at one counter. A case that failed leaves it in an unknown
// state, so the next has another.
func work(ctx context.Context, open Opener, cases <-chan Case, done func(Left, error)) (err error) {
	var c *Counter
	defer func() {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	for tear := range cases {
		if c == nil {
			if c, err = open(ctx); err != nil {
				return err
			}
		}
		left, failed := c.Try(ctx, tear)
		if failed != nil && ctx.Err() != nil {
			return nil // somebody else's failure ended it
		}
		done(left, failed)
		if failed != nil {
			if err = c.Close(); err != nil {
				return err
			}
			c = nil
		}
	}
	return nil
}
