package platform

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Errors of an administrator's commands.
var (
	ErrNoDesk      = errors.New("no such desk")
	ErrFingerprint = errors.New("desk does not wait with this fingerprint")
	ErrDeskInput   = errors.New("a desk needs an id, an operator and a role")
)

// Administrator adds, approves and revokes desks. Each deed is a row of the
// administration log.
type Administrator struct {
	Store *store.Store
	Who   string // in the log
	Now   func() time.Time
	Rand  io.Reader
}

// AddDesk invites a desk and gives its enrolment code, which is shown this once:
// 24 hours, five tries.
func (a Administrator) AddDesk(ctx context.Context, d store.Desk) (registry.Code, error) {
	if d.ID == "" || d.Operator == "" || len(d.Roles) == 0 {
		return registry.Code{}, ErrDeskInput
	}
	code, err := registry.NewCode(a.Rand)
	if err != nil {
		return registry.Code{}, err
	}
	err = a.Store.AddDesk(ctx, d, code.Enrolment(d.ID, a.Now()), a.log("desk add", d.ID))
	if err != nil {
		return registry.Code{}, fmt.Errorf("add desk: %w", err)
	}
	return code, nil
}

// ApproveDesk lets a waiting desk work, if its certificate request has the
// fingerprint that the administrator read at the desk (SHA-256, hex).
func (a Administrator) ApproveDesk(ctx context.Context, id, fingerprint string) error {
	sum, err := hex.DecodeString(fingerprint)
	if err != nil || len(sum) != len(store.Hash{}) {
		return ErrFingerprint
	}
	csr := store.Hash(sum)
	err = a.Store.SetDeskState(ctx, id, store.DeskLive, []store.DeskState{store.DeskWaiting}, &csr, a.log("desk approve", id))
	return deskError("approve", err, ErrFingerprint)
}

// RevokeDesk ends a desk for good; the next call it makes is refused.
func (a Administrator) RevokeDesk(ctx context.Context, id string) error {
	from := []store.DeskState{store.DeskInvited, store.DeskWaiting, store.DeskLive, store.DeskRevoked}
	err := a.Store.SetDeskState(ctx, id, store.DeskRevoked, from, nil, a.log("desk revoke", id))
	return deskError("revoke", err, ErrNoDesk)
}

func deskError(what string, err, conflict error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNone):
		err = ErrNoDesk
	case errors.Is(err, store.ErrConflict):
		err = conflict
	}
	return fmt.Errorf("%s desk: %w", what, err)
}

func (a Administrator) log(what, desk string) store.Administration {
	return store.Administration{At: a.Now(), Who: a.Who, What: what, Subject: desk}
}
