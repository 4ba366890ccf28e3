package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/cardio"
)

// visit is what every card-present transaction is made of: the card, its own id,
// and the screen on which it takes place. It is one value, replaced as a whole,
// so that nothing read or typed for one person is ever sent for another.
type visit struct {
	*App
	screen      Screen // going to another one ends it
	transaction string // 32 hex digits, made when the card appears
	count       uint32 // the R/W's event counter at that moment
	card        *cardio.Card
	cancel      error // what 中止 means here: errDeclined, errRedo
}

// How a visit ends early.
var (
	errGone     = errors.New("the card left before anything was sent")
	errDeclined = errors.New("the resident declined, or the clerk stopped")
	errRedo     = errors.New("the clerk begins anew")
)

// leaving says that the clerk went to another screen.
type leaving struct{ to Screen }

func (l leaving) Error() string { return "the clerk went to screen " + l.to.String() }

// refusal is a code that a rule of the counter gives.
type refusal struct{ code Code }

func (e refusal) Error() string { return "refused: " + string(e.code) }

// here reports whether the card of this visit still lies there.
func (v *visit) here() bool {
	now := v.cardNow()
	return now.Count == v.count && now.State == cardio.Present
}

// gone turns a transport error into errGone: nothing was sent yet, so the outcome
// is known.
func (v *visit) gone(err error) error {
	if errors.Is(err, cardio.ErrRemoved) || errors.Is(err, cardio.ErrNoCard) {
		return errors.Join(errGone, err)
	}
	return err
}

// close lets the card go.
func (v *visit) close() {
	if v.card != nil {
		v.card.Close()
	}
}

// ask waits until answer accepts an intent. The card leaving, 中止, やめる, another
// screen and the limit end it: with errGone, errDeclined, leaving and over.
func (v *visit) ask(ctx context.Context, limit time.Duration, over error, answer func(Intent) (bool, error)) error {
	timer := v.Clock.After(limit)
	for {
		if !v.here() {
			return errGone
		}
		e, err := v.events.wait(ctx, timer)
		switch {
		case err != nil:
			return err
		case e.over:
			return over
		case e.reader:
			continue
		}
		if err := v.stops(e.intent); err != nil {
			return err
		}
		if done, err := answer(e.intent); done || err != nil {
			return err
		}
	}
}

// during runs work off the flow's goroutine and waits for it. Where it is safe,
// 中止, やめる and leaving end it; else they wait. What was pressed meanwhile for
// another screen is dropped.
func (v *visit) during(ctx context.Context, safe bool, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	var stopped error
	var kept []event // hand-overs that ended meanwhile are seen to afterwards
	defer func() {
		for _, e := range kept {
			v.events.put(e)
		}
	}()
	for {
		select {
		case err := <-done:
			if stopped != nil {
				return stopped
			}
			return err
		case <-v.events.some:
			for e, ok := v.events.take(); ok; e, ok = v.events.take() {
				if e.passed != nil {
					kept = append(kept, e)
				}
				if why := v.stops(e.intent); safe && why != nil {
					stopped = why
					cancel()
				}
			}
		}
	}
}

// finale is what a screen does while the end of a visit is looked at.
type finale struct {
	left   func()            // the card still lies there: CARD-LEFT
	away   func()            // it has gone
	answer func(Intent) bool // begins anew at once
}

// linger waits at the end of a visit: for the card to leave, then for 次の方,
// another card or the wiping time. It returns nil for the next visit, leaving for
// another screen.
func (v *visit) linger(ctx context.Context, f finale) error {
	left := v.Clock.After(v.Limits.CardLeft)
	var wipe <-chan time.Time
	away := false
	for {
		now := v.cardNow()
		if now.State != cardio.Present && now.State != cardio.Mute && !away {
			away, left, wipe = true, nil, v.Clock.After(v.Limits.Wipe)
			f.away()
		}
		if now.State == cardio.Present && (away || now.Count != v.count) {
			return nil // another person, or the same card once more
		}
		limit := left
		if away {
			limit = wipe
		}
		e, err := v.events.wait(ctx, limit)
		switch {
		case err != nil:
			return err
		case e.over && away:
			return nil
		case e.over:
			left = nil
			f.left()
		}
		switch i := e.intent.(type) {
		case GoTo:
			if i.Screen != v.screen {
				return leaving{i.Screen}
			}
		case Cancel, Later:
			return leaving{ScreenHome}
		case Next:
			if away {
				return nil
			}
		default:
			if i != nil && f.answer(i) {
				return nil
			}
		}
	}
}

// stops says why an intent ends the visit, nil where it does not.
func (v *visit) stops(i Intent) error {
	switch i := i.(type) {
	case Cancel:
		return v.cancel
	case Quit:
		return errDeclined
	case GoTo:
		if i.Screen != v.screen {
			return leaving{i.Screen}
		}
	}
	return nil
}

func newTransaction() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return fmt.Sprintf("%x", b)
}
