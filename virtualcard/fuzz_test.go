package virtualcard_test

import (
	"bytes"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// FuzzTransmit feeds any bytes, plain and through an open channel, to every kind of card: no bytes
// stop it, every answer has a status word, and a plain command never changes the area.
func FuzzTransmit(f *testing.F) {
	for _, seed := range []string{
		"", "00", "00A404", selectISD, selectMyKey, selectJPKI, installAP, deleteAP,
		"00A4040000", "00A4000000", "00A40000023F00", "00A4020C020006", "00A4020C0200", "00A4020C",
		"00B0810000", "00B0000000000000", "00D6000001A5", "0020008004313233", "00200080", "0020009B",
		"802A008001AA00", "802A0097000001AA0000", "8050000008001122334455667700", "84823300100000", "84F2400208000000000000000000",
		"04B081000811223344556677880000", "80E60C0000", "80E60C000100", "80E4000002" + "4F7F" + "00", "80F24003024F0000", "80CAFF2100",
		"00CADF3005", "00CB3FFF035C017E08", "0CB0000000", "FF", "00A4040005D39210003100",
	} {
		f.Add(unhex(f, seed), unhex(f, selectJPKI), byte(0))
		f.Add(unhex(f, selectMyKey), unhex(f, seed), byte(3))
	}
	id := identity(f)
	profiles := virtualcard.Profiles()
	f.Fuzz(func(t *testing.T, first, second []byte, which byte) {
		profile := profiles[int(which)%len(profiles)]
		o := virtualcard.Options{Profile: profile, Identity: id}
		if profile == virtualcard.MyNumber {
			o.Area = make([]byte, virtualcard.AreaSize)
		}
		card, err := virtualcard.New(o)
		if err != nil {
			t.Fatal(err)
		}
		area, _ := card.Area()
		for _, command := range [][]byte{first, second, first} {
			answer, err := card.Transmit(command)
			if err == nil && len(answer) < 2 {
				t.Fatalf("%X: answer %X without a status word", command, answer)
			}
		}
		if now, _ := card.Area(); !bytes.Equal(now, area) {
			t.Fatalf("plain commands changed the area: %X, %X", first, second)
		}
		insideChannel(t, card, first, second)
	})
}

// insideChannel sends the bytes as what a holder of the keys would send.
func insideChannel(t *testing.T, card *virtualcard.Card, commands ...[]byte) {
	card.Reset()
	if answer, err := card.Transmit(unhex(t, selectMyKey)); err != nil || !bytes.Equal(answer, []byte{0x90, 0}) {
		return
	}
	host := open(t, card, scp03.CMACEncRMACREnc)
	for _, c := range commands {
		if len(c) < 5 || len(c) > 200 || int(c[4]) != len(c)-5 { // only what can be wrapped
			continue
		}
		answer, err := card.Transmit(host.Wrap(c))
		if err != nil || len(answer) < 2 {
			t.Fatalf("%X in the channel: %X, %v", c, answer, err)
		}
		if _, err := host.Unwrap(answer); err != nil {
			t.Fatalf("%X in the channel: %X: %v", c, answer, err)
		}
	}
}
