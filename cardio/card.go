package cardio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/cardmanager"
)

// Card is one card on the R/W. Its methods are short transactions of their own,
// each beginning with a SELECT, so that other programs may use the card in
// between. Close it. One goroutine uses it at a time.
//
// A method that meets ErrReset reconnects and begins anew, once; Authenticate
// does not, for a PIN is tried only with fresh consent. Any other transport error
// leaves the outcome unknown: close the card, open what lies there, see by
// Fingerprint whether it is the same, and read.
type Card struct {
	worker *worker
	clock  Clock
	log    *slog.Logger
	atr    []byte
	isd    []byte // the AID of the ISD as this card knows it; nil until found
	barred bool   // the issuer was refused: see BarIssuer
	busy   bool   // a Session is open
}

var errBusy = errors.New("a card session is open")

func newCard(link Link, clock Clock, log *slog.Logger) *Card {
	atr := append([]byte(nil), link.ATR()...)
	return &Card{worker: startWorker(link, clock), clock: clock, log: log, atr: atr}
}

// Close ends the connection; the card stays as it is. After it every method
// fails.
func (c *Card) Close() error {
	if !c.worker.close() {
		return fmt.Errorf("close card: %w", ErrSilent)
	}
	return nil
}

// BarIssuer makes the guard refuse every further INITIALIZE UPDATE to this card.
// The card itself calls for it by one 63xx to EXTERNAL AUTHENTICATE; the caller,
// when it knows from before. There is no way back.
func (c *Card) BarIssuer() { c.barred = true }

// Barred reports whether the issuer has been refused by this card.
func (c *Card) Barred() bool { return c.barred }

// reading is within, begun anew once where another program reset the card. f
// must start from nothing each time.
func (c *Card) reading(ctx context.Context, f func(t apdu.Transmitter) error) error {
	err := c.within(ctx, &ownRules{}, f)
	if !errors.Is(err, ErrReset) {
		return err
	}
	if again := c.reconnect(); again != nil {
		return errors.Join(err, again)
	}
	return c.within(ctx, &ownRules{}, f)
}

// within runs f in one transaction, under the desk's own list. The first error
// is kept, that of the end attached.
func (c *Card) within(ctx context.Context, own *ownRules, f func(t apdu.Transmitter) error) error {
	if c.busy {
		return errBusy
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.begin(); err != nil {
		return err
	}
	err := f(&gate{ctx: ctx, card: c, rules: own})
	if end := c.end(); end != nil {
		if err == nil {
			c.log.DebugContext(ctx, "end of transaction", "error", end)
			return nil // everything was heard; the card's leaving is the next call's
		}
		return errors.Join(err, end)
	}
	return err
}

func (c *Card) begin() error {
	err := act(c.worker, ErrInUse, Link.Begin)
	if errors.Is(err, ErrReset) {
		if again := c.reconnect(); again != nil {
			return errors.Join(err, again)
		}
		err = act(c.worker, ErrInUse, Link.Begin)
	}
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	return nil
}

func (c *Card) end() error {
	if err := act(c.worker, ErrSilent, Link.End); err != nil {
		return fmt.Errorf("end transaction: %w", err)
	}
	return nil
}

func (c *Card) reconnect() error {
	if err := act(c.worker, ErrSilent, Link.Reconnect); err != nil {
		return fmt.Errorf("reconnect: %w", err)
	}
	return nil
}

// findISD selects the Issuer Security Domain and remembers by which AID. Without
// one the card has no number either: ErrNoNumber.
func (c *Card) findISD(t apdu.Transmitter) error {
	aid, err := cardmanager.Select(t)
	if err != nil {
		return err
	}
	if aid == nil {
		return fmt.Errorf("no issuer security domain: %w", ErrNoNumber)
	}
	c.isd = aid
	return nil
}
