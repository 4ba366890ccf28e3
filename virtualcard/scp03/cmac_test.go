package scp03_test

import (
	"crypto/aes"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// TestCMAC holds AES-CMAC against RFC 4493 section 4: empty, one block, not whole, whole blocks.
func TestCMAC(t *testing.T) {
	t.Parallel()
	b, err := aes.NewCipher(unhex(t, "2b7e151628aed2a6abf7158809cf4f3c"))
	if err != nil {
		t.Fatal(err)
	}
	const message = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	for length, want := range map[int]string{
		0:  "bb1d6929e95937287fa37d129b756746",
		16: "070a16b46b4d4144f79bdd9dd04a287c",
		40: "dfa66747de9ae63030ca32611497c827",
		64: "51f0bebf7e3b9d92fc49741779363cfe",
	} {
		got := scp03.Sum(b, unhex(t, message)[:length])
		same(t, "CMAC", got[:], unhex(t, want))
	}
}

// TestHostAndCardUnderstandEachOther at every level and length around the block size: the host is
// what other tests drive the card with.
func TestHostAndCardUnderstandEachOther(t *testing.T) {
	t.Parallel()
	keys := scp03.Keys{Enc: counting(0, 16), Mac: counting(1, 16), Dek: counting(2, 16)}
	host8, card8 := counting(3, 8), counting(4, 8)
	for _, level := range []scp03.Level{scp03.CMAC, scp03.CMACEnc, scp03.CMACRMAC, scp03.CMACEncRMAC, scp03.CMACEncRMACREnc} {
		c, err := scp03.Begin(keys, host8, card8)
		if err != nil {
			t.Fatal(err)
		}
		answer := append(append(make([]byte, 13), card8...), c.CardCryptogram()...)
		h, err := scp03.NewHost(keys, level, host8, answer)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Authenticate(h.Authenticate()); err != nil {
			t.Fatalf("level %02X: %v", level, err)
		}
		for _, n := range []int{0, 1, 15, 16, 17, 127, 128, 231} {
			plain := []byte{0x80, 0xE2, 0, 0}
			if n > 0 {
				plain = append(append(plain, byte(n)), counting(5, n)...)
			}
			plain = append(plain, 0)
			got, err := c.Unwrap(h.Wrap(plain))
			if err != nil {
				t.Fatalf("level %02X, %d bytes: %v", level, n, err)
			}
			same(t, "command", got, plain)
			response := append(counting(6, n), 0x90, 0)
			back, err := h.Unwrap(c.Wrap(response))
			if err != nil {
				t.Fatalf("level %02X, %d bytes: %v", level, n, err)
			}
			same(t, "response", back, response)
		}
		if got := c.Wrap([]byte{1, 2, 0x6A, 0x88}); level&0x10 != 0 {
			same(t, "error answer", got, []byte{0x6A, 0x88})
		}
	}
}
