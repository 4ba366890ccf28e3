// Package apdu holds the command, the response and the one exchange between them
// (ISO/IEC 7816-4:2020, 5.2 and 12). Short length fields only: a card in the
// field refuses extended ones more often than it needs them.
package apdu

import (
	"errors"
	"fmt"
)

// Command is a command APDU with short length fields: at most 255 data bytes.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte
	Le               int // expected length: 0 none, 1–255, or MaxLe
}

// MaxLe asks for all there is, up to 256 bytes; it is written 00.
const MaxLe = 256

const maxData = 255

// ErrTooLong: the data of a command or its Le does not fit in a short APDU.
var ErrTooLong = errors.New("command does not fit in a short APDU")

// Bytes encodes the command: case 1, 2, 3 or 4 as Data and Le say. It returns
// ErrTooLong.
func (c Command) Bytes() ([]byte, error) {
	if len(c.Data) > maxData || c.Le < 0 || c.Le > MaxLe {
		return nil, ErrTooLong
	}
	b := append(make([]byte, 0, 6+len(c.Data)), c.CLA, c.INS, c.P1, c.P2)
	if len(c.Data) > 0 {
		b = append(b, byte(len(c.Data)))
		b = append(b, c.Data...)
	}
	if c.Le > 0 {
		b = append(b, byte(c.Le)) // 256 is 00
	}
	return b, nil
}

// Parse reads a short command APDU. It reports false for anything else: an
// extended one, bytes after Le, a body that ends too early.
func Parse(b []byte) (Command, bool) {
	if len(b) < 4 {
		return Command{}, false
	}
	c := Command{CLA: b[0], INS: b[1], P1: b[2], P2: b[3]}
	body := b[4:]
	switch {
	case len(body) == 0: // case 1
		return c, true
	case len(body) == 1: // case 2
		c.Le = expected(body[0])
		return c, true
	}
	n := int(body[0])
	switch {
	case n == 0: // extended, or nothing that is defined
		return Command{}, false
	case len(body) == 1+n: // case 3
	case len(body) == 2+n: // case 4
		c.Le = expected(body[1+n])
	default:
		return Command{}, false
	}
	c.Data = body[1 : 1+n : 1+n]
	return c, true
}

func expected(le byte) int {
	if le == 0 {
		return MaxLe
	}
	return int(le)
}

// ForT0 gives the command as the T=0 protocol carries it (ISO/IEC 7816-3, 12.2):
// a case 4 loses its Le, and the answer is asked for by GET RESPONSE; a case 1
// gains P3 = 00. A case 4 is cut, not copied.
func ForT0(b []byte) []byte {
	switch {
	case len(b) == 4:
		return append(b[:4:4], 0)
	case len(b) > 5 && len(b) == 6+int(b[4]):
		return b[:len(b)-1]
	default:
		return b
	}
}

// StatusWord is SW1 SW2.
type StatusWord uint16

// Status words that we act on (ISO/IEC 7816-4, table 6 and 7).
const (
	OK                 StatusWord = 0x9000
	EndOfFile          StatusWord = 0x6282 // end reached before Le bytes: data came
	FileNotFound       StatusWord = 0x6A82
	NoData             StatusWord = 0x6A88 // referenced data not found
	NoSpace            StatusWord = 0x6A84
	WrongOffset        StatusWord = 0x6B00
	WrongCLA           StatusWord = 0x6E00
	WrongINS           StatusWord = 0x6D00
	MethodBlocked      StatusWord = 0x6983
	DataInvalidated    StatusWord = 0x6984 // My Number Card: PIN blocked
	ConditionsNotMet   StatusWord = 0x6985
	SecurityNotMet     StatusWord = 0x6982
	authenticationMask            = 0xFF00
)

// SW1 is the first byte.
func (s StatusWord) SW1() byte { return byte(s >> 8) }

// SW2 is the second byte.
func (s StatusWord) SW2() byte { return byte(s) }

// Failed63 reports 63xx: an authentication was refused.
func (s StatusWord) Failed63() bool { return s&authenticationMask == 0x6300 }

// Tries gives the x of 63Cx: tries left.
func (s StatusWord) Tries() (int, bool) {
	return int(s & 0xF), s&0xFFF0 == 0x63C0
}

// String writes the four hex digits.
func (s StatusWord) String() string { return fmt.Sprintf("%04X", uint16(s)) }

// Response is a response APDU.
type Response struct {
	Data []byte
	SW   StatusWord
}

// Bytes gives the response as it stands on the wire.
func (r Response) Bytes() []byte {
	b := make([]byte, 0, len(r.Data)+2)
	return append(append(b, r.Data...), r.SW.SW1(), r.SW.SW2())
}

// ErrRemoved: the card left. A reader that loses the card inside SCardTransmit
// may report success with no bytes, so an answer without a status word means the
// same: whether the card did what was asked is unknown.
var ErrRemoved = errors.New("card was removed")

// ParseResponse reads a response APDU. Fewer than two bytes is ErrRemoved.
func ParseResponse(b []byte) (Response, error) {
	if len(b) < 2 {
		return Response{}, fmt.Errorf("answer of %d bytes: %w", len(b), ErrRemoved)
	}
	n := len(b) - 2
	return Response{Data: b[:n:n], SW: StatusWord(b[n])<<8 | StatusWord(b[n+1])}, nil
}

// ErrUnexpected: the card answered in a way that no card should here. The
// answer was heard: nothing is unknown.
var ErrUnexpected = errors.New("unexpected answer of the card")

// StatusError is an answer whose status word ends what was tried. It is
// ErrUnexpected.
type StatusError struct {
	Doing string // what was tried, in the standard's words
	SW    StatusWord
}

// Error names the command and the status word.
func (e *StatusError) Error() string { return fmt.Sprintf("%s: status %s", e.Doing, e.SW) }

// Is reports that the status was not expected.
func (e *StatusError) Is(target error) bool { return target == ErrUnexpected }
