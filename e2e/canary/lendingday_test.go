//go:build linux

package canary_test

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training/drive"
)

// day is the library's: registrations of every kind, look-ups of every kind, what
// another operator asks of the same people, then 500 taps.
func (l *lending) day(ctx context.Context) error {
	if err := l.counter.HandBy(ctx, drive.ByFile, l.Drop); err != nil {
		return err
	}
	if err := l.registrations(ctx); err != nil {
		return err
	}
	if err := l.elsewhere(ctx); err != nil {
		return err
	}
	if err := l.counter.OpenLookups(ctx, drive.ByFile); err != nil {
		return err
	}
	if err := l.refusals(ctx); err != nil {
		return err
	}
	l.at(momentBefore)
	if err := l.tap(ctx, 0, tapsFile); err != nil {
		return err
	}
	if err := l.counter.HandBy(ctx, drive.BySerial, l.Port); err != nil {
		return err
	}
	l.loseLookups.Store(1) // it is asked once more, and heard
	if err := l.tap(ctx, tapsFile, taps); err != nil {
		return err
	}
	l.at(momentAfter)
	if err := l.counter.HandBy(ctx, drive.ByFile, l.Drop); err != nil {
		return err
	}
	return l.shown(ctx, cardA)
}

func (l *lending) registrations(ctx context.Context) error {
	if err := l.counter.OpenRegister(ctx); err != nil {
		return err
	}
	n := l.Numbers
	for _, r := range []struct {
		drive.Registration
		ends any
	}{
		{drive.Registration{Card: cardC, Early: "A" + n.Early + "A", Wrong: "A" + n.Wrong + "A", Number: "A" + n.C + "A"}, drive.Registered},
		{drive.Registration{Card: cardD, Number: "A" + n.A + "A"}, drive.NotPossible}, // LINK-TAKEN
		{drive.Registration{Card: cardD, Number: "A" + n.D + "A"}, drive.Registered},
		{drive.Registration{Card: cardC, Number: "A" + n.CNew + "A"}, drive.Registered},
		{drive.Registration{Card: cardB, Unlink: true}, drive.Unlinked},
		{drive.Registration{Card: cardB, Number: n.BTyped, Typed: true}, drive.Registered},
		{drive.Registration{Card: cardB, Number: "A" + n.Declined + "A", Refuses: true}, drive.Declined},
		{drive.Registration{Card: cardA, Number: "A" + n.ATaken + "A"}, drive.AnswerLost},
	} {
		l.loseLinks.Store(r.ends == drive.AnswerLost)
		view, err := l.counter.Register(ctx, r.Registration)
		if err != nil {
			return err
		}
		code := view.Register.Problem.Code
		if view.Register.Phase != r.ends || r.ends == drive.NotPossible && code != drive.LinkTaken {
			return fmt.Errorf("registration of card %d ended in %v with code %q; want %v", r.Card, view.Register.Phase, code, r.ends)
		}
		if err := l.counter.NextRegistration(ctx); err != nil {
			return err
		}
	}
	l.loseLinks.Store(false)
	return l.counter.Sent(ctx)
}

// elsewhere is what another operator's desk asks of the same people. None of it may
// tell it that they have a number here.
func (l *lending) elsewhere(ctx context.Context) error {
	own := l.set.ServiceElsewhere()
	for _, c := range []struct {
		card int
		want string
	}{{cardA, "linked"}, {cardB, "linked"}, {cardStopped, "stopped"}, {cardC, "none"}, {cardD, "none"}, {cardNobody, "none"}} {
		card := l.set.Cards()[c.card]
		found, err := l.set.LookElsewhere(ctx, own, card)
		if err != nil || string(found.State) != c.want {
			return fmt.Errorf("card %d elsewhere: %q, %w; want %q", c.card, found.State, err, c.want)
		}
		if _, err := l.set.LookElsewhere(ctx, l.set.Service(), card); err == nil {
			return fmt.Errorf("card %d: another operator looked up at the library", c.card)
		}
	}
	number, err := mykey.ParseServiceID(l.Numbers.Elsewhere)
	if err != nil {
		return err
	}
	taken, err := mykey.ParseServiceID(l.Numbers.ATaken)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		service mykey.ServiceCode
		number  mykey.ServiceID
	}{{own, taken}, {l.set.Service(), number}} {
		if err := l.set.LinkElsewhere(ctx, c.service, l.set.Cards()[cardC], c.number); err == nil {
			return fmt.Errorf("another operator linked a library's number in %s", c.service)
		}
	}
	return nil
}

// refusals are look-ups in which something is wrong: the card, or the network.
func (l *lending) refusals(ctx context.Context) error {
	if _, err := l.counter.Look(ctx, cardOld); err != nil {
		return err
	}
	l.loseLookups.Store(2) // and the one more that is asked
	view, err := l.counter.Look(ctx, cardA)
	if err != nil || view.Lookup.Problem.Code != drive.LookOffline {
		return fmt.Errorf("both answers lost: code %q, %w", view.Lookup.Problem.Code, err)
	}
	l.loseLookups.Store(0)
	return l.delivered(ctx, cardD) // the day's count begins
}

// noNumber reports whether tap i finds no number, and of whom.
func noNumber(i int) (card int, none bool) {
	return []int{cardStopped, cardNobody}[i/25%2], i%25 == 24
}

// served is how many of the day's taps find a number.
func served() (n int) {
	for i := range taps {
		if _, none := noNumber(i); !none {
			n++
		}
	}
	return n
}

// tap lays cards on the R/W, one after another.
func (l *lending) tap(ctx context.Context, from, to int) error {
	for i := from; i < to; i++ {
		card, none := noNumber(i)
		if !none {
			if err := l.delivered(ctx, []int{cardB, cardC, cardD, cardA}[i%4]); err != nil {
				return fmt.Errorf("tap %d: %w", i, err)
			}
			continue
		}
		view, err := l.counter.Look(ctx, card)
		if err != nil {
			return fmt.Errorf("tap %d: %w", i, err)
		}
		if code := view.Lookup.Problem.Code; code != drive.NotLinked && code != drive.Stopped {
			return fmt.Errorf("tap %d: code %q", i, code)
		}
	}
	return nil
}
