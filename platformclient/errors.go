package platformclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/madoguchi/madoguchi/api"
)

// Errors of the way to the platform. After ErrTimeout, ErrServer and
// ErrNotUnderstood, and after ErrOffline once a connection stood, it is unknown
// whether the platform did what was asked.
var (
	ErrOffline       = errors.New("platform cannot be reached")
	ErrTimeout       = errors.New("platform did not answer in time")
	ErrServer        = errors.New("platform has an error of its own")
	ErrNotUnderstood = errors.New("answer is not the platform's")
	ErrTLS           = errors.New("platform is not who it should be, or does not take this desk")
	// ErrUnknown: a code this program does not know; errors.As with
	// *ProblemError tells which.
	ErrUnknown = errors.New("platform gave a code that is not known here")
)

// Errors that the platform tells, one for each code of its enum.
var (
	ErrRequest            = errors.New("platform found the request malformed")
	ErrNotEnrolled        = errors.New("desk is not enrolled")
	ErrNotApproved        = errors.New("desk is not approved yet")
	ErrDeskRevoked        = errors.New("desk is revoked")
	ErrRole               = errors.New("desk may not do this")
	ErrCode               = errors.New("enrolment code is wrong")
	ErrCodeOver           = errors.New("enrolment code is over")
	ErrBusy               = errors.New("platform asks to wait")
	ErrLegalBasis         = errors.New("desk has no legal basis for this")
	ErrMixed              = errors.New("transaction began with another person")
	ErrAuthority          = errors.New("no authority: the resident must authenticate again")
	ErrChallenge          = errors.New("nonce is over")
	ErrAssertion          = errors.New("signature does not fit the request")
	ErrKeyReused          = errors.New("key was used for another request")
	ErrCertificateRefused = errors.New("not a user authentication certificate of JPKI")
	ErrCertificateExpired = errors.New("certificate has expired")
	ErrCertificateRevoked = errors.New("certificate is revoked")
	ErrCertificateUnknown = errors.New("certificate's state cannot be confirmed")
	ErrNoMyKey            = errors.New("resident has no MyKey ID")
	ErrMyKeyExists        = errors.New("resident has a MyKey ID already")
	ErrMyKeyTaken         = errors.New("wished MyKey ID is taken")
	ErrWishes             = errors.New("no wish left today")
	ErrMyKeyStopped       = errors.New("MyKey ID is stopped")
	ErrMyKeyOther         = errors.New("another MyKey ID stands on the card")
	ErrKeyUnknown         = errors.New("record on the card is under an unknown key")
	ErrNoNumber           = errors.New("card gives no card image number")
	ErrForged             = errors.New("record on the card is forged")
	ErrBinding            = errors.New("record was made for another card")
	ErrDamaged            = errors.New("records on the card contradict each other")
	ErrNotThisCertificate = errors.New("certificate belongs to another card")
	ErrFull               = errors.New("card has no space")
	ErrLocked             = errors.New("card refused the issuer")
	ErrUnexpected         = errors.New("card answered what no card should")
	ErrDiffers            = errors.New("read back is not what was written")
	ErrNotReleased        = errors.New("a valid record stands on the card: not given back")
	ErrNoKeys             = errors.New("issuer has no keys for this card")
	ErrSession            = errors.New("card session is over")
	ErrRecordOld          = errors.New("record on the card is no longer in force")
	ErrService            = errors.New("not a service of this desk's operator")
	ErrLinkNumber         = errors.New("number does not fit the service's rule")
	ErrLinkTaken          = errors.New("number is another person's")
	ErrLinkExists         = errors.New("person has another number in this service")
	ErrLinkNone           = errors.New("person has no number in this service")
)

// codes is the table: each of the platform's codes and its error.
var codes = []struct {
	code api.ProblemCode
	is   error
}{
	{api.CodeDeskRequest, ErrRequest},
	{api.CodeDeskNotEnrolled, ErrNotEnrolled},
	{api.CodeDeskNotApproved, ErrNotApproved},
	{api.CodeDeskRevoked, ErrDeskRevoked},
	{api.CodeDeskRole, ErrRole},
	{api.CodeDeskCode, ErrCode},
	{api.CodeDeskCodeOver, ErrCodeOver},
	{api.CodePlatformBusy, ErrBusy},
	{api.CodePlatformError, ErrServer},
	{api.CodeLegalBasisMissing, ErrLegalBasis},
	{api.CodeTransactionMixed, ErrMixed},
	{api.CodeTransactionAuthority, ErrAuthority},
	{api.CodeTransactionChallenge, ErrChallenge},
	{api.CodeTransactionAssertion, ErrAssertion},
	{api.CodeTransactionKey, ErrKeyReused},
	{api.CodeCertRefused, ErrCertificateRefused},
	{api.CodeCertExpired, ErrCertificateExpired},
	{api.CodeCertRevoked, ErrCertificateRevoked},
	{api.CodeCertNotConfirmed, ErrCertificateUnknown},
	{api.CodeMyKeyNone, ErrNoMyKey},
	{api.CodeMyKeyExists, ErrMyKeyExists},
	{api.CodeMyKeyTaken, ErrMyKeyTaken},
	{api.CodeMyKeyWishes, ErrWishes},
	{api.CodeMyKeyStopped, ErrMyKeyStopped},
	{api.CodeMyKeyOther, ErrMyKeyOther},
	{api.CodeMyKeyKeyUnknown, ErrKeyUnknown},
	{api.CodeCardNoNumber, ErrNoNumber},
	{api.CodeCardForged, ErrForged},
	{api.CodeCardBinding, ErrBinding},
	{api.CodeCardDamaged, ErrDamaged},
	{api.CodeCardNotThisCertificate, ErrNotThisCertificate},
	{api.CodeCardFull, ErrFull},
	{api.CodeCardLocked, ErrLocked},
	{api.CodeCardUnexpected, ErrUnexpected},
	{api.CodeCardWriteDiffers, ErrDiffers},
	{api.CodeCardNotReleased, ErrNotReleased},
	{api.CodeIssuerNoKeys, ErrNoKeys},
	{api.CodeIssuerSession, ErrSession},
	{api.CodeCardRecordOld, ErrRecordOld},
	{api.CodeLinkService, ErrService},
	{api.CodeLinkNumber, ErrLinkNumber},
	{api.CodeLinkTaken, ErrLinkTaken},
	{api.CodeLinkExists, ErrLinkExists},
	{api.CodeLinkNone, ErrLinkNone},
}

// ProblemError is what the platform said: one of the errors above, with the
// reference under which its log has it.
type ProblemError struct {
	Code      string
	Reference string
	err       error
}

// Error names the cause, never a person.
func (e *ProblemError) Error() string {
	return fmt.Sprintf("%v (%s, reference %q)", e.err, e.Code, e.Reference)
}

// Unwrap gives one of this package's errors.
func (e *ProblemError) Unwrap() error { return e.err }

func problemError(p api.Problem) error {
	e := &ProblemError{Code: string(p.Code), err: ErrUnknown}
	if p.Reference != nil {
		e.Reference = *p.Reference
	}
	for _, c := range codes {
		if c.code == p.Code {
			e.err = c.is
		}
	}
	return e
}

// errNotModified is Desk's own: the answer is the one it has.
var errNotModified = errors.New("not modified")

// outcomeUnknown reports whether the platform may have done what was asked.
func outcomeUnknown(err error) bool {
	return errors.Is(err, ErrOffline) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrServer) || errors.Is(err, ErrNotUnderstood)
}

// transportError names what happened to an exchange that gave no answer. The
// caller's own cancelling stays context.Canceled.
func transportError(ctx context.Context, err error) error {
	var (
		certificate *tls.CertificateVerificationError
		unknown     x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		op          *net.OpError
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("ask platform: %w", context.Canceled)
	case errors.Is(err, ErrNotEnrolled):
		return err
	case errors.As(err, &certificate), errors.As(err, &unknown), errors.As(err, &record), errors.As(err, &alert):
		return fmt.Errorf("%w: %w", ErrTLS, err)
	case errors.As(err, &op) && op.Op == "remote error": // a TLS alert, older form
		return fmt.Errorf("%w: %w", ErrTLS, err)
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return fmt.Errorf("%w: %w", ErrOffline, err)
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	default:
		return fmt.Errorf("%w: %w", ErrOffline, err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
