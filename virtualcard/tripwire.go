package virtualcard

import "bytes"

// tripwire is an AP of the card that nobody here may touch. It can be selected, as on a real card,
// and remembers it; what is in it must come out of every test unchanged.
type tripwire struct {
	Title string
	AID   []byte
	Files map[string][]byte // by identifier, four hex digits
	Free  []string          // which of them need no PIN
	Left  int               // tries of its PIN

	selected string
}

// newTripwires are the APs that are on every My Number Card, with made-up content, and the
// driver's licence that can be loaded.
func newTripwires() []*tripwire {
	return []*tripwire{
		{
			Title: "券面事項確認", AID: mustHex("D3921000310001010402"), Left: 10,
			Files: map[string][]byte{
				"0001": tlv(0xFF10, []byte("made-up age record")),
				"0002": tlv(0xFF20, []byte("made-up face record")),
				"0003": tlv(0xFF30, tlv(0xDF34, []byte("99999"))),
			},
			Free: []string{"0003"},
		},
		{
			Title: "券面事項入力補助", AID: mustHex("D3921000310001010408"), Left: 3,
			Files: map[string][]byte{
				"0001": append(tlv(0xFF10, []byte("000000000000")), 0xFF, 0xFF),
				"0002": tlv(0xFF20, tlv(0xDF22, []byte("made-up name"))),
				"0005": tlv(0xFF40, make([]byte, 20)),
			},
			Free: []string{"0005"},
		},
		{
			Title: "住基", AID: mustHex("D3921000310001010401"), Left: 3,
			Files: map[string][]byte{"0001": []byte("made-up resident code")},
		},
		{
			Title: "共通カード", AID: mustHex("D3921000310001010100"), Left: 3,
			Files: map[string][]byte{"0001": append([]byte{0x01, 0x1C}, "4000000000000009999920350217"...)},
			Free:  []string{"0001"},
		},
		{
			Title: "免許証", AID: aidLicence, Left: 10,
			Files: map[string][]byte{"001A": {0xC1, 0x01, 0x00}, "001B": []byte("made-up licence")},
			Free:  []string{"001A"},
		},
	}
}

func (t *tripwire) name() []byte { return t.AID }
func (t *tripwire) enter()       { t.selected = "" }

func (t *tripwire) handle(_ *Card, cmd command) response {
	if cmd.cla != classISO {
		return refuse(swInstruction)
	}
	switch cmd.ins {
	case insSelect:
		id := fileName(uint16(cmd.data[0])<<8 | uint16(cmd.data[1])) // two bytes: dispatch has looked
		if t.Files[id] == nil {
			return refuse(swNotFound)
		}
		t.selected = id
		return ok()
	case insReadBinary, insReadRecord:
		return t.read(cmd)
	case insVerify:
		if len(cmd.data) == 0 {
			return refuse(swTries | status(t.Left))
		}
		return refuse(swSecurity)
	}
	return refuse(swInstruction)
}

func (t *tripwire) read(cmd command) response {
	if t.selected == "" {
		return refuse(swNoCurrentFile)
	}
	free := false
	for _, f := range t.Free {
		free = free || f == t.selected
	}
	if !free {
		return refuse(swSecurity)
	}
	content, off := t.Files[t.selected], 0
	if cmd.ins == insReadBinary {
		_, off = offset(cmd)
	} else if cmd.p1 > 1 {
		return refuse(swRecordNotFound)
	}
	if off >= len(content) {
		return refuse(swOffset)
	}
	return ok(cmd.limited(content[off:])...)
}

// licence is the MF of a driver's licence of the old IC type: no name, and EF 2F01.
type licence struct{}

func (licence) name() []byte { return nil }
func (licence) enter()       {}

// commonData is EF 2F01: version of the specification, date of issue, expiry, PIN settings; made up.
var commonData = append(append([]byte{0x45, 0x0B}, "008"...), 0x20, 0x24, 0x04, 0x01, 0x20, 0x29, 0x05, 0x01, 0x46, 0x02, 0x03, 0x03)

func (licence) handle(_ *Card, cmd command) response {
	if cmd.cla != classISO {
		return refuse(swClass)
	}
	switch cmd.ins {
	case insSelect:
		if bytes.Equal(cmd.data, []byte{0x2F, 0x01}) {
			return ok()
		}
		return refuse(swNotFound)
	case insReadBinary:
		_, off := offset(cmd)
		if off >= len(commonData) {
			return refuse(swOffset)
		}
		return ok(cmd.limited(commonData[off:])...)
	}
	return refuse(swInstruction)
}
