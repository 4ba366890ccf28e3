package issuer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// run is one session at work: what the last script asked, how to judge what
// comes back, and what comes then.
type run struct {
	keys   Keys
	rand   io.Reader
	facts  Facts
	wanted *mykey.Record

	exchanges []exchange
	then      stage // after a script whose answers were all as they should be
	scripts   int
	keyed     time.Time // when the last INITIALIZE UPDATE was sent out

	host    [scp03.ChallengeSize]byte
	channel *scp03.Session
	proof   Proof
}

// stage makes the next script; one that asks nothing ends the session.
type stage func(context.Context, *run) error

// exchange is one command of a script.
type exchange struct {
	name   string
	apdu   []byte
	expect []byte // the whole answer; nil where it cannot be known
	open   func([]byte) ([]byte, apdu.Status, error)
	wrap   *scp03.Exchange // nil in the clear
	on
}

// on says what an answer means beyond good and bad; nil where it means no more.
type on struct {
	good    func(data []byte) error          // as expected, or 9000 where nothing was
	differs func(data []byte) error          // 9000 and, in a channel, a right R-MAC, but other data
	status  func(apdu.Status) (stage, error) // another status
}

// begin makes the first script.
func (r *run) begin(ctx context.Context, now time.Time) (Script, error) {
	out, err := r.make(ctx, r.then, now)
	if err != nil {
		return Script{}, err
	}
	return *out.Script, nil
}

// next judges the answers and makes what comes then.
func (r *run) next(ctx context.Context, answers [][]byte, now time.Time) (Outcome, error) {
	then, err := r.judge(answers)
	if err != nil {
		return Outcome{Proof: r.proof}, err
	}
	return r.make(ctx, then, now)
}

// judge holds each answer against what was asked. The desk stops at the first
// answer that is not the expected one, so only the last may be that.
func (r *run) judge(answers [][]byte) (stage, error) {
	if len(answers) == 0 || len(answers) > len(r.exchanges) {
		return nil, fmt.Errorf("%w: %d answers to %d commands", ErrAnswers, len(answers), len(r.exchanges))
	}
	last := len(answers) - 1
	for i, answer := range answers {
		x := r.exchanges[i]
		data, status, err := x.open(answer)
		switch {
		case err != nil:
			return nil, at(x.name, err)
		case status != apdu.OK && i < last:
			return nil, at(x.name, fmt.Errorf("%w: went on after %v", ErrAnswers, status))
		case status != apdu.OK && x.status != nil:
			if x.wrap != nil { // the card saw no more of the script than this
				r.channel = x.wrap.Resume()
			}
			return x.status(status)
		case status != apdu.OK:
			return nil, unexpected(x.name, status)
		case x.expect != nil && !bytes.Equal(answer, x.expect):
			return nil, at(x.name, x.differ(data))
		case x.good != nil:
			if err := x.good(data); err != nil {
				return nil, at(x.name, err)
			}
		}
	}
	if len(answers) < len(r.exchanges) {
		return nil, fmt.Errorf("%w: stopped after %s without a reason", ErrAnswers, r.exchanges[last].name)
	}
	return r.then, nil
}

func (x exchange) differ(data []byte) error {
	if x.differs != nil {
		return x.differs(data)
	}
	return ErrDiffers
}

// make runs a stage and seals what it asks into a script.
func (r *run) make(ctx context.Context, s stage, now time.Time) (Outcome, error) {
	r.exchanges, r.then = nil, nil
	if err := s(ctx, r); err != nil {
		return Outcome{Proof: r.proof}, err
	}
	if len(r.exchanges) == 0 {
		return Outcome{Done: true, Proof: r.proof}, nil
	}
	if r.scripts++; r.scripts > maxScripts || len(r.exchanges) > maxCommands {
		return Outcome{Proof: r.proof}, fmt.Errorf("%w: script %d of %d commands", ErrSessionOver, r.scripts, len(r.exchanges))
	}
	if r.channel == nil { // an INITIALIZE UPDATE is in this script
		r.keyed = now
	}
	script, err := r.seal()
	return Outcome{Script: &script, Proof: r.proof}, err
}

func (r *run) seal() (Script, error) {
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(r.rand, nonce); err != nil {
		return Script{}, fmt.Errorf("make script: %w", err)
	}
	script := Script{Nonce: nonce}
	for _, x := range r.exchanges {
		c := Command{APDU: x.apdu}
		if x.expect != nil {
			sum := sha256.Sum256(append(bytes.Clone(nonce), x.expect...))
			c.Expect = sum[:]
		}
		script.Commands = append(script.Commands, c)
	}
	return script, nil
}

// plain asks in the clear. expect is the whole answer, nil where unknown.
func (r *run) plain(name string, c apdu.Command, expect []byte, o on) error {
	b, err := c.Bytes()
	if err != nil {
		return at(name, err)
	}
	r.exchanges = append(r.exchanges, exchange{name: name, apdu: b, expect: expect, open: apdu.Split, on: o})
	return nil
}

// secured asks in the channel, where the answer cannot be known.
func (r *run) secured(name string, c apdu.Command, o on) error {
	_, err := r.wrap(name, c, o)
	return err
}

// certain asks in the channel, where the answer is data and 9000.
func (r *run) certain(name string, c apdu.Command, data []byte, o on) error {
	w, err := r.wrap(name, c, o)
	if err != nil {
		return err
	}
	r.exchanges[len(r.exchanges)-1].expect = w.Answer(data, apdu.OK)
	return nil
}

func (r *run) wrap(name string, c apdu.Command, o on) (*scp03.Exchange, error) {
	w, err := r.channel.Wrap(c)
	if err != nil {
		return nil, at(name, err)
	}
	r.exchanges = append(r.exchanges, exchange{name: name, apdu: w.APDU, open: w.Open, wrap: w, on: o})
	return w, nil
}
