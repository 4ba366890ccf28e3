package virtualcard

import "bytes"

// Life cycle states (GlobalPlatform 2.3.1 tables 11-3 to 11-6).
const (
	stateLoaded     byte = 0x01
	stateInstalled  byte = 0x03
	stateSelectable byte = 0x07
	statePersonal   byte = 0x0F // security domain, personalized
)

// registered is an application in the registry. One with an Area is an instance of the MyKey AP;
// the others stand for APs that came onto the card before.
type registered struct {
	AID, LoadFile, Module []byte
	Privileges            []byte // 3 bytes
	State                 byte
	Booked                int    // bytes of free space
	Area                  []byte // the MyKey AP's EF, 256 bytes
}

func (m *manager) app(aid []byte) (int, *registered) {
	for i, r := range m.Apps {
		if bytes.Equal(r.AID, aid) {
			return i, r
		}
	}
	return -1, nil
}

func (m *manager) file(aid []byte) (int, *loadFile) {
	for i, f := range m.Files {
		if bytes.Equal(f.AID, aid) {
			return i, f
		}
	}
	return -1, nil
}

// has reports whether an AP of the card is there; only the licence can have been deleted.
func (m *manager) has(t *tripwire) bool {
	if m == nil || !bytes.Equal(t.AID, aidLicence) {
		return true
	}
	_, r := m.app(aidLicence)
	return r != nil
}

// delete is DELETE [card content] (2.3.1 11.2), P2 = 80 with what depends on it.
func (m *manager) delete(c *Card, cmd command) response {
	objects, whole := parseTLV(cmd.data)
	if cmd.p1 != 0 || cmd.p2 != 0x00 && cmd.p2 != 0x80 {
		return refuse(swWrongP1P2)
	}
	if !whole || len(objects) != 1 || objects[0].tag != 0x4F {
		return refuse(swWrongData) // a token has no place here: the card's issuer deletes itself
	}
	aid := objects[0].value
	if bytes.Equal(aid, m.AID) {
		return refuse(swConditions)
	}
	if i, r := m.app(aid); r != nil {
		m.remove(i)
		c.changed()
		return ok(0)
	}
	i, f := m.file(aid)
	if f == nil {
		return refuse(swNoReference)
	}
	if cmd.p2 == 0x00 && m.used(f) {
		return refuse(swConditions)
	}
	for j := len(m.Apps) - 1; j >= 0; j-- {
		if bytes.Equal(m.Apps[j].LoadFile, f.AID) {
			m.remove(j)
		}
	}
	m.Files = append(m.Files[:i:i], m.Files[i+1:]...)
	c.changed()
	return ok(0)
}

func (m *manager) remove(i int) {
	m.Free += m.Apps[i].Booked
	m.Apps = append(m.Apps[:i:i], m.Apps[i+1:]...)
}

func (m *manager) used(f *loadFile) bool {
	for _, r := range m.Apps {
		if bytes.Equal(r.LoadFile, f.AID) {
			return true
		}
	}
	return false
}

// getStatus is GET STATUS in its TLV form (2.3.1 11.4): what begins with the AID that is asked for.
func (m *manager) getStatus(c *Card, cmd command) response {
	if cmd.p2 != 0x02 && cmd.p2 != 0x03 {
		return refuse(swWrongP1P2)
	}
	objects, whole := parseTLV(cmd.data)
	if !whole || len(objects) == 0 || objects[0].tag != 0x4F {
		return refuse(swWrongData)
	}
	if cmd.p2 == 0x02 {
		records, known := m.records(cmd.p1, objects[0].value)
		if !known {
			return refuse(swWrongP1P2)
		}
		c.listing = records
	}
	if len(c.listing) == 0 {
		return refuse(swNoReference)
	}
	n := 0
	for n < len(c.listing) { // whole records, as many as a protected response holds
		next := n + 2 + int(c.listing[n+1])
		if next > protectedMost && n > 0 {
			break
		}
		n = next
	}
	page := c.listing[:n]
	c.listing = c.listing[n:]
	if len(c.listing) > 0 {
		return response{page, swMoreData}
	}
	return ok(page...)
}

func (m *manager) records(what byte, prefix []byte) (out []byte, known bool) {
	add := func(aid []byte, parts ...[]byte) {
		if bytes.HasPrefix(aid, prefix) {
			out = append(out, tlv(0xE3, append([][]byte{tlv(0x4F, aid)}, parts...)...)...)
		}
	}
	switch what {
	case 0x80:
		add(m.AID, tlv(0x9F70, []byte{statePersonal}), tlv(0xC5, []byte{0x9E, 0xFE, 0x80}))
	case 0x40:
		for _, r := range m.Apps {
			add(r.AID, tlv(0x9F70, []byte{r.State}), tlv(0xC5, r.Privileges), tlv(0xC4, r.LoadFile), tlv(0xCC, m.AID))
		}
	case 0x20, 0x10:
		for _, f := range m.Files {
			parts := [][]byte{tlv(0x9F70, []byte{stateLoaded})}
			for _, module := range f.Modules {
				if what == 0x10 {
					parts = append(parts, tlv(0x84, module))
				}
			}
			add(f.AID, append(parts, tlv(0xCC, m.AID))...)
		}
	default:
		return nil, false
	}
	return out, true
}
