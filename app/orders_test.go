package app_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// crowd is one desk and the people before it, and an observer who notes what was
// read and typed while whose card lay there. It knows nothing of the desk's own
// bookkeeping.
type crowd struct {
	*reception
	people []*holder

	mu     sync.Mutex
	there  *holder            // whose card lies on the R/W
	of     map[string]*holder // a number that was scanned or typed: for whom
	own    map[string]*holder // a number that is linked: whose
	serial int                // of made-up numbers
	said   map[string]string  // transaction → record: one transaction, one person
	seen   map[string]int
	fault  string
}

func (c *crowd) note(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *crowd) blame(format string, args ...any) {
	if c.fault == "" {
		c.fault = fmt.Sprintf(format, args...)
	}
}

// Link is the platform's: every change is held against what was noted.
func (c *crowd) Link(record, transaction, number string) {
	c.note(func() {
		c.seen["linked"]++
		if whose := c.of[number]; whose == nil || string(whose.record) != record {
			c.blame("a number that came for one person is sent with another's record")
		}
		if was, known := c.said[transaction]; known && was != record {
			c.blame("one transaction for two persons")
		}
		c.said[transaction] = record
	})
}

// handed is the library system's: a number may come only with its gate open.
func (c *crowd) handed(number string, to handover.Window) {
	c.note(func() {
		c.seen["typed"]++
		if c.own[number] == nil {
			c.blame("a number was typed that nobody has")
		}
		if to.Process != lending.Process {
			c.blame("a number was typed into %q", to.Title)
		}
	})
}

// step does one thing that people do, in any order.
func (c *crowd) step(random *rand.Rand) {
	for app.Pending(c.App) > random.IntN(3) && c.ctx.Err() == nil {
		runtime.Gosched() // people are slower than the desk, if only a little
	}
	if random.IntN(3) > 0 {
		c.settle()
	}
	v := c.App.View()
	c.note(func() {
		c.seen[v.Screen.String()+" "+map[app.Screen]string{app.ScreenRegister: v.Register.Phase.String(), app.ScreenLookup: v.Lookup.Phase.String()}[v.Screen]]++
	})
	if random.IntN(2) == 0 {
		c.goOn(random, v)
		return
	}
	switch random.IntN(22) {
	case 0, 1, 2, 3:
		h := c.people[random.IntN(len(c.people))]
		c.note(func() { c.there = h })
		c.put(h)
	case 4, 5:
		c.take()
		c.note(func() { c.there = nil })
	case 6, 7, 8, 9:
		c.scans(v, random.IntN(4) == 0)
	case 10, 11, 12:
		c.App.Send(app.Consent{Yes: random.IntN(5) > 0})
	case 13, 14, 15:
		c.App.Send(app.Put{})
	case 16:
		c.App.Send(app.GoTo{Screen: []app.Screen{app.ScreenRegister, app.ScreenRegister, app.ScreenLookup, app.ScreenHome, app.ScreenLocked}[random.IntN(5)]})
	case 17:
		c.App.Send([]app.Intent{app.Cancel{}, app.Next{}, app.Again{}, app.Quit{}}[random.IntN(4)])
	case 18:
		c.App.Send([]app.Intent{app.Release{}, app.HandOver{}, app.Clear{}, app.Unlink{}, app.Really{}, app.TypedBecause{Reason: app.TypedDamaged}}[random.IntN(6)])
	case 19:
		c.clock.step([]time.Duration{50 * time.Millisecond, time.Second, 5 * time.Second, 21 * time.Second, 61 * time.Second}[random.IntN(5)])
	case 20:
		c.desktop.do(func(d *desktop) {
			d.front = []handover.Window{lending, lending, {ID: 7, Process: "lending", Title: "貸出 — 利用者"}, {ID: 9, Process: "mail", Title: "貸出"}}[random.IntN(4)]
			d.idle = []time.Duration{time.Hour, 10 * time.Millisecond}[random.IntN(2)]
		})
	case 21:
		c.town.do(func(p *town) {
			p.fails = []error{nil, nil, nil, platformclient.ErrOffline, platformclient.ErrLinkTaken}[random.IntN(5)]
			p.lost = random.IntN(4) == 0
		})
	}
}

// goOn does what helps.
func (c *crowd) goOn(random *rand.Rand, v app.View) {
	next := func() {
		h := c.people[random.IntN(len(c.people))]
		c.take()
		c.note(func() { c.there = h })
		c.put(h)
	}
	switch v.Screen {
	case app.ScreenHome:
		c.App.Send(app.GoTo{Screen: []app.Screen{app.ScreenRegister, app.ScreenLookup}[random.IntN(2)]})
	case app.ScreenLocked:
		c.App.Send(app.Next{})
	case app.ScreenLookup:
		if random.IntN(8) == 0 {
			c.App.Send(app.GoTo{Screen: app.ScreenRegister})
			return
		}
		c.clock.step(4 * time.Second) // or the same card again is no tap
		c.App.Send(app.Release{})
		next()
	case app.ScreenRegister:
		switch v.Register.Phase {
		case app.RegisterNumber:
			c.scans(v, false)
		case app.RegisterConsent, app.RegisterUnlinking:
			c.App.Send(app.Consent{Yes: true})
		case app.RegisterReady:
			c.App.Send(app.Put{})
		case app.RegisterReading, app.RegisterSending:
		default:
			if random.IntN(8) == 0 {
				c.App.Send(app.GoTo{Screen: app.ScreenLookup})
				return
			}
			next()
		}
	}
}

// scans brings a number for who is there now; the field it comes into is that of
// the View, which may be a moment old.
func (c *crowd) scans(v app.View, typed bool) {
	var number string
	c.note(func() {
		c.serial++
		number = valid(c.serial)
		c.of[number] = c.there
	})
	if typed {
		c.keyIn2(v, number)
		return
	}
	c.App.Send(app.Entered{Serial: v.Register.Serial, Text: app.NewInput(number), Scanned: true})
}

// keyIn2 types a number twice, with its reason, without waiting.
func (c *crowd) keyIn2(v app.View, number string) {
	for _, i := range []app.Intent{
		app.Entered{Serial: v.Register.Serial, Text: app.NewInput(number)},
		app.TypedBecause{Reason: app.TypedDamaged},
		app.Entered{Serial: v.Register.Serial, Text: app.NewInput(number)},
	} {
		c.App.Send(i)
	}
}

// settle lets the desk catch up with what lies on the R/W, so that orders come
// far. A desk that does not in a moment is let be: its View says why.
func (c *crowd) settle() {
	ctx, cancel := context.WithTimeout(c.ctx, 30*time.Millisecond)
	defer cancel()
	var lies bool
	c.note(func() { lies = c.there != nil })
	_, _ = c.Until(ctx, "the desk", func(v app.View) bool {
		if (v.Status.Reader == app.ReaderCard) != lies {
			return false
		}
		switch v.Screen {
		case app.ScreenRegister:
			p := v.Register.Phase
			return p != app.RegisterReading && p != app.RegisterSending && (!lies || p != app.RegisterWaiting)
		case app.ScreenLookup:
			return v.Lookup.Phase != app.LookupReading && v.Lookup.Delivery != app.DeliveryHanding && (!lies || v.Lookup.Phase != app.LookupWaiting)
		}
		return true
	})
}

// TestNothingOfOnePersonIsSentForAnother goes through random orders of cards,
// removals, scans, answers, time-outs and window switches. An order is ten of
// them; the desk runs on from order to order, as on a long day.
func TestNothingOfOnePersonIsSentForAnother(t *testing.T) {
	t.Parallel()
	r := newReceptionFor(t, typedInto(handover.ReleaseTitle), time.Hour)
	c := &crowd{reception: r, of: map[string]*holder{}, own: map[string]*holder{}, said: map[string]string{}, seen: map[string]int{}}
	for i := range 4 {
		h := r.person(t, fmt.Sprintf("PERSON2%d", i+2))
		c.people = append(c.people, h)
		if i < 3 {
			r.town.linked(h, "library", valid(9_000_000+i))
			c.own[valid(9_000_000+i)] = h
		}
	}
	r.town.do(func(p *town) {
		p.onLink = func(l platformclient.Link) {
			c.Link(string(l.Record), l.Transaction, l.Number.Reveal())
			c.note(func() { c.own[l.Number.Reveal()] = c.of[l.Number.Reveal()] })
		}
		p.onLookup = func(h platformclient.Holder, n mykey.ServiceID) {
			c.note(func() {
				c.seen["looked up"]++
				if whose := c.own[n.Reveal()]; !n.IsZero() && (whose == nil || string(whose.record) != string(h.Record)) {
					c.blame("the platform gave a number of another person")
				}
			})
		}
	})
	r.desktop.do(func(d *desktop) { d.front, d.result, d.onHand = lending, handover.Delivered, c.handed })
	r.waiting(t)
	random := rand.New(rand.NewPCG(4, 2026))
	for n := range *app.Orders {
		for range 10 {
			c.step(random)
		}
		c.note(func() {
			if c.fault != "" {
				t.Fatalf("order %d: %s", n, c.fault)
			}
		})
		c.Views()
	}
	c.note(func() {
		t.Logf("orders=%d seen=%v", *app.Orders, maps.Clone(c.seen))
		for _, what := range []string{"linked", "typed", "looked up"} {
			if c.seen[what] < *app.Orders/200 {
				t.Errorf("%s only %d times in %d orders", what, c.seen[what], *app.Orders)
			}
		}
	})
}
