//go:build linux

// Command reception works the built program as a library's reception desk beside the
// business applications that stand there already: real windows, real keys, cards
// behind pcscd. It lays one card after another on the R/W and asks the application
// what it holds. A line for each part; exits 0 only if every number is right. What
// cannot run here prints notrun and why.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	program  string // the built program
	platform string // the built mykey-platform: its administrator adds a service
	out      string // folder for screenshots and logs
	parts    []string
	quick    bool // few look-ups each: for the test of this command
}

// part is one thing that is shown. Its error is a notRun where it cannot run here.
type part struct {
	name  string
	needs []string // programs
	limit time.Duration
	run   func(context.Context, options, io.Writer) error
}

// parts are all, in order. Those of another user come by themselves: see ime.
func parts() []part {
	return slices.Concat(
		typed(), imeParts(), []part{
			{"serial", append([]string{"socat"}, deskNeeds...), 5 * time.Minute, serial},
			{"screen", append([]string{"zbarimg"}, deskNeeds...), 5 * time.Minute, screen},
			{"gone", deskNeeds, 10 * time.Minute, gone},
			{"websocket", append([]string{"chromium", "tesseract"}, deskNeeds...), 5 * time.Minute, socket},
			{"register", append([]string{"zint", "zbarimg"}, deskNeeds...), 5 * time.Minute, register},
		},
	)
}

// notRun says why a part cannot run here.
type notRun struct{ reason string }

func (n notRun) Error() string { return "notrun " + n.reason }

func main() {
	var o options
	flag.StringVar(&o.program, "program", "build/bin/madoguchi", "the built program")
	flag.StringVar(&o.platform, "platform", "build/bin/mykey-platform", "the built platform")
	flag.StringVar(&o.out, "out", "build/e2e", "folder for screenshots and logs")
	flag.BoolVar(&o.quick, "quick", false, "three look-ups each instead of 50 and 10")
	flag.Parse()
	o.parts = flag.Args()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Println("e2e failed:", err)
		os.Exit(1)
	}
}

// run runs the parts that are named, all where none is; one that does not hold stops
// no other.
func run(ctx context.Context, o options, out io.Writer) error {
	var err error
	for _, path := range []*string{&o.program, &o.platform, &o.out} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	var failed []error
	ran := 0
	for _, p := range parts() {
		if len(o.parts) > 0 && !slices.Contains(o.parts, p.name) {
			continue
		}
		ran++
		start := time.Now()
		err := p.do(ctx, o, out)
		var missing notRun
		switch {
		case errors.As(err, &missing):
			fmt.Fprintf(out, "part=%s %v\n", p.name, missing)
		case err != nil:
			fmt.Fprintf(out, "part=%s failed seconds=%.0f\n", p.name, time.Since(start).Seconds())
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
		default:
			fmt.Fprintf(out, "part=%s held seconds=%.0f\n", p.name, time.Since(start).Seconds())
		}
		if ctx.Err() != nil {
			break
		}
	}
	if ran == 0 {
		return fmt.Errorf("no part is named %s", strings.Join(o.parts, ", "))
	}
	return errors.Join(failed...)
}

func (p part) do(ctx context.Context, o options, out io.Writer) error {
	for _, program := range p.needs {
		if _, err := exec.LookPath(program); err != nil {
			return notRun{program + " is not installed"}
		}
	}
	o.out = filepath.Join(o.out, p.name)
	if err := os.RemoveAll(o.out); err != nil { // every picture in it is of this run
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	return p.run(ctx, o, out)
}
