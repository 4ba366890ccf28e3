package mykey

import "crypto/rand"

// veiled is a string xored with a pad of this process. fmt prints the bytes of
// an unexported field without asking its Format method, and a crash report
// prints memory; both then show noise. It hides nothing from a debugger.
type veiled string

var pad = newPad()

func newPad() []byte {
	p := make([]byte, 64)
	rand.Read(p) // never fails: crypto/rand aborts the program instead
	return p
}

func veil(s string) veiled { return veiled(xorPad(s)) }

func unveil(v veiled) string { return xorPad(string(v)) }

func xorPad(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= pad[i%len(pad)]
	}
	return string(b)
}
