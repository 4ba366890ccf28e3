package training

import (
	"context"
	"fmt"
)

// Invitation is what an administrator gives to one who makes a desk.
type Invitation struct {
	Address   string // of the embedded platform, https://127.0.0.1:port
	Authority []byte // vouches for its TLS certificate, DER
	Code      string // one-time
	Counter   string // what the desk is called
}

// Invite adds another desk of the demo desk's operator at the embedded platform.
func (t *Training) Invite(ctx context.Context) (Invitation, error) {
	next, _ := t.options.posts()
	next.id, next.counter = "training-2", "2番窓口"
	code, err := t.platform.invite(ctx, next)
	if err != nil {
		return Invitation{}, fmt.Errorf("invite a desk: %w", err)
	}
	return Invitation{t.platform.Origin, t.platform.Authority, code.Reveal(), next.counter}, nil
}
