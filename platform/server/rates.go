package server

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates counts calls in memory: nothing of who asked how often is kept.
type rates struct {
	c   Rates
	now func() time.Time

	mu      sync.Mutex
	askers  map[string]*counted
	cleared time.Time
}

type counted struct {
	*rate.Limiter
	last time.Time
}

const forgetAsker = 10 * time.Minute

func newRates(c Rates, now func() time.Time) *rates {
	return &rates{c: c, now: now, askers: map[string]*counted{}, cleared: now()}
}

func (s *rates) allow(r *http.Request, open bool) bool {
	limit, burst, who := s.c.Desk, s.c.DeskBurst, asker(r)
	if open {
		limit, burst, who = s.c.Open, s.c.OpenBurst, "open "+who
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Sub(s.cleared) > forgetAsker {
		s.cleared = now
		for name, a := range s.askers {
			if now.Sub(a.last) > forgetAsker {
				delete(s.askers, name)
			}
		}
	}
	a, ok := s.askers[who]
	if !ok {
		a = &counted{Limiter: rate.NewLimiter(limit, burst)}
		s.askers[who] = a
	}
	a.last = now
	return a.AllowN(now, 1)
}
