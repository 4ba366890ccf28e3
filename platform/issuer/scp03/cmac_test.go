package scp03

import (
	"crypto/aes"
	"encoding/hex"
	"testing"
)

// RFC 4493 §4.
func TestCMACOfTheRFC(t *testing.T) {
	key, _ := hex.DecodeString("2b7e151628aed2a6abf7158809cf4f3c")
	message, _ := hex.DecodeString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{
		0:  "bb1d6929e95937287fa37d129b756746",
		16: "070a16b46b4d4144f79bdd9dd04a287c",
		40: "dfa66747de9ae63030ca32611497c827",
		64: "51f0bebf7e3b9d92fc49741779363cfe",
	} {
		if got := cmac(b, message[:n/2], message[n/2:n]); hex.EncodeToString(got[:]) != want {
			t.Errorf("%d bytes: %x, want %s", n, got, want)
		}
	}
}

// TestPseudoRandomChallenge: with i = 70 the card challenge follows from Key-ENC,
// the sequence counter and the AID (Amendment D §6.2.2.1): an extra witness for
// the KDF, from a published session.
func TestPseudoRandomChallenge(t *testing.T) {
	key, _ := hex.DecodeString("000102030405060708090a0b0c0d0e0f")
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	context, _ := hex.DecodeString("000002" + "A0000005591010FFFFFFFF8900000100")
	if got := hex.EncodeToString(derive(b, 0x02, ChallengeSize, context)); got != "3eb51047495b249f" {
		t.Errorf("card challenge %s, want 3eb51047495b249f", got)
	}
}
