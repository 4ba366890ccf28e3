//go:build linux

// Command bench measures what our code costs beside the bare machine: ratios, in
// one run, through a pcscd of its own with a virtual card. It prints
//
//	bench NAME ratio=R goal=<=G
//
// and below it the medians and counts of both sides, and exits 1 on a missed goal
// or on unequal work. Where the machine lacks what is needed it prints
// notrun REASON.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

const (
	limit  = 8 * time.Minute // of the whole; a run that hangs ends
	warmUp = 10              // rounds of each side before those that count
)

func main() {
	var o options
	flag.IntVar(&o.writes, "writes", 200, "alternated rounds of write, each side")
	flag.IntVar(&o.reads, "reads", 2000, "alternated rounds of read, each side")
	flag.IntVar(&o.taps, "taps", 500, "alternated rounds of tap, each side")
	flag.DurationVar(&o.span, "span", 30*time.Second, "span of waiting-cpu")
	flag.StringVar(&o.only, "only", "", "one part alone: counter, tap, waiting-cpu, memory")
	flag.StringVar(&o.bin, "bin", "build/bin", "folder of the program")
	profile := flag.String("profile", "", "file for a CPU profile")
	flag.Parse()
	if o.writes < 1 || o.reads < 1 || o.taps < 1 {
		fmt.Fprintln(os.Stderr, "bench: at least one round")
		os.Exit(2)
	}
	if o.dir = flag.Arg(0); o.dir == "" {
		o.dir = "build/bench"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	met, err := profiled(*profile, func() (bool, error) { return run(ctx, o) })
	switch {
	case missing(err):
		fmt.Println("notrun", err)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	case !met:
		fmt.Fprintln(os.Stderr, "bench: a goal was missed")
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	writes, reads, taps int
	span                time.Duration
	only, dir, bin      string
}

// missing reports whether err says that this machine lacks a program.
func missing(err error) bool {
	return errors.Is(err, pcscdtest.ErrMissing) || errors.Is(err, exec.ErrNotFound)
}

func profiled(file string, run func() (bool, error)) (bool, error) {
	if file == "" {
		return run()
	}
	f, err := os.Create(file)
	if err != nil {
		return false, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return false, err
	}
	met, err := run()
	pprof.StopCPUProfile()
	return met, errors.Join(err, f.Close())
}

// bed is what is measured on: pcscd, and what lies on its R/W.
type bed struct {
	options
	daemon *pcscdtest.Daemon
	seat   *seat
}

func (b *bed) path(file string) string { return filepath.Join(b.dir, file) }

func run(ctx context.Context, o options) (met bool, err error) {
	b := &bed{options: o, seat: &seat{}}
	if err := errors.Join(os.RemoveAll(b.dir), os.MkdirAll(b.dir, 0o700)); err != nil {
		return false, err
	}
	if b.daemon, err = pcscdtest.Run(); err != nil {
		return false, err
	}
	defer b.daemon.Stop()
	// libpcsclite reads it at its first call, which is below.
	if err := os.Setenv("PCSCLITE_CSOCK_NAME", b.daemon.Socket); err != nil {
		return false, err
	}
	blank, err := virtualcard.New(virtualcard.Options{}) // until a part lays its own
	if err != nil {
		return false, err
	}
	b.seat.put(blank)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lying := make(chan error, 1)
	go func() { lying <- vpcd.Serve(ctx, b.daemon.Address(), b.seat) }()
	met, err = b.measure(ctx)
	stop()
	if lost := <-lying; !errors.Is(lost, context.Canceled) {
		err = errors.Join(err, lost) // the card could not lie on the R/W
	}
	return met, err
}

// measure runs the parts. One for which this machine lacks something is left out,
// and said.
func (b *bed) measure(ctx context.Context) (met bool, err error) {
	parts := []struct {
		name string
		run  func(context.Context) (bool, error)
	}{
		{"counter", b.counter},
		{"tap", b.tap},
		{"waiting-cpu", b.waiting},
		{"memory", b.memory},
	}
	met = true
	for _, part := range parts {
		if b.only != "" && b.only != part.name {
			continue
		}
		ok, err := part.run(ctx)
		switch {
		case missing(err):
			fmt.Printf("notrun %s: %v\n", part.name, err)
		case err != nil:
			return false, fmt.Errorf("%s: %w", part.name, err)
		default:
			met = met && ok
		}
	}
	return met, nil
}

// tap prints the lines of the reception desk's tap.
func (b *bed) tap(ctx context.Context) (bool, error) {
	tap, err := b.measureTaps(ctx, b.taps)
	if err != nil {
		return false, err
	}
	tap.print()
	tap.printOwn()
	return tap.met(), nil
}

// tlsOf is how a desk speaks to its platform.
func tlsOf(roots *x509.CertPool, certificate *tls.Certificate) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots, Certificates: []tls.Certificate{*certificate}}
}
