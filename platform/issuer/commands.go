package issuer

import (
	"slices"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/tlv"
)

// The MyKey card AP. F0 is the category of unregistered AIDs (ISO/IEC 7816-5),
// to be replaced by an assigned one.
var (
	loadFileAID = aid(0x04)
	moduleAID   = aid(0x05)
	instanceAID = aid(0x06)
)

func aid(last byte) []byte { return []byte{0xF0, 'M', 'Y', 'K', 'E', 'Y', last} }

// isdAID is the Issuer Security Domain's; some cards know its first 7 bytes only.
var isdAID = []byte{0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00}

// reserved is what INSTALL sets aside, in bytes (C8 ceiling, D8 guaranteed).
const reserved = 512

// cardKeyVersion is the version of the key set that we hold.
const cardKeyVersion = 0x30

// Tags (GPC 2.3.1 §11.4.3, Table H-1; ISO/IEC 7816-6; ETSI TS 102 226 §8.2.1.7.2).
const (
	tagImageNumber = 0x45
	tagAID         = 0x4F
	tagState       = 0x9F70
	tagApplication = 0xE3
	tagFreeSpace   = 0xFF21
	tagFree        = 0x82 // free non-volatile memory
)

// Life cycle states of an application (GPC 2.3.1 Table 11-4).
const (
	stateInstalled  = 0x03
	stateSelectable = 0x07
)

// The commands, in the clear and before wrapping, in the order of the profile.

// selectISD is SELECT by name (ISO/IEC 7816-4 §11.2.2), answering the FCI.
func selectISD(aid []byte) apdu.Command {
	return apdu.Command{INS: 0xA4, P1: 0x04, Data: aid, Le: apdu.Any()}
}

// selectMyKeyAP is SELECT by name without an answer.
func selectMyKeyAP() apdu.Command {
	return apdu.Command{INS: 0xA4, P1: 0x04, P2: 0x0C, Data: instanceAID}
}

// initializeUpdate is INITIALIZE UPDATE (Amendment D §7.1.1).
func initializeUpdate(hostChallenge []byte) apdu.Command {
	return apdu.Command{CLA: 0x80, INS: 0x50, P1: cardKeyVersion, Data: hostChallenge, Le: apdu.Any()}
}

// getData is GET DATA (GPC 2.3.1 §11.3).
func getData(tag uint16) apdu.Command {
	return apdu.Command{CLA: 0x80, INS: 0xCA, P1: byte(tag >> 8), P2: byte(tag), Le: apdu.Any()}
}

// install is INSTALL [for install and make selectable] (GPC 2.3.1 §11.5.2.3.2):
// our three AIDs, no privileges, the quotas, no token.
func install() apdu.Command {
	quotas := tlv.Append(nil, 0xC8, []byte{reserved >> 8, reserved & 0xFF})
	quotas = tlv.Append(quotas, 0xD8, []byte{reserved >> 8, reserved & 0xFF})
	parameters := tlv.Append(tlv.Append(nil, 0xC9, nil), 0xEF, quotas)
	return installAPDU(0x0C, loadFileAID, moduleAID, instanceAID, []byte{0x00}, parameters, nil)
}

// makeSelectable is INSTALL [for make selectable] (GPC 2.3.1 §11.5.2.3.3).
func makeSelectable() apdu.Command {
	return installAPDU(0x08, nil, nil, instanceAID, []byte{0x00}, nil, nil)
}

func installAPDU(p1 byte, fields ...[]byte) apdu.Command {
	var data []byte
	for _, f := range fields {
		data = append(append(data, byte(len(f))), f...)
	}
	return apdu.Command{CLA: 0x80, INS: 0xE6, P1: p1, Data: data, Le: apdu.Any()}
}

// getStatus is GET STATUS of our instance alone (GPC 2.3.1 §11.4).
func getStatus() apdu.Command {
	return apdu.Command{CLA: 0x80, INS: 0xF2, P1: 0x40, P2: 0x02, Data: tlv.Append(nil, tagAID, instanceAID), Le: apdu.Any()}
}

// deleteArea is DELETE of our instance (GPC 2.3.1 §11.2).
func deleteArea() apdu.Command {
	return apdu.Command{CLA: 0x80, INS: 0xE4, Data: tlv.Append(nil, tagAID, instanceAID), Le: apdu.Any()}
}

// updateSlot is UPDATE BINARY of a slot's bytes from off on (ISO/IEC 7816-4 §11.3.3).
func updateSlot(slot, off int, data []byte) apdu.Command {
	return apdu.Command{INS: 0xD6, P2: byte(slot*mykey.SlotSize + off), Data: data, Le: apdu.Any()}
}

// readSlot is READ BINARY by short EF identifier 1: in the channel our AP answers
// exactly the slot that begins there (ISO/IEC 7816-4 §11.3.2).
func readSlot(slot int) apdu.Command {
	return apdu.Command{INS: 0xB0, P1: 0x81, P2: byte(slot * mykey.SlotSize), Le: apdu.Any()}
}

// isISD reports whether aid is the ISD's: 8 bytes, or the 7 that some cards know.
func isISD(aid []byte) bool {
	return slices.Equal(aid, isdAID) || slices.Equal(aid, isdAID[:7])
}
