package app_test

import (
	"context"
	"sync"
	"testing"
	"time"
)

// clock is a time that passes only when a test says so. It begins now, because
// TLS looks at the machine's clock.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []wait
	made  map[time.Duration]int
	moved chan struct{} // closed when a wait begins, then made anew
}

type wait struct {
	due   time.Time
	fires chan time.Time
}

func newClock() *clock {
	return &clock{now: time.Now(), made: map[time.Duration]int{}, moved: make(chan struct{})}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := wait{c.now.Add(d), make(chan time.Time, 1)}
	c.waits = append(c.waits, w)
	c.made[d]++
	close(c.moved)
	c.moved = make(chan struct{})
	return w.fires
}

// begun is how often somebody has begun to wait for d.
func (c *clock) begun(d time.Duration) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[d]
}

// elapse lets d pass, from the moment when somebody waits for it whom begun had
// not counted yet.
func (c *clock) elapse(ctx context.Context, t *testing.T, d time.Duration, begun int) {
	t.Helper()
	for {
		c.mu.Lock()
		if c.made[d] > begun {
			c.pass(d)
			c.mu.Unlock()
			return
		}
		moved := c.moved
		c.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			t.Fatalf("nobody waits for %v", d)
		}
	}
}

// pass moves the time on and wakes all that is due.
func (c *clock) pass(d time.Duration) {
	c.now = c.now.Add(d)
	later := c.waits[:0]
	for _, w := range c.waits {
		if w.due.After(c.now) {
			later = append(later, w)
			continue
		}
		w.fires <- c.now
	}
	c.waits = later
}

// step lets d pass now, whoever waits.
func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass(d)
}
