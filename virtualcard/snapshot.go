package virtualcard

import (
	"encoding/binary"
	"fmt"
)

// Names of the card's parts in Snapshot and Write, before the slash.
const (
	apJPKI    = "JPKI"
	apManager = "ISD"
)

// Snapshot is everything that survives power off, by part: "JPKI/000A", "JPKI/tries/0018",
// "ISD/registry", "ISD/sequence", "F04D594B455906/0001", "券面事項確認/0001" … Two snapshots
// that are equal outside the parts under F04D594B455906, "ISD/registry", "ISD/free",
// "ISD/sequence" and "ISD/tries" say that nothing but our own area was touched; the sequence
// counter moves with every secure channel.
func (c *Card) Snapshot() map[string][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string][]byte{}
	put := func(ap, part string, content []byte) {
		out[ap+"/"+part] = append([]byte{}, content...)
	}
	if j := c.memory.JPKI; j != nil {
		for name, content := range j.Files {
			put(apJPKI, name, content)
		}
		put(apJPKI, "tries/"+fileName(fileAuthPIN), []byte{byte(j.AuthPIN.Left)})
		put(apJPKI, "tries/"+fileName(fileSignPassword), []byte{byte(j.SignPass.Left)})
		put(apJPKI, fileName(fileAuthPIN), j.AuthPIN.Value)
		put(apJPKI, fileName(fileSignPassword), j.SignPass.Value)
		for id, key := range map[uint16]*rsaKey{fileAuthKey: j.AuthKey, fileSignKey: j.SignKey} {
			if key != nil {
				put(apJPKI, fileName(id), key.D.Bytes())
			}
		}
	}
	for _, t := range c.memory.Tripwires {
		if !c.memory.Manager.has(t) {
			continue
		}
		for name, content := range t.Files {
			put(t.Title, name, content)
		}
		put(t.Title, "tries", []byte{byte(t.Left)})
	}
	if m := c.memory.Manager; m != nil {
		m.snapshot(put)
	}
	return out
}

func (m *manager) snapshot(put func(ap, part string, content []byte)) {
	put(apManager, "aid", m.AID)
	put(apManager, "0045", m.ImageNumber)
	put(apManager, "keys", append(append(append([]byte{m.KeyVersion}, m.Keys.Enc...), m.Keys.Mac...), m.Keys.Dek...))
	put(apManager, "sequence", binary.BigEndian.AppendUint32(nil, m.Sequence))
	put(apManager, "tries", []byte{byte(m.TriesLeft)})
	put(apManager, "free", binary.BigEndian.AppendUint32(nil, uint32(m.Free)))
	var registry []byte
	for _, what := range []byte{0x80, 0x40, 0x10} {
		records, _ := m.records(what, nil)
		registry = append(registry, records...)
	}
	put(apManager, "registry", registry)
	for _, r := range m.Apps {
		name := fmt.Sprintf("%X", r.AID)
		put(name, "state", []byte{r.State})
		put(name, "booked", binary.BigEndian.AppendUint32(nil, uint32(r.Booked)))
		if r.Area != nil {
			put(name, "0001", r.Area)
		}
	}
}
