//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
)

// register links a member card whose barcode another program has drawn and a third has
// read: what a scanner types is what zbarimg reads of zint's picture.
func register(ctx context.Context, o options, out io.Writer) error {
	d, err := openDesk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.begin(ctx, o, reception{"service": "library"}); err != nil {
		return err
	}
	if err := d.screen(ctx, "F3", "register"); err != nil {
		return err
	}
	// The third of the program's own demo cards is linked nowhere; its certificate is
	// known to the program's own authority.
	for _, key := range []string{"F11", "Down", "Down", "Return", "F12"} {
		if err := errors.Join(d.display.Key(ctx, d.window, key), settled(ctx)); err != nil {
			return err
		}
	}
	if err := d.phase(ctx, "number"); err != nil {
		return err
	}
	printed := "A" + d.town.free + "A"
	picture := filepath.Join(d.out, "member-card.png")
	if _, err := d.seat.Ask("zint", "--barcode=18", "--data="+printed, "--scale=2", "--output="+picture); err != nil {
		return err
	}
	scanned, err := d.seat.Ask("zbarimg", "--raw", "--quiet", "-Scodabar.enable", picture)
	if err != nil || scanned != printed {
		return fmt.Errorf("zbarimg reads zint's picture of %q as %q: %w", printed, scanned, err)
	}
	key := func(ctx context.Context) error { return d.display.Key(ctx, d.window, "Return") }
	for _, step := range []struct {
		phase string
		do    func(context.Context) error
	}{
		{"consent", func(ctx context.Context) error {
			return errors.Join(d.display.Activate(ctx, d.window), d.display.Scan(ctx, scanned), d.display.Press(ctx, "Return"))
		}},
		{"ready", key}, // the resident's はい
		{"done", key},  // 登録する
	} {
		if err := d.until(ctx, step.phase, step.do); err != nil {
			return err
		}
		if _, err := d.shot(ctx, step.phase); err != nil {
			return err
		}
	}
	say(out, "register card=zint read=zbarimg symbology=NW7 accepted=1")
	return nil
}

// patience is how long a person waits for an answer before they do it again: what
// comes before its question is drawn is answered by nothing.
const patience = 5 * time.Second

// until does something, and again while the registration does not come to a phase.
func (d *desk) until(ctx context.Context, next string, do func(context.Context) error) error {
	for {
		if err := errors.Join(settled(ctx), do(ctx)); err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, patience)
		err := d.phase(waiting, next)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return err
		}
	}
}

// settles is how long a question stands before it takes an answer, and a little more.
const settles = 500 * time.Millisecond

// settled waits as a person does who looks before the next key.
func settled(ctx context.Context) error {
	select {
	case <-time.After(settles):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// phase waits for a phase of the registration; a problem on the way ends it.
func (d *desk) phase(ctx context.Context, name string) error {
	e, err := d.program.Wait(ctx, name, func(e e2e.Event) bool { return e.View("register", name) || e.View("register", "problem") })
	if err == nil && !e.View("register", name) {
		err = fmt.Errorf("the program came to %s %s instead of %s", e.Text("phase"), e.Text("code"), name)
	}
	return err
}
