package tear

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/training/drive"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// sampleLimit bounds a sample that hangs.
const sampleLimit = 5 * time.Minute

func quiet(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

// TestATornCardHoldsTheOldOrTheNewRecord tries some of each part's cases, evenly
// over all; `make torn` tries every one.
func TestATornCardHoldsTheOldOrTheNewRecord(t *testing.T) {
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
	for _, part := range []struct {
		Part
		some int
	}{{Write, 16}, {Rewrite, 14}, {Release, 10}} {
		run, err := c.Measure(ctx, part.Part)
		if err != nil {
			t.Fatal(err)
		}
		cases := run.Cases()
		if len(cases) < part.some {
			t.Fatalf("%s: %d cases", part.Part, len(cases))
		}
		for i := range part.some {
			if _, err := c.Try(ctx, cases[(2*i+1)*len(cases)/(2*part.some)]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestGivingUpATornWriteKeepsAValidRecord: what is whole on the card is never
// deleted. The wanted record, committed and unheard, is confirmed; an older one
// stays.
func TestGivingUpATornWriteKeepsAValidRecord(t *testing.T) {
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
	for _, tc := range []struct {
		name string
		part Part
		at   int // UPDATE whose answer is lost
		left Left
	}{
		{"the wanted one, first record", Write, 1, New},
		{"the wanted one, over an older", Rewrite, 1, New},
		{"an older one", Rewrite, 0, Old},
	} {
		run, err := c.Measure(ctx, tc.part)
		if err != nil {
			t.Fatal(err)
		}
		trial, err := c.prepare(ctx, tc.part)
		if err != nil {
			t.Fatal(err)
		}
		trial.card.Fault.Plan(fault.Fault{APDU: run.Updates[tc.at].APDU, Kind: fault.LoseAnswer})
		if _, err := c.tap(ctx); err != nil {
			t.Fatal(err)
		}
		if err := c.Empty(ctx); err != nil {
			t.Fatal(err)
		}
		before := trial.card.Chip.Snapshot()
		if left, err := trial.judge(ctx, before); err != nil || left != tc.left || trial.card.Fault.Fired() != 1 {
			t.Fatalf("%s: left the %v one, %v, fired %d", tc.name, left, err, trial.card.Fault.Fired())
		}
		if err := c.GiveUp(ctx); err != nil {
			t.Fatal(err)
		}
		end := drive.KeptOld
		if tc.left == New {
			end = drive.Done
		}
		view, err := c.tap(ctx)
		if err != nil || view.Write.Phase != end {
			t.Fatalf("%s: ended in phase %v, code %q, %v; want %v", tc.name, view.Write.Phase, view.Write.Problem.Code, err, end)
		}
		now := trial.card.Chip.Snapshot()
		if !same(before, now, areaPart) {
			t.Errorf("%s: giving up changed the area", tc.name)
		}
		if jobs, err := c.set.Journal().Jobs(ctx); err != nil || len(jobs) != 0 {
			t.Errorf("%s: %d jobs left, %v", tc.name, len(jobs), err)
		}
		known, err := c.set.Known(ctx, trial.card)
		if err != nil {
			t.Fatal(err)
		}
		if tc.left == New {
			if err := trial.written(now, known); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
		}
		if err := c.Clear(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestACardTornTwiceIsFinishedByTheThirdTap tears the body, then the tap that was
// to finish it.
func TestACardTornTwiceIsFinishedByTheThirdTap(t *testing.T) {
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
	for _, part := range []Part{Write, Rewrite} {
		run, err := c.Measure(ctx, part)
		if err != nil {
			t.Fatal(err)
		}
		first := fault.Fault{APDU: run.Updates[0].APDU, Kind: fault.TearMixed, Byte: 40, Page: 64}
		again := c.afterTear(ctx, t, part, first)
		body, commit := again.Updates[0].APDU, again.Updates[1].APDU
		for _, second := range []fault.Fault{
			{APDU: 1, Kind: fault.LoseAnswer},
			{APDU: again.APDUs / 2, Kind: fault.LoseCommand},
			{APDU: body, Kind: fault.TearErased, Byte: 3, Page: 128},
			{APDU: body, Kind: fault.TearPrefix, Byte: 127, Page: 32},
			{APDU: commit, Kind: fault.TearErased, Page: 32},
			{APDU: commit, Kind: fault.LoseAnswer},
			{APDU: again.APDUs, Kind: fault.LoseAnswer},
		} {
			c.afterTear(ctx, t, part, first, second)
		}
	}
}

// afterTear tears a fresh card by each fault, a tap each, and gives the run of the
// tap that finished it.
func (c *Counter) afterTear(ctx context.Context, t *testing.T, part Part, faults ...fault.Fault) Run {
	t.Helper()
	trial, err := c.prepare(ctx, part)
	if err != nil {
		t.Fatal(err)
	}
	left := Old
	for _, f := range faults {
		trial.card.Fault.Plan(f)
		view, err := c.tap(ctx)
		if err != nil || trial.card.Fault.Fired() != 1 {
			t.Fatalf("%v: ended in phase %v, %v, fired %d", Case{part, f}, view.Write.Phase, err, trial.card.Fault.Fired())
		}
		if err := c.Empty(ctx); err != nil {
			t.Fatal(err)
		}
		if left, err = trial.judge(ctx, trial.card.Chip.Snapshot()); err != nil {
			t.Fatalf("%v: %v", Case{part, f}, err)
		}
	}
	trial.card.Fault.Plan()
	if err := trial.finish(ctx, left); err != nil {
		t.Fatalf("after %+v: %v", faults, err)
	}
	run := Run{Part: part, APDUs: trial.card.Fault.APDUs(), Updates: trial.card.Fault.Updates()}
	if err := c.Clear(ctx); err != nil {
		t.Fatal(err)
	}
	return run
}
