package registry

import "errors"

// Rule errors, one for each code that the rules can give. The issuer's own come
// through as they are.
var (
	ErrRequest            = errors.New("request is malformed")
	ErrNotEnrolled        = errors.New("no desk has this certificate")
	ErrNotApproved        = errors.New("desk waits for approval")
	ErrDeskRevoked        = errors.New("desk is revoked")
	ErrRole               = errors.New("desk's role does not allow this")
	ErrCode               = errors.New("enrolment code is wrong")
	ErrCodeOver           = errors.New("enrolment code is over")
	ErrLegalBasis         = errors.New("no legal basis for this role")
	ErrMixed              = errors.New("transaction began with another person")
	ErrAuthority          = errors.New("no authority for this job")
	ErrChallenge          = errors.New("nonce is not one to sign")
	ErrAssertion          = errors.New("assertion does not hold")
	ErrKeyReused          = errors.New("idempotency key belongs to another request")
	ErrCertificateRefused = errors.New("certificate is refused")
	ErrCertificateExpired = errors.New("certificate has expired")
	ErrCertificateRevoked = errors.New("certificate is revoked")
	ErrCertificateUnknown = errors.New("certificate's state is unknown")
	ErrNoMyKey            = errors.New("holder has no MyKey ID")
	ErrMyKeyExists        = errors.New("holder has a MyKey ID")
	ErrMyKeyTaken         = errors.New("wished MyKey ID is taken")
	ErrWishes             = errors.New("no wish left today")
	ErrMyKeyStopped       = errors.New("MyKey ID is stopped")
	ErrMyKeyOther         = errors.New("another MyKey ID stands on the card")
	ErrKeyUnknown         = errors.New("record under an unknown key")
	ErrNoNumber           = errors.New("card gives no card image number")
	ErrForged             = errors.New("record on the card is forged")
	ErrBinding            = errors.New("record is bound to another card")
	ErrDamaged            = errors.New("records on the card contradict each other")
	ErrNotThisCertificate = errors.New("certificate came with another chip before")
	ErrNotReleased        = errors.New("a valid record stands on the card")
	ErrSession            = errors.New("no such card session")
)
