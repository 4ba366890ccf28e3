package scp03

import (
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
)

// ErrResponse: the card's cryptogram, its R-MAC or the padding of its answer is wrong.
var ErrResponse = errors.New("response of the card is wrong")

// Host is the terminal's side of a channel: what tests of the card drive it with. It is not safe
// for concurrent use.
type Host struct {
	c     *Channel
	level Level
}

// NewHost begins a session from the answer to INITIALIZE UPDATE (without status word) and checks
// the card's cryptogram. Errors: ErrResponse.
func NewHost(keys Keys, level Level, hostChallenge, initializeUpdate []byte) (*Host, error) {
	if len(initializeUpdate) != 29 && len(initializeUpdate) != 32 {
		return nil, fmt.Errorf("INITIALIZE UPDATE of %d bytes: %w", len(initializeUpdate), ErrResponse)
	}
	c, err := Begin(keys, hostChallenge, initializeUpdate[13:21])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(c.cardCryptogram, initializeUpdate[21:29]) != 1 {
		return nil, fmt.Errorf("card cryptogram: %w", ErrResponse)
	}
	return &Host{c: c, level: level}, nil
}

// Authenticate is EXTERNAL AUTHENTICATE, without Le.
func (h *Host) Authenticate() []byte {
	head := [4]byte{0x84, 0x82, byte(h.level), 0}
	return h.mac(head, h.c.hostCryptogram)
}

// Wrap protects a short command; Le is kept as it is.
func (h *Host) Wrap(plain []byte) []byte {
	var head [4]byte
	copy(head[:], plain)
	head[0] |= classSecure
	var data, le []byte
	switch rest := plain[4:]; {
	case len(rest) == 1:
		le = rest
	case len(rest) > 1:
		data, le = rest[1:1+int(rest[0])], rest[1+int(rest[0]):]
	}
	h.c.counter++
	if h.level&levelCommandEnc != 0 && len(data) > 0 {
		data = pad80(data)
		cipher.NewCBCEncrypter(h.c.enc, h.c.icv(0)).CryptBlocks(data, data)
	}
	return append(h.mac(head, data), le...)
}

// Unwrap gives the plain response, data and status word. Errors: ErrResponse.
func (h *Host) Unwrap(response []byte) ([]byte, error) {
	if len(response) < 2 {
		return nil, ErrResponse
	}
	sw := response[len(response)-2:]
	warned := sw[0] == 0x62 || sw[0] == 0x63 || sw[0] == 0x90 && sw[1] == 0
	if h.level&levelResponseMAC == 0 || !warned {
		return response, nil
	}
	n := len(response) - 2 - macLength
	if n < 0 {
		return nil, ErrResponse
	}
	data := response[:n]
	mac := cmac(h.c.rmac, h.c.chaining[:], data, sw)
	if subtle.ConstantTimeCompare(mac[:macLength], response[n:n+macLength]) != 1 {
		return nil, ErrResponse
	}
	if h.level&levelResponseEnc != 0 && n > 0 {
		if n%16 != 0 {
			return nil, ErrResponse
		}
		plain := make([]byte, n)
		cipher.NewCBCDecrypter(h.c.enc, h.c.icv(0x80)).CryptBlocks(plain, data)
		unpadded, whole := unpad80(plain)
		if !whole {
			return nil, ErrResponse
		}
		data = unpadded
	}
	return append(append([]byte(nil), data...), sw...), nil
}

func (h *Host) mac(head [4]byte, data []byte) []byte {
	lc := byte(len(data) + macLength)
	mac := cmac(h.c.mac, h.c.chaining[:], head[:], []byte{lc}, data)
	h.c.chaining = mac
	out := append(append(head[:], lc), data...)
	return append(out, mac[:macLength]...)
}
