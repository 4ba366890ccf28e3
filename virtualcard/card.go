package virtualcard

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// Errors in place of an answer.
var (
	// ErrMute: the card does not answer (profile Mute).
	ErrMute = errors.New("card does not answer")
	// ErrOff: the card has no power; the supply ended in the middle of a command, or PowerOff.
	ErrOff = errors.New("card has no power")
)

// Card is one card. It is safe for concurrent use; commands are taken one at a time, as by a chip.
type Card struct {
	mu       sync.Mutex
	memory   memory // survives power off
	revision uint64 // grows with every change of memory
	rand     io.Reader
	supply   Supply

	// What power off clears.
	on      bool
	current application
	channel *scp03.Channel
	pending bool   // INITIALIZE UPDATE was answered, EXTERNAL AUTHENTICATE must follow
	listing []byte // GET STATUS records not yet given

	tripped []string // diagnosis, not part of the card
}

// application is what can be current on the card.
type application interface {
	name() []byte // AID
	// enter makes it current: its security status falls, its file selection is lost.
	enter()
	// handle answers a plain command; SELECT by name and the channel's own commands do not come here.
	handle(c *Card, cmd command) response
}

// ATR is the answer to reset; nil for a mute card.
func (c *Card) ATR() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]byte(nil), c.memory.ATR...)
}

// PowerOn gives power; on a card that has it, nothing happens.
func (c *Card) PowerOn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.on {
		c.restart()
	}
}

// PowerOff takes the power: selection, security status and channel are gone, and Transmit answers
// ErrOff until PowerOn.
func (c *Card) PowerOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.restart()
	c.on = false
}

// Reset is a warm reset: like off and on.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.restart()
}

// Mute reports whether the card never answers.
func (c *Card) Mute() bool { return c.memory.Profile == Mute }

// Profile is the kind of card it is.
func (c *Card) Profile() Profile { return c.memory.Profile }

// Tripped lists the APs that must not be touched and were selected, by name, in order.
func (c *Card) Tripped() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.tripped...)
}

// Revision grows with every change that survives power off.
func (c *Card) Revision() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.revision
}

// Transmit takes one command and gives its response. Errors: ErrMute, ErrOff; everything else that
// can be wrong is a status word. No bytes make it panic.
func (c *Card) Transmit(cmd []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.memory.Profile == Mute {
		return nil, ErrMute
	}
	if !c.on {
		return nil, ErrOff
	}
	answer := c.process(append([]byte(nil), cmd...))
	if !c.on { // the supply ended inside the command: nobody hears the answer
		return nil, fmt.Errorf("in the middle of a command: %w", ErrOff)
	}
	return answer, nil
}

func (c *Card) restart() {
	c.on = true
	c.endChannel()
	c.listing = nil
	switch { // what is selected by default
	case c.memory.Manager != nil:
		c.current = c.memory.Manager
	case c.memory.Profile == Licence:
		c.current = licence{}
	default:
		c.current = nil
	}
}

// changed marks a change of memory.
func (c *Card) changed() { c.revision++ }
