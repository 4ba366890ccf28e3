package issuer

import (
	"bytes"
	"errors"
	"testing"

	"github.com/madoguchi/madoguchi/platform/issuer/tlv"
)

func TestStateOfOurCardAP(t *testing.T) {
	t.Parallel()
	entry := func(aid []byte, state ...byte) []byte {
		return tlv.Append(nil, tagApplication, tlv.Append(tlv.Append(nil, tagAID, aid), tagState, state))
	}
	for _, c := range []struct {
		name  string
		data  []byte
		state byte
		bad   bool
	}{
		{"installed", entry(instanceAID, 0x03), 0x03, false},
		{"second of two", append(entry(moduleAID, 0x07), entry(instanceAID, 0x07)...), 0x07, false},
		{"another's", entry(moduleAID, 0x07), 0, true},
		{"no state", entry(instanceAID), 0, true},
		{"nothing", nil, 0, true},
		{"cut short", entry(instanceAID, 0x07)[:9], 0, true},
	} {
		state, err := parseStatus(c.data)
		if state != c.state || errors.Is(err, ErrAnswer) != c.bad {
			t.Errorf("%s: %02X %v, want %02X", c.name, state, err, c.state)
		}
	}
}

func TestFreeSpaceOfAnyLength(t *testing.T) {
	t.Parallel()
	for want, value := range map[int][]byte{5: {5}, 512: {2, 0}, 70000: {0, 1, 0x11, 0x70}} {
		data := tlv.Append(nil, tagFreeSpace, tlv.Append(tlv.Append(nil, 0x81, []byte{3}), tagFree, value))
		if got, err := parseFree(data); got != want || err != nil {
			t.Errorf("%X: %d %v, want %d", data, got, err, want)
		}
	}
	if _, err := parseFree([]byte{0xFF, 0x21, 0x02, 0x82, 0x00}); !errors.Is(err, ErrAnswer) {
		t.Errorf("empty: %v, want ErrAnswer", err)
	}
}

// FuzzAnswers: whatever a card answers is parsed or refused, never past its end.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte{0xE3, 0x0E, 0x4F, 0x07, 0xF0, 'M', 'Y', 'K', 'E', 'Y', 0x06, 0x9F, 0x70, 0x01, 0x03, 0xC5, 0x00})
	f.Add([]byte{0xFF, 0x21, 0x06, 0x82, 0x04, 0x00, 0x00, 0x10, 0x00})
	f.Add(make([]byte, updateSize))
	f.Add([]byte{0x1F, 0x82})
	f.Fuzz(func(t *testing.T, data []byte) {
		if u, err := parseUpdate(data); err == nil {
			whole := bytes.Join([][]byte{data[:10], {u.keyVersion, u.protocol, u.parameter}, u.challenge, u.cryptogram, u.sequence}, nil)
			if !bytes.Equal(whole, data) {
				t.Errorf("INITIALIZE UPDATE %X came to %X", data, whole)
			}
		}
		if _, err := parseStatus(data); err == nil && !bytes.Contains(data, instanceAID) {
			t.Errorf("GET STATUS without our AID was read: %X", data)
		}
		if n, err := parseFree(data); err == nil && (n < 0 || n > 0xFFFFFFFF) {
			t.Errorf("free space %d of %X", n, data)
		}
		objects, err := tlv.Parse(data)
		if err != nil {
			return
		}
		var again []byte
		for _, o := range objects {
			again = tlv.Append(again, o.Tag, o.Value)
		}
		second, err := tlv.Parse(again)
		if err != nil || len(second) != len(objects) {
			t.Errorf("%X written again as %X does not parse: %v", data, again, err)
		}
	})
}
