//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/madoguchi/madoguchi/e2e/bench/floor"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// goalWrite: a whole writing costs no more than this many times its floor.
const goalWrite = 1.25

// round is what one side did with one card.
type round struct {
	took     time.Duration
	commands []header
	routes   []string
	commits  int
	keys     []key
}

func (r round) counts() counts {
	return counts{len(r.commands), len(r.routes), r.commits, len(r.keys)}
}

// side is one of two that write a card: the counter, or the floor.
type side struct {
	wal   *wal
	write func(ctx context.Context, pin string) error
	after func(ctx context.Context) error
}

// writes measures a whole writing, from the opened screen with the card on the
// R/W to 完了, beside the floor: same card, same platform.
func (c *counter) writes(ctx context.Context, rounds int) (result *bench, err error) {
	counter := drive.StartCounter(ctx, c.training)
	defer counter.Stop()
	if err := counter.Ready(ctx); err != nil {
		return nil, err
	}
	desk := c.training.Desk()
	certificate, err := desk.Certificate()
	if err != nil {
		return nil, err
	}
	bare, err := floor.Open(floor.Config{
		Address: desk.BaseURL, TLS: tlsOf(desk.Roots, certificate), File: c.path("floor.db"), Reader: c.daemon.Reader,
	})
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	ours := side{write: counter.Write, after: counter.Home}
	theirs := side{
		write: func(_ context.Context, pin string) error { return bare.Write(pin) },
		after: func(context.Context) error { return nil },
	}
	for _, open := range []struct {
		side *side
		file string
	}{{&ours, c.path("journal.db")}, {&theirs, c.path("floor.db")}} {
		w, err := openWAL(open.file)
		if err != nil {
			return nil, err
		}
		defer w.Close()
		open.side.wal = w
	}
	result = &bench{name: "write", goal: goalWrite}
	for n := range rounds + warmUp {
		a, err := c.write(ctx, ours)
		if err != nil {
			return nil, fmt.Errorf("ours, round %d: %w", n, err)
		}
		f, err := c.write(ctx, theirs)
		if err != nil {
			return nil, fmt.Errorf("floor, round %d: %w", n, err)
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

// write lets one side write one new card of a new holder, and looks whether it
// did. Only the writing is timed.
func (c *counter) write(ctx context.Context, s side) (r round, err error) {
	card, err := c.training.Make(ctx, "training.card.fresh")
	if err != nil {
		return r, err
	}
	c.seat.put(card.Chip)
	c.routes.requests() // those of making the card
	if err := s.wal.empty(); err != nil {
		return r, err
	}
	began := time.Now()
	if err := s.write(ctx, c.training.PIN()); err != nil {
		return r, err
	}
	r.took = time.Since(began)
	r.commands, r.routes = c.seat.commands(), c.routes.requests()
	if r.commits, err = s.wal.commits(); err != nil {
		return r, err
	}
	if err := written(card); err != nil {
		return r, err
	}
	return r, s.after(ctx)
}

// written returns an error unless the card holds its holder's MyKey ID.
func written(card *training.Card) error {
	content, _ := card.Chip.Area()
	record, holds := mykey.ParseArea(content).Current()
	if !holds || record.ID != card.MyKey {
		return fmt.Errorf("the card does not hold its holder's MyKey ID: %v", record.ID)
	}
	return nil
}

// same returns an error where the two sides did not do the same work.
func same(a, f round) error {
	if a.counts() != f.counts() {
		return fmt.Errorf("unequal counts: ours %v, floor %v\nours  %X\nfloor %X", a.counts(), f.counts(), a.commands, f.commands)
	}
	if !slices.Equal(a.commands, f.commands) {
		return fmt.Errorf("unequal commands:\nours  %X\nfloor %X", a.commands, f.commands)
	}
	if !slices.Equal(a.routes, f.routes) {
		return fmt.Errorf("unequal requests:\nours  %q\nfloor %q", a.routes, f.routes)
	}
	if !slices.Equal(a.keys, f.keys) {
		return errors.New("unequal keys") // which is part of a number
	}
	return nil
}
