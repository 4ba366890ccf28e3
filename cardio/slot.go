// Package cardio is everything that goes through an R/W: where a card lies, which
// card it is, what it says, and the issuer's scripts that are passed on to it.
// Whatever is transmitted passes one guard (guard.go); nothing above this package
// sees a status word or a tag.
//
// Goroutines: a Reader may be shared. A Card and its Session are used by one
// goroutine at a time; inside, one worker makes every call to the link, so that
// PC/SC is never entered twice, and a call that never returns costs the worker,
// not the caller.
package cardio

import "context"

// State says how the R/W stands. An error never becomes a state of the card.
type State int

// States of the R/W.
const (
	NoService State = iota // the smart-card service does not run
	NoReader               // no R/W that we use
	Empty                  // an R/W, no card
	Present                // a card
	Mute                   // a card that gives no ATR
)

// String names the state for the trace.
func (s State) String() string {
	return [...]string{"no service", "no reader", "empty", "present", "mute"}[s]
}

// Presence is what lies where. Two that differ mean that something came, left or
// was changed for another: Count moves even when a card went and came unseen.
type Presence struct {
	State       State
	Reader      string // as the system names it; "" without one
	Contactless bool   // the card speaks without contacts
	Count       uint32 // comings and goings on that R/W
}

// Slot is where cards come and go. cardio/pcsc fills it, and the virtual card in
// process.
type Slot interface {
	// Wait returns as soon as the presence differs from last, at once if it does
	// already. No service, no reader and a mute card are presences, not errors.
	// It returns ctx's error when ctx ends. One goroutine waits at a time.
	Wait(ctx context.Context, last Presence) (Presence, error)

	// Connect opens the card that lies there now, to be closed by Link.Close. It
	// returns ErrNoService, ErrNoReader, ErrNoCard, ErrSilent, ErrInUse or
	// ErrReaderFault. It may be called while Wait waits.
	Connect(ctx context.Context) (Link, error)
}

// Link is one connection to one card: the seam that a PC/SC card and the card in
// process both fill. One goroutine calls it at a time. Every method may return
// ErrNoService, ErrNoReader, ErrSilent, ErrRemoved, ErrReset or ErrReaderFault,
// wrapped; any other error is treated as ErrReaderFault.
type Link interface {
	// Transmit sends one command APDU and gives the response APDU. An error, and
	// an answer of fewer than two bytes, means that the outcome is unknown. The
	// command is not kept after Transmit returns.
	Transmit(command []byte) ([]byte, error)
	// Begin starts a transaction: other programs wait until End. ErrInUse.
	Begin() error
	// End ends the transaction; the card stays as it is.
	End() error
	// Alive asks whether the card is still there and not reset.
	Alive() error
	// Reconnect takes the same connection up again after ErrReset, without
	// resetting the card.
	Reconnect() error
	// ATR is the answer to reset.
	ATR() []byte
	// Close gives the card back as it is, and everything that Connect made.
	Close() error
}
