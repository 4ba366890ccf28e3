package app

import (
	"context"
	"errors"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/mykey"
)

// offer begins the hand-over of the number that was found: it waits for the gate.
func (l *lookup) offer(ctx context.Context) {
	switch {
	case l.way == nil:
		l.show(DeliveryNone, l.why)
	case l.set.Handover.Way == handover.WayScreen:
		l.bars()
	default:
		l.tap.waits, l.tap.until = true, l.now().Add(l.Limits.Held)
		s := l.sight(ctx)
		l.gate.see(s)
		l.try(ctx, s)
	}
}

// try passes the number on if the gate is open; if not, it waits, and after its
// time it is dropped.
func (l *lookup) try(ctx context.Context, s sight) {
	c := l.gate.closed(s)
	switch {
	case c == "":
		l.pass(ctx, s.window)
	case !l.now().Before(l.tap.until):
		l.tap.waits = false
		if c == CodeTapHeld {
			c = CodeTapDropped
		}
		l.show(DeliveryNot, c)
		l.banner(BannerNotHanded)
	case c == CodeHandoverBusy && l.View().Lookup.Delivery == DeliveryNone:
		// A key was used just now: in most cases it goes at the next look.
		if l.now().Sub(l.tap.at) > time.Second {
			l.show(DeliveryHeld, c)
		} else {
			l.show(DeliveryHanding, "")
		}
	case l.View().Lookup.Delivery != DeliveryHeld || l.View().Lookup.Problem.Code != c:
		l.show(DeliveryHeld, c)
		if c == CodeTapHeld {
			l.banner(BannerHeld)
		} else if c != CodeHandoverBusy {
			l.banner(BannerNotHanded)
		}
	}
}

// pass hands the number over, off this goroutine. The gate is closed behind it
// before its first character goes.
func (l *lookup) pass(ctx context.Context, to handover.Window) {
	number := l.profile.Handed(l.tap.number)
	l.tap.waits = false
	l.gate.passed(l.now())
	l.begin(ctx, l.way, number, to)
	l.show(DeliveryHanding, "") // drawn while it goes; its end is an event, seen after this
}

func (l *lookup) begin(ctx context.Context, way handover.Way, number mykey.ServiceID, to handover.Window) {
	ctx, cancel := context.WithCancel(ctx)
	p := &passing{cancel: cancel, done: make(chan struct{})}
	l.passing = p
	go func() {
		defer close(p.done)
		outcome, err := way.Hand(ctx, number, to)
		l.events.put(event{passed: &passed{p, outcome, err}})
	}()
}

// stopPassing ends a hand-over that is under way and waits for its end; its
// outcome is nobody's any more.
func (l *lookup) stopPassing() {
	if l.passing == nil {
		return
	}
	l.passing.cancel()
	<-l.passing.done
	l.passing = nil
}

// ended shows how a hand-over ended.
func (l *lookup) ended(ctx context.Context, e passed) {
	if e.of != l.passing {
		return // of a tap that is gone
	}
	e.of.cancel()
	l.passing = nil
	if e.err != nil {
		l.Log.Warn("hand-over", "outcome", e.outcome.String(), "code", code(e.err), "error", e.err)
	}
	switch {
	case e.outcome == handover.Delivered:
		l.show(DeliveryDone, "")
		l.banner(BannerHanded)
	case e.outcome == handover.Unknown:
		c := CodeHandoverUnknown
		if e.err != nil {
			c = code(e.err)
		}
		l.show(DeliveryUnknown, c)
		l.banner(BannerUnknown)
	case errors.Is(e.err, handover.ErrTarget) && l.now().Before(l.tap.until):
		// Another window came in front between the look and the first key: nothing
		// was typed, so nobody has to be released for it.
		l.gate.act()
		l.tap.waits = true
		l.try(ctx, l.sight(ctx))
	default:
		l.gate.act()
		l.show(DeliveryNot, code(e.err))
		l.banner(BannerNotHanded)
	}
	l.ready(ctx)
}

// again is F9: the clerk wants the number in the business application, which ends
// the transaction of the person before.
func (l *lookup) again(ctx context.Context) {
	if l.tap.number.IsZero() || l.way == nil || l.passing != nil {
		return
	}
	l.gate.act()
	l.tap.shown = l.now().Add(l.stays())
	l.publish(func(v *View) { v.Lookup.Bars = nil })
	l.offer(ctx)
}
