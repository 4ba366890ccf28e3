package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/registry"
)

// Errors of the transport itself.
var (
	errNoRoute   = errors.New("no such call")
	errBusy      = errors.New("too many calls")
	errTooLarge  = errors.New("body is too large")
	errMediaType = errors.New("body is not JSON")
)

// problems is the table: each error of the rules, the issuer and the transport,
// its code and its status. The first that fits counts.
var problems = []struct {
	is     error
	code   api.ProblemCode
	status int
}{
	{errNoRoute, api.CodeDeskRequest, http.StatusNotFound},
	{errTooLarge, api.CodeDeskRequest, http.StatusRequestEntityTooLarge},
	{errMediaType, api.CodeDeskRequest, http.StatusUnsupportedMediaType},
	{errBusy, api.CodePlatformBusy, http.StatusTooManyRequests},

	{registry.ErrRequest, api.CodeDeskRequest, http.StatusBadRequest},
	{registry.ErrNotEnrolled, api.CodeDeskNotEnrolled, http.StatusUnauthorized},
	{registry.ErrNotApproved, api.CodeDeskNotApproved, http.StatusForbidden},
	{registry.ErrDeskRevoked, api.CodeDeskRevoked, http.StatusForbidden},
	{registry.ErrRole, api.CodeDeskRole, http.StatusForbidden},
	{registry.ErrCode, api.CodeDeskCode, http.StatusForbidden},
	{registry.ErrCodeOver, api.CodeDeskCodeOver, http.StatusForbidden},
	{registry.ErrLegalBasis, api.CodeLegalBasisMissing, http.StatusForbidden},
	{registry.ErrMixed, api.CodeTransactionMixed, http.StatusConflict},
	{registry.ErrAuthority, api.CodeTransactionAuthority, http.StatusForbidden},
	{registry.ErrChallenge, api.CodeTransactionChallenge, http.StatusForbidden},
	{registry.ErrAssertion, api.CodeTransactionAssertion, http.StatusForbidden},
	{registry.ErrKeyReused, api.CodeTransactionKey, http.StatusUnprocessableEntity},
	{registry.ErrCertificateRefused, api.CodeCertRefused, http.StatusUnprocessableEntity},
	{registry.ErrCertificateExpired, api.CodeCertExpired, http.StatusUnprocessableEntity},
	{registry.ErrCertificateRevoked, api.CodeCertRevoked, http.StatusUnprocessableEntity},
	{registry.ErrCertificateUnknown, api.CodeCertNotConfirmed, http.StatusUnprocessableEntity},
	{registry.ErrNoMyKey, api.CodeMyKeyNone, http.StatusConflict},
	{registry.ErrMyKeyExists, api.CodeMyKeyExists, http.StatusConflict},
	{registry.ErrMyKeyTaken, api.CodeMyKeyTaken, http.StatusConflict},
	{registry.ErrWishes, api.CodeMyKeyWishes, http.StatusTooManyRequests},
	{registry.ErrMyKeyStopped, api.CodeMyKeyStopped, http.StatusConflict},
	{registry.ErrMyKeyOther, api.CodeMyKeyOther, http.StatusConflict},
	{registry.ErrKeyUnknown, api.CodeMyKeyKeyUnknown, http.StatusConflict},
	{registry.ErrNoNumber, api.CodeCardNoNumber, http.StatusUnprocessableEntity},
	{registry.ErrForged, api.CodeCardForged, http.StatusConflict},
	{registry.ErrBinding, api.CodeCardBinding, http.StatusConflict},
	{registry.ErrDamaged, api.CodeCardDamaged, http.StatusConflict},
	{registry.ErrNotThisCertificate, api.CodeCardNotThisCertificate, http.StatusConflict},
	{registry.ErrNotReleased, api.CodeCardNotReleased, http.StatusConflict},
	{registry.ErrSession, api.CodeIssuerSession, http.StatusConflict},
	{registry.ErrRecordOld, api.CodeCardRecordOld, http.StatusConflict},
	{registry.ErrService, api.CodeLinkService, http.StatusNotFound},
	{registry.ErrLinkNumber, api.CodeLinkNumber, http.StatusUnprocessableEntity},
	{registry.ErrLinkTaken, api.CodeLinkTaken, http.StatusConflict},
	{registry.ErrLinkExists, api.CodeLinkExists, http.StatusConflict},
	{registry.ErrLinkNone, api.CodeLinkNone, http.StatusConflict},

	{issuer.ErrFacts, api.CodeDeskRequest, http.StatusBadRequest},
	{issuer.ErrAnswers, api.CodeDeskRequest, http.StatusBadRequest},
	{issuer.ErrNoNumber, api.CodeCardNoNumber, http.StatusUnprocessableEntity},
	{issuer.ErrHolds, api.CodeCardNotReleased, http.StatusConflict},
	{issuer.ErrStale, api.CodeIssuerSession, http.StatusConflict},
	{issuer.ErrAuthRefused, api.CodeCardLocked, http.StatusConflict},
	{issuer.ErrCardCryptogram, api.CodeIssuerNoKeys, http.StatusConflict},
	{issuer.ErrCardFull, api.CodeCardFull, http.StatusConflict},
	{issuer.ErrDiffers, api.CodeCardWriteDiffers, http.StatusConflict},
	{issuer.ErrRMAC, api.CodeCardUnexpected, http.StatusConflict},
	{issuer.ErrNotReserved, api.CodeCardUnexpected, http.StatusConflict},
	{issuer.ErrImageNumber, api.CodeCardUnexpected, http.StatusConflict},
	{issuer.ErrUnexpected, api.CodeCardUnexpected, http.StatusConflict},
	{issuer.ErrAnswer, api.CodeCardUnexpected, http.StatusConflict},
	{issuer.ErrSessionUnknown, api.CodeIssuerSession, http.StatusConflict},
	{issuer.ErrSessionOver, api.CodeIssuerSession, http.StatusConflict},
	{issuer.ErrWrongDesk, api.CodeIssuerSession, http.StatusConflict},
	{issuer.ErrStepTwice, api.CodeIssuerSession, http.StatusConflict},
	{custody.ErrNoKeys, api.CodeIssuerNoKeys, http.StatusConflict},
}

// refuse answers with the error's problem. What is not in the table is the
// platform's own fault and told by its reference alone.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	code, status := api.CodePlatformError, http.StatusInternalServerError
	for _, p := range problems {
		if errors.Is(err, p.is) {
			code, status = p.code, p.status
			break
		}
	}
	k := callOf(r.Context())
	k.code = code
	answer, err := json.Marshal(api.Problem{
		Type: "urn:mykey:problem:" + string(code), Title: http.StatusText(status), Status: status, Code: code, Reference: &k.reference,
	})
	if err != nil {
		answer = nil // cannot be: these are strings and a number
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(answer) // whoever has gone needs no answer
}

// malformed answers a request that generated code could not take apart.
func malformed(w http.ResponseWriter, r *http.Request, _ error) {
	refuse(w, r, fmt.Errorf("%w: parameters", registry.ErrRequest))
}
