package fault_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// write replaces slot B: SELECT, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE, UPDATE 128, UPDATE 1.
func write(t *testing.T, card *fault.Card, slot []byte) error {
	t.Helper()
	var host *scp03.Host
	steps := []func() []byte{
		func() []byte { return unhex(t, "00A4040C07F04D594B455906") },
		func() []byte { return unhex(t, "8050000008112233445566778800") },
		func() []byte { return host.Authenticate() },
		func() []byte { return host.Wrap(unhex(t, "00D6008080"+hex.EncodeToString(slot)+"00")) },
		func() []byte { return host.Wrap(unhex(t, "00D600FF01A500")) },
	}
	for i, step := range steps {
		answer, err := card.Transmit(step())
		if err != nil {
			return err
		}
		if !bytes.HasSuffix(answer, []byte{0x90, 0x00}) {
			t.Fatalf("step %d: %X", i, answer)
		}
		if i == 1 {
			if host, err = scp03.NewHost(virtualcard.TestKeys(), scp03.CMACEncRMACREnc, unhex(t, "1122334455667788"), answer[:len(answer)-2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return nil
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newCard(t *testing.T) (*virtualcard.Card, *fault.Card) {
	t.Helper()
	card, err := virtualcard.New(virtualcard.Options{Area: bytes.Repeat([]byte{0x11}, 256)})
	if err != nil {
		t.Fatal(err)
	}
	return card, fault.Wrap(card)
}

// TestEveryTearHappensAndSparesTheOtherSlot counts the cases and finds each one torn.
func TestEveryTearHappensAndSparesTheOtherSlot(t *testing.T) {
	t.Parallel()
	slot := bytes.Repeat([]byte{0xEE}, 128)
	_, whole := newCard(t)
	if err := write(t, whole, slot); err != nil {
		t.Fatal(err)
	}
	bytesWritten := 0
	for _, u := range whole.Updates() {
		bytesWritten += u.Length
	}
	want := 2*whole.APDUs() + 9*bytesWritten
	if want != 2*5+9*129 {
		t.Errorf("%d cases expected, want 2 × 5 + 9 × 129", want)
	}

	cases := 0
	run := func(f fault.Fault) *virtualcard.Card {
		t.Helper()
		cases++
		inner, card := newCard(t)
		card.Plan(f)
		before := inner.Snapshot()
		if err := write(t, card, slot); !errors.Is(err, fault.ErrRemoved) || card.Fired() != 1 {
			t.Fatalf("%+v: %v, fired %d", f, err, card.Fired())
		}
		if _, err := card.Transmit(unhex(t, "80CA004500")); !errors.Is(err, fault.ErrRemoved) {
			t.Fatalf("%+v: a removed card answers (%v)", f, err)
		}
		for part, content := range inner.Snapshot() {
			if part == "ISD/sequence" || part == "F04D594B455906/0001" {
				continue
			}
			if !bytes.Equal(content, before[part]) {
				t.Fatalf("%+v: %s has changed", f, part)
			}
		}
		area, _ := inner.Area()
		if !bytes.Equal(area[:128], bytes.Repeat([]byte{0x11}, 128)) {
			t.Fatalf("%+v: the other slot has changed", f)
		}
		card.Restore()
		card.Plan()
		if err := write(t, card, slot); err != nil {
			t.Fatalf("%+v: the next tap: %v", f, err)
		}
		return inner
	}
	for n := 1; n <= whole.APDUs(); n++ {
		run(fault.Fault{APDU: n, Kind: fault.LoseCommand})
		run(fault.Fault{APDU: n, Kind: fault.LoseAnswer})
	}
	for _, u := range whole.Updates() {
		for k := range u.Length {
			for _, page := range []int{32, 64, 128} {
				for _, kind := range []fault.Kind{fault.TearErased, fault.TearPrefix, fault.TearMixed} {
					run(fault.Fault{APDU: u.APDU, Kind: kind, Byte: k, Page: page})
				}
			}
		}
	}
	if cases != want {
		t.Errorf("%d cases, want %d", cases, want)
	}
}

func TestWhatATearLeaves(t *testing.T) {
	t.Parallel()
	old, fresh := bytes.Repeat([]byte{0x00}, 256), bytes.Repeat([]byte{0x00}, 256)
	for i := 128; i < 256; i++ {
		fresh[i] = 0x55
	}
	w := virtualcard.Write{Offset: 128, Length: 128, Old: old, New: fresh, PageSize: 32}
	for _, tc := range []struct {
		name string
		f    fault.Fault
		want map[int]byte
	}{
		{"erased: pages before are new, its own is FF, later ones old", fault.Fault{Kind: fault.TearErased, Byte: 40}, map[int]byte{127: 0, 128: 0x55, 159: 0x55, 160: 0xFF, 191: 0xFF, 192: 0}},
		{"a larger page takes more", fault.Fault{Kind: fault.TearErased, Byte: 40, Page: 128}, map[int]byte{127: 0, 128: 0xFF, 255: 0xFF}},
		{"a page of the whole file takes both slots", fault.Fault{Kind: fault.TearErased, Byte: 0, Page: 256}, map[int]byte{0: 0xFF, 255: 0xFF}},
		{"prefix", fault.Fault{Kind: fault.TearPrefix, Byte: 40}, map[int]byte{127: 0, 128: 0x55, 167: 0x55, 168: 0, 255: 0}},
	} {
		held, torn := fault.Tear(tc.f, w)
		if !torn {
			t.Fatal(tc.name)
		}
		for i, want := range tc.want {
			if held[i] != want {
				t.Errorf("%s: byte %d is %02X, want %02X", tc.name, i, held[i], want)
			}
		}
	}
	mixed, _ := fault.Tear(fault.Fault{Kind: fault.TearMixed, Byte: 40}, w)
	page := mixed[160:192]
	if bytes.Equal(page, old[160:192]) || bytes.Equal(page, fresh[160:192]) {
		t.Errorf("mixed page is not mixed: %X", page)
	}
	for i, b := range page {
		if b&^0x55 != 0 {
			t.Errorf("byte %d has bits of neither old nor new: %02X", i, b)
		}
	}
}

func TestPullingTheCardWhileThePINIsComparedCostsATry(t *testing.T) {
	t.Parallel()
	inner, card := newCard(t)
	card.Plan(fault.Fault{APDU: 2, Kind: fault.TearCounter})
	if _, err := card.Transmit(unhex(t, "00A4040C0AD392F000260100000001")); err != nil {
		t.Fatal(err)
	}
	if _, err := card.Transmit(unhex(t, "002000980431323334")); !errors.Is(err, fault.ErrRemoved) || card.Fired() != 1 {
		t.Fatalf("%v, fired %d", err, card.Fired())
	}
	if left := inner.Snapshot()["JPKI/tries/0018"]; !bytes.Equal(left, []byte{2}) {
		t.Errorf("tries left: %v, want 2", left)
	}
}

func TestOtherAnswers(t *testing.T) {
	t.Parallel()
	_, card := newCard(t)
	card.Plan(
		fault.Fault{APDU: 1, Kind: fault.OtherStatus, Status: 0x6F00},
		fault.Fault{APDU: 2, Kind: fault.WrongAnswer},
		fault.Fault{APDU: 3, Kind: fault.Silent},
	)
	get := unhex(t, "80CAFF2100")
	if answer, err := card.Transmit(get); err != nil || !bytes.Equal(answer, []byte{0x6F, 0}) {
		t.Errorf("%X, %v; want 6F00", answer, err)
	}
	wrong, err := card.Transmit(get)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := card.Transmit(get); !errors.Is(err, virtualcard.ErrMute) {
		t.Errorf("%v, want ErrMute", err)
	}
	right, err := card.Transmit(get)
	if err != nil || bytes.Equal(right, wrong) || len(right) != len(wrong) {
		t.Errorf("%X and %X, %v: want one bit of difference", right, wrong, err)
	}
	if card.Fired() != 3 {
		t.Errorf("fired %d, want 3", card.Fired())
	}
}
