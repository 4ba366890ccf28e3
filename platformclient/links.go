package platformclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/mykey"
)

// Holder is whose link is meant: what the desk read from the card. Record and
// Certificate may stand beside each other; the platform refuses them where the
// certificate is not the record's holder's (ErrNotThisCertificate).
type Holder struct {
	Transaction string // 32 hex digits; a look-up sends none
	Record      []byte // the valid slot as read, 128 bytes; nil: by certificate
	Certificate []byte // the user authentication certificate, DER; nil: by record
}

func (h Holder) lookup() api.LookupRequest {
	return api.LookupRequest{Record: optional(h.Record), Certificate: optional(h.Certificate)}
}

// FoundState says what a look-up found.
type FoundState string

// What a look-up can find. FoundStopped comes only where a link is, and never
// says why.
const (
	FoundLinked  FoundState = "linked"
	FoundNone    FoundState = "none" // no such MyKey ID, or not linked in this service
	FoundStopped FoundState = "stopped"
)

// Found is what a look-up found.
type Found struct {
	State  FoundState
	Number mykey.ServiceID // zero unless FoundLinked
}

func linksPath(service mykey.ServiceCode) string {
	return "/v1/services/" + url.PathEscape(string(service)) + "/links"
}

// Lookup finds the person's number in one service of this desk's operator. It
// takes at most Limits.Lookup, and as long again where the first answer was
// lost. ErrService, ErrForged, ErrKeyUnknown, ErrRecordOld,
// ErrNotThisCertificate, ErrCertificateRefused; by certificate alone also
// ErrCertificateExpired.
func (c *Client) Lookup(ctx context.Context, service mykey.ServiceCode, h Holder) (Found, error) {
	var answer api.Found
	r := request{
		method: http.MethodPost, path: "/v1/services/" + url.PathEscape(string(service)) + "/lookups",
		limit: c.limits.Lookup, in: h.lookup(), out: &answer,
	}
	_, err := c.send(ctx, r)
	if answerLost(err) && ctx.Err() == nil {
		answer = api.Found{}
		_, err = c.send(ctx, r)
	}
	if err != nil {
		return Found{}, err
	}
	return foundOf(answer)
}

// answerLost reports whether a question went out and its answer did not come.
func answerLost(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return false // it never went out
	}
	return errors.Is(err, ErrTimeout) || errors.Is(err, ErrOffline)
}

func foundOf(a api.Found) (Found, error) {
	f := Found{State: FoundState(a.State)}
	if !a.State.Valid() || (a.ServiceID != nil) != (f.State == FoundLinked) {
		return Found{}, fmt.Errorf("%w: state %q", ErrNotUnderstood, a.State)
	}
	if a.ServiceID != nil {
		var err error
		if f.Number, err = mykey.ParseServiceID(*a.ServiceID); err != nil {
			return Found{}, fmt.Errorf("%w: %w", ErrNotUnderstood, err)
		}
	}
	return f, nil
}

// Link asks to link a number to a person.
type Link struct {
	Holder
	Number  mykey.ServiceID // bare, as the service's rule has it
	Replace bool            // in the place of the number that the person has
	Key     string          // Idempotency-Key; "" makes one. Not signed
}

func (l Link) wire() api.LinkRequest {
	return api.LinkRequest{
		Transaction: l.Transaction, Record: optional(l.Record), Certificate: optional(l.Certificate),
		ServiceID: l.Number.Reveal(), Replace: l.Replace,
	}
}

// LinkDigest is what the card signs (purpose register) where the service asks
// for the PIN.
func (c *Client) LinkDigest(nonce []byte, service mykey.ServiceCode, l Link) ([32]byte, error) {
	return c.digest(PurposeRegister, nonce, http.MethodPut, linksPath(service), l.wire())
}

// Link links the number. a is nil where the service asks for no PIN. Without a
// certificate the platform must have found the person's valid within its
// policy's age, else ErrCertificateUnknown. The number that the person has
// already is no error. ErrService, ErrLinkNumber, ErrLinkTaken, ErrLinkExists,
// ErrMyKeyStopped, ErrNoMyKey, ErrMixed (the transaction was another person's),
// ErrAuthority (the service asks for the PIN), ErrAssertion, ErrChallenge,
// ErrForged, ErrKeyUnknown, ErrRecordOld, ErrNotThisCertificate and the
// certificate's errors.
func (c *Client) Link(ctx context.Context, service mykey.ServiceCode, l Link, a *Assertion) error {
	in := l.wire()
	if a != nil {
		in.Assertions = &[]api.Assertion{a.wire()}
	}
	return c.change(ctx, keyOr(l.Key), request{
		method: http.MethodPut, path: linksPath(service), limit: c.limits.Call, in: in,
	})
}

// Unlink asks to remove a person's link. It needs a record: a certificate alone
// is ErrRequest.
type Unlink struct {
	Holder
	Key string // Idempotency-Key; "" makes one
}

// Unlink removes the person's link in the service. ErrService, ErrLinkNone,
// ErrMyKeyStopped (only where a link is), ErrMixed, ErrForged, ErrKeyUnknown,
// ErrRecordOld, ErrNotThisCertificate.
func (c *Client) Unlink(ctx context.Context, service mykey.ServiceCode, u Unlink) error {
	return c.change(ctx, keyOr(u.Key), request{
		method: http.MethodPost, path: linksPath(service) + "/remove", limit: c.limits.Call,
		in: api.UnlinkRequest{Transaction: u.Transaction, Record: u.Record, Certificate: optional(u.Certificate)},
	})
}

// OutcomeState says what became of a change.
type OutcomeState string

// What becomes of a change. After OutcomeNever it never will arrive: the
// platform has closed the key, and refuses it with ErrKeyReused.
const (
	OutcomeDone     OutcomeState = "done"
	OutcomeRefused  OutcomeState = "refused"
	OutcomeUnderWay OutcomeState = "under-way"
	OutcomeNever    OutcomeState = "never"
)

// Outcome is what became of a change.
type Outcome struct {
	State OutcomeState
	Err   error // OutcomeRefused: the refusal as one of this package's errors
}

// Outcome asks what became of the change that this desk sent with the key, for
// 24 hours. A refusal that the platform has not kept is OutcomeNever: it did
// nothing, and the key is closed.
func (c *Client) Outcome(ctx context.Context, key string) (Outcome, error) {
	var answer api.Outcome
	_, err := c.send(ctx, request{
		method: http.MethodGet, path: "/v1/outcomes/" + url.PathEscape(key), limit: c.limits.Call, out: &answer,
	})
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{State: OutcomeState(answer.State)}
	if !answer.State.Valid() || (answer.Code != nil) != (o.State == OutcomeRefused) {
		return Outcome{}, fmt.Errorf("%w: outcome %q", ErrNotUnderstood, answer.State)
	}
	if answer.Code != nil {
		o.Err = problemError(api.Problem{Code: *answer.Code})
	}
	return o, nil
}

// NewKey makes an Idempotency-Key at random.
func NewKey() string { return uuid.NewString() }
