//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

// times are the durations of one side's rounds.
type times []time.Duration

func (t times) median() time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// counts are what one side did in one round.
type counts struct{ apdus, requests, commits, keys int }

func (c counts) String() string {
	s := fmt.Sprintf("apdus=%d requests=%d commits=%d", c.apdus, c.requests, c.commits)
	if c.keys > 0 {
		s += fmt.Sprintf(" keys=%d", c.keys)
	}
	return s
}

// bench is one measured ratio: ours beside a floor, in alternated rounds.
type bench struct {
	name                    string
	goal                    float64
	ours, floor             times
	oursCounts, floorCounts counts // of one round; unequal ones end the run
}

// add takes one round of each side; both did the same work.
func (b *bench) add(ours, floor round) {
	b.ours, b.floor = append(b.ours, ours.took), append(b.floor, floor.took)
	b.oursCounts, b.floorCounts = ours.counts(), floor.counts()
}

// ratio of the medians.
func (b *bench) ratio() float64 { return float64(b.ours.median()) / float64(b.floor.median()) }

// met reports whether the goal is met, as it is printed.
func (b *bench) met() bool { return b.ratio() <= b.goal }

// print prints the line, and the medians and counts of both sides below it.
func (b *bench) print() {
	fmt.Printf("bench %s ratio=%.3f goal=<=%.2f\n", b.name, b.ratio(), b.goal)
	fmt.Printf("bench %s ours median=%v rounds=%d %v\n", b.name, b.ours.median(), len(b.ours), b.oursCounts)
	fmt.Printf("bench %s floor median=%v rounds=%d %v\n", b.name, b.floor.median(), len(b.floor), b.floorCounts)
}

// printOwn prints our own share: what we add to the floor.
func (b *bench) printOwn() {
	fmt.Printf("bench %s own=%v\n", b.name, b.ours.median()-b.floor.median())
}

// printAlone prints a figure that has no floor and no goal.
func printAlone(name string, t times) {
	fmt.Printf("bench %s median=%v rounds=%d goal=none\n", name, t.median(), len(t))
}
