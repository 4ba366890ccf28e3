package training

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Renew puts another card in the place of demo card i: of the same kind, but of
// another resident, who makes a MyKey ID. The former one is taken off the R/W
// where it lies there. So one counter can work through thousands of fresh cards.
// One goroutine calls it at a time.
func (t *Training) Renew(ctx context.Context, i int) (*Card, error) {
	card, err := t.Make(ctx, t.trainer.cards[i].Name)
	if err != nil {
		return nil, fmt.Errorf("renew demo card: %w", err)
	}
	t.trainer.replace(i, card)
	return card, nil
}

func (t *Trainer) replace(i int, card *Card) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i == t.chosen {
		t.place.Remove()
	}
	t.cards[i] = card
}

// Known is what the platform knows of a holder's card: records by SHA-256, nil
// for none.
type Known struct {
	Confirmed, Offered                     *[sha256.Size]byte
	ConfirmedGeneration, OfferedGeneration uint32 // the highest so far
}

// Known looks the card's holder up in the embedded platform's database, past its
// rules.
func (t *Training) Known(ctx context.Context, c *Card) (Known, error) {
	id, err := t.person(ctx, c)
	if err != nil {
		return Known{}, err
	}
	person, err := t.platform.Store.Person(ctx, id, t.options.Now())
	if err != nil {
		return Known{}, fmt.Errorf("holder of a demo card: %w", err)
	}
	return Known{
		Confirmed: (*[sha256.Size]byte)(person.Card.Confirmed), ConfirmedGeneration: person.Card.ConfirmedGeneration,
		Offered: (*[sha256.Size]byte)(person.Card.Offered), OfferedGeneration: person.Card.OfferedGeneration,
	}, nil
}

// person finds the card's holder in the embedded platform's database.
func (t *Training) person(ctx context.Context, c *Card) (store.PersonID, error) {
	cert, err := x509.ParseCertificate(c.Chip.Snapshot()["JPKI/000A"])
	if err != nil {
		return store.PersonID{}, fmt.Errorf("holder of a demo card: %w", err)
	}
	issuer := sha256.Sum256(t.platform.pki.Issuing().RawSubjectPublicKeyInfo)
	tags, err := t.platform.Keys.HMAC(ctx, custody.UseHolder, append(issuer[:], cert.SerialNumber.Bytes()...))
	if err != nil {
		return store.PersonID{}, fmt.Errorf("holder of a demo card: %w", err)
	}
	holder, err := t.platform.Store.Holder(ctx, []store.Handle{tags[0].Sum})
	if err != nil {
		return store.PersonID{}, fmt.Errorf("holder of a demo card: %w", err)
	}
	return holder.ID, nil
}
