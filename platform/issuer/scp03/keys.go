// Package scp03 is the host's side of GlobalPlatform's Secure Channel Protocol
// 03 (GPC Amendment D v1.1.1) as our cards speak it: i = 70 (pseudo-random card
// challenge, R-MAC, R-ENC), S8 (challenges, cryptograms and MACs of 8 bytes),
// AES of 128, 192 or 256 bits.
//
// No key value leaves: keys are held as cipher.Block, so that a token can stand
// behind them as well as memory, and a Session wraps commands and computes
// answers without showing what it does it with.
package scp03

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ChallengeSize is the length of the host's and the card's challenge under S8.
const ChallengeSize = 8

// MACSize is the length of a cryptogram, C-MAC and R-MAC under S8.
const MACSize = 8

// Errors of a channel.
var (
	// ErrKeys: a static key is not 16, 24 or 32 bytes, or the two differ in length.
	ErrKeys = errors.New("SCP03 keys must be two AES keys of one length")
	// ErrCardCryptogram: the card does not hold the keys.
	ErrCardCryptogram = errors.New("card cryptogram is wrong")
	// ErrRMAC: an answer has no R-MAC where one is due, or a wrong one.
	ErrRMAC = errors.New("answer's R-MAC is wrong")
	// ErrPadding: an answer with a right R-MAC does not decrypt.
	ErrPadding = errors.New("answer's padding is wrong")
	// ErrLevel: not a security level of this protocol.
	ErrLevel = errors.New("not a security level of SCP03")
	// ErrLong: the wrapped command does not fit a short APDU.
	ErrLong = errors.New("wrapped command is longer than a short APDU")
	// ErrState: EXTERNAL AUTHENTICATE comes once, and before any other command.
	ErrState = errors.New("SCP03 command out of order")
)

// Data derivation constants (Amendment D Table 4-1).
const (
	derivCardCryptogram = 0x00
	derivHostCryptogram = 0x01
	derivENC            = 0x04
	derivMAC            = 0x06
	derivRMAC           = 0x07
)

// Keys is a static key set: Key-ENC and Key-MAC. Key-DEK is not held: nothing
// here encrypts keys for a card.
type Keys struct {
	enc, mac cipher.Block
	size     int // bytes
}

// NewKeys takes Key-ENC and Key-MAC, 16, 24 or 32 bytes each and of one length,
// else ErrKeys. The slices are not kept.
func NewKeys(enc, mac []byte) (Keys, error) {
	if len(enc) != len(mac) {
		return Keys{}, ErrKeys
	}
	e, err := aes.NewCipher(enc)
	if err != nil {
		return Keys{}, ErrKeys
	}
	m, err := aes.NewCipher(mac)
	if err != nil {
		return Keys{}, ErrKeys
	}
	return Keys{enc: e, mac: m, size: len(enc)}, nil
}

// Format shows nothing of the keys, for every verb.
func (k Keys) Format(f fmt.State, _ rune) { io.WriteString(f, "SCP03 keys") }

// Start derives the session keys S-ENC, S-MAC and S-RMAC (Amendment D §6.2.1)
// from the two challenges.
func (k Keys) Start(hostChallenge, cardChallenge [ChallengeSize]byte) (*Session, error) {
	context := append(hostChallenge[:], cardChallenge[:]...)
	s := &Session{context: [2 * ChallengeSize]byte(context)}
	for _, d := range []struct {
		from     cipher.Block
		constant byte
		to       *cipher.Block
	}{
		{k.enc, derivENC, &s.enc},
		{k.mac, derivMAC, &s.mac},
		{k.mac, derivRMAC, &s.rmac},
	} {
		key := derive(d.from, d.constant, k.size, context)
		b, err := aes.NewCipher(key)
		clear(key)
		if err != nil {
			return nil, fmt.Errorf("derive session keys: %w", ErrKeys)
		}
		*d.to = b
	}
	return s, nil
}

// derive is the KDF in counter mode of NIST SP 800-108 with AES-CMAC (Amendment
// D §4.1.5): label = 11 × 00 ‖ constant, 00, L in bits, counter, context.
func derive(key cipher.Block, constant byte, size int, context []byte) []byte {
	var out []byte
	for i := byte(1); len(out) < size; i++ {
		head := make([]byte, 16)
		head[11] = constant
		binary.BigEndian.PutUint16(head[13:], uint16(size*8))
		head[15] = i
		sum := cmac(key, head, context)
		out = append(out, sum[:]...)
	}
	return out[:size]
}
