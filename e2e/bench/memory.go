//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

const (
	memoryTaps = 2000
	settled    = 500 // taps after which memory counts: caches and pools are full
	every      = 25  // taps between two looks at the memory
	// goalGrowth is how much more memory the taps after settled may take, in per cent
	// of what it was then, by the line through all looks.
	goalGrowth = 5.0
)

// memory measures the desk's memory in a process of its own, which holds nothing of
// the other parts: this program again, with the one part.
func (b *bed) memory(ctx context.Context) (bool, error) {
	if b.only == "memory" {
		return b.measureMemory(ctx)
	}
	program, err := os.Executable()
	if err != nil {
		return false, err
	}
	cmd := exec.CommandContext(ctx, program, "-only=memory", "-bin="+b.bin, b.path("memory"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	var exit *exec.ExitError
	err = cmd.Run()
	if errors.As(err, &exit) && ctx.Err() == nil {
		return false, nil // it has said why
	}
	return err == nil, err
}

// measureMemory taps and looks at this process's memory. The desk in it is all of
// the program but its windows: a window cannot be tapped 2,000 times in the time
// that there is. Platform and chips of the training are in the same memory, and have
// to be flat as well.
func (b *bed) measureMemory(ctx context.Context) (met bool, err error) {
	l, err := b.lend(ctx, "lending", 0) // when a number may be typed is not what is measured
	if err != nil {
		return false, err
	}
	defer closeInto(&err, l)
	at := map[int]int{}
	for n := 0; ; n++ {
		if n%every == 0 {
			if at[n], err = rss(); err != nil {
				return false, err
			}
		}
		if n == memoryTaps {
			break
		}
		if err := l.pass(ctx); err != nil {
			return false, fmt.Errorf("tap %d: %w", n, err)
		}
	}
	slope := slopeOf(at, settled)
	growth := 100 * slope * (memoryTaps - settled) / float64(at[settled])
	fmt.Printf("bench memory taps=%d rss_start=%s rss_%d=%s rss_%d=%s growth=%.2f%% goal=<=%.0f%%\n",
		memoryTaps, mib(at[0]), settled, mib(at[settled]), memoryTaps, mib(at[memoryTaps]), growth, goalGrowth)
	fmt.Printf("bench memory of=%q looks=%d slope=%.0f bytes a tap from tap %d on\n",
		"app.App with its hand-over, its platform and its chips, without windows", len(at), slope, settled)
	return growth <= goalGrowth, nil
}

// pass is one tap that nobody times.
func (l *lending) pass(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tapLimit)
	defer cancel()
	card := l.lay()
	l.target.expect(keysOf(card))
	l.desk.Come()
	if err := l.desk.Typed(ctx); err != nil {
		return err
	}
	if _, err := l.target.last(ctx); err != nil {
		return err
	}
	l.bed.seat.commands() // seen, and let go
	l.asked.requests()
	return l.desk.Next(ctx)
}

// rss is this process's resident memory, bytes.
func rss() (int, error) {
	statm, err := os.ReadFile(filepath.Join("/proc", "self", "statm"))
	if err != nil {
		return 0, err
	}
	return parseRSS(statm)
}

// parseRSS reads the second field, in pages (proc_pid_statm(5)).
func parseRSS(statm []byte) (int, error) {
	fields := bytes.Fields(statm)
	if len(fields) < 2 {
		return 0, errors.New("the process's memory: too few fields")
	}
	pages, err := strconv.Atoi(string(fields[1]))
	return pages * os.Getpagesize(), err
}

// slopeOf is the slope of the line of least squares through the looks from tap from
// on, bytes a tap.
func slopeOf(at map[int]int, from int) float64 {
	var n, sumX, sumY, sumXX, sumXY float64
	for tap, bytes := range at {
		if tap < from {
			continue
		}
		x, y := float64(tap), float64(bytes)
		n, sumX, sumY, sumXX, sumXY = n+1, sumX+x, sumY+y, sumXX+x*x, sumXY+x*y
	}
	return (n*sumXY - sumX*sumY) / (n*sumXX - sumX*sumX)
}

func mib(bytes int) string { return fmt.Sprintf("%.1fMiB", float64(bytes)/(1<<20)) }
