// Command virtualcard lays a virtual My Number Card on vsmartcard's virtual reader and keeps its
// memory in a folder, so that other programs can use it like a card of their own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "virtualcard:", err)
		os.Exit(1)
	}
}

// run serves the card until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("virtualcard", flag.ContinueOnError)
	state := flags.String("state", "", "folder that keeps the card; made if it is not there")
	addr := flags.String("vpcd", "127.0.0.1:35963", "where vpcd listens for a card")
	profile := flags.String("profile", "", "kind of a new card: "+profiles()+"; empty is a fresh My Number Card")
	ocsp := flags.String("ocsp", "", "OCSP address to write into a new card's certificates")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *state == "" || flags.NArg() > 0 {
		return errors.New("usage: virtualcard --state DIR [--vpcd HOST:PORT] [--profile NAME]")
	}
	card, err := open(*state, virtualcard.Profile(*profile), *ocsp)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "virtualcard state=%s vpcd=%s atr=%X\n", *state, *addr, card.ATR())
	if err := vpcd.Serve(ctx, *addr, card); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// open takes the card that the folder holds, or makes a new one with certificates of its own test
// authority.
func open(dir string, profile virtualcard.Profile, ocsp string) (*virtualcard.Stored, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	card, err := virtualcard.Load(dir)
	if err == nil {
		if profile != "" && card.Profile() != profile {
			return nil, fmt.Errorf("the folder holds a card of profile %q", card.Profile())
		}
		return virtualcard.Keep(card, dir)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	pki, err := simpki.New(simpki.Options{OCSPURL: ocsp})
	if err != nil {
		return nil, err
	}
	id, err := pki.Issue(simpki.Request{WithSignature: true})
	if err != nil {
		return nil, err
	}
	card, err = virtualcard.New(virtualcard.Options{Profile: profile, Identity: id})
	if err != nil {
		return nil, err
	}
	return virtualcard.Keep(card, dir)
}

func profiles() string {
	var names []string
	for _, p := range virtualcard.Profiles() {
		if p != virtualcard.MyNumber {
			names = append(names, string(p))
		}
	}
	return strings.Join(names, ", ")
}
