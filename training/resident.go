package training

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// MakeMyKey makes a MyKey ID for the holder of a virtual card, with the card's
// own signature, through POST /v1/mykeys: the wished one, or where that is zero
// one that the platform proposes.
func MakeMyKey(ctx context.Context, client *platformclient.Client, chip *virtualcard.Card, cardPIN string, wished mykey.ID) (mykey.ID, error) {
	slot := NewSlot("demo")
	slot.Insert(fault.Wrap(chip), false)
	card, err := cardio.NewReader(slot, cardio.SystemClock{}, slog.New(slog.DiscardHandler)).Open(ctx)
	if err != nil {
		return mykey.ID{}, err
	}
	defer card.Close()
	certificate, err := card.Certificate(ctx)
	if err != nil {
		return mykey.ID{}, err
	}
	purpose := platformclient.PurposeCreate
	challenges, err := client.Challenges(ctx, []platformclient.Purpose{purpose}, certificate)
	if err != nil {
		return mykey.ID{}, fmt.Errorf("challenge: %w", err)
	}
	transaction := platformclient.MakeMyKey{Transaction: newTransaction(), Wished: wished}
	digest, err := client.MakeMyKeyDigest(challenges.Nonces[0], transaction)
	if err != nil {
		return mykey.ID{}, err
	}
	var entered mykey.PIN
	for _, d := range cardPIN {
		entered.Digit(byte(d - '0'))
	}
	signatures, err := card.Authenticate(ctx, &entered, [][32]byte{digest})
	if err != nil {
		return mykey.ID{}, fmt.Errorf("sign: %w", err)
	}
	id, err := client.MakeMyKey(ctx, transaction, platformclient.Assertion{
		Purpose: purpose, Nonce: challenges.Nonces[0], Certificate: certificate, Signature: signatures[0],
	})
	if err != nil {
		return mykey.ID{}, fmt.Errorf("make MyKey ID: %w", err)
	}
	return id, nil
}

func newTransaction() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return fmt.Sprintf("%x", b)
}
