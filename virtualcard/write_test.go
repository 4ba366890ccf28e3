package virtualcard_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

func TestAreaIsReservedWrittenReadBackAndGivenBack(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"AES-128": 16, "AES-192": 24, "AES-256": 32} {
		for _, i := range []byte{0x70, 0x60} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				keys := scp03.Keys{Enc: bytes.Repeat([]byte{1}, size), Mac: bytes.Repeat([]byte{2}, size), Dek: bytes.Repeat([]byte{3}, size)}
				card := newCard(t, virtualcard.Options{Keys: keys, Parameter: i})
				before := expect(t, card, "80CAFF2100", "9000")

				expect(t, card, selectMyKey, "6a82")
				expect(t, card, selectISD, "9000")
				host := openWith(t, card, keys, scp03.CMACRMAC)
				if data, sw := secure(t, card, host, installAP); sw != "9000" || !bytes.Equal(data, []byte{0}) {
					t.Fatalf("INSTALL: %X %s", data, sw)
				}
				if booked := freeOf(t, before) - freeOf(t, expect(t, card, selectISD, "9000"), card); booked != 512 {
					t.Errorf("INSTALL books %d bytes, want 512", booked)
				}

				expect(t, card, selectMyKey, "9000")
				slot := bytes.Repeat([]byte{0xAB}, 128)
				host = openWith(t, card, keys, scp03.CMACEncRMACREnc)
				if _, sw := secure(t, card, host, "00D6008080"+hex.EncodeToString(slot)+"00"); sw != "9000" {
					t.Fatalf("UPDATE: %s", sw)
				}
				if data, sw := secure(t, card, host, "00B0818000"); sw != "9000" || !bytes.Equal(data, slot) {
					t.Errorf("READ in the channel: %s, %d bytes, want the slot's 128", sw, len(data))
				}
				if _, sw := secure(t, card, host, "00B0814000"); sw != "6b00" {
					t.Errorf("READ in the channel between the slots: %s, want 6b00", sw)
				}
				expect(t, card, selectMyKey, "9000")
				want := append(make([]byte, 128), slot...)
				if got := expect(t, card, "00B0810000", "9000"); !bytes.Equal(got, want) {
					t.Errorf("READ in the clear: %X", got)
				}

				expect(t, card, selectISD, "9000")
				host = openWith(t, card, keys, scp03.CMACRMAC)
				if data, sw := secure(t, card, host, deleteAP); sw != "9000" || !bytes.Equal(data, []byte{0}) {
					t.Fatalf("DELETE: %X %s", data, sw)
				}
				expect(t, card, selectMyKey, "6a82")
				expect(t, card, selectISD, "9000")
				if after := expect(t, card, "80CAFF2100", "9000"); !bytes.Equal(after, before) {
					t.Errorf("free space after DELETE %X, want as before %X", after, before)
				}
				if tripped := card.Tripped(); len(tripped) != 0 {
					t.Errorf("tripped: %v", tripped)
				}
			})
		}
	}
}

// freeOf reads the free space out of FF21; with a card it is asked now.
func freeOf(t *testing.T, ff21 []byte, card ...*virtualcard.Card) int {
	t.Helper()
	for _, c := range card {
		ff21 = expect(t, c, "80CAFF2100", "9000")
	}
	i := bytes.Index(ff21, []byte{0x82, 0x04})
	if i < 0 {
		t.Fatalf("no free space in %X", ff21)
	}
	v := ff21[i+2 : i+6]
	return int(v[0])<<24 | int(v[1])<<16 | int(v[2])<<8 | int(v[3])
}

func TestPINAllowsSignaturesThatTheCertificateVerifies(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{})
	digest := sha256.Sum256([]byte("what is signed"))
	compute := "802A008033" + "3031300D060960864801650304020105000420" + hex.EncodeToString(digest[:]) + "00"

	expect(t, card, selectJPKI, "9000")
	expect(t, card, "00A4020C020017", "9000")
	expect(t, card, compute, "6982")
	expect(t, card, "00A4020C020018", "9000")
	expect(t, card, "00200080", "63c3")
	expect(t, card, "002000800431323334", "9000")
	expect(t, card, "00A4020C020017", "9000")
	signature := expect(t, card, compute, "9000")
	cert, err := x509.ParseCertificate(identity(t).AuthCertificate)
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), crypto.SHA256, digest[:], signature); err != nil {
		t.Error(err)
	}
	expect(t, card, selectJPKI, "9000")
	expect(t, card, "00A4020C020017", "9000")
	expect(t, card, compute, "6982") // the AP's security status fell with SELECT
}
