package server

import (
	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/platform/registry"
)

// route is one row of the table of who may call what.
type route struct {
	// roles: a desk with one of them. nil: any desk. open: nobody is asked.
	roles []string
	open  bool
	// clerk: a clerk must be signed in at the desk.
	clerk bool
	// silent: what was answered leaves no log line; what was refused leaves one,
	// without which nobody could help.
	silent bool
	// body is what the request body is decoded into, nil for none.
	body func() any
	// size is the most a body may have, in bytes.
	size int64
}

const (
	small = 16 << 10 // a certificate and a signature
	large = 64 << 10 // answers of a card, two certificates
)

// routes is the table: each pattern of the contract, who may call it, and what
// it takes. A pattern that is not here answers nobody.
var routes = map[string]route{
	"POST /v1/desks":            {open: true, body: body[api.EnrolRequest], size: small},
	"GET /v1/desk":              {},
	"POST /v1/desk/certificate": {body: body[api.CertificateRequest], size: small},
	"POST /v1/challenges":       {body: body[api.ChallengesRequest], size: small},
	"POST /v1/mykeys": {
		roles: []string{registry.RoleMunicipal, registry.RoleResident},
		body:  body[api.MakeMyKeyRequest], size: small,
	},
	"POST /v1/card-sessions": {
		roles: []string{registry.RoleMunicipal},
		body:  body[api.CardSessionRequest], size: small,
	},
	"POST /v1/card-sessions/{id}/steps": {
		roles: []string{registry.RoleMunicipal},
		body:  body[api.CardAnswers], size: large,
	},
	"DELETE /v1/card-sessions/{id}": {roles: []string{registry.RoleMunicipal}},
	"PUT /v1/services/{service}/links": {
		roles: []string{registry.RoleReception},
		body:  body[api.LinkRequest], size: large,
	},
	"POST /v1/services/{service}/links/remove": {
		roles: []string{registry.RoleReception},
		body:  body[api.UnlinkRequest], size: small,
	},
	"POST /v1/services/{service}/lookups": {
		roles:  []string{registry.RoleReception},
		silent: true,
		body:   body[api.LookupRequest], size: small,
	},
	"GET /v1/outcomes/{key}": {},
	"GET /healthz":           {open: true},
	"GET /readyz":            {open: true},
}

func body[T any]() any { return new(T) }

// admits reports whether a desk may call, and what is missing else.
func (r route) admits(d registry.Desk) error {
	if r.clerk && d.Clerk == "" {
		return registry.ErrRole
	}
	if r.roles == nil {
		return nil
	}
	for _, have := range d.Roles {
		for _, want := range r.roles {
			if have.Name == want {
				return nil
			}
		}
	}
	return registry.ErrRole
}
