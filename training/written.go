package training

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// hand is a card on an R/W of its own, out of the counter's sight.
type hand struct {
	*cardio.Card
	certificate []byte
	pin         string
}

// take lays a chip on an R/W of its own. Close it.
func take(ctx context.Context, chip *virtualcard.Card, cardPIN string) (*hand, error) {
	slot := NewSlot("demo")
	slot.Insert(fault.Wrap(chip), false)
	card, err := cardio.NewReader(slot, cardio.SystemClock{}, slog.New(slog.DiscardHandler)).Open(ctx)
	if err != nil {
		return nil, err
	}
	certificate, err := card.Certificate(ctx)
	if err != nil {
		return nil, errors.Join(err, card.Close())
	}
	return &hand{card, certificate, cardPIN}, nil
}

// sign has the card sign, for a purpose, what digest makes of the platform's nonce.
func (h *hand) sign(ctx context.Context, client *platformclient.Client, purpose platformclient.Purpose, digest func(nonce []byte) ([32]byte, error)) (platformclient.Assertion, error) {
	a := platformclient.Assertion{Purpose: purpose, Certificate: h.certificate}
	challenges, err := client.Challenges(ctx, []platformclient.Purpose{purpose}, h.certificate)
	if err != nil {
		return a, fmt.Errorf("challenge: %w", err)
	}
	a.Nonce = challenges.Nonces[0]
	sum, err := digest(a.Nonce)
	if err != nil {
		return a, err
	}
	var entered mykey.PIN
	for _, d := range h.pin {
		entered.Digit(byte(d - '0'))
	}
	signatures, err := h.Authenticate(ctx, &entered, [][32]byte{sum})
	if err != nil {
		return a, fmt.Errorf("sign: %w", err)
	}
	a.Signature = signatures[0]
	return a, nil
}

// Write writes the holder's record on a virtual card as a municipal desk does: a
// card session to its end, so that the platform has it confirmed. The holder has a
// MyKey ID.
func Write(ctx context.Context, client *platformclient.Client, chip *virtualcard.Card, cardPIN string) (err error) {
	h, err := take(ctx, chip, cardPIN)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	facts, err := h.Facts(ctx)
	if err != nil {
		return err
	}
	request := platformclient.CardSession{
		Transaction: newTransaction(), Job: newTransaction(), Step: platformclient.StepWrite,
		Facts: platformclient.CardFacts{
			ISD: facts.ISD, ImageNumber: facts.ImageNumber, FreeSpace: facts.FreeSpace, Reserved: facts.Reserved,
		},
	}
	if len(facts.Area) == mykey.AreaSize {
		request.Facts.SlotA, request.Facts.SlotB = facts.Area[:mykey.SlotSize], facts.Area[mykey.SlotSize:]
	}
	a, err := h.sign(ctx, client, platformclient.PurposeWrite, func(nonce []byte) ([32]byte, error) {
		return client.CardSessionDigest(nonce, request)
	})
	if err != nil {
		return err
	}
	step, err := client.OpenCardSession(ctx, request, &a)
	if err != nil {
		return fmt.Errorf("card session: %w", err)
	}
	return h.play(ctx, client, step)
}

// play runs a card session to its end.
func (h *hand) play(ctx context.Context, client *platformclient.Client, step platformclient.CardStep) (err error) {
	session, err := h.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.End()) }()
	for step.Script != nil {
		script := cardio.Script{Nonce: step.Script.Nonce}
		for _, c := range step.Script.Commands {
			script.Commands = append(script.Commands, cardio.Command{APDU: c.APDU, Expect: c.Expect})
		}
		answers, err := session.Run(ctx, script, func(cardio.Stage) {})
		if err != nil {
			return fmt.Errorf("card session: %w", err)
		}
		if step, err = client.NextCardStep(ctx, step.Session, answers); err != nil {
			return fmt.Errorf("card session: %w", err)
		}
	}
	return nil
}

// record is the record in force on a card as read, nil for none.
func record(chip *virtualcard.Card) []byte {
	content, _ := chip.Area()
	if current, holds := mykey.ParseArea(content).Current(); holds {
		b := current.Marshal()
		return b[:]
	}
	return nil
}

// age puts the card back to the record before the one in force: it missed the
// renewal, as a card does that was copied or replaced.
func (t *Training) age(ctx context.Context, chip *virtualcard.Card) error {
	before, _ := chip.Area()
	// A slot that is neither a record nor empty has the platform write anew.
	spoilt := append(before[:mykey.SlotSize:mykey.SlotSize], before[mykey.SlotSize:]...)
	spoilt[mykey.SlotSize] = 'M'
	if err := chip.LoadArea(spoilt); err != nil {
		return err
	}
	if err := Write(ctx, t.city, chip, t.options.PIN); err != nil {
		return err
	}
	return chip.LoadArea(before)
}
