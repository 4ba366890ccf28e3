package training

import (
	"context"

	"github.com/madoguchi/madoguchi/platformclient"
)

// NewCard makes one more fresh demo card, with a holder of its own who has made a
// MyKey ID. It lies in no drawer: the chooser does not know it. n, from 0, makes
// its card image number; two cards of one n are one card to the platform.
func (t *Training) NewCard(ctx context.Context, n int) (*Card, error) {
	return t.makeDemo(ctx, demo{name: "training.card.fresh"}, len(demos)+1+n)
}

// PIN is the PIN of every demo card.
func (t *Training) PIN() string { return pin }

// Desk is how the demo desk reaches the platform: for a program that does so
// without our client.
func (t *Training) Desk() platformclient.Config { return t.platform.desk }
