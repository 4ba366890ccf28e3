package cardio

import (
	"errors"
	"fmt"
	"sync/atomic"
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

	// The watchdog's timer, under turn; nil: none runs. It is left running when
	// a job ends, for the next: to arm one wakes the runtime's poller, which
	// costs more than the rest of a short job.
	fires <-chan time.Time
	stop  func()
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

// way is how the link is reached: by the worker, which is handed each call, or by
// a job in the worker.
type way interface {
	// act makes one call. Where it outlasts the watchdog the error is late.
	act(late error, f func(Link) error) error
	// transmit is Link.Transmit.
	transmit(command []byte) ([]byte, error)
}

// job is work in the worker that makes several calls: to be handed each would
// cost more than a short one takes. Every call has the watchdog to itself.
type job struct {
	link  Link
	clock Clock
	now   atomic.Pointer[underway] // the last call begun; nil: given up, no call follows
}

type underway struct {
	late  error
	since time.Time
}

func (j *job) act(late error, f func(Link) error) error {
	last := j.now.Load()
	if last == nil || !j.now.CompareAndSwap(last, &underway{late, j.clock.Now()}) {
		return errClosed // the caller has gone
	}
	return named(f(j.link))
}

func (j *job) transmit(command []byte) (answer []byte, err error) {
	err = j.act(ErrSilent, func(link Link) error {
		answer, err = link.Transmit(command)
		return err
	})
	return answer, err
}

// run has the worker do f. It returns late where one call of f outlasts the
// watchdog; f may then still run, so it must touch nothing that the caller uses,
// but give back what it has.
func run[T any](w *worker, f func(way) (T, error)) (T, error) {
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
	j := &job{clock: w.clock}
	j.now.Store(&underway{ErrSilent, w.clock.Now()})
	done := make(chan result, 1)
	if w.fires == nil {
		w.fires, w.stop = w.clock.Timer(watchdog)
	}
	w.jobs <- func(link Link) {
		j.link = link
		value, err := f(j)
		done <- result{value, err}
	}
	for {
		select {
		case r := <-done:
			return r.value, r.err
		case <-w.fires: // perhaps armed for a call that ended long ago
		}
		w.fires = nil
		call := j.now.Load()
		left := watchdog - w.clock.Now().Sub(call.since)
		if left <= 0 && j.now.CompareAndSwap(call, nil) {
			w.dead = fmt.Errorf("given up after %v: %w", watchdog, call.late)
			close(w.jobs)
			return none, w.dead
		}
		if left <= 0 {
			left = watchdog // that call ended this moment, and another began
		}
		w.fires, w.stop = w.clock.Timer(left)
	}
}

// act hands the worker one call. f must touch nothing that the caller uses.
func (w *worker) act(late error, f func(Link) error) error {
	_, err := run(w, func(l way) (struct{}, error) { return struct{}{}, l.act(late, f) })
	return err
}

// transmit hands the worker one command.
func (w *worker) transmit(command []byte) ([]byte, error) {
	return run(w, func(l way) ([]byte, error) { return l.transmit(command) })
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
	if w.fires != nil {
		w.stop()
	}
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
