package scp03

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
)

// Level is the security level that EXTERNAL AUTHENTICATE sets (Amendment D
// Table 7-4).
type Level byte

// Security levels.
const (
	LevelCMAC         Level = 0x01
	LevelCENC         Level = 0x03 // C-DECRYPTION and C-MAC
	LevelCMACRMAC     Level = 0x11
	LevelCENCRMAC     Level = 0x13
	LevelCENCRENCRMAC Level = 0x33
)

const (
	cENC = 0x02
	rMAC = 0x10
	rENC = 0x20
)

// secureMessaging is the bit of CLA that says a MAC follows (GPC 2.3.1 §11.1.4).
const secureMessaging = 0x04

// Session is one secure channel, from the two challenges on. It is used by one
// goroutine, and lives in memory only.
type Session struct {
	enc, mac, rmac cipher.Block
	context        [2 * ChallengeSize]byte // host challenge ‖ card challenge
	level          Level                   // 0 before EXTERNAL AUTHENTICATE
	chaining       [block]byte
	counter        uint64 // encryption counter: 1 for the first command after EXTERNAL AUTHENTICATE
}

// Format shows nothing of the channel, for every verb.
func (s *Session) Format(f fmt.State, _ rune) { io.WriteString(f, "SCP03 session") }

// VerifyCard checks the cryptogram that the card answered INITIALIZE UPDATE with
// (Amendment D §6.2.2.2). It returns ErrCardCryptogram.
func (s *Session) VerifyCard(cryptogram []byte) error {
	want := derive(s.mac, derivCardCryptogram, MACSize, s.context[:])
	if subtle.ConstantTimeCompare(cryptogram, want) != 1 {
		return ErrCardCryptogram
	}
	return nil
}

// ExternalAuthenticate makes the command that carries the host cryptogram and
// sets the level (Amendment D §7.1.2); le is its Le as sent, nil for none. Its
// answer has no R-MAC. It returns ErrLevel, or ErrState the second time.
func (s *Session) ExternalAuthenticate(level Level, le []byte) ([]byte, error) {
	switch level {
	case LevelCMAC, LevelCENC, LevelCMACRMAC, LevelCENCRMAC, LevelCENCRENCRMAC:
	default:
		return nil, ErrLevel
	}
	if s.level != 0 {
		return nil, ErrState
	}
	s.level = level
	return s.sign(apdu.Command{
		CLA: 0x84, INS: 0x82, P1: byte(level),
		Data: derive(s.mac, derivHostCryptogram, MACSize, s.context[:]), Le: le,
	})
}

// Exchange is one wrapped command, and the key to its answer: the R-MAC chains
// on this command's C-MAC, so later commands do not disturb it.
type Exchange struct {
	APDU []byte // as sent

	session  *Session
	chaining [block]byte
	counter  uint64
}

// Wrap secures a command at the channel's level (Amendment D §6.2.4 to §6.2.7):
// C-ENC over data, C-MAC over header, length and data. CLA is the plain one (00
// or 80); Le is sent as it is. It returns ErrState before EXTERNAL AUTHENTICATE
// and ErrLong where the result is no short APDU.
func (s *Session) Wrap(c apdu.Command) (*Exchange, error) {
	if s.level == 0 {
		return nil, ErrState
	}
	data := c.Data
	if s.level&cENC != 0 && len(data) > 0 {
		data = pad(data)
	}
	if len(data)+MACSize > 255 {
		return nil, fmt.Errorf("%w: %d bytes of data", ErrLong, len(c.Data))
	}
	s.counter++ // counts every command, also one without data (Amendment D §6.2.6)
	if s.level&cENC != 0 && len(data) > 0 {
		cipher.NewCBCEncrypter(s.enc, s.icv(s.counter, 0)).CryptBlocks(data, data)
	}
	c.CLA |= secureMessaging
	c.Data = data
	b, err := s.sign(c)
	if err != nil {
		return nil, err
	}
	return &Exchange{APDU: b, session: s, chaining: s.chaining, counter: s.counter}, nil
}

// sign appends the C-MAC and moves the MAC chaining value on. Le is not covered.
func (s *Session) sign(c apdu.Command) ([]byte, error) {
	head := []byte{c.CLA, c.INS, c.P1, c.P2, byte(len(c.Data) + MACSize)}
	s.chaining = cmac(s.mac, s.chaining[:], head, c.Data)
	c.Data = append(bytes.Clone(c.Data), s.chaining[:MACSize]...)
	return c.Bytes()
}

// Answer computes the answer, as the card sends it, that carries data and
// status: what can be known beforehand is compared whole. An error status
// carries no data and no R-MAC.
func (x *Exchange) Answer(data []byte, status apdu.Status) []byte {
	s := x.session
	if status.Error() || s.level&rMAC == 0 {
		return append(bytes.Clone(data), status.Bytes()...)
	}
	if s.level&rENC != 0 && len(data) > 0 {
		data = pad(data)
		cipher.NewCBCEncrypter(s.enc, s.icv(x.counter, 0x80)).CryptBlocks(data, data)
	}
	mac := x.mac(data, status)
	return bytes.Join([][]byte{data, mac[:MACSize], status.Bytes()}, nil)
}

// Open checks and decrypts an answer. An error status stands alone: it has no
// R-MAC and proves nothing. Below level 11 nothing is proved either. It returns
// apdu.ErrAnswer, ErrRMAC or ErrPadding.
func (x *Exchange) Open(answer []byte) ([]byte, apdu.Status, error) {
	s := x.session
	data, status, err := apdu.Split(answer)
	if err != nil || s.level&rMAC == 0 {
		return data, status, err
	}
	if status.Error() && len(data) == 0 {
		return nil, status, nil
	}
	n := len(data) - MACSize
	if n < 0 || status.Error() {
		return nil, status, ErrRMAC
	}
	data, given := data[:n], data[n:]
	mac := x.mac(data, status)
	if subtle.ConstantTimeCompare(given, mac[:MACSize]) != 1 {
		return nil, status, ErrRMAC
	}
	if s.level&rENC == 0 || n == 0 {
		return bytes.Clone(data), status, nil
	}
	if n%block != 0 {
		return nil, status, ErrPadding
	}
	plain := make([]byte, n)
	cipher.NewCBCDecrypter(s.enc, s.icv(x.counter, 0x80)).CryptBlocks(plain, data)
	plain, err = unpad(plain)
	return plain, status, err
}

// Resume gives the channel as it stands after this command, for a script that the
// card saw no further than here: commands wrapped after it are taken back. They
// must never be sent.
func (x *Exchange) Resume() *Session {
	x.session.chaining, x.session.counter = x.chaining, x.counter
	return x.session
}

func (x *Exchange) mac(data []byte, status apdu.Status) [block]byte {
	return cmac(x.session.rmac, x.chaining[:], data, status.Bytes())
}

// icv encrypts the counter block; first is 80 for an answer (Amendment D §6.2.6
// and §6.2.7).
func (s *Session) icv(counter uint64, first byte) []byte {
	b := make([]byte, block)
	binary.BigEndian.PutUint64(b[8:], counter)
	b[0] = first
	s.enc.Encrypt(b, b)
	return b
}

// pad appends 80 and 00s up to a whole block: 16 more bytes when it is whole.
func pad(data []byte) []byte {
	out := make([]byte, (len(data)/block+1)*block)
	out[copy(out, data)] = 0x80
	return out
}

func unpad(b []byte) ([]byte, error) {
	i := bytes.LastIndexByte(b, 0x80)
	if i < len(b)-block || i < 0 || len(bytes.Trim(b[i+1:], "\x00")) > 0 {
		return nil, ErrPadding
	}
	return b[:i], nil
}
