package scp03_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// recorded is how many sessions there are; fewer means that some were lost.
const recorded = 81

// expectedHere is how many of them are i = 70, S8, at the levels 01, 03, 11 and 33.
const expectedHere = 60

// session is a recorded session (testdata/vectors/README.md).
type session struct {
	Name          string
	Keys          struct{ Enc, Mac, Dek bytesHex }
	I             string
	Level         string
	HostChallenge bytesHex `json:"host_challenge"`
	CardChallenge bytesHex `json:"card_challenge"`
	Sequence      bytesHex
	AID           bytesHex `json:"challenge_aid"`
	PseudoRandom  bool     `json:"card_challenge_is_pseudo_random"`
	Refused       string   `json:"must_be_refused"`
	Expected      struct {
		SEnc  bytesHex `json:"s_enc"`
		SMac  bytesHex `json:"s_mac"`
		SRMac bytesHex `json:"s_rmac"`
		Card  bytesHex `json:"card_cryptogram"`
		Host  bytesHex `json:"host_cryptogram"`
	}
	Exchanges []exchange
}

type exchange struct {
	Plain           *bytesHex
	Wrapped         bytesHex
	ResponseWrapped bytesHex `json:"response_wrapped"`
	ResponsePlain   bytesHex `json:"response_plain"`
	Protection      string
	ChainingAfter   bytesHex `json:"chaining_after"`
	Meaning         string
}

type bytesHex []byte

func (b *bytesHex) UnmarshalText(text []byte) error {
	var err error
	*b, err = hex.DecodeString(string(text))
	return err
}

// sessions reads every recorded session; a missing one fails.
func sessions(t *testing.T) []session {
	t.Helper()
	files, err := filepath.Glob("../../testdata/vectors/*.json")
	if err != nil || len(files) < recorded {
		t.Fatalf("%d recorded sessions (%v), want %d", len(files), err, recorded)
	}
	var out []session
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var s session
		if err := json.Unmarshal(content, &s); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if s.Name != strings.TrimSuffix(filepath.Base(f), ".json") {
			t.Fatalf("%s calls itself %q", f, s.Name)
		}
		out = append(out, s)
	}
	return out
}

// here reports whether the session is one of the sixty.
func (s session) here() bool {
	return s.I == "70" && strings.Contains("01 03 11 33", s.Level) && s.Level != ""
}

// further reports whether the card's side is checked beyond the sixty.
func (s session) further() bool {
	return s.I == "60" || s.I == "70" && s.Level == "13"
}

func (s session) keys() scp03.Keys {
	return scp03.Keys{Enc: s.Keys.Enc, Mac: s.Keys.Mac, Dek: s.Keys.Dek}
}

func TestRecordedSessionsOnTheCardsSide(t *testing.T) {
	t.Parallel()
	var done, further, files int
	var notYet []string
	for _, s := range sessions(t) {
		switch {
		case strings.HasPrefix(s.Name, "opensc_"): // replayed on the whole card, in virtualcard
			files++
			continue
		case s.here():
			done++
		case s.further():
			further++
		default:
			notYet = append(notYet, s.Name)
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			s.derivations(t)
			s.replay(t)
		})
	}
	t.Logf("vectors scp03 card side: %d, and %d of i=60 and level 13", done, further)
	for _, name := range notYet {
		t.Logf("vectors not yet: %s", name)
	}
	if done != expectedHere {
		t.Errorf("%d sessions with i=70, S8, levels 01 03 11 33; want %d", done, expectedHere)
	}
	if n := done + further + files + len(notYet); n < recorded {
		t.Errorf("%d sessions looked at, want %d", n, recorded)
	}
}

// derivations holds session keys, cryptograms and the card challenge against the recorded ones.
func (s session) derivations(t *testing.T) {
	t.Helper()
	c := s.begin(t)
	enc, mac, rmac := c.SessionKeys()
	for _, v := range []struct {
		what      string
		got, want []byte
	}{
		{"S-ENC", enc, s.Expected.SEnc},
		{"S-MAC", mac, s.Expected.SMac},
		{"S-RMAC", rmac, s.Expected.SRMac},
		{"card cryptogram", c.CardCryptogram(), s.Expected.Card},
		{"host cryptogram", c.HostCryptogram(), s.Expected.Host},
	} {
		if !bytes.Equal(v.got, v.want) {
			t.Errorf("%s: got %X, want %X", v.what, v.got, v.want)
		}
	}
	if !s.PseudoRandom {
		return
	}
	got, err := scp03.CardChallenge(s.Keys.Enc, [3]byte(s.Sequence), s.AID)
	if err != nil || !bytes.Equal(got, s.CardChallenge) {
		t.Errorf("card challenge: got %X (%v), want %X", got, err, s.CardChallenge)
	}
}

func (s session) begin(t *testing.T) *scp03.Channel {
	t.Helper()
	c, err := scp03.Begin(s.keys(), s.HostChallenge, s.CardChallenge)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// replay feeds the channel what the host sent: it must come to plain, answer response_wrapped, and
// refuse every command in which one bit is turned.
func (s session) replay(t *testing.T) {
	t.Helper()
	c := s.begin(t)
	opened, protected := false, 0
	for i, e := range s.Exchanges {
		switch {
		case e.Protection == "none":
		case e.Plain == nil: // a wrong MAC on purpose
			if _, err := c.Unwrap(e.Wrapped); err == nil {
				t.Errorf("exchange %d: a wrong MAC is accepted", i)
			}
		case !opened:
			s.turnedAuthenticate(t, e.Wrapped)
			if err := c.Authenticate(e.Wrapped); err != nil {
				t.Fatalf("exchange %d, %s: %v", i, e.Meaning, err)
			}
			opened = true
		default:
			protected++
			s.turned(t, i)
			plain, err := c.Unwrap(e.Wrapped)
			if err != nil || !bytes.Equal(plain, *e.Plain) {
				t.Fatalf("exchange %d, %s: plain %X (%v), want %X", i, e.Meaning, plain, err, *e.Plain)
			}
			s.answer(t, i, c.Wrap(e.ResponsePlain))
		}
		if e.ChainingAfter != nil && !bytes.Equal(c.Chaining(), e.ChainingAfter) {
			t.Errorf("exchange %d: chaining value %X, want %X", i, c.Chaining(), e.ChainingAfter)
		}
	}
	if !opened || protected == 0 {
		t.Errorf("the session proves nothing: opened %v, %d protected commands", opened, protected)
	}
}

// answer compares a protected response. Where the recorded card lied it turned one bit of the R-MAC.
func (s session) answer(t *testing.T, i int, got []byte) {
	t.Helper()
	want := s.Exchanges[i].ResponseWrapped
	if s.Refused != "r_mac" {
		if !bytes.Equal(got, want) {
			t.Errorf("exchange %d: response %X, want %X", i, got, want)
		}
		return
	}
	if len(got) != len(want) {
		t.Fatalf("exchange %d: %d bytes, want %d", i, len(got), len(want))
	}
	turned := 0
	for j := range got {
		for x := got[j] ^ want[j]; x != 0; x &= x - 1 {
			turned++
		}
		if got[j] != want[j] && (j < len(got)-10 || j >= len(got)-2) {
			t.Errorf("exchange %d: byte %d differs outside of the R-MAC", i, j)
		}
	}
	if turned != 1 {
		t.Errorf("exchange %d: %d bits differ from the lie, want 1", i, turned)
	}
}

// turnedAuthenticate sends EXTERNAL AUTHENTICATE with each bit turned that its MAC covers.
func (s session) turnedAuthenticate(t *testing.T, wrapped []byte) {
	t.Helper()
	for bit := range 8 * (5 + int(wrapped[4])) {
		c := s.begin(t)
		if err := c.Authenticate(turn(wrapped, bit)); err == nil {
			t.Errorf("EXTERNAL AUTHENTICATE with bit %d turned is accepted", bit)
		}
		if c.Level() != 0 {
			t.Errorf("the channel is open after bit %d", bit)
		}
	}
}

// turned replays the session up to exchange i once for every bit of its command.
func (s session) turned(t *testing.T, i int) {
	t.Helper()
	wrapped := s.Exchanges[i].Wrapped
	covered := 8 * (5 + int(wrapped[4])) // Le is not under the MAC
	for bit := range covered {
		c := s.upTo(t, i)
		if _, err := c.Unwrap(turn(wrapped, bit)); err == nil {
			t.Errorf("exchange %d: command with bit %d turned is accepted", i, bit)
		}
		if _, err := c.Unwrap(wrapped); err == nil {
			t.Errorf("exchange %d: the channel lives on after bit %d", i, bit)
		}
	}
}

func (s session) upTo(t *testing.T, n int) *scp03.Channel {
	t.Helper()
	c := s.begin(t)
	opened := false
	for _, e := range s.Exchanges[:n] {
		switch {
		case e.Protection == "none":
		case !opened:
			opened = true
			if err := c.Authenticate(e.Wrapped); err != nil {
				t.Fatal(err)
			}
		default:
			if _, err := c.Unwrap(e.Wrapped); err != nil {
				t.Fatal(err)
			}
		}
	}
	return c
}

func turn(command []byte, bit int) []byte {
	out := bytes.Clone(command)
	out[bit/8] ^= 1 << (bit % 8)
	return out
}
