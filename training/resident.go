package training

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard"
)

// MakeMyKey makes a MyKey ID for the holder of a virtual card, with the card's
// own signature, through POST /v1/mykeys: the wished one, or where that is zero
// one that the platform proposes.
func MakeMyKey(ctx context.Context, client *platformclient.Client, chip *virtualcard.Card, cardPIN string, wished mykey.ID) (mykey.ID, error) {
	h, err := take(ctx, chip, cardPIN)
	if err != nil {
		return mykey.ID{}, err
	}
	defer h.Close()
	request := platformclient.MakeMyKey{Transaction: newTransaction(), Wished: wished}
	a, err := h.sign(ctx, client, platformclient.PurposeCreate, func(nonce []byte) ([32]byte, error) {
		return client.MakeMyKeyDigest(nonce, request)
	})
	if err != nil {
		return mykey.ID{}, err
	}
	id, err := client.MakeMyKey(ctx, request, a)
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
