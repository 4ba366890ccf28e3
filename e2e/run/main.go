//go:build linux

// Command run works the built program without a display: a screen and a PC/SC
// daemon of its own, the main job by real key events, a line and a picture for
// each step. Then a foreign program, opensc-tool, reads the record back. It exits
// 0 only if all of that held.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// limit is how long the whole run may take; 30 s are usual.
const limit = 5 * time.Minute

func main() {
	program := flag.String("program", "build/bin/madoguchi", "the built program")
	out := flag.String("out", "build/run", "folder for the screenshots and the log")
	beside := flag.Bool("beside", false, "two windows side by side instead of one that turns")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, *program, *out, *beside); err != nil {
		fmt.Println("run failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program, out string, beside bool) error {
	c, err := open(program, out, beside)
	if err != nil {
		return err
	}
	defer c.close()
	c.work(ctx)
	return c.report()
}
