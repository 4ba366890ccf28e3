package cardio

import (
	"errors"
	"fmt"
	"time"
)

// watchdog is how long one call to a link may take.
const watchdog = 5 * time.Second

// worker makes every call to one link, one after another, in a goroutine of its
// own. A call that outlasts the watchdog is abandoned: the caller goes on, the
// worker stays behind with its link and its PC/SC context, and closes them if
// the call ever returns.
type worker struct {
	clock Clock
	jobs  chan func(Link) // closed by close or abandon, under turn
	turn  chan struct{}   // held by who has a job under way
	ended chan struct{}   // closed when the link is closed
	dead  error           // set under turn: no more jobs
}

var errClosed = errors.New("card is closed")

func startWorker(link Link, clock Clock) *worker {
	w := &worker{
		clock: clock,
		jobs:  make(chan func(Link)),
		turn:  make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
	go func() {
		defer close(w.ended)
		for job := range w.jobs {
			job(link)
		}
		_ = link.Close() // the card stays as it is; there is nobody left to tell
	}()
	return w
}

// call runs f with the link. It returns late where f outlasts the watchdog; f
// may then still run, so it must touch nothing that the caller reads.
func call[T any](w *worker, late error, f func(Link) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if w.dead != nil {
		return none, w.dead
	}
	done := make(chan result, 1)
	w.jobs <- func(link Link) {
		value, err := f(link)
		done <- result{value, err}
	}
	fires, stop := w.clock.Timer(watchdog)
	defer stop()
	select {
	case r := <-done:
		return r.value, named(r.err)
	case <-fires:
		w.dead = fmt.Errorf("given up after %v: %w", watchdog, late)
		close(w.jobs)
		return none, w.dead
	}
}

// act is call for what gives no value.
func act(w *worker, late error, f func(Link) error) error {
	_, err := call(w, late, func(link Link) (struct{}, error) { return struct{}{}, f(link) })
	return err
}

// close closes the link and waits for it, as long as the watchdog allows. It
// reports false where the worker was or is left behind.
func (w *worker) close() bool {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if w.dead != nil {
		return false
	}
	w.dead = errClosed
	close(w.jobs)
	fires, stop := w.clock.Timer(watchdog)
	defer stop()
	select {
	case <-w.ended:
		return true
	case <-fires:
		return false
	}
}

var transportErrors = []error{
	ErrNoService, ErrNoReader, ErrNoCard, ErrSilent, ErrRemoved, ErrReset, ErrInUse, ErrReaderFault,
}

// named makes sure that a link's error is one that the caller can act on.
func named(err error) error {
	if err == nil || isTransport(err) {
		return err
	}
	return errors.Join(ErrReaderFault, err)
}

// isTransport reports an error after which the outcome is unknown.
func isTransport(err error) bool {
	for _, t := range transportErrors {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}
