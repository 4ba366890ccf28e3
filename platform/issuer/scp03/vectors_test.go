package scp03_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/platform/issuer/apdu"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

const (
	vectorDir   = "../../../testdata/vectors"
	vectorFiles = 81 // fewer is a lost file
	hostFiles   = 60 // i = 70, S8, levels 01, 03, 11, 33
)

type vector struct {
	Keys          struct{ Enc, Mac string }
	I, Level      string
	HostChallenge string `json:"host_challenge"`
	CardChallenge string `json:"card_challenge"`
	Refused       string `json:"must_be_refused"`
	Expected      struct {
		CardCryptogram string `json:"card_cryptogram"`
		HostCryptogram string `json:"host_cryptogram"`
	}
	Exchanges []struct {
		Plain           *string
		Wrapped         string
		ResponseWrapped string `json:"response_wrapped"`
		ResponsePlain   string `json:"response_plain"`
		Protection      string
	}
}

func (v vector) ours() bool {
	return v.I == "70" && slices.Contains([]string{"01", "03", "11", "33"}, v.Level)
}

// TestHostOfRecordedSessions plays the host: given the plain commands, the bytes
// sent are the recorded ones, and the card's answers come to the recorded plain.
func TestHostOfRecordedSessions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectorDir, "*.json"))
	if err != nil || len(files) != vectorFiles {
		t.Fatalf("%d recorded sessions, want %d (%v)", len(files), vectorFiles, err)
	}
	played := 0
	var notYet []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		v := readVector(t, file)
		switch {
		case v.Refused == "card_cryptogram":
			t.Run(name, func(t *testing.T) { refusesCryptogram(t, v) })
		case v.ours():
			played++
			t.Run(name, func(t *testing.T) { playHost(t, v) })
		default:
			notYet = append(notYet, name)
		}
	}
	if played != hostFiles {
		t.Errorf("%d sessions played, want %d", played, hostFiles)
	}
	t.Logf("not yet (%d): %s", len(notYet), strings.Join(notYet, ", "))
}

func readVector(t *testing.T, file string) vector {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

func start(t *testing.T, enc, mac, host, card string) *scp03.Session {
	t.Helper()
	keys, err := scp03.NewKeys(unhex(t, enc), unhex(t, mac))
	if err != nil {
		t.Fatal(err)
	}
	s, err := keys.Start([8]byte(unhex(t, host)), [8]byte(unhex(t, card)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func refusesCryptogram(t *testing.T, v vector) {
	s := start(t, v.Keys.Enc, v.Keys.Mac, v.HostChallenge, v.CardChallenge)
	for _, e := range v.Exchanges {
		if answer := unhex(t, e.ResponseWrapped); len(answer) == 34 {
			if err := s.VerifyCard(answer[21:29]); !errors.Is(err, scp03.ErrCardCryptogram) {
				t.Errorf("lying card: %v, want ErrCardCryptogram", err)
			}
			return
		}
	}
	t.Error("no answer to INITIALIZE UPDATE in the session")
}

func playHost(t *testing.T, v vector) {
	s := start(t, v.Keys.Enc, v.Keys.Mac, v.HostChallenge, v.CardChallenge)
	if err := s.VerifyCard(unhex(t, v.Expected.CardCryptogram)); err != nil {
		t.Fatalf("card cryptogram: %v", err)
	}
	level := scp03.Level(unhex(t, v.Level)[0])
	secured, refused := 0, 0
	for i, e := range v.Exchanges {
		if e.Protection == "none" || e.Plain == nil {
			continue // in the clear, or the other program's MAC, wrong on purpose
		}
		c, err := apdu.Parse(unhex(t, *e.Plain))
		if err != nil {
			t.Fatalf("exchange %d: %v", i, err)
		}
		if c.INS == 0x82 {
			got, err := s.ExternalAuthenticate(level, c.Le)
			if err != nil || !bytes.Equal(got, unhex(t, e.Wrapped)) {
				t.Fatalf("EXTERNAL AUTHENTICATE: %X (%v), want %s", got, err, e.Wrapped)
			}
			continue
		}
		x, err := s.Wrap(c)
		if err != nil || !bytes.Equal(x.APDU, unhex(t, e.Wrapped)) {
			t.Fatalf("exchange %d: sent %X (%v), want %s", i, x.APDU, err, e.Wrapped)
		}
		secured++
		answer := unhex(t, e.ResponseWrapped)
		data, status, err := x.Open(answer)
		if v.Refused == "r_mac" {
			if !errors.Is(err, scp03.ErrRMAC) {
				t.Fatalf("exchange %d: lying card: %v, want ErrRMAC", i, err)
			}
			refused++
			break // a host stops at the first
		}
		if got := append(bytes.Clone(data), status.Bytes()...); err != nil || !bytes.Equal(got, unhex(t, e.ResponsePlain)) {
			t.Fatalf("exchange %d: came to %X (%v), want %s", i, got, err, e.ResponsePlain)
		}
		if again := x.Answer(data, status); !bytes.Equal(again, answer) {
			t.Fatalf("exchange %d: computed answer %X, want %X", i, again, answer)
		}
		if level&0x10 != 0 && !status.Error() {
			refusesFlips(t, x, answer)
		}
	}
	if secured == 0 {
		t.Error("no secured command in the session")
	}
	if v.Refused != "" && refused == 0 {
		t.Error("nothing was refused")
	}
}

// refusesFlips turns each bit of an answer's data, R-MAC and status.
func refusesFlips(t *testing.T, x *scp03.Exchange, answer []byte) {
	t.Helper()
	for bit := range len(answer) * 8 {
		bad := bytes.Clone(answer)
		bad[bit/8] ^= 0x80 >> (bit % 8)
		if _, _, err := x.Open(bad); err == nil {
			t.Fatalf("bit %d turned and not refused", bit)
		}
	}
	for n := 2; n < min(len(answer), 10); n++ {
		if _, _, err := x.Open(append(bytes.Clone(answer[:n-2]), 0x90, 0x00)); err == nil {
			t.Fatalf("9000 with %d bytes and not refused", n-2)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return b
}
