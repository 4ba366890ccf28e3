package virtualcard_test

import (
	"bytes"
	"encoding/hex"
	"sync"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/scp03"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// shared is one PKI and one identity for the whole test run: RSA keys are slow to make.
var shared = sync.OnceValues(func() (fixture, error) {
	pki, err := simpki.New(simpki.Options{OCSPURL: "http://127.0.0.1:1/ocsp"})
	if err != nil {
		return fixture{}, err
	}
	id, err := pki.Issue(simpki.Request{WithSignature: true})
	return fixture{pki, id}, err
})

type fixture struct {
	pki *simpki.PKI
	id  virtualcard.Identity
}

func identity(t testing.TB) virtualcard.Identity {
	t.Helper()
	f, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return f.id
}

// newCard makes a card with certificates.
func newCard(t testing.TB, o virtualcard.Options) *virtualcard.Card {
	t.Helper()
	o.Identity = identity(t)
	card, err := virtualcard.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// send transmits one command in hex and gives data and status word in hex.
func send(t testing.TB, card *virtualcard.Card, command string) (data []byte, sw string) {
	t.Helper()
	answer, err := card.Transmit(unhex(t, command))
	if err != nil || len(answer) < 2 {
		t.Fatalf("%s: %X, %v", command, answer, err)
	}
	n := len(answer) - 2
	return answer[:n], hex.EncodeToString(answer[n:])
}

// expect transmits and fails on another status word.
func expect(t testing.TB, card *virtualcard.Card, command, sw string) []byte {
	t.Helper()
	data, got := send(t, card, command)
	if got != sw {
		t.Fatalf("%s: status %s, want %s", command, got, sw)
	}
	return data
}

const (
	selectISD   = "00A4040008A000000151000000"
	selectMyKey = "00A4040C07F04D594B455906"
	selectJPKI  = "00A4040C0AD392F000260100000001"
	installAP   = "80E60C002807F04D594B45590407F04D594B45590507F04D594B455906" + "0100" + "0CC900EF08C8020200D8020200" + "0000"
	deleteAP    = "80E40000094F07F04D594B45590600"
)

// open authenticates with the application that is current.
func open(t testing.TB, card *virtualcard.Card, level scp03.Level) *scp03.Host {
	t.Helper()
	return openWith(t, card, virtualcard.TestKeys(), level)
}

func openWith(t testing.TB, card *virtualcard.Card, keys scp03.Keys, level scp03.Level) *scp03.Host {
	t.Helper()
	data := expect(t, card, "80500000081122334455667788"+"00", "9000")
	host, err := scp03.NewHost(keys, level, unhex(t, "1122334455667788"), data)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, card, hex.EncodeToString(host.Authenticate()), "9000")
	return host
}

// secure sends one command through the channel and gives the plain answer's data and status word.
func secure(t testing.TB, card *virtualcard.Card, host *scp03.Host, command string) (data []byte, sw string) {
	t.Helper()
	answer, err := card.Transmit(host.Wrap(unhex(t, command)))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := host.Unwrap(answer)
	if err != nil {
		t.Fatalf("%s: %X: %v", command, answer, err)
	}
	n := len(plain) - 2
	return plain[:n], hex.EncodeToString(plain[n:])
}

// reserve installs the MyKey AP.
func reserve(t testing.TB, card *virtualcard.Card) {
	t.Helper()
	expect(t, card, selectISD, "9000")
	host := open(t, card, scp03.CMACRMAC)
	if data, sw := secure(t, card, host, installAP); sw != "9000" || !bytes.Equal(data, []byte{0}) {
		t.Fatalf("INSTALL: %X %s", data, sw)
	}
}
