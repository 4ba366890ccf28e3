package training

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// finish brings a demo card to where the demo begins: its record written, its
// number linked, its MyKey ID stopped.
func (t *Training) finish(ctx context.Context, card *Card, d demo) error {
	if !d.written {
		return nil
	}
	if err := Write(ctx, t.city, card.Chip, t.options.PIN); err != nil {
		return err
	}
	if d.number != "" {
		if err := t.link(ctx, card, d); err != nil {
			return err
		}
	}
	if d.stopped {
		if err := t.Stop(ctx, card); err != nil {
			return err
		}
	}
	if d.old {
		return t.age(ctx, card.Chip)
	}
	return nil
}

// link links a demo's numbers, at the library and elsewhere.
func (t *Training) link(ctx context.Context, card *Card, d demo) error {
	for _, l := range []struct {
		post    post
		service mykey.ServiceCode
		number  string
		into    *mykey.ServiceID
	}{{libraryPost, ServiceLibrary, d.number, &card.Number}, {sportsPost, serviceElsewhere, d.elsewhere, &card.Elsewhere}} {
		number, err := mykey.ParseServiceID(l.number)
		if err != nil {
			return err
		}
		if err := t.linkAt(ctx, l.post, card, l.service, number); err != nil {
			return err
		}
		*l.into = number
	}
	return nil
}

// Link links a number to a demo card's holder in a service of the demo library, as
// its reception desk does, in the place of one that stands there.
func (t *Training) Link(ctx context.Context, card *Card, service mykey.ServiceCode, number mykey.ServiceID) error {
	return t.linkAt(ctx, libraryPost, card, service, number)
}

func (t *Training) linkAt(ctx context.Context, p post, card *Card, service mykey.ServiceCode, number mykey.ServiceID) error {
	client, err := t.at(ctx, p)
	if err != nil {
		return err
	}
	err = client.Link(ctx, service, platformclient.Link{
		Holder: platformclient.Holder{Transaction: newTransaction(), Record: record(card.Chip), Certificate: card.Chip.Snapshot()["JPKI/000A"]},
		Number: number, Replace: true,
	}, nil)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	return nil
}

// MakeLinked makes one more card whose holder's record is confirmed and whose
// number is linked in Service, and another number elsewhere: with the number that
// is given, or where that is zero NextNumber's. The chooser does not list it;
// Replace puts it there. One goroutine calls it at a time.
func (t *Training) MakeLinked(ctx context.Context, number mykey.ServiceID) (*Card, error) {
	return t.MakeLinkedAt(ctx, ServiceLibrary, number)
}

// MakeLinkedAt is MakeLinked in another service of the demo library; AddService
// adds one whose rule is another.
func (t *Training) MakeLinkedAt(ctx context.Context, service mykey.ServiceCode, number mykey.ServiceID) (*Card, error) {
	t.made++
	card, err := t.makeDemo(ctx, demo{name: "training.card.unlinked", written: true}, madeNumbers+t.made)
	if err != nil {
		return nil, err
	}
	if card.Number = number; number.IsZero() {
		if card.Number, err = t.NextNumber(); err != nil {
			return nil, err
		}
	}
	if card.Elsewhere, err = mykey.ParseServiceID(elsewhereOf(t.made)); err != nil {
		return nil, err
	}
	return card, errors.Join(
		t.Link(ctx, card, service, card.Number),
		t.linkAt(ctx, sportsPost, card, serviceElsewhere, card.Elsewhere))
}

// NextNumber is a number of the demo library that nobody has: eight digits, the
// last of them 7DR's. One goroutine calls it at a time.
func (t *Training) NextNumber() (mykey.ServiceID, error) {
	t.numbers++
	return mykey.ParseServiceID(libraryNumber(firstNumber + t.numbers))
}

// firstNumber is before every number that NextNumber gives, and after the demos'.
const firstNumber = 5_000_000

// libraryNumber is a number of the demo library: seven digits and their check
// digit, n mod 7.
func libraryNumber(n int) string { return fmt.Sprintf("%07d%d", n, n%7) }

// elsewhereOf is the number at the other operator of the holder of a card that Make
// made.
func elsewhereOf(made int) string { return fmt.Sprintf("8%05d", made) }

// Stop stops the MyKey ID of a demo card's holder, for good.
func (t *Training) Stop(ctx context.Context, card *Card) error {
	id, err := t.person(ctx, card)
	if err != nil {
		return err
	}
	if err := t.platform.Rules.Stop(ctx, id, "training", time.Time{}); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// Replace puts a card in the place of demo card i. The former one is taken off the
// R/W where it lies there.
func (t *Training) Replace(i int, card *Card) { t.trainer.replace(i, card) }

// at is a demo desk's client; the desk is enrolled when it is first needed. One
// goroutine calls it at a time.
func (t *Training) at(ctx context.Context, p post) (*platformclient.Client, error) {
	if client := t.clients[p]; client != nil {
		return client, nil
	}
	client, err := t.platform.enrol(ctx, p)
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, func() error { client.Close(); return nil })
	t.clients[p] = client
	return client, nil
}
