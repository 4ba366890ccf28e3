package app_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// street is three residents before one counter, and what was sent for whom. Each
// time a card is put down its resident has another PIN to type: one digit, four
// times. The card takes any PIN and remembers what it was told, so a digit that
// was typed for one card, or one visit, and reaches another is found.
type street struct {
	*bench
	residents []*resident

	mu     sync.Mutex
	there  *resident // whose card lies there; nil none
	visits int
	digit  byte // of this visit
	last   *resident
	of     map[string]*resident // by transaction
	faults []string
	seen   map[string]int
}

type resident struct {
	*fault.Card
	made        *training.Card
	street      *street
	masked      string
	number      []byte // of the card image
	certificate []byte // as the file holds it
}

// Transmit listens to VERIFY: the PIN must be this visit's, whole.
func (r *resident) Transmit(command []byte) ([]byte, error) {
	if begins(command, "0020008004") {
		r.street.note(func(s *street) {
			want := bytes.Repeat([]byte{'0' + s.digit}, mykey.PINLength)
			if s.there != r || !bytes.Equal(command[5:], want) {
				s.fault("a PIN typed elsewhere was tried: %q on visit %d, whose digit is %d", command[5:], s.visits, s.digit)
			}
			s.seen["PIN"]++
		})
		command = append(bytes.Clone(command[:5]), demoPIN...)
	}
	return r.Card.Transmit(command)
}

func (s *street) note(f func(*street)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func (s *street) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// heard looks at what asks for a card session: one transaction, one person, in
// all its parts.
func (s *street) heard(session platformclient.CardSession, a *platformclient.Assertion) {
	s.note(func(s *street) {
		i := slices.IndexFunc(s.residents, func(r *resident) bool { return bytes.Equal(r.number, session.Facts.ImageNumber) })
		if i < 0 {
			s.fault("a session for a card of nobody")
			return
		}
		r := s.residents[i]
		if was := s.of[session.Transaction]; was != nil && was != r {
			s.fault("one transaction, two cards")
		}
		s.of[session.Transaction], s.last = r, r
		area, _ := r.made.Chip.Area()
		if slots := slices.Concat(session.Facts.SlotA, session.Facts.SlotB); !bytes.Equal(slots, area) {
			s.fault("the slots are not this card's")
		}
		if a != nil && !bytes.HasPrefix(r.certificate, a.Certificate) {
			s.fault("the assertion is another's")
		}
		s.seen["session"]++
	})
}

// look is held against every View: no trace of the person before.
func (s *street) look(v app.View) {
	w := v.Write
	s.note(func(s *street) {
		s.seen[w.Phase.String()]++
		if w.MyKeyID == "" {
			if w.Phase == app.PhaseDone {
				s.fault("done without a MyKey ID")
			}
			return
		}
		if s.last == nil || w.MyKeyID != s.last.masked {
			s.fault("phase %v shows %q, which is not the last one asked for", w.Phase, w.MyKeyID)
		}
		before := []app.Phase{app.PhaseWaiting, app.PhaseWhose, app.PhaseConsent, app.PhaseReading, app.PhasePIN, app.PhaseLastTry, app.PhaseChecking}
		if !w.Resumed && slices.Contains(before, w.Phase) && s.there != s.last {
			s.fault("phase %v shows %q of the person before", w.Phase, w.MyKeyID)
		}
	})
}

// actions are what people do, in any order; most of them help.
var actions = slices.Concat(
	slices.Repeat([]string{"go on"}, 40),
	slices.Repeat([]string{"insert 0", "insert 1", "insert 2", "remove", "type a digit", "leave the pad"}, 3),
	[]string{
		"type the PIN", "type the PIN, do not enter", "enter", "do not know", "decline", "stop", "later",
		"give up", "again", "next", "home", "write", "settle",
	},
)

func (s *street) act(action string) {
	switch action {
	case "insert 0", "insert 1", "insert 2":
		r := s.residents[action[len(action)-1]-'0']
		s.note(func(s *street) { s.there, s.visits, s.digit = r, s.visits+1, byte(s.visits+1)%10 })
		s.put(r)
	case "remove":
		s.take()
		s.note(func(s *street) { s.there = nil })
	case "go on":
		s.goOn(s.settle())
	case "type a digit":
		s.typed(1)
	case "type the PIN":
		s.typed(mykey.PINLength)
		s.App.Send(app.Enter{})
	case "type the PIN, do not enter":
		s.typed(mykey.PINLength)
	case "leave the pad": // with digits standing there
		for range len(asks) {
			if v := s.settle(); v.Write.Phase != app.PhasePIN {
				s.goOn(v)
			}
		}
		s.typed(2)
		s.act("remove")
	case "settle":
		s.settle()
	default:
		s.App.Send(map[string]app.Intent{
			"enter": app.Enter{}, "do not know": app.DontKnow{}, "decline": app.Quit{}, "stop": app.Cancel{}, "later": app.Later{},
			"give up": app.GiveUp{}, "again": app.Again{}, "next": app.Next{},
			"home": app.GoTo{Screen: app.ScreenHome}, "write": app.GoTo{Screen: app.ScreenWrite},
		}[action])
	}
}

// goOn does what a willing clerk and resident do next, and waits until it shows.
func (s *street) goOn(v app.View) {
	switch {
	case v.Screen == app.ScreenHome:
		s.App.Send(app.GoTo{Screen: app.ScreenWrite})
	case v.Write.Phase == app.PhasePIN:
		s.typed(mykey.PINLength) // on top of what stands there: it must be this visit's
		s.App.Send(app.Enter{})
	case slices.Contains(asks, v.Write.Phase):
		s.reply(v.Write.Phase)
	case v.Write.Phase == app.PhaseWaiting && s.hand.slot.Present():
	case v.Write.Primary.Enabled:
		s.App.Send(v.Write.Primary.Intent)
	default:
		return
	}
	_, _ = s.Until(s.ctx, "it to show", func(now app.View) bool { return now.Screen != v.Screen || now.Write.Phase != v.Write.Phase })
}

func (s *street) typed(n int) {
	for range n {
		s.App.Digit(s.digit)
	}
}

// settle waits until somebody is asked something.
func (s *street) settle() app.View {
	v, _ := s.Until(s.ctx, "somebody to be asked", func(v app.View) bool {
		return v.Screen == app.ScreenHome || v.Write.Phase == app.PhaseWaiting || slices.Contains(asks, v.Write.Phase) || slices.Contains(ends, v.Write.Phase)
	})
	return v
}

// evening clears the counter: Home, no card, no row; the cards are blank again.
func (s *street) evening(t *rapid.T) {
	s.act("remove")
	for s.ctx.Err() == nil && s.settle().Screen != app.ScreenHome {
		s.App.Send(app.GoTo{Screen: app.ScreenHome})
		_, _ = s.Until(s.ctx, "Home or work", func(v app.View) bool {
			return v.Screen == app.ScreenHome || !slices.Contains(asks, v.Write.Phase) && !slices.Contains(ends, v.Write.Phase) && v.Write.Phase != app.PhaseWaiting
		})
	}
	jobs, err := s.journal.Jobs(s.ctx)
	for _, j := range jobs {
		err = s.journal.Finish(s.ctx, j.ID)
	}
	for _, r := range s.residents {
		area, _ := r.made.Chip.Area()
		if record, holds := mykey.ParseArea(area).Current(); holds && record.ID != r.made.MyKey {
			t.Errorf("a card holds another's MyKey ID")
		}
		r.Card.Restore()
		if err == nil {
			err = r.made.Chip.LoadArea(make([]byte, mykey.AreaSize))
		}
	}
	if err == nil {
		err = s.ctx.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNothingOfOnePersonIsEverSentForAnother(t *testing.T) {
	t.Parallel()
	s := &street{bench: newBench(t), of: map[string]*resident{}, seen: map[string]int{}}
	for len(s.residents) < 3 {
		card := s.person(t, "training.card.fresh")
		r := &resident{Card: card.Fault, made: card, street: s, masked: card.MyKey.Masked()}
		shot := card.Chip.Snapshot()
		r.number, r.certificate = shot["ISD/0045"], shot["JPKI/000A"]
		if !slices.ContainsFunc(s.residents, func(other *resident) bool { return other.masked == r.masked }) {
			s.residents = append(s.residents, r)
		}
	}
	s.way.listen(s.heard)
	t.Cleanup(s.App.Subscribe(s.look))

	const runs = 50 // a run is a morning at the counter; rapid's hundred are too many here
	run, failed := 0, false
	rapid.Check(t, func(t *rapid.T) {
		morning := rapid.SliceOfN(rapid.SampledFrom(actions), 20, 60).Draw(t, "what people do")
		if run++; run > runs && !failed {
			return
		}
		s.evening(t)
		for _, action := range morning {
			s.act(action)
		}
		s.evening(t)
		s.note(func(s *street) {
			failed = failed || len(s.faults) > 0
			for _, f := range s.faults {
				t.Error(f)
			}
			s.faults = nil
		})
	})
	s.note(func(s *street) {
		for what, least := range map[string]int{
			"PIN": runs / 5, "session": runs / 5, app.PhaseDone.String(): runs / 5, app.PhaseDeclined.String(): 1, app.PhaseProblem.String(): 1,
		} {
			if s.seen[what] < least {
				t.Errorf("%s was seen %d times, want at least %d: too little happened", what, s.seen[what], least)
			}
		}
		t.Logf("%d visits, seen %v", s.visits, s.seen)
	})
}
