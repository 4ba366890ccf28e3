package training

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Invitation is what an administrator gives to one who makes a desk.
type Invitation struct {
	Address   string // of the embedded platform, https://127.0.0.1:port
	Authority []byte // vouches for its TLS certificate, DER
	Code      string // one-time
	Counter   string // what the desk is called
}

// Invite adds another desk at the embedded platform.
func (t *Training) Invite(ctx context.Context) (Invitation, error) {
	const second = "2番窓口"
	code, err := t.platform.Administrator("training").AddDesk(ctx, store.Desk{
		ID: "training-2", Operator: operatorCode, OperatorName: operatorName, Office: office, Counter: second,
		Roles: []store.DeskRole{{Role: registry.RoleMunicipal}},
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("invite a desk: %w", err)
	}
	return Invitation{t.platform.Origin, t.platform.Authority, code.Reveal(), second}, nil
}
