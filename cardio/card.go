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

// free returns why the card cannot be used now, or nil.
func (c *Card) free(ctx context.Context) error {
	if c.busy {
		return errBusy
	}
	return ctx.Err()
}

// reading is within, as one job in the worker, begun anew once where another
// program reset the card. f must start from nothing each time, and touch nothing
// that the caller uses: it gives back what it has, with an error too.
func reading[T any](ctx context.Context, c *Card, f func(t apdu.Transmitter) (T, error)) (T, error) {
	if err := c.free(ctx); err != nil {
		var none T
		return none, err
	}
	return run(c.worker, func(l way) (T, error) {
		var value T
		once := func(t apdu.Transmitter) (err error) {
			value, err = f(t)
			return err
		}
		err := c.within(ctx, l, &ownRules{}, once)
		if !errors.Is(err, ErrReset) {
			return value, err
		}
		if again := reconnect(l); again != nil {
			return value, errors.Join(err, again)
		}
		err = c.within(ctx, l, &ownRules{}, once)
		return value, err
	})
}

// within runs f in one transaction, under the desk's own list. The first error
// is kept, that of the end attached.
func (c *Card) within(ctx context.Context, l way, own *ownRules, f func(t apdu.Transmitter) error) error {
	if err := begin(l); err != nil {
		return err
	}
	err := f(&gate{ctx: ctx, card: c, way: l, rules: own})
	if end := end(l); end != nil {
		if err == nil {
			c.log.DebugContext(ctx, "end of transaction", "error", end)
			return nil // everything was heard; the card's leaving is the next call's
		}
		return errors.Join(err, end)
	}
	return err
}

func begin(l way) error {
	err := l.act(ErrInUse, Link.Begin)
	if errors.Is(err, ErrReset) {
		if again := reconnect(l); again != nil {
			return errors.Join(err, again)
		}
		err = l.act(ErrInUse, Link.Begin)
	}
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	return nil
}

func end(l way) error {
	if err := l.act(ErrSilent, Link.End); err != nil {
		return fmt.Errorf("end transaction: %w", err)
	}
	return nil
}

func reconnect(l way) error {
	if err := l.act(ErrSilent, Link.Reconnect); err != nil {
		return fmt.Errorf("reconnect: %w", err)
	}
	return nil
}

// findISD selects the Issuer Security Domain and gives the AID that the card
// knows it by. Without one the card has no number either: ErrNoNumber.
func findISD(t apdu.Transmitter) ([]byte, error) {
	aid, err := cardmanager.Select(t)
	if err == nil && aid == nil {
		err = fmt.Errorf("no issuer security domain: %w", ErrNoNumber)
	}
	return aid, err
}
