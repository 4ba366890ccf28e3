// Command torn tears every write, re-write and release at every APDU and at every
// byte of every UPDATE, and prints for each part
//
//	torn PART sum 2*A+9*B = N
//	torn PART cases=N old=N new=N third=0
//
// It ends 0 only where every case tore, left the old or the new record, changed
// nothing else on the card and was finished by the next tap. Progress and the
// names of failed cases go to standard error; --case NAME tries one again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/e2e/torn/tear"
)

func main() {
	one := flag.String("case", "", "try this case alone (PART/APDU/WAY[/BYTE/PAGE], as a failure names it)")
	only := flag.String("part", "", "this part alone: write, re-write or release")
	workers := flag.Int("workers", 4, "counters at work at once: each waits much for its disk")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, flag.Arg(0), *one, tear.Part(*only), *workers); err != nil {
		fmt.Fprintln(os.Stderr, "torn failed:", err)
		os.Exit(1)
	}
}

// run logs to out/torn.log; nowhere where out is "".
func run(ctx context.Context, out, one string, only tear.Part, workers int) (err error) {
	to := io.Discard
	if out != "" {
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
		file, err := os.Create(filepath.Join(out, "torn.log"))
		if err != nil {
			return err
		}
		defer file.Close()
		to = file
	}
	log := slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn}))
	open := func(ctx context.Context) (*tear.Counter, error) { return tear.Open(ctx, "", log) }
	if one != "" {
		return again(ctx, open, one)
	}
	for _, part := range tear.Parts() {
		if only != "" && part != only {
			continue
		}
		err = errors.Join(err, all(ctx, open, part, workers))
	}
	return err
}

// all tries every case of a part and prints its two lines.
func all(ctx context.Context, open tear.Opener, part tear.Part, workers int) error {
	begun, said := time.Now(), 0
	report, err := tear.All(ctx, open, part, workers, func(r *tear.Report) {
		for ; said < len(r.Failures); said++ {
			fmt.Fprintln(os.Stderr, "failed", r.Failures[said])
		}
		if r.Tried%100 == 0 || r.Tried == r.N() {
			fmt.Fprintf(os.Stderr, "%s %d/%d %v\n", part, r.Tried, r.N(), time.Since(begun).Round(time.Second))
		}
	})
	if report == nil {
		return err
	}
	fmt.Printf("torn %s sum 2*%d+9*%d = %d\n", part, report.APDUs, report.Bytes(), report.N())
	fmt.Printf("torn %s cases=%d old=%d new=%d third=%d\n", part, report.Tried, report.Old, report.New, report.Third)
	return errors.Join(err, report.Err())
}

// again tries one case.
func again(ctx context.Context, open tear.Opener, name string) error {
	c, err := tear.ParseCase(name)
	if err != nil {
		return err
	}
	counter, err := open(ctx)
	if err != nil {
		return err
	}
	left, err := counter.Try(ctx, c)
	if err == nil {
		fmt.Printf("torn %s left=%v\n", c, left)
	}
	return errors.Join(err, counter.Close())
}
