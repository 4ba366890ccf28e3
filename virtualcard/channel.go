package virtualcard

import (
	"errors"
	"io"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// SCP03 parameter i (Amendment D table 5-1).
const (
	pseudoRandom    byte = 0x70 // pseudo-random challenge, R-MAC, R-ENC
	randomChallenge byte = 0x60 // random challenge, R-MAC, R-ENC
)

// authenticateTries is how many wrong EXTERNAL AUTHENTICATE lock the key set for good.
const authenticateTries = 10

// protectedMost is the most data that fits a short response at level 33: padded to 240, MAC, status.
const protectedMost = 239

func (c *Card) endChannel() {
	c.channel, c.pending = nil, false
}

// initializeUpdate opens a session with the current application (Amendment D 7.1.1).
func (c *Card) initializeUpdate(cmd command) response {
	c.endChannel()
	m := c.memory.Manager
	if m == nil || !c.managed() {
		return refuse(swInstruction)
	}
	switch {
	case cmd.p1 != 0 && cmd.p1 != m.KeyVersion:
		return refuse(swNoReference)
	case cmd.p2 != 0:
		return refuse(swWrongP1P2)
	case len(cmd.data) != 8: // S8
		return refuse(swWrongLength)
	case m.TriesLeft == 0:
		return refuse(swAuthBlocked)
	}
	challenge, sequence, err := c.challenge(m)
	if err != nil {
		return refuse(swConditions)
	}
	c.channel, err = scp03.Begin(m.Keys, cmd.data, challenge)
	if err != nil { // the lengths were checked when the card was made
		return refuse(swConditions)
	}
	c.pending = true
	out := append([]byte(nil), m.Diversification...)
	out = append(out, m.KeyVersion, 0x03, m.Parameter)
	out = append(append(out, challenge...), c.channel.CardCryptogram()...)
	return ok(append(out, sequence...)...)
}

// managed reports whether the current application offers the security domain's channel.
func (c *Card) managed() bool {
	switch c.current.(type) {
	case *manager, *registered:
		return true
	}
	return false
}

// challenge gives the card challenge; with i = 70 also the sequence counter, which has moved.
func (c *Card) challenge(m *manager) (challenge, sequence []byte, err error) {
	if m.Parameter == randomChallenge {
		challenge = make([]byte, 8)
		_, err = io.ReadFull(c.rand, challenge)
		return challenge, nil, err
	}
	m.Sequence = (m.Sequence + 1) & 0xFFFFFF
	c.changed()
	n := [3]byte{byte(m.Sequence >> 16), byte(m.Sequence >> 8), byte(m.Sequence)}
	challenge, err = scp03.CardChallenge(m.Keys.Enc, n, c.current.name())
	return challenge, n[:], err
}

// externalAuthenticate is EXTERNAL AUTHENTICATE; awaited says that INITIALIZE UPDATE came just before.
func (c *Card) externalAuthenticate(cmd command, awaited bool) response {
	if !awaited {
		c.endChannel()
		return refuse(swConditions)
	}
	m := c.memory.Manager
	m.TriesLeft-- // before the comparison: a torn command costs its try
	c.changed()
	err := c.channel.Authenticate(cmd.raw)
	if err == nil && cmd.p2 != 0 {
		err = scp03.ErrLevel
	}
	if err == nil || !errors.Is(err, scp03.ErrHostCryptogram) {
		m.TriesLeft = min(m.TriesLeft+1, authenticateTries)
	}
	switch {
	case err == nil:
		m.TriesLeft = authenticateTries
		return ok()
	case errors.Is(err, scp03.ErrHostCryptogram):
		c.endChannel()
		return refuse(swHostCryptogram)
	case errors.Is(err, scp03.ErrLevel):
		c.endChannel()
		return refuse(swWrongP1P2)
	case errors.Is(err, scp03.ErrFormat):
		c.endChannel()
		return refuse(swWrongLength)
	default:
		c.endChannel()
		return refuse(swSecureObjects)
	}
}

// secured answers a command that carries a MAC: any error ends the channel.
func (c *Card) secured(cmd command) []byte {
	if c.channel.Level() == 0 {
		c.endChannel()
		return refuse(swSecurity).bytes()
	}
	plain, err := c.channel.Unwrap(cmd.raw)
	if err != nil {
		c.endChannel()
		return refuse(swSecureObjects).bytes()
	}
	inner, whole := parseCommand(plain)
	if !whole {
		return refuse(swWrongLength).bytes()
	}
	channel := c.channel
	return channel.Wrap(c.dispatch(inner).bytes())
}
