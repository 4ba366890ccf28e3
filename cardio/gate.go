package cardio

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
)

// gate is the only way to a card: the guard, the worker with its watchdog, the
// trace. It is the apdu.Transmitter of everything below.
type gate struct {
	ctx   context.Context //nolint:containedctx // lives as long as one transaction; apdu.Transmitter knows no context
	card  *Card
	way   way
	rules rules
}

// Transmit sends one command that the guard allows. The context is looked at
// before, never during: an APDU on its way is heard out, or given up by the
// watchdog with ErrSilent.
func (g *gate) Transmit(command []byte) ([]byte, error) {
	if err := g.ctx.Err(); err != nil {
		return nil, err
	}
	if err := g.rules.allow(command); err != nil {
		return nil, err
	}
	answer, err := g.way.transmit(command)
	if err != nil {
		g.card.trace(g.ctx, command, nil, err)
		return nil, fmt.Errorf("transmit: %w", err)
	}
	r, err := apdu.ParseResponse(answer)
	if err == nil {
		g.rules.saw(command, r)
	}
	g.card.trace(g.ctx, command, answer, err)
	return answer, err
}
