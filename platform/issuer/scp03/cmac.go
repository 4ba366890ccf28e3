package scp03

import (
	"crypto/cipher"
)

const block = 16 // bytes, AES

// cmac is AES-CMAC (RFC 4493, NIST SP 800-38B) of the parts, joined.
func cmac(b cipher.Block, parts ...[]byte) [block]byte {
	var message []byte
	for _, p := range parts {
		message = append(message, p...)
	}
	var k [block]byte
	b.Encrypt(k[:], k[:])
	k = double(k) // K1
	n := (len(message) + block - 1) / block
	var last [block]byte
	if n > 0 && len(message)%block == 0 {
		copy(last[:], message[(n-1)*block:])
	} else {
		n = max(n, 1)
		tail := message[(n-1)*block:]
		copy(last[:], tail)
		last[len(tail)] = 0x80
		k = double(k) // K2
	}
	var x [block]byte
	for i := range n - 1 {
		xor(x[:], message[i*block:])
		b.Encrypt(x[:], x[:])
	}
	xor(x[:], last[:])
	xor(x[:], k[:])
	b.Encrypt(x[:], x[:])
	return x
}

// double multiplies by x in GF(2^128) (RFC 4493 §2.3).
func double(k [block]byte) [block]byte {
	var out [block]byte
	var carry byte
	for i := block - 1; i >= 0; i-- {
		out[i] = k[i]<<1 | carry
		carry = k[i] >> 7
	}
	out[block-1] ^= 0x87 * carry
	return out
}

func xor(dst, src []byte) {
	for i := range block {
		dst[i] ^= src[i]
	}
}
