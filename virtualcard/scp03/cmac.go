package scp03

import "crypto/cipher"

// cmac is AES-CMAC (RFC 4493 section 2.4): the full 16 bytes.
func cmac(b cipher.Block, message ...[]byte) [16]byte {
	var m []byte
	for _, part := range message {
		m = append(m, part...)
	}
	var k1, k2 [16]byte
	b.Encrypt(k1[:], k1[:])
	double(&k1)
	k2 = k1
	double(&k2)

	// The last block is whole (k1) or padded with 80 00… (k2); an empty message is padded.
	last := k1
	if n := len(m); n == 0 || n%16 != 0 {
		last = k2
		m = pad80(m)
	}
	var x [16]byte
	for i := 0; i < len(m); i += 16 {
		for j := range x {
			x[j] ^= m[i+j]
			if i == len(m)-16 {
				x[j] ^= last[j]
			}
		}
		b.Encrypt(x[:], x[:])
	}
	return x
}

// double multiplies by x in GF(2^128), polynomial 87.
func double(k *[16]byte) {
	carry := k[0] >> 7
	for i := range 15 {
		k[i] = k[i]<<1 | k[i+1]>>7
	}
	k[15] = k[15]<<1 ^ 0x87*carry
}

// pad80 appends 80 and zeros up to a multiple of 16 (ISO/IEC 9797-1 method 2); there is always a padding.
func pad80(m []byte) []byte {
	out := append(append(make([]byte, 0, len(m)+16), m...), 0x80)
	for len(out)%16 != 0 {
		out = append(out, 0)
	}
	return out
}

// unpad80 takes the padding off again. It reports false for a padding that no one would make.
func unpad80(m []byte) ([]byte, bool) {
	for i := len(m) - 1; i >= 0 && i >= len(m)-16; i-- {
		switch m[i] {
		case 0x80:
			return m[:i], true
		case 0:
		default:
			return nil, false
		}
	}
	return nil, false
}
