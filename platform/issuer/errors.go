package issuer

import (
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// Errors of a request: nothing was sent to the card.
var (
	// ErrFacts: the card facts cannot be a card's, or the card contradicts them.
	ErrFacts = errors.New("card facts do not hold")
	// ErrNoNumber: a card without a card image number is never written.
	ErrNoNumber = errors.New("card gives no card image number")
	// ErrWanted: the step needs a wanted record and there is none, or it is bound to
	// another card.
	ErrWanted = errors.New("wanted record is not for this card")
	// ErrStale: the card holds a record of the same or a higher generation.
	ErrStale = errors.New("wanted record is not newer than what the card holds")
	// ErrHolds: a slot is valid, so the area is not released.
	ErrHolds = errors.New("the area holds a valid record")
)

// Errors of the card: the session is over.
var (
	// ErrCardCryptogram: the card does not hold our keys; EXTERNAL AUTHENTICATE was
	// not sent, so it counted no failure.
	ErrCardCryptogram = scp03.ErrCardCryptogram
	// ErrRMAC: an answer that should prove something does not.
	ErrRMAC = scp03.ErrRMAC
	// ErrAuthRefused: the card refused EXTERNAL AUTHENTICATE (63xx). Never again on
	// that card: it locks after a few.
	ErrAuthRefused = errors.New("card refused the issuer")
	// ErrCardFull: INSTALL answered 6A84; nothing changed.
	ErrCardFull = errors.New("card has no room for the area")
	// ErrNotReserved: after INSTALL the free space is not 512 bytes less.
	ErrNotReserved = errors.New("card did not set the area's space aside")
	// ErrImageNumber: the card image number under R-MAC is another than the claimed.
	ErrImageNumber = errors.New("card has another card image number")
	// ErrDiffers: a slot read under R-MAC is not what was to stand there.
	ErrDiffers = errors.New("card answered other data than expected")
	// ErrUnexpected: a status word that this step has no way on from.
	ErrUnexpected = errors.New("card answered an unexpected status")
	// ErrAnswer: an answer in the clear that cannot be read.
	ErrAnswer = errors.New("card answer cannot be read")
)

// Errors of the desk's calls.
var (
	// ErrSessionUnknown: no such session, or it is finished.
	ErrSessionUnknown = errors.New("no such card session")
	// ErrSessionOver: past its 2 minutes, or its keys past their 60 seconds.
	ErrSessionOver = errors.New("card session is over")
	// ErrWrongDesk: the session belongs to another desk.
	ErrWrongDesk = errors.New("card session belongs to another desk")
	// ErrStepTwice: these answers were posted before, or are being worked on.
	ErrStepTwice = errors.New("card session step was posted twice")
	// ErrAnswers: not the answers to the script that was sent.
	ErrAnswers = errors.New("answers do not belong to the script")
)

// at says which command an error belongs to.
func at(name string, err error) error { return fmt.Errorf("%s: %w", name, err) }

func unexpected(name string, status apdu.Status) error {
	return fmt.Errorf("%s: %w: %v", name, ErrUnexpected, status)
}
