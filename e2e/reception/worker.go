//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/madoguchi/madoguchi/e2e/peer"
)

// worker is the resident who taps and the clerk who goes on to the next: neither
// touches the program.
type worker struct {
	desk *desk
	app  peer.App
	with surroundings

	laid  int      // cards so far
	want  []string // what the application must hold
	took  []time.Duration
	right int
}

// arrival is how long a number may take to arrive. The tap gate holds one for 20 s at
// most.
const arrival = 25 * time.Second

// round lays count cards at one keyboard and gives how many of their numbers are right.
func (w *worker) round(ctx context.Context, layout string, caps bool, count int) (int, error) {
	if err := errors.Join(w.desk.display.Layout(ctx, layout), w.desk.display.CapsLock(ctx, caps)); err != nil {
		return 0, err
	}
	for i := range count {
		if err := w.lookup(ctx); err != nil {
			return 0, fmt.Errorf("look-up %d, layout %s, CapsLock %s: %w", w.laid, layout, onOff(caps), err)
		}
		if i == 0 {
			if _, err := w.desk.shot(ctx, layout+"-caps-"+onOff(caps)); err != nil {
				return 0, err
			}
		}
	}
	return w.read(ctx, count)
}

// read asks the application for all that it holds. What follows the last keys of this
// round must be read before the keyboard changes: an application reads them in its own
// time.
func (w *worker) read(ctx context.Context, count int) (int, error) {
	waiting, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	got, err := w.app.Numbers(waiting, len(w.want))
	if err != nil {
		return 0, err
	}
	all := peer.Right(got, w.want)
	right := all - w.right
	w.right = all
	if all != len(w.want) {
		return right, fmt.Errorf("it holds %q, the cards %q", last(got, count), last(w.want, count))
	}
	return right, nil
}

func last(s []string, n int) []string { return s[max(0, len(s)-n):] }

// lookup lays the next card and waits until its number has arrived, then goes on to
// the next person.
func (w *worker) lookup(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	if err := w.with.before(ctx); err != nil {
		return err
	}
	if err := w.app.Begin(ctx); err != nil {
		return err
	}
	i := w.laid
	w.laid++
	w.want = append(w.want, w.desk.town.cards[i%len(w.desk.town.cards)].number)
	start := time.Now()
	w.desk.lay(i)
	if err := w.app.Arrived(ctx); err != nil {
		return err
	}
	w.took = append(w.took, time.Since(start))
	if err := w.desk.lift(ctx); err != nil {
		return err
	}
	if err := w.with.after(ctx); err != nil {
		return err
	}
	return w.app.Next(ctx)
}

func (w *worker) median() time.Duration {
	sorted := slices.Sorted(slices.Values(w.took))
	return sorted[len(sorted)/2]
}

func (w *worker) longest() time.Duration { return slices.Max(w.took) }
