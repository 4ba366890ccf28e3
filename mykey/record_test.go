package mykey_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/mykey"
)

var recordKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func signed(t testing.TB, kind mykey.Kind, generation uint32) mykey.Record {
	t.Helper()
	r := mykey.Record{
		Kind: kind, Generation: generation, Issued: mykey.Date{Year: 2026, Month: time.November, Day: 25},
		KeyID: 0x01020304, Binding: mykey.Binding([]byte{1, 2, 3}),
	}
	if kind == mykey.KindRecord {
		r.ID = mustID(t, canaryID)
	}
	r.Signature = [64]byte(ed25519.Sign(recordKey, r.SignedBytes()))
	return r
}

func keys() []mykey.RecordKey {
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	return []mykey.RecordKey{
		{ID: 9, Public: other.Public().(ed25519.PublicKey)},
		{ID: 0x01020304, Public: recordKey.Public().(ed25519.PublicKey)},
	}
}

func TestRecordStandsWhereTheProfileSays(t *testing.T) {
	t.Parallel()
	r := signed(t, mykey.KindRecord, 0x0A0B0C0D)
	b := r.Marshal()
	for _, f := range []struct {
		name string
		off  int
		want []byte
	}{
		{"magic, version, kind", 0x00, []byte{0x4D, 0x4B, 0x01, 0x01}},
		{"generation", 0x04, []byte{0x0A, 0x0B, 0x0C, 0x0D}},
		{"length", 0x08, []byte{8}},
		{"MyKey ID, padded", 0x09, append([]byte(canaryID), make([]byte, 7)...)},
		{"issue date", 0x18, []byte{0x20, 0x26, 0x11, 0x25}},
		{"key id", 0x1C, []byte{1, 2, 3, 4}},
		{"binding", 0x20, r.Binding[:]},
		{"signature", 0x28, r.Signature[:]},
		{"CRC-32", 0x68, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b[:0x68]))},
		{"reserved", 0x6C, make([]byte, 19)},
		{"commit", 0x7F, []byte{0xA5}},
	} {
		if got := b[f.off : f.off+len(f.want)]; !bytes.Equal(got, f.want) {
			t.Errorf("%s at %02X differs", f.name, f.off)
		}
	}
	if want := append([]byte("MYKEY-RECORD-1"), b[0x02:0x28]...); !bytes.Equal(r.SignedBytes(), want) {
		t.Error("not bytes 02 to 27 are signed")
	}
	if s := mykey.ParseSlot(b[:]); s.State != mykey.SlotValid || s.Record != r {
		t.Errorf("read back: %v", s.State)
	}
}

// recrc changes bytes of a slot and makes its CRC right again.
func recrc(b [128]byte, off int, with ...byte) [128]byte {
	copy(b[off:], with)
	binary.BigEndian.PutUint32(b[0x68:], crc32.ChecksumIEEE(b[:0x68]))
	return b
}

func TestSlotStates(t *testing.T) {
	t.Parallel()
	good := signed(t, mykey.KindRecord, 1).Marshal()
	tomb := signed(t, mykey.KindTombstone, 2).Marshal()
	with := func(b [128]byte, off int, v byte) [128]byte { b[off] = v; return b }
	filled := func(v byte) (b [128]byte) { copy(b[:], bytes.Repeat([]byte{v}, 128)); return b }
	half := filled(0)
	copy(half[64:], bytes.Repeat([]byte{0xFF}, 64))
	for _, c := range []struct {
		name string
		b    [128]byte
		want mykey.SlotState
	}{
		{"record", good, mykey.SlotValid},
		{"tombstone", tomb, mykey.SlotValid},
		{"commit FF", with(good, 0x7F, 0xFF), mykey.SlotUncommitted},
		{"commit torn", with(good, 0x7F, 0xA7), mykey.SlotUncommitted},
		{"commit 00", with(good, 0x7F, 0x00), mykey.SlotUncommitted},
		{"blank 00", filled(0x00), mykey.SlotErased},
		{"blank FF", filled(0xFF), mykey.SlotErased},
		{"half 00, half FF", half, mykey.SlotDamaged},
		{"CRC", with(good, 0x68, good[0x68]^1), mykey.SlotDamaged},
		{"body", with(good, 0x0B, good[0x0B]^1), mykey.SlotDamaged},
		{"magic", recrc(good, 0x00, 'm'), mykey.SlotDamaged},
		{"version", recrc(good, 0x02, 2), mykey.SlotDamaged},
		{"kind 00", recrc(good, 0x03, 0), mykey.SlotDamaged},
		{"kind 03", recrc(good, 0x03, 3), mykey.SlotDamaged},
		{"record without ID", recrc(good, 0x08, make([]byte, 16)...), mykey.SlotDamaged},
		{"ID of lower case", recrc(good, 0x09, 'c'), mykey.SlotDamaged},
		{"ID length beyond its field", recrc(good, 0x08, 0xFF), mykey.SlotDamaged},
		{"padding of the ID", recrc(good, 0x11, 1), mykey.SlotDamaged},
		{"tombstone with an ID", recrc(good, 0x03, 2), mykey.SlotDamaged},
		{"tombstone with zeros not zero", recrc(tomb, 0x09, 1), mykey.SlotDamaged},
		{"30 February", recrc(good, 0x18, 0x20, 0x26, 0x02, 0x30), mykey.SlotDamaged},
		{"date not BCD", recrc(good, 0x18, 0x20, 0x2A, 0x01, 0x01), mykey.SlotDamaged},
		{"year 0", recrc(good, 0x18, 0, 0, 0x01, 0x01), mykey.SlotDamaged},
		{"reserved bytes", with(good, 0x6C, 1), mykey.SlotDamaged},
		{"last reserved byte", with(good, 0x7E, 1), mykey.SlotDamaged},
	} {
		s := mykey.ParseSlot(c.b[:])
		if s.State != c.want {
			t.Errorf("%s: state %d, want %d", c.name, s.State, c.want)
		}
		if holds := s.Record != (mykey.Record{}); holds != (c.want == mykey.SlotValid || c.want == mykey.SlotUncommitted) {
			t.Errorf("%s: holds a record %t", c.name, holds)
		}
	}
	for _, n := range []int{0, 1, 127, 129} {
		if s := mykey.ParseSlot(make([]byte, n)); s.State != mykey.SlotDamaged {
			t.Errorf("%d bytes: state %d, want damaged", n, s.State)
		}
	}
}

func TestForgedRecordIsNeverTakenForTrue(t *testing.T) {
	t.Parallel()
	for _, kind := range []mykey.Kind{mykey.KindRecord, mykey.KindTombstone} {
		r := signed(t, kind, 5)
		if err := r.Verify(keys()); err != nil {
			t.Errorf("kind %d: %v", kind, err)
		}
		for name, change := range map[string]func(*mykey.Record){
			"generation": func(r *mykey.Record) { r.Generation++ },
			"ID":         func(r *mykey.Record) { r.ID = mustID(t, "OTHER222") },
			"date":       func(r *mykey.Record) { r.Issued.Day++ },
			"binding":    func(r *mykey.Record) { r.Binding[7] ^= 1 },
			"signature":  func(r *mykey.Record) { r.Signature[63] ^= 1 },
			"other key":  func(r *mykey.Record) { r.KeyID = 9 },
		} {
			forged := r
			change(&forged)
			if err := forged.Verify(keys()); !errors.Is(err, mykey.ErrForged) {
				t.Errorf("kind %d, %s: %v, want ErrForged", kind, name, err)
			}
		}
		if err := r.Verify(keys()[:1]); !errors.Is(err, mykey.ErrKeyUnknown) {
			t.Errorf("kind %d: %v, want ErrKeyUnknown", kind, err)
		}
		if err := r.Verify([]mykey.RecordKey{{ID: r.KeyID, Public: []byte{1}}}); !errors.Is(err, mykey.ErrKeyUnknown) {
			t.Errorf("kind %d, key cut short: %v, want ErrKeyUnknown", kind, err)
		}
	}
}

func TestBindingIsOfOneCard(t *testing.T) {
	t.Parallel()
	if a, b := mykey.Binding([]byte{1}), mykey.Binding([]byte{2}); a == b || a != mykey.Binding([]byte{1}) {
		t.Error("bindings of two cards are equal, or of one differ")
	}
	if got := fmt.Sprintf("%x", mykey.Binding(imageNumberOf)); got != bindingOf {
		t.Errorf("binding %s, want %s", got, bindingOf)
	}
}

func TestAreaDecidesWhichRecordCounts(t *testing.T) {
	t.Parallel()
	blank, erased := make([]byte, 128), bytes.Repeat([]byte{0xFF}, 128)
	g := func(n uint32) []byte { b := signed(t, mykey.KindRecord, n).Marshal(); return b[:] }
	tomb := func(n uint32) []byte { b := signed(t, mykey.KindTombstone, n).Marshal(); return b[:] }
	writing := func(n uint32) []byte { b := g(n); b[0x7F] = 0xFF; return b }
	torn := func(n uint32) []byte { b := g(n); b[0x30] ^= 1; return b }
	for _, c := range []struct {
		name    string
		a, b    []byte
		state   mykey.AreaState
		current uint32 // 0: none
		target  int
	}{
		{"blank 00", blank, blank, mykey.AreaBlank, 0, 0},
		{"blank FF", erased, erased, mykey.AreaBlank, 0, 0},
		{"half 00, half FF", blank, erased, mykey.AreaUnfinished, 0, 0},
		{"first write torn in the body", torn(1), blank, mykey.AreaUnfinished, 0, 0},
		{"first write torn before the commit", writing(1), blank, mykey.AreaUnfinished, 0, 0},
		{"torn in B", erased, writing(1), mykey.AreaUnfinished, 0, 1},
		{"both torn", torn(1), torn(2), mykey.AreaUnfinished, 0, 0},
		{"one record", g(1), blank, mykey.AreaHolds, 1, 1},
		{"one record in B", blank, g(1), mykey.AreaHolds, 1, 0},
		{"B is newer", g(1), g(2), mykey.AreaHolds, 2, 0},
		{"A is newer", g(3), g(2), mykey.AreaHolds, 3, 1},
		{"unsigned, not serial", g(0xFFFFFFFF), g(1), mykey.AreaHolds, 0xFFFFFFFF, 1},
		{"newer one torn", g(1), torn(2), mykey.AreaHolds, 1, 1},
		{"newer one uncommitted", g(1), writing(2), mykey.AreaHolds, 1, 1},
		{"tombstone counts", g(1), tomb(2), mykey.AreaHolds, 2, 0},
		{"the same twice", g(2), g(2), mykey.AreaHolds, 2, 1},
		{"equal generation, other bytes", g(2), tomb(2), mykey.AreaDamaged, 0, 0},
	} {
		area := mykey.ParseArea(append(bytes.Clone(c.a), c.b...))
		r, ok := area.Current()
		if area.State() != c.state || ok != (c.current != 0) || r.Generation != c.current || area.Target() != c.target {
			t.Errorf("%s: state %d, current %d (%t), target %d; want %d, %d, %d", c.name,
				area.State(), r.Generation, ok, area.Target(), c.state, c.current, c.target)
		}
	}
	for _, n := range []int{0, 128, 255, 257} {
		if s := mykey.ParseArea(make([]byte, n)).State(); s != mykey.AreaUnfinished {
			t.Errorf("%d bytes: state %d", n, s)
		}
	}
}

// TestWriteNeverGoesToTheRecordThatCounts for any two slots.
func TestWriteNeverGoesToTheRecordThatCounts(t *testing.T) {
	t.Parallel()
	slot := rapid.Custom(func(rt *rapid.T) []byte {
		b := signed(t, rapid.SampledFrom([]mykey.Kind{mykey.KindRecord, mykey.KindTombstone}).Draw(rt, "kind"),
			rapid.Uint32Range(0, 3).Draw(rt, "generation")).Marshal()
		switch rapid.IntRange(0, 5).Draw(rt, "state") {
		case 0:
			return make([]byte, 128)
		case 1:
			return bytes.Repeat([]byte{0xFF}, 128)
		case 2:
			b[0x7F] = rapid.Byte().Draw(rt, "commit")
		case 3:
			b[rapid.IntRange(0, 127).Draw(rt, "at")] ^= rapid.Byte().Draw(rt, "bits")
		}
		return b[:]
	})
	rapid.Check(t, func(rt *rapid.T) {
		area := mykey.ParseArea(append(slot.Draw(rt, "A"), slot.Draw(rt, "B")...))
		target := area.Target()
		if target != 0 && target != 1 {
			rt.Fatalf("target %d", target)
		}
		current, ok := area.Current()
		kept := area.Slot(1 - target)
		if ok && (kept.State != mykey.SlotValid || kept.Record != current) {
			rt.Fatalf("the write would go over the record that counts")
		}
	})
}

func FuzzParseSlot(f *testing.F) {
	for _, r := range []mykey.Record{signed(f, mykey.KindRecord, 1), signed(f, mykey.KindTombstone, 2)} {
		b := r.Marshal()
		f.Add(b[:])
		b[0x7F] = 0xFF
		f.Add(b[:])
	}
	f.Add(make([]byte, 128))
	f.Add([]byte{0x4D, 0x4B})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := mykey.ParseSlot(b)
		again := s.Record.Marshal()
		switch s.State {
		case mykey.SlotValid:
			if !bytes.Equal(again[:], b) {
				t.Errorf("valid %x is written %x", b, again)
			}
		case mykey.SlotUncommitted:
			if !bytes.Equal(again[:0x7F], b[:0x7F]) || b[0x7F] == 0xA5 {
				t.Errorf("uncommitted %x is written %x", b, again)
			}
		default:
			if s.Record != (mykey.Record{}) {
				t.Errorf("state %d with a record: %x", s.State, b)
			}
		}
	})
}

// Worked with sha256sum over "MYKEY-CARD-1" and the number.
var imageNumberOf = []byte{0x12, 0x34, 0x56, 0x78}

const bindingOf = "5d46fa141f259ccf"
