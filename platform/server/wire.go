package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/api/assertion"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/registry"
)

// The wire's shapes to the rules' and back.

func (h handlers) desk(ctx context.Context, d registry.Desk) (api.Desk, error) {
	out := api.Desk{
		Operator: d.Operator, Office: d.Office, Counter: d.Counter, Clerk: d.Clerk, Training: d.Training,
		Roles: []api.Role{}, LegalBasis: []api.LegalBasis{}, RecordKeys: []api.RecordKey{}, Authority: h.rules.Authority(),
		Services: []api.Service{},
	}
	for _, r := range d.Roles {
		out.Roles = append(out.Roles, api.Role(r.Name))
		out.LegalBasis = append(out.LegalBasis, api.LegalBasis{Role: api.Role(r.Name), Text: r.LegalBasis})
	}
	for _, k := range h.rules.RecordKeys() {
		out.RecordKeys = append(out.RecordKeys, api.RecordKey{KeyID: int64(k.ID), Ed25519: k.Public, NotAfter: k.NotAfter.UTC()})
	}
	services, err := h.rules.Services(ctx, d)
	for _, s := range services {
		out.Services = append(out.Services, serviceOf(s))
	}
	return out, err
}

func serviceOf(s registry.Service) api.Service {
	r := s.Rule
	rule := api.NumberRule{
		Symbologies: r.Symbologies, Start: r.Start, Stop: r.Stop, Pattern: r.Pattern, Check: r.Check,
		Display: r.Display, Framed: r.Framed, Item: r.Item, Prefix: r.Prefix, Suffix: r.Suffix,
	}
	if rule.Symbologies == nil {
		rule.Symbologies = []string{}
	}
	return api.Service{
		Code: s.Code, Name: s.Name, Word: s.Word, Card: s.Card, Rule: rule,
		RegistrationAuth: api.RegistrationAuth(s.RegistrationAuth), Shared: s.Shared,
	}
}

func makeMyKeyOf(k *call, in api.MakeMyKeyRequestObject) (registry.MakeMyKey, error) {
	m := registry.MakeMyKey{Key: in.Params.IdempotencyKey, Body: k.body, Transaction: in.Body.Transaction}
	if !isKey(m.Key) || len(in.Body.Assertions) != 1 || !hex16(m.Transaction) {
		return m, fmt.Errorf("%w: key, transaction or assertions", registry.ErrRequest)
	}
	m.Assertion = assertionOf(in.Body.Assertions[0])
	var err error
	if in.Body.Wished != nil {
		if m.Wished, err = mykey.ParseID(*in.Body.Wished); err != nil {
			return m, fmt.Errorf("%w: wished", registry.ErrRequest)
		}
	}
	m.Request, err = requestDigest(k)
	return m, err
}

func cardSessionOf(k *call, in api.OpenCardSessionRequestObject) (registry.CardSession, error) {
	b := in.Body
	s := registry.CardSession{
		Transaction: b.Transaction, Job: b.Job, Release: b.Step == api.StepRelease,
		Facts: issuer.Facts{
			ISD: b.Facts.Isd, ImageNumber: b.Facts.ImageNumber, Reserved: b.Facts.Reserved,
			FreeSpace: given(b.Facts.FreeSpace), SlotA: given(b.Facts.SlotA), SlotB: given(b.Facts.SlotB),
		},
	}
	if !b.Step.Valid() {
		return s, fmt.Errorf("%w: step", registry.ErrRequest)
	}
	var err error
	if s.Assertion, err = oneAssertion(b.Assertions); s.Assertion == nil || err != nil {
		return s, err
	}
	s.Request, err = requestDigest(k)
	return s, err
}

// oneAssertion gives the assertion that came, nil for none.
func oneAssertion(list *[]api.Assertion) (*registry.Assertion, error) {
	if list == nil || len(*list) == 0 {
		return nil, nil
	}
	if len(*list) > 1 {
		return nil, fmt.Errorf("%w: assertions", registry.ErrRequest)
	}
	a := assertionOf((*list)[0])
	return &a, nil
}

func linkOf(k *call, in api.PutLinkRequestObject) (registry.Link, error) {
	b := in.Body
	l := registry.Link{Replace: b.Replace}
	var err error
	if l.Changed, err = changedOf(k, in.Params.IdempotencyKey, b.Transaction, in.Service, b.Record, b.Certificate); err != nil {
		return l, err
	}
	if l.Number, err = mykey.ParseServiceID(b.ServiceID); err != nil {
		return l, fmt.Errorf("%w: service ID", registry.ErrRequest)
	}
	l.Assertion, err = oneAssertion(b.Assertions)
	return l, err
}

func unlinkOf(k *call, in api.RemoveLinkRequestObject) (registry.Changed, error) {
	b := in.Body
	return changedOf(k, in.Params.IdempotencyKey, b.Transaction, in.Service, &b.Record, b.Certificate)
}

func changedOf(k *call, key, transaction, service string, record, certificate *[]byte) (registry.Changed, error) {
	c := registry.Changed{
		Key: key, Body: k.body, Transaction: transaction, Service: service,
		Holder: registry.Holder{Record: given(record), Certificate: given(certificate)},
	}
	if !isKey(key) || !hex16(transaction) {
		return c, fmt.Errorf("%w: key or transaction", registry.ErrRequest)
	}
	var err error
	c.Request, err = requestDigest(k)
	return c, err
}

func foundOf(f registry.Found) api.Found {
	out := api.Found{State: api.FoundState(f.State)}
	if !f.Number.IsZero() {
		number := f.Number.Reveal()
		out.ServiceID = &number
	}
	return out
}

func requestDigest(k *call) ([32]byte, error) {
	digest, err := assertion.RequestDigest(k.method, k.path, k.body)
	if err != nil {
		return digest, fmt.Errorf("%w: %w", registry.ErrRequest, err)
	}
	return digest, nil
}

func assertionOf(a api.Assertion) registry.Assertion {
	return registry.Assertion{
		Purpose: string(a.Purpose), Algorithm: string(a.Algorithm),
		Nonce: a.Nonce, Certificate: a.Certificate, Signature: a.Signature,
	}
}

func stepOf(s registry.CardStep) api.CardStep {
	out := api.CardStep{Done: s.Done}
	if s.Session != "" {
		out.Session = &s.Session
	}
	if !s.MyKeyID.IsZero() {
		id := s.MyKeyID.Reveal()
		out.MykeyID = &id
	}
	if s.Wanted != nil {
		b := s.Wanted.Marshal()
		wanted := b[:]
		out.Wanted = &wanted
	}
	if s.Script != nil {
		out.Script = &api.Script{Nonce: s.Script.Nonce, Commands: []api.Command{}}
		for _, c := range s.Script.Commands {
			command := api.Command{Apdu: c.APDU}
			if c.Expect != nil {
				command.Expect = &c.Expect
			}
			out.Script.Commands = append(out.Script.Commands, command)
		}
	}
	return out
}

func given(b *[]byte) []byte {
	if b == nil {
		return nil
	}
	return *b
}

// isKey reports whether s can be an Idempotency-Key.
func isKey(s string) bool {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"
	return len(s) >= 16 && len(s) <= 64 && strings.Trim(s, letters) == ""
}

func hex16(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}
