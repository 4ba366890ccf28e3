package cardio

import (
	"errors"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/cardmanager"
	"github.com/madoguchi/madoguchi/cardio/jpki"
	"github.com/madoguchi/madoguchi/cardio/tlv"
)

// Transport errors: the outcome of what was sent is unknown, unless nothing was
// sent. The answer to each is to look again, then speak.
var (
	// ErrNoService: the system's smart-card service does not run, or stopped.
	ErrNoService = errors.New("smart-card service is not running")
	// ErrNoReader: no R/W is connected, or it was unplugged.
	ErrNoReader = errors.New("no card reader")
	// ErrNoCard: no card lies there; nothing was sent.
	ErrNoCard = errors.New("no card on the reader")
	// ErrSilent: the card does not answer. What was waiting is given up with its
	// link: open the card anew.
	ErrSilent = errors.New("card does not answer")
	// ErrRemoved: the card left.
	ErrRemoved = apdu.ErrRemoved
	// ErrReset: another program reset the card; what was selected and proved is
	// gone.
	ErrReset = errors.New("card was reset by another program")
	// ErrInUse: another program holds the card (a browser, gpg-agent, another
	// JPKI program); nothing was sent.
	ErrInUse = errors.New("card is held by another program")
	// ErrReaderFault: the R/W, its driver or the service failed in a way that
	// none of the others names.
	ErrReaderFault = errors.New("card reader failed")
)

// Errors of what the card said. Nothing is unknown.
var (
	// ErrNoNumber: no card image number; such a card is never written.
	ErrNoNumber = cardmanager.ErrNoNumber
	// ErrNoCertificate: no user authentication certificate.
	ErrNoCertificate = jpki.ErrNoCertificate
	// ErrPINBlocked: no try left.
	ErrPINBlocked = jpki.ErrPINBlocked
	// ErrPINMissing: a PIN with digits missing; nothing was sent.
	ErrPINMissing = jpki.ErrPINMissing
	// ErrMalformed: bytes that are not what the standard says.
	ErrMalformed = tlv.ErrMalformed
	// ErrUnexpected: an answer that no card should give here. In a session the
	// answers so far are posted to the issuer.
	ErrUnexpected = apdu.ErrUnexpected
)

// Errors of a platform's script.
var (
	// ErrScript: the guard refused it; none of it was sent.
	ErrScript = errors.New("script refused")
	// ErrDiffers: UPDATE or READ was answered 9000, but not as the issuer expects.
	ErrDiffers = errors.New("card answered differently from what was written")
	// ErrAuthRefused: the card refused the issuer (63xx to EXTERNAL
	// AUTHENTICATE), now or before: never again on this card.
	ErrAuthRefused = errors.New("card refused the issuer")
	// ErrFull: no room for the area (INSTALL answered 6A84); nothing changed. It
	// is ErrUnexpected too: the answers are posted.
	ErrFull = errors.New("card has no room for the area")
)

// PINError: the card refused the PIN and has Left tries more.
type PINError = jpki.PINError
