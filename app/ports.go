package app

import (
	"context"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// Platform is what the counter asks of the MyKey Platform. Its errors are
// platformclient's. Every call waits at most its own limit.
type Platform interface {
	Desk(ctx context.Context) (platformclient.Desk, error)
	Challenges(ctx context.Context, purposes []platformclient.Purpose, certificate []byte) (platformclient.Challenges, error)
	CardSessionDigest(nonce []byte, s platformclient.CardSession) ([32]byte, error)
	OpenCardSession(ctx context.Context, s platformclient.CardSession, a *platformclient.Assertion) (platformclient.CardStep, error)
	NextCardStep(ctx context.Context, session string, answers [][]byte) (platformclient.CardStep, error)
	CloseCardSession(ctx context.Context, session string) error
	Lookup(ctx context.Context, service mykey.ServiceCode, h platformclient.Holder) (platformclient.Found, error)
	LinkDigest(nonce []byte, service mykey.ServiceCode, l platformclient.Link) ([32]byte, error)
	Link(ctx context.Context, service mykey.ServiceCode, l platformclient.Link, a *platformclient.Assertion) error
	Unlink(ctx context.Context, service mykey.ServiceCode, u platformclient.Unlink) error
	Outcome(ctx context.Context, key string) (platformclient.Outcome, error)
}

// Trainer works the demo cards of the training mode. Its methods return at
// once and may be called from any goroutine.
type Trainer interface {
	// Cards are the demo cards to choose from; never empty.
	Cards() []TrainingCard
	// Choose makes another card the chosen one; the one on the R/W is taken off.
	Choose(i int)
	// Insert and Remove put the chosen card on the R/W and take it off.
	Insert()
	Remove()
	// Chosen is the chosen card's index, whether it lies on the R/W, and its PIN.
	Chosen() (i int, onReader bool, pin string)
}

// NoTraining is the Trainer of a real desk.
type NoTraining struct{}

// Cards gives none.
func (NoTraining) Cards() []TrainingCard { return nil }

// Choose does nothing.
func (NoTraining) Choose(int) {}

// Insert does nothing.
func (NoTraining) Insert() {}

// Remove does nothing.
func (NoTraining) Remove() {}

// Chosen gives nothing.
func (NoTraining) Chosen() (int, bool, string) { return 0, false, "" }

// Clock is the time as the counter sees it.
type Clock interface {
	Now() time.Time
	// After gives a channel that gets one value when d has passed.
	After(d time.Duration) <-chan time.Time
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is time.Now.
func (SystemClock) Now() time.Time { return time.Now() }

// After is time.After.
func (SystemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Limits are how long the counter waits.
type Limits struct {
	Progress  time.Duration // a card-present transaction without progress
	PIN       time.Duration // PIN entry, and the resident's consent
	PINWarn   time.Duration // before the PIN's end, when more time is offered
	CardLeft  time.Duration // a card that still lies there after the end
	Wipe      time.Duration // the done screen, after the card left
	Notice    time.Duration // a passing notice
	Platform  time.Duration // between two looks at the platform
	Authority time.Duration // how long a job goes on without a new PIN
	Shown     time.Duration // a service ID on the screen, where the settings say nothing
	Held      time.Duration // a number that waits for the tap gate
	Repeat    time.Duration // taps of one card within it are one
	Idle      time.Duration // without a key or pointer before a number is typed
	Gate      time.Duration // between two looks at the desktop while something waits
	Outcome   time.Duration // between two questions for an answer that was lost
	Trial     time.Duration // to bring the business application to the front
}

// DefaultLimits are the limits of a real desk.
func DefaultLimits() Limits {
	return Limits{
		Progress:  60 * time.Second,
		PIN:       2 * time.Minute,
		PINWarn:   30 * time.Second,
		CardLeft:  5 * time.Second,
		Wipe:      20 * time.Second,
		Notice:    4 * time.Second,
		Platform:  30 * time.Second,
		Authority: 10 * time.Minute,
		Shown:     20 * time.Second,
		Held:      20 * time.Second,
		Repeat:    3 * time.Second,
		Idle:      150 * time.Millisecond,
		Gate:      50 * time.Millisecond,
		Outcome:   10 * time.Second,
		Trial:     5 * time.Second,
	}
}
