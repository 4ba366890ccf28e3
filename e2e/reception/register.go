//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

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
	d.reader.Insert(d.town.unlinked)
	if err := d.phase(ctx, "number"); err != nil {
		return err
	}
	printed := "A" + d.town.free[0] + "A"
	picture := filepath.Join(d.out, "member-card.png")
	if _, err := d.seat.Ask("zint", "--barcode=18", "--data="+printed, "--scale=2", "--output="+picture); err != nil {
		return err
	}
	scanned, err := d.seat.Ask("zbarimg", "--raw", "--quiet", "-Scodabar.enable", picture)
	if err != nil || scanned != printed {
		return fmt.Errorf("zbarimg reads zint's picture of %q as %q: %w", printed, scanned, err)
	}
	if err := d.display.Scan(ctx, scanned); err != nil {
		return err
	}
	if err := d.display.Press(ctx, "Return"); err != nil {
		return err
	}
	for _, step := range []struct{ phase, key string }{
		{"consent", "Return"}, // the resident's はい
		{"ready", "Return"},   // 登録する
		{"done", ""},
	} {
		if err := d.phase(ctx, step.phase); err != nil {
			return err
		}
		if _, err := d.shot(ctx, step.phase); err != nil {
			return err
		}
		if step.key != "" {
			if err := d.display.Key(ctx, d.window, step.key); err != nil {
				return err
			}
		}
	}
	say(out, "register card=zint read=zbarimg symbology=NW7 accepted=1")
	return nil
}

// phase waits for a phase of the registration; a problem on the way ends it.
func (d *desk) phase(ctx context.Context, name string) error {
	e, err := d.program.Wait(ctx, name, func(e e2e.Event) bool { return e.View("register", name) || e.View("register", "problem") })
	if err == nil && !e.View("register", name) {
		err = fmt.Errorf("the program came to %s %s instead of %s", e.Text("phase"), e.Text("code"), name)
	}
	return err
}
