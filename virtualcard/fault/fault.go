// Package fault breaks the exchange with a card on purpose: a command or only its answer is lost,
// the power ends inside an UPDATE at a chosen byte, a status word is another one, an answer comes
// late or never. What the chip has seen is what a real chip would have seen.
package fault

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// Errors in place of an answer.
var (
	// ErrRemoved: the card is gone; Restore puts it back.
	ErrRemoved = errors.New("card was removed")
	// ErrNoTear: a tear that cannot happen (Byte or Page make no sense).
	ErrNoTear = errors.New("impossible tear")
)

// Kind is what goes wrong.
type Kind int

// Kinds of fault.
const (
	LoseCommand Kind = iota + 1 // the chip never sees the command; the card is gone
	LoseAnswer                  // the chip does it, nobody hears; the card is gone
	TearErased                  // power ends inside an UPDATE: the page of byte Byte is erased to FF
	TearPrefix                  // … the bytes before Byte are written, the rest is old
	TearMixed                   // … the page of byte Byte holds bits of old and new
	TearCounter                 // power ends right after a PIN counter went down, before the comparison
	OtherStatus                 // the chip does it; the answer is Status alone
	WrongAnswer                 // the chip does it; one bit of the answer's data or MAC is turned
	Silent                      // the card never answers (virtualcard.ErrMute)
	Late                        // the answer comes after Delay
)

// Fault is one thing that goes wrong, once.
type Fault struct {
	APDU   int // which command, counted from 1 since Wrap or Plan
	Kind   Kind
	Byte   int           // tears: how many bytes of the UPDATE were done, 0 to its length - 1
	Page   int           // tears: page size in bytes, a power of two; 0 is the card's own
	Status uint16        // OtherStatus
	Delay  time.Duration // Late
}

// Card is a card whose faults are planned. It fills the same seam as the card itself and is safe
// for concurrent use.
type Card struct {
	card *virtualcard.Card

	mu      sync.Mutex
	plan    []Fault
	n       int // commands seen
	fired   int
	removed bool
	updates []Update

	torn *Fault // armed for the command that runs now
}

// Update is one UPDATE that reached the chip.
type Update struct {
	APDU   int // which command it was, from 1
	Length int // bytes
}

// Wrap takes over the card's power supply.
func Wrap(card *virtualcard.Card, plan ...Fault) *Card {
	c := &Card{card: card, plan: plan}
	card.SetSupply(supply{c})
	return c
}

// Plan sets new faults and counts commands from 1 again.
func (c *Card) Plan(plan ...Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plan, c.n, c.fired, c.updates = plan, 0, 0, nil
}

// APDUs is how many commands were sent, also those that were lost.
func (c *Card) APDUs() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// Updates lists every UPDATE that reached the chip. A whole torn run has
// 2 × APDUs + 9 × the bytes of every UPDATE cases (three ways, three page sizes).
func (c *Card) Updates() []Update {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Update(nil), c.updates...)
}

// Fired is how many of the planned faults happened: a case whose fault did not happen proves nothing.
func (c *Card) Fired() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fired
}

// Restore puts the removed card back: it has power and knows nothing of before.
func (c *Card) Restore() {
	c.mu.Lock()
	c.removed = false
	c.mu.Unlock()
	c.card.PowerOff()
	c.card.PowerOn()
}

// Removed reports whether a fault took the card away.
func (c *Card) Removed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.removed
}

// ATR, PowerOn, PowerOff and Reset are the card's.
func (c *Card) ATR() []byte { return c.card.ATR() }

// PowerOn gives power, unless the card is removed.
func (c *Card) PowerOn() {
	if !c.Removed() {
		c.card.PowerOn()
	}
}

// PowerOff takes the power.
func (c *Card) PowerOff() { c.card.PowerOff() }

// Reset is a warm reset, unless the card is removed.
func (c *Card) Reset() {
	if !c.Removed() {
		c.card.Reset()
	}
}

// Transmit passes one command on, or breaks it. Errors: ErrRemoved, ErrNoTear, and the card's.
func (c *Card) Transmit(cmd []byte) ([]byte, error) {
	f, gone := c.next()
	if gone {
		return nil, ErrRemoved
	}
	switch f.Kind {
	case LoseCommand:
		c.happened()
		return nil, c.remove()
	case Silent:
		c.happened()
		return nil, virtualcard.ErrMute
	case TearErased, TearPrefix, TearMixed:
		if f.Byte < 0 || f.Page < 0 || f.Page&(f.Page-1) != 0 {
			return nil, fmt.Errorf("byte %d, page %d: %w", f.Byte, f.Page, ErrNoTear)
		}
	}
	answer, err := c.card.Transmit(cmd)
	c.disarm()
	if errors.Is(err, virtualcard.ErrOff) {
		return nil, c.remove()
	}
	if err != nil {
		return nil, err
	}
	switch f.Kind {
	case LoseAnswer:
		c.happened()
		return nil, c.remove()
	case OtherStatus:
		c.happened()
		return []byte{byte(f.Status >> 8), byte(f.Status)}, nil
	case WrongAnswer:
		if len(answer) > 2 {
			c.happened()
			answer[len(answer)-3] ^= 0x01
		}
	case Late:
		c.happened()
		time.Sleep(f.Delay)
	}
	return answer, nil
}

// next counts the command and finds its fault.
func (c *Card) next() (f Fault, gone bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.removed {
		return f, true
	}
	c.n++
	for i := range c.plan {
		if c.plan[i].APDU == c.n {
			f = c.plan[i]
			c.torn = &f
		}
	}
	return f, false
}

func (c *Card) happened() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fired++
}

func (c *Card) disarm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.torn = nil
}

// remove takes the card off the reader.
func (c *Card) remove() error {
	c.mu.Lock()
	c.removed, c.torn = true, nil
	n := c.n
	c.mu.Unlock()
	c.card.PowerOff()
	return fmt.Errorf("command %d: %w", n, ErrRemoved)
}
