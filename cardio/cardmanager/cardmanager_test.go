package cardmanager

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/tlv"
)

// says answers every command alike.
type says []byte

func (s says) Transmit([]byte) ([]byte, error) { return s, nil }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestImageNumberIsTheValueAlone(t *testing.T) {
	for _, c := range []struct {
		name, answer, want string
		err                error
	}{
		{"short", "4503AABBCC9000", "aabbcc", nil},
		{"long form of length", "458103AABBCC9000", "aabbcc", nil},
		{"none", "6A88", "", ErrNoNumber},
		{"unknown to the card", "6D00", "", ErrNoNumber},
		{"empty object", "45009000", "", ErrNoNumber},
		{"nothing", "9000", "", ErrNoNumber},
		{"another object", "4603AABBCC9000", "", ErrNoNumber},
		{"cut", "4505AABBCC9000", "", tlv.ErrMalformed},
		{"security", "6982", "", apdu.ErrUnexpected},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ImageNumber(says(unhex(t, c.answer)))
			if !errors.Is(err, c.err) || hex.EncodeToString(got) != c.want {
				t.Errorf("ImageNumber = %X, %v; want %s, %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestFreeSpace(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     int
	}{
		{"two bytes", "FF210B81010282021F0083020400", 0x1F00},
		{"four bytes", "FF21068204000100FF", 0x100FF},
		{"one byte", "FF2103820140", 0x40},
		{"no 82", "FF2103810102", -1},
		{"garbage", "FF2182", -1},
		{"five bytes", "FF210782050000000001", -1},
		{"none", "", -1},
	} {
		if got := ParseFreeSpace(unhex(t, c.in)); got != c.want {
			t.Errorf("%s: ParseFreeSpace(%s) = %d, want %d", c.name, c.in, got, c.want)
		}
	}
}

func FuzzFF21(f *testing.F) {
	for _, s := range []string{"FF210B81010282021F0083020400", "FF2182", "", "FF210782050000000001"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got := ParseFreeSpace(raw); got < -1 || got > 1<<32-1 {
			t.Fatalf("ParseFreeSpace = %d", got)
		}
	})
}

func Fuzz0045(f *testing.F) {
	for _, s := range []string{"4503AABBCC9000", "4505AABBCC9000", "6A88", "61", "6C02"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, err := ImageNumber(says(answer))
		if (len(got) > 0) != (err == nil) || len(got) > len(answer) {
			t.Fatalf("ImageNumber = %X, %v", got, err)
		}
	})
}

func FuzzFCI(f *testing.F) {
	for _, s := range []string{"6F0A8408A0000001510000009000", "9000", "6283", "6A82", "6110"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		aid, err := Select(says(answer))
		if aid != nil && (err != nil || string(aid) != AID && string(aid) != AIDShort) {
			t.Fatalf("Select = %X, %v", aid, err)
		}
	})
}
