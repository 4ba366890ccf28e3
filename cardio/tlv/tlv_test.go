package tlv

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLengthsAreReadAtTheirBoundaries(t *testing.T) {
	for _, c := range []struct {
		name, head string
		length     int
	}{
		{"none", "4500", 0},
		{"127, short form", "457F", 127},
		{"127, long form", "45817F", 127},
		{"128", "458180", 128},
		{"255", "4581FF", 255},
		{"256", "45820100", 256},
		{"65535", "4582FFFF", 65535},
		{"65536", "4583010000", 65536},
		{"128 in four bytes", "458400000080", 128},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := unhex(t, c.head)
			whole := append(bytes.Clone(head), bytes.Repeat([]byte{0x5A}, c.length)...)
			value, found, err := Find(whole, 0x45)
			if err != nil || !found || len(value) != c.length {
				t.Fatalf("Find = %d bytes, %t, %v; want %d", len(value), found, err, c.length)
			}
			if c.length == 0 {
				return
			}
			if _, err := Parse(whole[:len(whole)-1]); !errors.Is(err, ErrMalformed) {
				t.Errorf("one byte short: %v, want ErrMalformed", err)
			}
			if h, err := ParseHeader(head); err != nil || h.Length != c.length || h.Size != len(head) {
				t.Errorf("header alone = %+v, %v", h, err)
			}
		})
	}
}

func TestWhatCardsWriteIsRead(t *testing.T) {
	for _, c := range []struct {
		name, in string
		path     []Tag
		want     string
	}{
		{"FF21 with free space", "FF210B81010282021F0083020400", []Tag{0xFF21, 0x82}, "1F00"},
		{"filler before and after", "00004501AA00FFFF", []Tag{0x45}, "AA"},
		{"indefinite form", "E380" + "4F01AA" + "0000" + "4501BB", []Tag{0x45}, "BB"},
		{"inside an indefinite form", "E3804F01AA0000", []Tag{0xE3, 0x4F}, "AA"},
		{"nested indefinite forms", "E380E3804F01AA00000000", []Tag{0xE3, 0xE3, 0x4F}, "AA"},
		{"three-byte tag", "7F810101CC", []Tag{0x7F8101}, "CC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, found, err := Find(unhex(t, c.in), c.path...)
			if err != nil || !found || hex.EncodeToString(got) != hex.EncodeToString(unhex(t, c.want)) {
				t.Fatalf("Find(%s) = %X, %t, %v; want %s", c.in, got, found, err, c.want)
			}
		})
	}
}

func TestGarbageIsRefused(t *testing.T) {
	for name, in := range map[string]string{
		"tag alone":                  "45",
		"tag without end":            "5FFFFFFF01",
		"length field cut":           "458201",
		"five length bytes":          "45850000000001AA",
		"reserved length FF":         "45FF",
		"value cut":                  "4503AABB",
		"indefinite primitive":       "4580AA0000",
		"indefinite without end":     "E3804F01AA",
		"indefinite, child cut":      "E3804F05AA0000",
		"length above what there is": "4584FFFFFFFF00",
	} {
		if got, err := Parse(unhex(t, in)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: Parse(%s) = %v, %v; want ErrMalformed", name, in, got, err)
		}
	}
}

func FuzzTLV(f *testing.F) {
	seeds := []string{"", "4500", "FF210B81010282021F0083020400", "E380E3804F01AA00000000", "45850000000001AA", "30820100", "00FF"}
	for _, s := range seeds {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := bytes.Clone(b)
		objects, err := Parse(b)
		if err != nil && (objects != nil || !errors.Is(err, ErrMalformed)) {
			t.Fatalf("Parse = %v, %v", objects, err)
		}
		total := 0
		for _, o := range objects {
			total += len(o.Value)
			_ = append(o.Value, 0xEE) // must not reach into the buffer
		}
		if total > len(b) || !bytes.Equal(b, kept) {
			t.Fatalf("values of %d bytes in %d, buffer kept: %t", total, len(b), bytes.Equal(b, kept))
		}
	})
}
