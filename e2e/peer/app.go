//go:build linux

package peer

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Target is how a desk names a window, and when it is free for the next person.
type Target struct {
	Process    string // the program's name
	Title      string // regular expression of every title it shows
	StartTitle string // of the one between two persons; "": the title never changes
}

// App is a running business application, with the focus in the field that takes
// numbers. Each number ends with Enter.
type App interface {
	// Target says how its window is known.
	Target() Target
	// Window is its window's id.
	Window() string
	// Begin is before the next number: Arrived means one that comes after it.
	Begin(ctx context.Context) error
	// Arrived waits until a number and its Enter are there, as a clerk sees it: it
	// touches nothing.
	Arrived(ctx context.Context) error
	// Next ends the work on one person: what a clerk does between two.
	Next(ctx context.Context) error
	// Numbers waits until it holds n numbers and gives them in order; when ctx ends it
	// gives those that there are.
	Numbers(ctx context.Context, n int) ([]string, error)
	// Stop ends it. It may be called twice.
	Stop()
}

// lookAgain is the pause between two looks at what tells of no change by itself.
const lookAgain = 100 * time.Millisecond

// poll looks until look says true or ctx ends.
func poll(ctx context.Context, what string, look func() (bool, error)) error {
	for {
		ok, err := look()
		if ok || err != nil {
			return err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		}
	}
}

// Right counts the numbers that arrived exactly as they were sent, in their place.
func Right(got, want []string) int {
	if slices.Equal(got, want) {
		return len(want)
	}
	right := 0
	for i := range min(len(got), len(want)) {
		if got[i] == want[i] {
			right++
		}
	}
	if right == len(want) { // one too many is wrong too
		right--
	}
	return right
}
