//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/e2e/bench/floor"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
)

// goalRead: a look-up's read costs no more than this many times its floor.
const goalRead = 1.15

// reads measures a look-up's read of the card that lies there, written, on a
// connection that is open: transaction, two APDUs, slot choice, CRC.
func (c *counter) reads(ctx context.Context, rounds int) (result *bench, err error) {
	card, err := c.training.Reader().Open(ctx)
	if err != nil {
		return nil, err
	}
	defer card.Close()
	bare, err := floor.Connect(c.daemon.Reader)
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	result = &bench{name: "read", goal: goalRead}
	c.seat.commands()
	for n := range rounds + warmUp {
		began := time.Now()
		area, err := card.Area(ctx)
		if err != nil {
			return nil, err
		}
		record, holds := mykey.ParseArea(area.Bytes).Current()
		a := round{took: time.Since(began), commands: c.seat.commands()}
		if !holds || record.ID.IsZero() {
			return nil, errors.New("the card that is read holds no record")
		}

		began = time.Now()
		content, err := bare.Area()
		if err != nil {
			return nil, err
		}
		f := round{took: time.Since(began), commands: c.seat.commands()}
		if !bytes.Equal(content, area.Bytes) {
			return nil, errors.New("the two sides read different bytes")
		}
		if err := same(a, f); err != nil {
			return nil, fmt.Errorf("round %d: %w", n, err)
		}
		if n >= warmUp {
			result.add(a, f)
		}
	}
	return result, nil
}

// verifies measures the signature check of the record on the card that lies
// there, which a read as measured leaves out.
func (c *counter) verifies(ctx context.Context, rounds int) (t times, err error) {
	desk, err := c.training.Platform().Desk(ctx)
	if err != nil {
		return nil, err
	}
	content, _ := c.seat.now().Area()
	record, holds := mykey.ParseArea(content).Current()
	if !holds {
		return nil, errors.New("the card holds no record")
	}
	for range rounds {
		began := time.Now()
		if err := record.Verify(desk.RecordKeys); err != nil {
			return nil, err
		}
		t = append(t, time.Since(began))
	}
	return t, nil
}

// readsInProcess measures the same read without PC/SC: a counter in process, a
// card with the same bytes.
func (c *counter) readsInProcess(ctx context.Context, rounds int) (t times, err error) {
	inside, err := training.Start(ctx, training.Options{
		Cards: []string{"training.card.fresh"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	defer closeInto(&err, inside)
	content, _ := c.seat.now().Area()
	if err := inside.Cards()[0].Chip.LoadArea(content); err != nil {
		return nil, err
	}
	inside.Trainer().Insert()
	card, err := inside.Reader().Open(ctx)
	if err != nil {
		return nil, err
	}
	defer closeInto(&err, card)
	for range rounds {
		began := time.Now()
		area, err := card.Area(ctx)
		if err != nil {
			return nil, err
		}
		if _, holds := mykey.ParseArea(area.Bytes).Current(); !holds {
			return nil, errors.New("the card in process holds no record")
		}
		t = append(t, time.Since(began))
	}
	return t, nil
}

func closeInto(err *error, c io.Closer) { *err = errors.Join(*err, c.Close()) }

// errClose is err beside what closing says.
func errClose(err error, c io.Closer) error { return errors.Join(err, c.Close()) }
