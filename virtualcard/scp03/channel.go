// Package scp03 is the card's side of GlobalPlatform's Secure Channel Protocol 03 (Card
// Specification 2.2 Amendment D 1.1.1): mode S8, AES-128, -192 and -256, security levels 01, 03,
// 11, 13 and 33. It knows no application: it turns a protected command into the plain one and a
// plain response into the protected one.
package scp03

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
)

// macLength is the length of cryptograms and of transmitted MACs, in bytes (mode S8).
const macLength = 8

// Errors of a channel. After any of them the channel is closed and answers ErrClosed.
var (
	// ErrHostCryptogram: the host does not hold the keys.
	ErrHostCryptogram = errors.New("host cryptogram is wrong")
	// ErrMAC: the command's MAC is wrong or missing.
	ErrMAC = errors.New("command MAC is wrong")
	// ErrPadding: the decrypted command has no padding, so it was not encrypted by the host.
	ErrPadding = errors.New("command padding is wrong")
	// ErrLevel: the security level is not one of 01, 03, 11, 13, 33.
	ErrLevel = errors.New("security level is not supported")
	// ErrFormat: not a short, protected command.
	ErrFormat = errors.New("not a protected command")
	// ErrClosed: no session, or one that an error has ended.
	ErrClosed = errors.New("secure channel is closed")
)

// Level is a security level as EXTERNAL AUTHENTICATE names it in P1.
type Level byte

// Security levels (Amendment D table 7-4).
const (
	CMAC             Level = 0x01
	CMACEnc          Level = 0x03
	CMACRMAC         Level = 0x11
	CMACEncRMAC      Level = 0x13
	CMACEncRMACREnc  Level = 0x33
	levelCommandEnc  Level = 0x02
	levelResponseMAC Level = 0x10
	levelResponseEnc Level = 0x20
)

func (l Level) valid() bool {
	switch l {
	case CMAC, CMACEnc, CMACRMAC, CMACEncRMAC, CMACEncRMACREnc:
		return true
	}
	return false
}

// Keys are the static keys of one key version: 16, 24 or 32 bytes each.
type Keys struct {
	Enc, Mac, Dek []byte
}

// Channel is one session, from INITIALIZE UPDATE to its end. The zero value is closed. It is not
// safe for concurrent use.
type Channel struct {
	enc, mac, rmac  cipher.Block
	hostCryptogram  []byte
	cardCryptogram  []byte
	sEnc, sMac, sRM []byte // as derived, for tests against recorded values
	level           Level  // 0 until EXTERNAL AUTHENTICATE
	chaining        [16]byte
	counter         uint64
	closed          bool
}

// Begin derives the session keys for the two challenges, 8 bytes each. The channel carries
// nothing until Authenticate.
func Begin(keys Keys, hostChallenge, cardChallenge []byte) (*Channel, error) {
	if len(hostChallenge) != 8 || len(cardChallenge) != 8 {
		return nil, fmt.Errorf("challenges of %d and %d bytes: %w", len(hostChallenge), len(cardChallenge), ErrFormat)
	}
	keyEnc, err := aes.NewCipher(keys.Enc)
	if err != nil {
		return nil, fmt.Errorf("key-enc: %w", err)
	}
	keyMac, err := aes.NewCipher(keys.Mac)
	if err != nil {
		return nil, fmt.Errorf("key-mac: %w", err)
	}
	c := &Channel{
		sEnc: derive(keyEnc, constSEnc, len(keys.Enc), hostChallenge, cardChallenge),
		sMac: derive(keyMac, constSMac, len(keys.Mac), hostChallenge, cardChallenge),
		sRM:  derive(keyMac, constSRMac, len(keys.Mac), hostChallenge, cardChallenge),
	}
	for _, k := range []struct {
		block *cipher.Block
		key   []byte
	}{{&c.enc, c.sEnc}, {&c.mac, c.sMac}, {&c.rmac, c.sRM}} {
		if *k.block, err = aes.NewCipher(k.key); err != nil {
			return nil, fmt.Errorf("session key: %w", err)
		}
	}
	c.cardCryptogram = derive(c.mac, constCardCryptogram, macLength, hostChallenge, cardChallenge)
	c.hostCryptogram = derive(c.mac, constHostCryptogram, macLength, hostChallenge, cardChallenge)
	return c, nil
}

// CardCryptogram is what INITIALIZE UPDATE answers, 8 bytes.
func (c *Channel) CardCryptogram() []byte { return c.cardCryptogram }

// Level is the security level in force, 0 before Authenticate and after an end.
func (c *Channel) Level() Level {
	if c == nil || c.closed {
		return 0
	}
	return c.level
}

// Authenticate takes the whole EXTERNAL AUTHENTICATE command (Amendment D 7.1.2). Errors:
// ErrHostCryptogram, ErrMAC, ErrLevel, ErrFormat, ErrClosed.
func (c *Channel) Authenticate(command []byte) error {
	if c == nil || c.closed || c.level != 0 {
		return ErrClosed
	}
	p, err := split(command)
	if err != nil || len(p.data) != 2*macLength {
		return c.fail(ErrFormat)
	}
	level := Level(p.head[2])
	if !level.valid() {
		return c.fail(ErrLevel)
	}
	// A host with other keys gets both wrong: say that its cryptogram is.
	if subtle.ConstantTimeCompare(p.data[:macLength], c.hostCryptogram) != 1 {
		return c.fail(ErrHostCryptogram)
	}
	if err := c.checkMAC(p); err != nil {
		return c.fail(err)
	}
	c.level = level
	return nil
}

// Unwrap takes a protected command and gives the plain one: class without the secure messaging
// bit, data decrypted, MAC off, Le as sent. Errors: ErrMAC, ErrPadding, ErrFormat, ErrClosed.
func (c *Channel) Unwrap(command []byte) ([]byte, error) {
	if c == nil || c.closed || c.level == 0 {
		return nil, ErrClosed
	}
	p, err := split(command)
	if err != nil || len(p.data) < macLength {
		return nil, c.fail(ErrMAC)
	}
	// The counter moves with every command, also with one that has no data to decrypt (6.2.6).
	c.counter++
	if err := c.checkMAC(p); err != nil {
		return nil, c.fail(err)
	}
	data := p.data[:len(p.data)-macLength]
	if c.level&levelCommandEnc != 0 && len(data) > 0 {
		if data, err = c.decrypt(data); err != nil {
			return nil, c.fail(err)
		}
	}
	plain := append(make([]byte, 0, 6+len(data)), p.head[:]...)
	plain[0] &^= classSecure
	if len(data) > 0 {
		plain = append(append(plain, byte(len(data))), data...)
	}
	return append(plain, p.le...), nil
}

// Wrap protects a response (data and status word) to the command last unwrapped. An error status
// goes out as it is, without data and MAC (6.2.5). Data of more than 239 bytes does not fit a
// short response at level 33; the caller sees to it.
func (c *Channel) Wrap(response []byte) []byte {
	if c.Level()&levelResponseMAC == 0 || len(response) < 2 {
		return response
	}
	data, sw := response[:len(response)-2], response[len(response)-2:]
	if !(sw[0] == 0x90 && sw[1] == 0x00) && sw[0] != 0x62 && sw[0] != 0x63 {
		return sw
	}
	if c.level&levelResponseEnc != 0 && len(data) > 0 {
		padded := pad80(data)
		cipher.NewCBCEncrypter(c.enc, c.icv(0x80)).CryptBlocks(padded, padded)
		data = padded
	}
	mac := cmac(c.rmac, c.chaining[:], data, sw)
	out := append(make([]byte, 0, len(data)+macLength+2), data...)
	return append(append(out, mac[:macLength]...), sw...)
}

func (c *Channel) fail(err error) error {
	c.closed = true
	return err
}

// checkMAC compares the C-MAC (6.2.4): over the chaining value, the header with its new length and
// the data, never Le. The whole CMAC is the next chaining value.
func (c *Channel) checkMAC(p parts) error {
	if p.head[0]&classSecure == 0 {
		return ErrMAC
	}
	n := len(p.data) - macLength
	mac := cmac(c.mac, c.chaining[:], p.head[:], []byte{byte(len(p.data))}, p.data[:n])
	if subtle.ConstantTimeCompare(mac[:macLength], p.data[n:]) != 1 {
		return ErrMAC
	}
	c.chaining = mac
	return nil
}

func (c *Channel) decrypt(data []byte) ([]byte, error) {
	if len(data)%16 != 0 {
		return nil, ErrPadding
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(c.enc, c.icv(0)).CryptBlocks(out, data)
	plain, ok := unpad80(out)
	if !ok {
		return nil, ErrPadding
	}
	return plain, nil
}

// icv is the encrypted counter block; first is 00 for a command, 80 for its response (6.2.6, 6.2.7).
func (c *Channel) icv(first byte) []byte {
	block := make([]byte, 16)
	for i := range 8 {
		block[15-i] = byte(c.counter >> (8 * i))
	}
	block[0] = first
	c.enc.Encrypt(block, block)
	return block
}
