package platform

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
)

// Errors of an administrator's commands.
var (
	ErrNoDesk      = errors.New("no such desk")
	ErrFingerprint = errors.New("desk does not wait with this fingerprint")
	ErrDeskInput   = errors.New("a desk needs an id, an operator and a role")
	ErrNoOperator  = errors.New("no such operator")
	ErrOperator    = errors.New("an operator needs a code ([a-z0-9-], 1 to 32 characters) and a name")
	ErrService     = errors.New("a service needs a code ([a-z0-9-], 1 to 32 characters), a name, a word for its number and one for its card")
	ErrRegistering = errors.New("what registration asks for is none or pin")
)

// Administrator adds operators and their services, and adds, approves and revokes
// desks. Each deed is a row of the administration log.
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

// AddOperator adds an operator: the body that is answerable for its data. One that
// is there gets the new name.
func (a Administrator) AddOperator(ctx context.Context, code, name string) error {
	if _, err := mykey.ParseServiceCode(code); err != nil || name == "" {
		return ErrOperator
	}
	if err := a.Store.AddOperator(ctx, code, name, a.log("operator add", code)); err != nil {
		return fmt.Errorf("add operator: %w", err)
	}
	return nil
}

// AddService adds a service of an operator, with its number rule. One that is
// there gets what is new; the links that it has stay. It returns ErrService,
// ErrRegistering, ErrNoOperator and registry.ErrRule.
func (a Administrator) AddService(ctx context.Context, s store.Service) error {
	if _, err := mykey.ParseServiceCode(s.Code); err != nil || s.Name == "" || s.Word == "" || s.Card == "" {
		return ErrService
	}
	if s.RegistrationAuth != registry.RegistrationNone && s.RegistrationAuth != registry.RegistrationPIN {
		return ErrRegistering
	}
	if _, err := registry.ParseRule(s.Rule); err != nil {
		return err
	}
	err := a.Store.AddService(ctx, s, a.log("service add", s.Operator+"/"+s.Code))
	if errors.Is(err, store.ErrNone) {
		err = ErrNoOperator
	}
	if err != nil {
		return fmt.Errorf("add service: %w", err)
	}
	return nil
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

func (a Administrator) log(what, subject string) store.Administration {
	return store.Administration{At: a.Now(), Who: a.Who, What: what, Subject: subject}
}
