package training

import (
	"context"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// ServiceElsewhere is the service of another operator, in which the holders of the
// linked demo cards have a number too.
func (t *Training) ServiceElsewhere() mykey.ServiceCode { return serviceElsewhere }

// LookElsewhere has the other operator's desk look a card's holder up, by what stands
// on the card, in one of its own services or in somebody else's. Its errors are
// platformclient's. One goroutine calls it at a time.
func (t *Training) LookElsewhere(ctx context.Context, service mykey.ServiceCode, card *Card) (platformclient.Found, error) {
	client, err := t.at(ctx, sportsPost)
	if err != nil {
		return platformclient.Found{}, err
	}
	who := platformclient.Holder{Record: record(card.Chip)}
	if who.Record == nil {
		who.Certificate = card.Chip.Snapshot()["JPKI/000A"]
	}
	return client.Lookup(ctx, service, who)
}

// LinkElsewhere has the other operator's desk ask to link a number to a card's
// holder. Its errors are platformclient's. One goroutine calls it at a time.
func (t *Training) LinkElsewhere(ctx context.Context, service mykey.ServiceCode, card *Card, number mykey.ServiceID) error {
	return t.linkAt(ctx, sportsPost, card, service, number)
}
