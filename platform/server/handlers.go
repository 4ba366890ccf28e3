package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/platform/registry"
)

// handlers fill the generated interface: one call of the rules each.
type handlers struct{ rules *registry.Registry }

var _ api.StrictServerInterface = handlers{}

// EnrolDesk is POST /v1/desks.
func (h handlers) EnrolDesk(ctx context.Context, in api.EnrolDeskRequestObject) (api.EnrolDeskResponseObject, error) {
	enrolled, err := h.rules.Enrol(ctx, in.Body.Code, in.Body.Csr)
	if err != nil {
		return nil, err
	}
	desk, err := h.desk(ctx, enrolled.Desk)
	if err != nil {
		return nil, err
	}
	return api.EnrolDesk201JSONResponse{
		Certificate: enrolled.Certificate, Authority: h.rules.Authority(), CsrFingerprint: enrolled.CSRFingerprint,
		Approved: enrolled.Approved, Desk: desk,
	}, nil
}

// GetDesk is GET /v1/desk.
func (h handlers) GetDesk(ctx context.Context, in api.GetDeskRequestObject) (api.GetDeskResponseObject, error) {
	desk, err := h.desk(ctx, callOf(ctx).desk)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(desk)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	if in.Params.IfNoneMatch != nil && *in.Params.IfNoneMatch == etag {
		return api.GetDesk304Response{}, nil
	}
	return api.GetDesk200JSONResponse{Body: desk, Headers: api.GetDesk200ResponseHeaders{ETag: &etag}}, nil
}

// RenewDeskCertificate is POST /v1/desk/certificate.
func (h handlers) RenewDeskCertificate(ctx context.Context, in api.RenewDeskCertificateRequestObject) (api.RenewDeskCertificateResponseObject, error) {
	certificate, err := h.rules.Renew(ctx, callOf(ctx).desk, in.Body.Csr)
	if err != nil {
		return nil, err
	}
	return api.RenewDeskCertificate200JSONResponse{Certificate: certificate.Raw, NotAfter: certificate.NotAfter}, nil
}

// MakeChallenges is POST /v1/challenges.
func (h handlers) MakeChallenges(ctx context.Context, in api.MakeChallengesRequestObject) (api.MakeChallengesResponseObject, error) {
	purposes := make([]string, len(in.Body.Purposes))
	for i, p := range in.Body.Purposes {
		purposes[i] = string(p)
	}
	out, err := h.rules.Challenge(ctx, callOf(ctx).desk, purposes, in.Body.Certificate)
	if err != nil {
		return nil, err
	}
	return api.MakeChallenges200JSONResponse{
		Nonces: out.Nonces, CertificateState: api.CertificateState(out.State), CheckedAt: out.CheckedAt.UTC(),
	}, nil
}

// MakeMyKey is POST /v1/mykeys.
func (h handlers) MakeMyKey(ctx context.Context, in api.MakeMyKeyRequestObject) (api.MakeMyKeyResponseObject, error) {
	m, err := makeMyKeyOf(callOf(ctx), in)
	if err != nil {
		return nil, err
	}
	id, err := h.rules.MakeMyKey(ctx, callOf(ctx).desk, m)
	if err != nil {
		return nil, err
	}
	return api.MakeMyKey201JSONResponse{MykeyID: id.Reveal()}, nil
}

// OpenCardSession is POST /v1/card-sessions.
func (h handlers) OpenCardSession(ctx context.Context, in api.OpenCardSessionRequestObject) (api.OpenCardSessionResponseObject, error) {
	s, err := cardSessionOf(callOf(ctx), in)
	if err != nil {
		return nil, err
	}
	step, err := h.rules.OpenCardSession(ctx, callOf(ctx).desk, s)
	if err != nil {
		return nil, err
	}
	return api.OpenCardSession201JSONResponse(stepOf(step)), nil
}

// NextCardStep is POST /v1/card-sessions/{id}/steps.
func (h handlers) NextCardStep(ctx context.Context, in api.NextCardStepRequestObject) (api.NextCardStepResponseObject, error) {
	step, err := h.rules.NextCardStep(ctx, callOf(ctx).desk, in.ID, in.Body.Answers)
	if err != nil {
		return nil, err
	}
	return api.NextCardStep200JSONResponse(stepOf(step)), nil
}

// CloseCardSession is DELETE /v1/card-sessions/{id}.
func (h handlers) CloseCardSession(ctx context.Context, in api.CloseCardSessionRequestObject) (api.CloseCardSessionResponseObject, error) {
	h.rules.CloseCardSession(callOf(ctx).desk, in.ID)
	return api.CloseCardSession204Response{}, nil
}

// PutLink is PUT /v1/services/{service}/links.
func (h handlers) PutLink(ctx context.Context, in api.PutLinkRequestObject) (api.PutLinkResponseObject, error) {
	l, err := linkOf(callOf(ctx), in)
	if err != nil {
		return nil, err
	}
	if err := h.rules.Link(ctx, callOf(ctx).desk, l); err != nil {
		return nil, err
	}
	return api.PutLink204Response{}, nil
}

// RemoveLink is POST /v1/services/{service}/links/remove.
func (h handlers) RemoveLink(ctx context.Context, in api.RemoveLinkRequestObject) (api.RemoveLinkResponseObject, error) {
	u, err := unlinkOf(callOf(ctx), in)
	if err != nil {
		return nil, err
	}
	if err := h.rules.Unlink(ctx, callOf(ctx).desk, u); err != nil {
		return nil, err
	}
	return api.RemoveLink204Response{}, nil
}

// LookUp is POST /v1/services/{service}/lookups.
func (h handlers) LookUp(ctx context.Context, in api.LookUpRequestObject) (api.LookUpResponseObject, error) {
	found, err := h.rules.Lookup(ctx, callOf(ctx).desk, in.Service, registry.Holder{
		Record: given(in.Body.Record), Certificate: given(in.Body.Certificate),
	})
	if err != nil {
		return nil, err
	}
	return api.LookUp200JSONResponse(foundOf(found)), nil
}

// GetOutcome is GET /v1/outcomes/{key}.
func (h handlers) GetOutcome(ctx context.Context, in api.GetOutcomeRequestObject) (api.GetOutcomeResponseObject, error) {
	if !isKey(in.Key) {
		return nil, fmt.Errorf("%w: key", registry.ErrRequest)
	}
	state, code, err := h.rules.Outcome(ctx, callOf(ctx).desk, in.Key)
	if err != nil {
		return nil, err
	}
	out := api.GetOutcome200JSONResponse{State: api.OutcomeState(state)}
	if code != "" {
		problem := api.ProblemCode(code)
		out.Code = &problem
	}
	return out, nil
}

// GetHealth is GET /healthz.
func (h handlers) GetHealth(context.Context, api.GetHealthRequestObject) (api.GetHealthResponseObject, error) {
	return api.GetHealth200JSONResponse{Status: api.Ok}, nil
}

// GetReady is GET /readyz.
func (h handlers) GetReady(ctx context.Context, _ api.GetReadyRequestObject) (api.GetReadyResponseObject, error) {
	if err := h.rules.Ready(ctx); err != nil {
		return nil, err
	}
	return api.GetReady200JSONResponse{Status: api.Ok}, nil
}
