package cardio

import "time"

// Clock is the time, and timers. It is a parameter so that nothing here waits for real.
type Clock interface {
	Now() time.Time
	// Timer gives a channel that receives once after d, and a function that
	// stops it.
	Timer(d time.Duration) (fires <-chan time.Time, stop func())
}

// SystemClock is the machine's.
type SystemClock struct{}

// Now is time.Now.
func (SystemClock) Now() time.Time { return time.Now() }

// Timer starts a timer. It is no time.Timer with a channel: that one is handed to
// the runtime anew each time its channel is waited on.
func (SystemClock) Timer(d time.Duration) (<-chan time.Time, func()) {
	fires := make(chan time.Time, 1)
	t := time.AfterFunc(d, func() { fires <- time.Now() })
	return fires, func() { t.Stop() }
}
