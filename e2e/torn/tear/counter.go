package tear

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// ErrNotTorn: the fault did not happen, so the case proves nothing.
var ErrNotTorn = errors.New("did not tear")

// caseLimit bounds a case that hangs; it is never a time that is measured.
const caseLimit = 60 * time.Second

// The demo cards, by their index: a fresh one, and one that leaves the R/W in the
// body of its first write.
const (
	fresh = iota
	tears
)

// Counter is a counter at which cards are torn, one after another. Close it. One
// goroutine uses it at a time.
type Counter struct {
	*drive.Counter
	set  *training.Training
	keys []mykey.RecordKey
}

// Open starts a counter. vpcd is the port of a virtual reader behind pcscd, ""
// for one in process.
func Open(ctx context.Context, vpcd string, log *slog.Logger) (c *Counter, err error) {
	set, err := training.Start(ctx, training.Options{VPCD: vpcd, Cards: []string{"training.card.fresh", "training.card.tears"}, Log: log})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, set.Close())
		}
	}()
	desk, err := set.Platform().Desk(ctx)
	if err != nil {
		return nil, err
	}
	hands, err := drive.Desk(ctx, set, log)
	if err != nil {
		return nil, err
	}
	if err := hands.OpenWrite(ctx); err != nil {
		hands.Stop()
		return nil, err
	}
	return &Counter{hands, set, desk.RecordKeys}, nil
}

// Close stops the counter and its platform.
func (c *Counter) Close() error {
	c.Stop()
	return c.set.Close()
}

// Measure makes the untorn run of a part.
func (c *Counter) Measure(ctx context.Context, part Part) (Run, error) {
	ctx, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	t, err := c.prepare(ctx, part)
	if err != nil {
		return Run{}, fmt.Errorf("%s, prepared: %w", part, err)
	}
	run := Run{Part: part}
	if err := t.finish(ctx, Old); err != nil {
		return run, fmt.Errorf("%s, untorn: %w", part, err)
	}
	run.APDUs, run.Updates = t.card.Fault.APDUs(), t.card.Fault.Updates()
	return run, c.Clear(ctx)
}

// tap lays the card on the R/W and works it to the end.
func (c *Counter) tap(ctx context.Context) (drive.View, error) { return c.Tap(ctx, c.set.PIN()) }

// Try makes one case, on a card and for a resident of its own. An error names
// the case; the counter is of no use after it.
func (c *Counter) Try(ctx context.Context, tear Case) (Left, error) {
	ctx, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	left, err := c.try(ctx, tear)
	if err != nil {
		return left, fmt.Errorf("%s: %w", tear, err)
	}
	return left, nil
}

func (c *Counter) try(ctx context.Context, tear Case) (Left, error) {
	t, err := c.prepare(ctx, tear.Part)
	if err != nil {
		return 0, fmt.Errorf("prepared: %w", err)
	}
	t.card.Fault.Plan(tear.Fault)
	view, err := c.tap(ctx)
	if err != nil {
		return 0, fmt.Errorf("torn tap: %w", err)
	}
	if t.card.Fault.Fired() != 1 {
		return 0, fmt.Errorf("%w: ended in phase %v, code %q", ErrNotTorn, view.Write.Phase, view.Write.Problem.Code)
	}
	if view.Write.Phase != drive.Torn && view.Write.Phase != drive.Problem {
		return 0, fmt.Errorf("torn tap: ended in phase %v", view.Write.Phase)
	}
	if err := c.Empty(ctx); err != nil {
		return 0, fmt.Errorf("torn tap: %w", err)
	}
	torn := t.card.Chip.Snapshot()
	left, err := t.judge(ctx, torn)
	if err != nil {
		return left, fmt.Errorf("after the tear: %w", err)
	}
	t.card.Fault.Plan()
	if err := t.finish(ctx, left); err != nil {
		return left, fmt.Errorf("next tap: %w", err)
	}
	if err := t.between(torn, t.card.Chip.Snapshot()); err != nil {
		return left, fmt.Errorf("after the tear: %w", err)
	}
	if err := c.Clear(ctx); err != nil {
		return left, fmt.Errorf("next person: %w", err)
	}
	return left, nil
}

// trial is one card before its tear.
type trial struct {
	counter *Counter
	part    Part
	card    *training.Card
	before  map[string][]byte // the chip's memory
	old     []byte            // the record that counts, as its slot; nil for none
}

// prepare makes a fresh card and brings it to where the part begins.
func (c *Counter) prepare(ctx context.Context, part Part) (*trial, error) {
	which := fresh
	if part == Release {
		which = tears
	}
	card, err := c.set.Renew(ctx, which)
	if err != nil {
		return nil, err
	}
	c.set.Trainer().Choose(which)
	t := &trial{counter: c, part: part, card: card}
	switch part {
	case Rewrite:
		err = t.damage(ctx)
	case Release:
		err = t.giveUp(ctx)
	}
	card.Fault.Plan()
	t.before = card.Chip.Snapshot()
	return t, err
}

// damage writes the card and spoils the slot that does not count.
func (t *trial) damage(ctx context.Context) error {
	view, err := t.counter.tap(ctx)
	if err != nil {
		return err
	}
	if view.Write.Phase != drive.Done {
		return fmt.Errorf("first write ended in phase %v, code %q", view.Write.Phase, view.Write.Problem.Code)
	}
	if err := t.counter.Clear(ctx); err != nil {
		return err
	}
	area, _ := t.card.Chip.Area()
	target := mykey.ParseArea(area).Target()
	t.old = slot(area, 1-target)
	copy(area[target*mykey.SlotSize:], bytes.Repeat([]byte{0x5A, 0xC3}, mykey.SlotSize/2))
	return t.card.Chip.LoadArea(area)
}

// giveUp waits for the card's first write, which it tears by itself, and gives
// that up.
func (t *trial) giveUp(ctx context.Context) error {
	view, err := t.counter.tap(ctx)
	if err != nil {
		return err
	}
	if view.Write.Phase != drive.Torn || t.card.Fault.Fired() != 1 {
		return fmt.Errorf("first write: %w: ended in phase %v", ErrNotTorn, view.Write.Phase)
	}
	if err := t.counter.Empty(ctx); err != nil {
		return err
	}
	return t.counter.GiveUp(ctx)
}

func slot(area []byte, i int) []byte { return bytes.Clone(area[i*mykey.SlotSize:][:mykey.SlotSize]) }
