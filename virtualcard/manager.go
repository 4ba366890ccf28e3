package virtualcard

import (
	"encoding/hex"
	"fmt"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// Free space of a fresh card and what is booked of it, in bytes.
const (
	freeSpace  = 16 * 1024
	areaBooked = 512 // C8 and D8 of the MyKey AP
	licenceAP  = 4096
	volatile   = 2048
)

// manager is the issuer security domain: GlobalPlatform's card manager (Card Specification 2.3.1).
type manager struct {
	AID             []byte
	KeyVersion      byte
	Keys            scp03.Keys
	Parameter       byte   // SCP03 i
	Sequence        uint32 // 24 bits, last used
	TriesLeft       int    // EXTERNAL AUTHENTICATE
	Diversification []byte
	ImageNumber     []byte // value of 0045; nil is none
	Free            int
	Files           []*loadFile
	Apps            []*registered
}

// loadFile is an executable load file with its modules.
type loadFile struct {
	AID     []byte
	Modules [][]byte
}

// AIDs of the free space (F0 is the unregistered range).
var (
	aidISD           = mustHex("A000000151000000")
	aidISDShort      = mustHex("A0000001510000")
	aidMyKey         = mustHex("F04D594B455906")
	aidMyKeyModule   = mustHex("F04D594B455905")
	aidMyKeyLoadFile = mustHex("F04D594B455904")
	aidLicence       = mustHex("A0000002310600000000000000000000")
	aidLicenceModule = mustHex("A0000002310500000000000000000000")
	aidLicenceFile   = mustHex("A0000002310400000000000000000000")
)

func newManager(o Options) (*manager, error) {
	image, diversification, err := o.number()
	if err != nil {
		return nil, err
	}
	m := &manager{
		AID: aidISD, KeyVersion: o.KeyVersion, Keys: o.Keys, Parameter: o.Parameter,
		TriesLeft: authenticateTries, Diversification: diversification, ImageNumber: image,
		Free: o.Free,
		Files: []*loadFile{
			{AID: aidLicenceFile, Modules: [][]byte{aidLicenceModule}},
			{AID: aidMyKeyLoadFile, Modules: [][]byte{aidMyKeyModule}},
		},
		Apps: []*registered{{
			AID: aidLicence, LoadFile: aidLicenceFile, Module: aidLicenceModule,
			Privileges: []byte{0, 0, 0}, State: stateSelectable, Booked: licenceAP,
		}},
	}
	if o.Profile == ShortISD {
		m.AID = aidISDShort
	}
	return m, nil
}

func (m *manager) name() []byte { return m.AID }
func (m *manager) enter()       {}

// fci is the answer to SELECT (2.3.1 table 11-72), without the optional management data.
func (m *manager) fci() []byte {
	return tlv(0x6F, tlv(0x84, m.AID), tlv(0xA5, tlv(0x9F65, []byte{0xFF})))
}

func (m *manager) handle(c *Card, cmd command) response {
	switch {
	case cmd.ins == insGetData:
		return m.getData(cmd)
	case cmd.cla != classGP:
		return refuse(swInstruction)
	}
	var run func(*Card, command) response
	switch cmd.ins {
	case insInstall:
		run = m.install
	case insDelete:
		run = m.delete
	case insGetStatus:
		run = m.getStatus
	default:
		return refuse(swInstruction)
	}
	if c.channel.Level() == 0 { // only for who holds the keys
		return refuse(swSecurity)
	}
	return run(c, cmd)
}

// getData is GET DATA (2.3.1 11.3) in the clear: 0045 card image number, 0066 card recognition
// data, FF21 memory (ETSI TS 102 226).
func (m *manager) getData(cmd command) response {
	switch tag := uint16(cmd.p1)<<8 | uint16(cmd.p2); {
	case tag == 0x0045 && m.ImageNumber != nil:
		return ok(tlv(0x45, m.ImageNumber)...)
	case tag == 0x0066:
		return ok(m.recognition()...)
	case tag == 0xFF21:
		return ok(m.freeMemory()...)
	case cmd.cla == classISO && tag != 0x0045:
		return refuse(swInstruction) // as measured with probes for other cards
	}
	return refuse(swNoReference)
}

// recognition is card recognition data (2.3.1 H.2), with SCP03 and its i.
func (m *manager) recognition() []byte {
	data := mustHex("6631732F06072A864886FC6B01600C060A2A864886FC6B02020301630906072A864886FC6B03640B06092A864886FC6B040370")
	data[len(data)-1] = m.Parameter
	return data
}

func (m *manager) freeMemory() []byte {
	return tlv(0xFF21,
		tlv(0x81, []byte{byte(len(m.Apps))}),
		tlv(0x82, []byte{byte(m.Free >> 24), byte(m.Free >> 16), byte(m.Free >> 8), byte(m.Free)}),
		tlv(0x83, []byte{volatile >> 8, volatile & 0xFF}))
}

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(fmt.Sprintf("constant %q: %v", s, err))
	}
	return b
}
