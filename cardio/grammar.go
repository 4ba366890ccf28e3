package cardio

import (
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/cardmanager"
	"github.com/madoguchi/madoguchi/cardio/mykeyap"
)

// The grammar of a platform's scripts. It is closed: what is not a line here is
// refused, and with it the whole script, before anything is sent. Short APDUs on
// channel 0 only. "isd" is the AID of the Issuer Security Domain that this desk
// found on this card; "mac" is 8 bytes, not checked here: the card does.
//
//	at       state        command                                   Le    then
//	anywhere any          00 A4 04 0C 07 our instance               –     selected
//	                      00 A4 04 00 07 our instance               00/–  selected
//	                      00 A4 04 0C Lc isd                        –     selected
//	                      00 A4 04 00 Lc isd                        00/–  selected
//	ISD      selected     80 50 30|00 00 08 challenge               00    initialised
//	         initialised  84 82 11 00 10 cryptogram mac             00/–  open
//	         open         84 E6 0C 00 30 three AIDs, quotas, mac    00    open
//	                      84 E6 08 00 16 our instance, mac          00    open
//	                      84 E4 00 00 11 4F 07 our instance mac     00    open
//	                      84 F2 40 02 11 4F 07 our instance mac     00    open
//	                      84 CA 00 45 | 00 66 | FF 21, 08 mac       00    open
//	MyKey AP selected     80 50 30|00 00 08 challenge               00    initialised
//	         initialised  84 82 33 00 10 cryptogram mac             00/–  open
//	         open         04 D6 00 xx, 1–9 cipher blocks and mac    00    open
//	                      04 B0 81 00 | 81 80, 08 mac               00    open
//
// INITIALIZE UPDATE may be sent again while initialised (the other key version
// after 6A88), never inside an open channel: the way back is a SELECT. At the
// level of the MyKey AP an UPDATE of up to 128 bytes is at most nine cipher
// blocks of 16 bytes; a READ has no data and so no cipher block. INSTALL has one
// form of parameters, C9 00 and EF { C8 0200, D8 0200 }, in either order of each;
// privileges one byte 00; no token. GET RESPONSE is never part of a script: the
// desk sends it after 61xx.

// place is where a script stands.
type place int

const (
	nowhere place = iota
	atISD
	atArea
)

// phase is how far the secure channel of that place is.
type phase int

const (
	selected phase = iota
	initialised
	open
)

// verb says what a command of the grammar does.
type verb int

const (
	verbSelectISD verb = iota
	verbSelectArea
	verbInitialize
	verbAuthenticate
	verbInstall
	verbMakeSelectable
	verbDelete
	verbStatus
	verbData
	verbUpdate
	verbRead
)

// le says which expected lengths a line allows.
type le int

const (
	leAll    le = iota // 00
	leEither           // 00 or none
)

// line is one line of the grammar.
type line struct {
	place            place
	phase            phase
	cla, ins, p1, p2 byte
	le               le
	body             func(data []byte) bool
	verb             verb
}

const (
	macSize     = 8
	cipherBlock = 16
	maxBlocks   = 9                        // 128 bytes and the padding that is always there
	instance    = "\x07" + mykeyap.AID     // length and value
	application = "\x4F\x07" + mykeyap.AID // as DELETE and GET STATUS name it
	quotas      = "\xC8\x02\x02\x00"       // 512 bytes
	reserved    = "\xD8\x02\x02\x00"       // 512 bytes
	specific    = "\xC9\x00"               // application specific, empty
	three       = "\x07" + mykeyap.LoadFileAID + "\x07" + mykeyap.ModuleAID + instance + "\x01\x00\x0C"
	noToken     = "\x00"
)

var grammar = []line{
	{atISD, selected, 0x80, insInitialize, 0x30, 0x00, leAll, length(8), verbInitialize},
	{atISD, selected, 0x80, insInitialize, 0x00, 0x00, leAll, length(8), verbInitialize},
	{atISD, initialised, 0x84, insExternalAuth, 0x11, 0x00, leEither, length(16), verbAuthenticate},
	{atISD, open, 0x84, insInstall, 0x0C, 0x00, leAll, maced(
		three+specific+"\xEF\x08"+quotas+reserved+noToken,
		three+specific+"\xEF\x08"+reserved+quotas+noToken,
		three+"\xEF\x08"+quotas+reserved+specific+noToken,
		three+"\xEF\x08"+reserved+quotas+specific+noToken,
	), verbInstall},
	{atISD, open, 0x84, insInstall, 0x08, 0x00, leAll, maced("\x00\x00" + instance + "\x01\x00\x00" + noToken), verbMakeSelectable},
	{atISD, open, 0x84, insDelete, 0x00, 0x00, leAll, maced(application), verbDelete},
	{atISD, open, 0x84, insGetStatus, 0x40, 0x02, leAll, maced(application), verbStatus},
	{atISD, open, 0x84, insGetData, 0x00, 0x45, leAll, maced(""), verbData},
	{atISD, open, 0x84, insGetData, 0x00, 0x66, leAll, maced(""), verbData},
	{atISD, open, 0x84, insGetData, 0xFF, 0x21, leAll, maced(""), verbData},

	{atArea, selected, 0x80, insInitialize, 0x30, 0x00, leAll, length(8), verbInitialize},
	{atArea, selected, 0x80, insInitialize, 0x00, 0x00, leAll, length(8), verbInitialize},
	{atArea, initialised, 0x84, insExternalAuth, 0x33, 0x00, leEither, length(16), verbAuthenticate},
	{atArea, open, 0x04, insReadBinary, 0x81, 0x00, leAll, maced(""), verbRead},
	{atArea, open, 0x04, insReadBinary, 0x81, 0x80, leAll, maced(""), verbRead},
	// UPDATE BINARY at any of the 256 offsets: see update.
}

func length(n int) func([]byte) bool {
	return func(data []byte) bool { return len(data) == n }
}

// maced is one of these bodies in the clear, followed by a MAC.
func maced(bodies ...string) func([]byte) bool {
	return func(data []byte) bool {
		if len(data) < macSize {
			return false
		}
		for _, body := range bodies {
			if string(data[:len(data)-macSize]) == body {
				return true
			}
		}
		return false
	}
}

// ciphered is an enciphered body of whole blocks, followed by a MAC.
func ciphered(data []byte) bool {
	n := len(data) - macSize
	return n >= cipherBlock && n <= maxBlocks*cipherBlock && n%cipherBlock == 0
}

// standing is where a session's channel is: what the grammar is held against.
type standing struct {
	place place
	phase phase
}

// parse finds the command's line, and gives what it does and where it leads to
// when the card says yes. isd is the AID found on the card.
func (s standing) parse(command []byte, isd string) (verb, standing, error) {
	c, ok := apdu.Parse(command)
	if !ok {
		return 0, s, fmt.Errorf("%w: %s is not a short APDU", ErrScript, header(command))
	}
	if v, to, ok := selects(c, isd); ok {
		return v, standing{to, selected}, nil
	}
	for _, l := range grammar {
		if l.place == s.place && l.reaches(s.phase) && l.matches(c) {
			return l.verb, standing{s.place, l.leadsTo()}, nil
		}
	}
	if s == (standing{atArea, open}) && update(c) {
		return verbUpdate, s, nil
	}
	return 0, s, fmt.Errorf("%w: %s", ErrScript, header(command))
}

// selects recognises the two SELECTs that there are.
func selects(c apdu.Command, isd string) (verb, place, bool) {
	if c.CLA != 0x00 || c.INS != insSelect || c.P1 != 0x04 {
		return 0, nowhere, false
	}
	if c.P2 != 0x00 && c.P2 != 0x0C || c.Le != 0 && (c.P2 == 0x0C || c.Le != apdu.MaxLe) {
		return 0, nowhere, false
	}
	switch string(c.Data) {
	case mykeyap.AID:
		return verbSelectArea, atArea, true
	case cardmanager.AID, cardmanager.AIDShort:
		return verbSelectISD, atISD, string(c.Data) == isd
	}
	return 0, nowhere, false
}

func update(c apdu.Command) bool {
	return c.CLA == 0x04 && c.INS == insUpdateBinary && c.P1 == 0x00 && leAll.allows(c.Le) && ciphered(c.Data)
}

// commits reports an UPDATE of a commit mark: one cipher block at offset 7F or FF.
func commits(command []byte) bool {
	return len(command) > 5 && command[3]&0x7F == 0x7F && command[4] == cipherBlock+macSize
}

func (l line) reaches(p phase) bool {
	return l.phase == p || l.verb == verbInitialize && p == initialised
}

func (l line) matches(c apdu.Command) bool {
	return l.cla == c.CLA && l.ins == c.INS && l.p1 == c.P1 && l.p2 == c.P2 && l.le.allows(c.Le) && l.body(c.Data)
}

func (l line) leadsTo() phase {
	switch l.verb {
	case verbInitialize:
		return initialised
	case verbAuthenticate:
		return open
	default:
		return l.phase
	}
}

func (e le) allows(expected int) bool {
	switch e {
	case leEither:
		return expected == 0 || expected == apdu.MaxLe
	default:
		return expected == apdu.MaxLe
	}
}
