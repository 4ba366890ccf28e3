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
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

const (
	limit  = 8 * time.Minute // of the whole; a run that hangs ends
	warmUp = 10              // rounds of each side before those that count
)

func main() {
	writes := flag.Int("writes", 200, "alternated rounds of write, each side")
	reads := flag.Int("reads", 2000, "alternated rounds of read, each side")
	profile := flag.String("profile", "", "file for a CPU profile")
	flag.Parse()
	if *writes < 1 || *reads < 1 {
		fmt.Fprintln(os.Stderr, "bench: at least one round")
		os.Exit(2)
	}
	dir := flag.Arg(0)
	if dir == "" {
		dir = "build/bench"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	met, err := profiled(*profile, func() (bool, error) { return run(ctx, dir, *writes, *reads) })
	switch {
	case errors.Is(err, pcscdtest.ErrMissing):
		fmt.Println("notrun", err)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	case !met:
		fmt.Fprintln(os.Stderr, "bench: a goal was missed")
		os.Exit(1)
	}
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

// bed is what is measured on: pcscd, a card on its R/W, a platform.
type bed struct {
	dir      string
	daemon   *pcscdtest.Daemon
	training *training.Training
	seat     *seat
	routes   *routes
}

func (b *bed) path(file string) string { return filepath.Join(b.dir, file) }

func run(ctx context.Context, dir string, writes, reads int) (met bool, err error) {
	b := &bed{dir: dir, seat: &seat{}, routes: newRoutes()}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
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
	b.training, err = training.Start(ctx, training.Options{
		VPCD: strconv.Itoa(b.daemon.Port), Cards: []string{"training.card.fresh"}, Dir: dir, Log: slog.New(b.routes),
	})
	if err != nil {
		return false, err
	}
	defer closeInto(&err, b.training)
	b.seat.put(b.training.Cards()[0].Chip)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lying := make(chan error, 1)
	go func() { lying <- vpcd.Serve(ctx, b.daemon.Address(), b.seat) }()
	met, err = b.measure(ctx, writes, reads)
	stop()
	if lost := <-lying; !errors.Is(lost, context.Canceled) {
		err = errors.Join(err, lost) // the card could not lie on the R/W
	}
	return met, err
}

func (b *bed) measure(ctx context.Context, writes, reads int) (met bool, err error) {
	write, err := b.writes(ctx, writes)
	if err != nil {
		return false, fmt.Errorf("write: %w", err)
	}
	write.print()
	read, err := b.reads(ctx, reads)
	if err != nil {
		return false, fmt.Errorf("read: %w", err)
	}
	read.print()
	verify, err := b.verifies(ctx, reads)
	if err != nil {
		return false, fmt.Errorf("signature-check: %w", err)
	}
	printAlone("signature-check", verify)
	inside, err := b.readsInProcess(ctx, reads)
	if err != nil {
		return false, fmt.Errorf("read-in-process: %w", err)
	}
	printAlone("read-in-process", inside)
	return write.met() && read.met(), nil
}

// tlsOf is how a desk speaks to its platform.
func tlsOf(roots *x509.CertPool, certificate *tls.Certificate) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots, Certificates: []tls.Certificate{*certificate}}
}
