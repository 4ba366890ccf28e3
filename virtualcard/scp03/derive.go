package scp03

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

// Derivation constants (GlobalPlatform Card Specification 2.2 Amendment D 1.1.1, table 4-1).
const (
	constCardCryptogram = 0x00
	constHostCryptogram = 0x01
	constCardChallenge  = 0x02
	constSEnc           = 0x04
	constSMac           = 0x06
	constSRMac          = 0x07
)

// derive is the key derivation of Amendment D 4.1.5: NIST SP 800-108 in counter mode with
// AES-CMAC. size is in bytes, at most 32.
func derive(b cipher.Block, constant byte, size int, context ...[]byte) []byte {
	var out []byte
	for i := byte(1); len(out) < size; i++ {
		var head [16]byte // 11 bytes of 00, then constant, 00, L, i
		head[11] = constant
		binary.BigEndian.PutUint16(head[13:], uint16(size*8))
		head[15] = i
		block := cmac(b, append([][]byte{head[:]}, context...)...)
		out = append(out, block[:]...)
	}
	return out[:size]
}

// CardChallenge is the pseudo-random card challenge of i = 70 (Amendment D 6.2.2.1): it follows
// from Key-ENC, the sequence counter and the AID of the application that is asked, 8 bytes.
func CardChallenge(enc []byte, sequence [3]byte, aid []byte) ([]byte, error) {
	b, err := aes.NewCipher(enc)
	if err != nil {
		return nil, fmt.Errorf("key-enc: %w", err)
	}
	return derive(b, constCardChallenge, 8, sequence[:], aid), nil
}
