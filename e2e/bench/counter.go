//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/madoguchi/madoguchi/training"
)

// counter is a municipal counter on the bed's R/W.
type counter struct {
	*bed
	training *training.Training
	routes   *routes
}

// counter prints the lines of a municipal counter: writing, and reading what was
// written.
func (b *bed) counter(ctx context.Context) (met bool, err error) {
	c := &counter{bed: b, routes: newRoutes()}
	c.training, err = training.Start(ctx, training.Options{
		VPCD: strconv.Itoa(b.daemon.Port), Cards: []string{"training.card.fresh"}, Dir: b.dir, Log: slog.New(c.routes),
	})
	if err != nil {
		return false, err
	}
	defer closeInto(&err, c.training)
	c.seat.put(c.training.Cards()[0].Chip)
	write, err := c.writes(ctx, b.options.writes)
	if err != nil {
		return false, fmt.Errorf("write: %w", err)
	}
	write.print()
	read, err := c.reads(ctx, b.options.reads)
	if err != nil {
		return false, fmt.Errorf("read: %w", err)
	}
	read.print()
	verify, err := c.verifies(ctx, b.options.reads)
	if err != nil {
		return false, fmt.Errorf("signature-check: %w", err)
	}
	printAlone("signature-check", verify)
	inside, err := c.readsInProcess(ctx, b.options.reads)
	if err != nil {
		return false, fmt.Errorf("read-in-process: %w", err)
	}
	printAlone("read-in-process", inside)
	return write.met() && read.met(), nil
}
