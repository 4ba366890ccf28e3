package platformclient

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/mykey"
)

const (
	cardSessionsPath = "/v1/card-sessions"
	maxCommands      = 16 // of one script
)

// CardStepKind is what a card session is to do.
type CardStepKind string

// Steps.
const (
	StepWrite   CardStepKind = "write"   // reserve where needed, write, read back
	StepRelease CardStepKind = "release" // give the area back
)

// CardFacts are what the desk read from the card in the clear.
type CardFacts struct {
	ISD          []byte // AID
	ImageNumber  []byte // value of tag 45
	FreeSpace    []byte // FF21 as answered, with tag and length; nil where the card does not say
	Reserved     bool
	SlotA, SlotB []byte // 128 bytes each; nil where not reserved
}

// CardSession asks for a card session.
type CardSession struct {
	Transaction string // 32 hex digits
	// Job is 32 hex digits, random, made by the desk. It names the authority
	// that the platform keeps for 10 minutes for this desk and card.
	Job   string
	Step  CardStepKind
	Facts CardFacts
}

func (s CardSession) wire() api.CardSessionRequest {
	return api.CardSessionRequest{
		Transaction: s.Transaction, Job: s.Job, Step: api.CardStepKind(s.Step),
		Facts: api.CardFacts{
			Isd: s.Facts.ISD, ImageNumber: s.Facts.ImageNumber, Reserved: s.Facts.Reserved,
			FreeSpace: optional(s.Facts.FreeSpace), SlotA: optional(s.Facts.SlotA), SlotB: optional(s.Facts.SlotB),
		},
	}
}

func optional(b []byte) *[]byte {
	if b == nil {
		return nil
	}
	return &b
}

// CardStep is the platform's side of one trip.
type CardStep struct {
	Session string   // "" where there is nothing to do
	MyKeyID mykey.ID // in trip 1 only
	Wanted  []byte   // the record, 128 bytes; in trip 1 of a write only
	Script  *Script  // nil when Done
	Done    bool     // proved by the card's R-MACs, or the record stands there already
}

// Script is commands for the card, in order.
type Script struct {
	Nonce    []byte
	Commands []Command
}

// Command is one command. Expect is SHA-256(nonce ‖ answer), nil where the
// answer is not known beforehand.
type Command struct{ APDU, Expect []byte }

// CardSessionDigest is what the card signs (purpose write, for both steps).
func (c *Client) CardSessionDigest(nonce []byte, s CardSession) ([32]byte, error) {
	return c.digest(PurposeWrite, nonce, http.MethodPost, cardSessionsPath, s.wire())
}

// OpenCardSession is trip 1. Without an assertion it goes on with the job's
// authority, or returns ErrAuthority. Never repeated: after a lost answer open
// a new session from what the card shows.
func (c *Client) OpenCardSession(ctx context.Context, s CardSession, a *Assertion) (CardStep, error) {
	in := s.wire()
	if a != nil {
		in.Assertions = &[]api.Assertion{a.wire()}
	}
	var answer api.CardStep
	_, err := c.send(ctx, request{
		method: http.MethodPost, path: cardSessionsPath, limit: c.limits.CardTrip, in: in, out: &answer,
	})
	if err != nil {
		return CardStep{}, err
	}
	return stepOf(answer)
}

// NextCardStep posts the card's answers and brings the next script. Never
// repeated.
func (c *Client) NextCardStep(ctx context.Context, session string, answers [][]byte) (CardStep, error) {
	var answer api.CardStep
	_, err := c.send(ctx, request{
		method: http.MethodPost, path: cardSessionsPath + "/" + url.PathEscape(session) + "/steps", limit: c.limits.CardTrip,
		in: api.CardAnswers{Answers: answers}, out: &answer,
	})
	if err != nil {
		return CardStep{}, err
	}
	return stepOf(answer)
}

// CloseCardSession has the platform forget the session and its keys.
func (c *Client) CloseCardSession(ctx context.Context, session string) error {
	_, err := c.send(ctx, request{
		method: http.MethodDelete, path: cardSessionsPath + "/" + url.PathEscape(session), limit: c.limits.CardTrip,
	})
	return err
}

func stepOf(a api.CardStep) (CardStep, error) {
	step := CardStep{Done: a.Done}
	if a.Session != nil {
		step.Session = *a.Session
	}
	if a.MykeyID != nil {
		id, err := idOf(*a.MykeyID)
		if err != nil {
			return CardStep{}, err
		}
		step.MyKeyID = id
	}
	if a.Wanted != nil {
		if len(*a.Wanted) != mykey.SlotSize {
			return CardStep{}, fmt.Errorf("%w: a record of %d bytes", ErrNotUnderstood, len(*a.Wanted))
		}
		step.Wanted = *a.Wanted
	}
	if a.Script != nil {
		step.Script = scriptOf(*a.Script)
	}
	if step.Done == (step.Script != nil) || (step.Script != nil && (step.Session == "" || len(step.Script.Commands) > maxCommands)) {
		return CardStep{}, fmt.Errorf("%w: neither a script nor the end", ErrNotUnderstood)
	}
	return step, nil
}

func scriptOf(a api.Script) *Script {
	s := &Script{Nonce: a.Nonce}
	for _, c := range a.Commands {
		command := Command{APDU: c.Apdu}
		if c.Expect != nil {
			command.Expect = *c.Expect
		}
		s.Commands = append(s.Commands, command)
	}
	return s
}
