package cardio

import (
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/cardmanager"
	"github.com/madoguchi/madoguchi/cardio/jpki"
	"github.com/madoguchi/madoguchi/cardio/mykeyap"
)

// rules is the guard: every command is shown to it before it is sent, every
// answer after. There are two: the desk's own list here, and the grammar for the
// platform's scripts in grammar.go.
type rules interface {
	// allow returns why the command must not be sent, or nil.
	allow(command []byte) error
	// saw takes note of what the card answered to the command just allowed.
	saw(command []byte, r apdu.Response)
}

// Instruction bytes (ISO/IEC 7816-4, GlobalPlatform 2.3.1).
const (
	insVerify          = 0x20
	insChangeReference = 0x24
	insSign            = 0x2A
	insInitialize      = 0x50
	insExternalAuth    = 0x82
	insSelect          = 0xA4
	insReadBinary      = 0xB0
	insGetResponse     = 0xC0
	insGetData         = 0xCA
	insUpdateBinary    = 0xD6
	insPutKey          = 0xD8
	insStoreData       = 0xE2
	insDelete          = 0xE4
	insInstall         = 0xE6
	insGetStatus       = 0xF2
)

var errGuard = errors.New("guard: command is not in the list")

// ownRow is one line of what the desk itself may send.
type ownRow struct {
	aid              string // card AP that is selected; anywhere where it is "any"
	ef               uint16 // EF that is selected; 0: whichever
	cla, ins, p1, p2 byte
	data             string // exactly these, "" none; see digits and digest
	pin              bool   // only in the flow that has asked for a PIN
}

const (
	anyAP    = "any"
	noAP     = "" // nothing selected by us: the MF, for an old driver's licence
	efLabel  = 0x0006
	efCert   = 0x000A
	efCertCA = 0x000B
	efKey    = 0x0017
	efPIN    = 0x0018
	efMF2F01 = 0x2F01
	digits   = "digits" // four bytes 30–39
	digest   = "digest" // a SHA-256 DigestInfo
	offset15 = 0xFF     // p1 of READ BINARY: any 15-bit offset, any p2
)

// own is everything the desk sends by itself (what may be touched: AID, CLA, INS,
// P1, P2, and the data where there are any). GET RESPONSE goes with any, after a
// 61xx only.
var own = []ownRow{
	{anyAP, 0, 0x00, insSelect, 0x04, 0x0C, mykeyap.AID, false},
	{anyAP, 0, 0x00, insSelect, 0x04, 0x0C, jpki.AID, false},
	{anyAP, 0, 0x00, insSelect, 0x04, 0x00, cardmanager.AID, false},
	{anyAP, 0, 0x00, insSelect, 0x04, 0x00, cardmanager.AIDShort, false},

	{mykeyap.AID, 0, 0x00, insReadBinary, 0x81, 0x00, "", false},

	{jpki.AID, 0, 0x00, insSelect, 0x02, 0x0C, "\x00\x06", false},
	{jpki.AID, 0, 0x00, insSelect, 0x02, 0x0C, "\x00\x0A", false},
	{jpki.AID, 0, 0x00, insSelect, 0x02, 0x0C, "\x00\x0B", false},
	{jpki.AID, 0, 0x00, insSelect, 0x02, 0x0C, "\x00\x18", false},
	{jpki.AID, 0, 0x00, insSelect, 0x02, 0x0C, "\x00\x17", true},
	{jpki.AID, efLabel, 0x00, insReadBinary, 0x00, 0x00, "", false},
	{jpki.AID, efCert, 0x00, insReadBinary, offset15, 0x00, "", false},
	{jpki.AID, efCertCA, 0x00, insReadBinary, offset15, 0x00, "", false},
	{jpki.AID, efPIN, 0x00, insVerify, 0x00, 0x80, "", false},
	{jpki.AID, efPIN, 0x00, insVerify, 0x00, 0x80, digits, true},
	{jpki.AID, efKey, 0x80, insSign, 0x00, 0x80, digest, true},

	{cardmanager.AID, 0, 0x80, insGetData, 0x00, 0x45, "", false},
	{cardmanager.AID, 0, 0x80, insGetData, 0x00, 0x66, "", false},
	{cardmanager.AID, 0, 0x80, insGetData, 0xFF, 0x21, "", false},
	{cardmanager.AID, 0, 0x00, insGetData, 0x00, 0x45, "", false},
	{cardmanager.AID, 0, 0x00, insGetData, 0x00, 0x66, "", false},
	{cardmanager.AID, 0, 0x00, insGetData, 0xFF, 0x21, "", false},

	{noAP, 0, 0x00, insSelect, 0x02, 0x0C, "\x2F\x01", false},
	{noAP, efMF2F01, 0x00, insReadBinary, 0x00, 0x00, "", false},
}

// ownRules holds the list against what is selected now.
type ownRules struct {
	pin      bool // the resident has entered a PIN for this transaction
	aid      string
	ef       uint16
	response bool // the last answer was 61xx
}

func (o *ownRules) allow(command []byte) error {
	c, ok := apdu.Parse(command)
	if !ok {
		return errGuard
	}
	if isGetResponse(c) {
		if !o.response {
			return fmt.Errorf("%w: GET RESPONSE without 61xx", errGuard)
		}
		return nil
	}
	for _, row := range own {
		if row.matches(o, c) {
			return nil
		}
	}
	return fmt.Errorf("%w: %02X %02X %02X %02X", errGuard, c.CLA, c.INS, c.P1, c.P2)
}

func (row ownRow) matches(o *ownRules, c apdu.Command) bool {
	return (row.aid == anyAP || row.aid == o.aid) &&
		(row.ef == 0 || row.ef == o.ef) &&
		(!row.pin || o.pin) &&
		row.cla == c.CLA && row.ins == c.INS &&
		(row.p1 == c.P1 && row.p2 == c.P2 || row.ins == insReadBinary && row.p1 == offset15 && c.P1 < 0x80) &&
		row.dataMatches(c.Data)
}

func (row ownRow) dataMatches(data []byte) bool {
	switch row.data {
	case digits:
		for _, d := range data {
			if d < '0' || d > '9' {
				return false
			}
		}
		return len(data) == 4
	case digest:
		return jpki.IsDigestInfo(data)
	default:
		return string(data) == row.data
	}
}

// saw follows what is selected. A SELECT that fails leaves nothing selected as
// far as we are concerned, whatever the card thinks.
func (o *ownRules) saw(command []byte, r apdu.Response) {
	o.response = r.SW.SW1() == 0x61
	c, ok := apdu.Parse(command)
	if !ok || c.INS != insSelect {
		return
	}
	done := r.SW == apdu.OK || o.response
	switch {
	case c.P1 == 0x04:
		o.aid, o.ef = noAP, 0
		if done {
			o.aid = string(c.Data)
		}
		if o.aid == cardmanager.AIDShort {
			o.aid = cardmanager.AID
		}
	case done && len(c.Data) == 2:
		o.ef = uint16(c.Data[0])<<8 | uint16(c.Data[1])
	default:
		o.ef = 0
	}
}

func isGetResponse(c apdu.Command) bool {
	return c.CLA == 0x00 && c.INS == insGetResponse && c.P1 == 0 && c.P2 == 0 && len(c.Data) == 0
}
