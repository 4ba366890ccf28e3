package cardio

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/cardio/apdu"
)

// keepAlive is how often the card is asked for its state while the platform is
// being asked: Windows resets a card whose transaction is idle for 5 s.
const keepAlive = 2 * time.Second

// Session is a card session: one transaction from the first SELECT to the last
// answer, in which only the issuer's scripts speak. End it. One goroutine uses it
// at a time; its keep-alive goroutine ends with it.
type Session struct {
	card  *Card
	rules *scriptRules
	turn  chan struct{} // held by a Run and by a keep-alive, never both
	stop  chan struct{}
	done  chan struct{}
	lost  error // first transport error, under turn: nothing is sent any more
	ended bool
}

// Begin opens a card session. Until End the card's other methods refuse. It
// returns ErrNoNumber where the card has no Issuer Security Domain, and
// transport errors.
func (c *Card) Begin(ctx context.Context) (*Session, error) {
	if err := c.free(ctx); err != nil {
		return nil, err
	}
	if c.isd == nil {
		aid, err := reading(ctx, c, findISD)
		if err != nil {
			return nil, fmt.Errorf("begin card session: %w", err)
		}
		c.isd = aid
	}
	if err := begin(c.worker); err != nil {
		return nil, fmt.Errorf("begin card session: %w", err)
	}
	c.busy = true
	s := &Session{
		card:  c,
		rules: &scriptRules{isd: string(c.isd), barred: &c.barred},
		turn:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	go s.keepAlive()
	return s, nil
}

func (s *Session) keepAlive() {
	defer close(s.done)
	for {
		fires, stop := s.card.clock.Timer(keepAlive)
		select {
		case <-s.stop:
			stop()
			return
		case <-fires:
		}
		select {
		case s.turn <- struct{}{}:
		default:
			continue // a script runs: that is a call enough
		}
		if s.lost == nil {
			s.lost = s.card.worker.act(ErrSilent, Link.Alive)
		}
		lost := s.lost
		<-s.turn
		if lost != nil {
			return
		}
	}
}

// Run reads the whole script, and if the guard lets it pass, sends it command by
// command; stage is called before each command that begins another stage. It
// stops at the first answer that is not what the issuer expects, before the next
// command. What was answered, whole with status words, comes back with every
// error:
//
//	ErrScript       the guard refused; nothing of the script was sent
//	ErrDiffers      UPDATE or READ was answered 9000, but otherwise than expected
//	ErrUnexpected   another answer than expected, or an error status: post the
//	                answers; the channel may still stand
//	ErrFull         INSTALL found no room (it is ErrUnexpected too)
//	ErrAuthRefused  63xx to EXTERNAL AUTHENTICATE, in this script or before
//	transport       the outcome is unknown, the session is lost: End it, read the
//	                card, begin another; never post these answers
//	ctx's           given up between two commands
func (s *Session) Run(ctx context.Context, script Script, stage func(Stage)) ([][]byte, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.ended {
		return nil, errClosed
	}
	if s.lost != nil {
		return nil, s.lost
	}
	verbs, err := s.rules.admit(script)
	if err != nil {
		return nil, err
	}
	var answers [][]byte
	t := &gate{ctx: ctx, card: s.card, way: s.card.worker, rules: s.rules}
	told := Stage(-1)
	for i, c := range script.Commands {
		if now := stageOf(verbs[i], c.APDU); now != told {
			told = now
			stage(now)
		}
		r, err := apdu.Gather(t, c.APDU)
		if err != nil {
			if isTransport(err) {
				s.lost = err
			}
			return answers, fmt.Errorf("command %d: %w", i, err)
		}
		answers = append(answers, r.Bytes())
		if !script.expects(c, r) {
			return answers, fmt.Errorf("command %d (%s): %w", i, header(c.APDU), judge(verbs[i], r.SW))
		}
	}
	return answers, nil
}

// judge names an answer that is not the expected one.
func judge(v verb, sw apdu.StatusWord) error {
	status := &apdu.StatusError{Doing: "script", SW: sw}
	switch {
	case v == verbAuthenticate && sw.Failed63():
		return ErrAuthRefused
	case v == verbInstall && sw == apdu.NoSpace:
		return errors.Join(ErrFull, status)
	case (v == verbUpdate || v == verbRead) && sw == apdu.OK:
		return ErrDiffers
	}
	return status
}

func stageOf(v verb, command []byte) Stage {
	switch v {
	case verbInstall, verbMakeSelectable:
		return StageReserve
	case verbUpdate:
		if commits(command) {
			return StageCommit
		}
		return StageWrite
	case verbRead:
		return StageVerify
	case verbDelete:
		return StageRelease
	}
	return StageOpen
}

// End ends keep-alive and transaction. Of a session that was lost the loss has
// been told; what the end says then is attached to it. Ending twice is harmless.
func (s *Session) End() error {
	if s.ended {
		return nil
	}
	close(s.stop)
	<-s.done
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.ended = true
	s.card.busy = false
	err := end(s.card.worker)
	if s.lost != nil {
		return errors.Join(s.lost, err)
	}
	return err
}
