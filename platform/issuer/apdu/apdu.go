// Package apdu builds short command APDUs and reads status words, as ISO/IEC
// 7816-4:2020 §5 writes them: bytes in, bytes out, no exchange with a card.
package apdu

import (
	"errors"
	"fmt"
)

// Errors of commands and answers.
var (
	ErrCommand = errors.New("not a short command APDU")
	ErrAnswer  = errors.New("an answer has at least its two status bytes")
)

// Command is one short command APDU on channel 0.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte // 0–255 bytes
	Le               []byte // nil, or the one byte as sent: 00 asks for up to 256
}

// Any is the Le that asks for whatever there is, up to 256 bytes.
func Any() []byte { return []byte{0} }

// Bytes gives the command as sent. It returns ErrCommand when the data do not
// fit a short APDU.
func (c Command) Bytes() ([]byte, error) {
	if len(c.Data) > 255 || len(c.Le) > 1 {
		return nil, fmt.Errorf("%w: %d bytes of data", ErrCommand, len(c.Data))
	}
	b := []byte{c.CLA, c.INS, c.P1, c.P2}
	if len(c.Data) > 0 {
		b = append(append(b, byte(len(c.Data))), c.Data...)
	}
	return append(b, c.Le...), nil
}

// Parse reads a command of the cases 1, 2S, 3S and 4S, else ErrCommand.
func Parse(b []byte) (Command, error) {
	if len(b) < 4 {
		return Command{}, ErrCommand
	}
	c := Command{CLA: b[0], INS: b[1], P1: b[2], P2: b[3]}
	body := b[4:]
	switch {
	case len(body) == 0:
		return c, nil
	case len(body) == 1:
		c.Le = body
		return c, nil
	}
	lc, rest := int(body[0]), body[1:]
	if lc == 0 || len(rest) < lc || len(rest) > lc+1 {
		return Command{}, ErrCommand
	}
	c.Data = rest[:lc]
	if len(rest) > lc {
		c.Le = rest[lc:]
	}
	return c, nil
}

// Status is the two status bytes SW1 SW2 (ISO/IEC 7816-4:2020 §5.6).
type Status uint16

// Status words that the issuer decides on.
const (
	OK                  Status = 0x9000
	ConditionsOfUse     Status = 0x6985
	NoSpace             Status = 0x6A84
	ReferenceNotFound   Status = 0x6A88
	ApplicationNotFound Status = 0x6A82
)

// Error reports whether s says that the command was not carried out (64xx and
// above but for 9000). 62xx and 63xx are warnings.
func (s Status) Error() bool {
	return s != OK && s>>8 != 0x62 && s>>8 != 0x63
}

// Refused reports a failed authentication (63xx).
func (s Status) Refused() bool { return s>>8 == 0x63 }

// String gives the four hexadecimal digits.
func (s Status) String() string { return fmt.Sprintf("%04X", uint16(s)) }

// Bytes gives SW1 SW2.
func (s Status) Bytes() []byte { return []byte{byte(s >> 8), byte(s)} }

// Split parts an answer into its data and its status. It returns ErrAnswer for
// fewer than two bytes.
func Split(answer []byte) ([]byte, Status, error) {
	n := len(answer) - 2
	if n < 0 {
		return nil, 0, ErrAnswer
	}
	return answer[:n], Status(answer[n])<<8 | Status(answer[n+1]), nil
}
