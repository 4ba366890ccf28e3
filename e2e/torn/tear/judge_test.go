package tear

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training/drive"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// TestWhatIsWrongIsFound spoils a card in each way that a case must find: a judge
// that finds nothing would pass every tear.
func TestWhatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), sampleLimit)
	defer cancel()
	c, err := Open(ctx, "", quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	trial, err := c.prepare(ctx, Rewrite)
	if err != nil {
		t.Fatal(err)
	}
	chip := trial.card.Chip
	area, _ := chip.Area()
	old, _ := mykey.ParseArea(area).Current()
	target := mykey.ParseArea(area).Target()
	load := func(change func([]byte)) func() {
		return func() {
			b := bytes.Clone(area)
			change(b)
			if err := chip.LoadArea(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	put := func(b []byte, change func(*mykey.Record)) {
		r := old
		r.Generation = 2
		change(&r)
		s := r.Marshal()
		copy(b[target*mykey.SlotSize:], s[:])
	}
	send := func(commands ...string) func() {
		return func() {
			for _, command := range commands {
				chip.PowerOn()
				if _, err := chip.Transmit([]byte(command)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, tc := range []struct {
		name  string
		spoil func()
		want  error
		says  string
	}{
		{"nothing wrong", func() {}, nil, ""},
		{"a record that the platform never offered", load(func(b []byte) { put(b, func(*mykey.Record) {}) }), ErrThird, "does not know"},
		{"an older one in the other slot", load(func(b []byte) { put(b, func(r *mykey.Record) { r.Generation = 0 }) }), ErrThird, "does not know"},
		{"the record that counts torn too", load(func(b []byte) { b[(1-target)*mykey.SlotSize+9] ^= 1 }), ErrLost, ""},
		{"a try of the PIN used up", send(
			"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", "\x00\xA4\x02\x0C\x02\x00\x18", "\x00\x20\x00\x80\x049999",
		), ErrTouched, "JPKI/tries/0018"},
		{"an AP selected that must not be", send("\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08"), ErrTouched, "selected"},
	} {
		tc.spoil()
		_, err := trial.judge(ctx, chip.Snapshot())
		if !errors.Is(err, tc.want) || err != nil && (tc.want == nil || !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%s: %v, want %v: %s", tc.name, err, tc.want, tc.says)
		}
		load(func([]byte) {})()
	}

	half := chip.Snapshot()
	half["ISD/free"] = []byte{0, 0, 0, 0}
	if err := trial.between(half, chip.Snapshot()); !errors.Is(err, ErrTouched) {
		t.Errorf("space taken without an area: %v, want ErrTouched", err)
	}
}

func TestACaseThatDidNotTearFails(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), sampleLimit)
	defer cancel()
	c, err := Open(ctx, "", quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := c.Try(ctx, Case{Write, fault.Fault{APDU: 9999, Kind: fault.LoseCommand}}); !errors.Is(err, ErrNotTorn) {
		t.Errorf("got %v, want ErrNotTorn", err)
	}
}

// TestPullingTheCardInVERIFYWinsNoTry: the counter goes down before the PIN is
// compared, and the next tap finishes.
func TestPullingTheCardInVERIFYWinsNoTry(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), sampleLimit)
	defer cancel()
	c, err := Open(ctx, "", quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	trial, err := c.prepare(ctx, Write)
	if err != nil {
		t.Fatal(err)
	}
	var anywhere []fault.Fault // VERIFY alone changes a counter
	for n := range 100 {
		anywhere = append(anywhere, fault.Fault{APDU: n + 1, Kind: fault.TearCounter})
	}
	trial.card.Fault.Plan(anywhere...)
	view, err := c.tap(ctx)
	if err != nil || trial.card.Fault.Fired() != 1 || view.Write.Phase != drive.Problem {
		t.Fatalf("ended in phase %v, %v, fired %d", view.Write.Phase, err, trial.card.Fault.Fired())
	}
	if err := c.Empty(ctx); err != nil {
		t.Fatal(err)
	}
	const tries = "JPKI/tries/0018"
	full := trial.before[tries]
	trial.before[tries] = []byte{full[0] - 1}
	if _, err := trial.judge(ctx, trial.card.Chip.Snapshot()); err != nil {
		t.Error(err)
	}
	trial.card.Fault.Plan()
	trial.before[tries] = full // the right PIN fills it up again
	if err := trial.finish(ctx, Old); err != nil {
		t.Error(err)
	}
}
