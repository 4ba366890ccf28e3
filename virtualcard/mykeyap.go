package virtualcard

import (
	"bytes"
	"fmt"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// AreaSize is the length of the MyKey AP's only EF, in bytes: two slots.
const AreaSize = 256

const slotSize = AreaSize / 2

// fileMyKey is that EF's identifier and, as 01, its short identifier.
const fileMyKey = 0x0001

func (r *registered) name() []byte { return r.AID }
func (r *registered) enter()       {}

// handle is the MyKey AP: one transparent EF that everyone may read and that only the holder of
// the card's keys may change, inside level 33. The EF is current from the start.
func (r *registered) handle(c *Card, cmd command) response {
	if cmd.cla != classISO {
		return refuse(swInstruction)
	}
	switch cmd.ins {
	case insSelect:
		if cmd.p1 == 0x02 && cmd.p2 == 0x0C && bytes.Equal(cmd.data, []byte{0x00, fileMyKey}) {
			return ok()
		}
		return refuse(swNotFound)
	case insReadBinary:
		return r.read(c, cmd)
	case insUpdateBinary:
		return r.update(c, cmd)
	}
	return refuse(swInstruction)
}

// offset is P1-P2 of READ and UPDATE BINARY: a short identifier with 8 bits of offset, or 15 bits
// (ISO/IEC 7816-4 11.3.1).
func offset(cmd command) (sfi byte, off int) {
	if cmd.p1&0x80 != 0 {
		return cmd.p1 & 0x1F, int(cmd.p2)
	}
	return 0, int(cmd.p1)<<8 | int(cmd.p2)
}

func (r *registered) read(c *Card, cmd command) response {
	sfi, off := offset(cmd)
	switch {
	case sfi > fileMyKey:
		return refuse(swNotFound)
	case len(cmd.data) != 0:
		return refuse(swWrongLength)
	}
	if c.channel.Level() != 0 { // a slot at a time, whatever Le: known beforehand to the byte
		if off != 0 && off != slotSize {
			return refuse(swOffset)
		}
		return ok(r.Area[off : off+slotSize]...)
	}
	switch {
	case !cmd.hasLe:
		return refuse(swWrongLength)
	case off >= AreaSize:
		return refuse(swOffset)
	}
	return ok(cmd.limited(r.Area[off:])...)
}

func (r *registered) update(c *Card, cmd command) response {
	sfi, off := offset(cmd)
	switch {
	case c.channel.Level() != scp03.CMACEncRMACREnc:
		return refuse(swSecurity)
	case sfi > fileMyKey:
		return refuse(swNotFound)
	case len(cmd.data) == 0:
		return refuse(swWrongLength)
	case off >= AreaSize:
		return refuse(swOffset)
	case off+len(cmd.data) > AreaSize:
		return refuse(swWrongLength)
	}
	after := bytes.Clone(r.Area)
	copy(after[off:], cmd.data)
	if !c.program(Write{
		AP: fmt.Sprintf("%X", r.AID), File: "0001", Offset: off, Length: len(cmd.data),
		Old: bytes.Clone(r.Area), New: after, UpdateOfEF: true,
	}, r.Area) {
		return response{}
	}
	return ok()
}

// Area is the content of the MyKey AP's EF, and whether the AP is there.
func (c *Card) Area() ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.memory.Manager == nil {
		return nil, false
	}
	_, r := c.memory.Manager.app(aidMyKey)
	if r == nil {
		return nil, false
	}
	return bytes.Clone(r.Area), true
}

// LoadArea puts a MyKey AP with this content onto the card, as if it had been written before;
// where there is one, its content is replaced. content has 256 bytes. Error: ErrOptions, also
// when the card has no free space that we can reserve.
func (c *Card) LoadArea(content []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.memory.Manager
	if m == nil || len(content) != AreaSize {
		return fmt.Errorf("MyKey AP of %d bytes on card %q: %w", len(content), c.memory.Profile, ErrOptions)
	}
	_, r := m.app(aidMyKey)
	if r == nil {
		if m.Free < areaBooked {
			return fmt.Errorf("MyKey AP on a full card: %w", ErrOptions)
		}
		m.Free -= areaBooked
		r = &registered{
			AID: aidMyKey, LoadFile: aidMyKeyLoadFile, Module: aidMyKeyModule,
			Privileges: make([]byte, 3), State: stateSelectable, Booked: areaBooked,
		}
		m.Apps = append(m.Apps, r)
	}
	r.Area = bytes.Clone(content)
	c.changed()
	return nil
}
