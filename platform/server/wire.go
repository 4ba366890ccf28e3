package server

import (
	"fmt"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/api/assertion"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/registry"
)

// The wire's shapes to the rules' and back.

func (h handlers) desk(d registry.Desk) api.Desk {
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
	return out
}

func makeMyKeyOf(k *call, in api.MakeMyKeyRequestObject) (registry.MakeMyKey, error) {
	m := registry.MakeMyKey{Key: in.Params.IdempotencyKey, Body: k.body, Transaction: in.Body.Transaction}
	if len(m.Key) < 16 || len(m.Key) > 64 || len(in.Body.Assertions) != 1 || !hex16(m.Transaction) {
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
	if b.Assertions == nil || len(*b.Assertions) == 0 {
		return s, nil
	}
	if len(*b.Assertions) > 1 {
		return s, fmt.Errorf("%w: assertions", registry.ErrRequest)
	}
	a := assertionOf((*b.Assertions)[0])
	s.Assertion = &a
	var err error
	s.Request, err = requestDigest(k)
	return s, err
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
