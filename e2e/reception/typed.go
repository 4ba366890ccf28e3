//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/madoguchi/madoguchi/e2e/peer"
)

// target is a business application that numbers are typed into.
type target struct {
	name, program string
	delay         int // ms between two keys
	start         func(context.Context, *peer.Seat) (peer.App, error)
}

var targets = []target{
	{"mousepad", "mousepad", 0, func(ctx context.Context, s *peer.Seat) (peer.App, error) { return peer.StartMousepad(ctx, s) }},
	{"chromium", "chromium", 0, func(ctx context.Context, s *peer.Seat) (peer.App, error) { return peer.StartForm(ctx, s) }},
	// LibreOffice takes a key that comes again within 2 ms for one that is held down,
	// and swallows it: it has to be typed to as a hand types.
	{"calc", "soffice", 5, func(ctx context.Context, s *peer.Seat) (peer.App, error) { return peer.StartCalc(ctx, s) }},
}

// keyboards are the layouts and locks, with how many look-ups each.
var keyboards = []struct {
	layout string
	caps   bool
	count  int
}{{"us", false, 50}, {"us", true, 10}, {"jp", false, 10}, {"jp", true, 10}}

const quickCount = 3

var deskNeeds = []string{"Xvfb", "xdotool", "xprop", "import", "setxkbmap", "openbox", "pcscd", "unshare", "opensc-tool"}

// typed is one part for each application.
func typed() []part {
	var all []part
	for _, t := range targets {
		all = append(all, part{
			name: "typed-" + t.name, needs: append([]string{t.program}, deskNeeds...), limit: 15 * time.Minute,
			run: func(ctx context.Context, o options, out io.Writer) error {
				return lookups(ctx, o, out, t, "keyboard", nil)
			},
		})
	}
	return all
}

// lookups lays cards until every keyboard has had its number of look-ups, and asks the
// application what arrived. around, if any, sets up what holds around each.
func lookups(ctx context.Context, o options, out io.Writer, t target, way string, around func(context.Context, *desk) (surroundings, error)) error {
	d, err := openDesk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	with := surroundings(plain{})
	if around != nil {
		if with, err = around(ctx, d); err != nil {
			return err
		}
	}
	app, err := t.start(ctx, d.seat)
	if err != nil {
		return err
	}
	defer app.Stop()
	if err := d.display.Place(ctx, app.Window(), width, 0); err != nil {
		return err
	}
	if err := d.begin(ctx, o, typing(way, "enter", t.delay, app.Target())); err != nil {
		return err
	}
	if err := d.display.Activate(ctx, app.Window()); err != nil {
		return err
	}
	w := worker{desk: d, app: app, with: with}
	wrong := 0
	for _, k := range keyboards {
		if o.quick {
			k.count = quickCount
		}
		right, err := w.round(ctx, k.layout, k.caps, k.count)
		say(out, "lookups target=%s way=%s%s layout=%s caps=%s typed=%d right=%d", t.name, way, with, k.layout, onOff(k.caps), k.count, right)
		wrong += k.count - right
		if err != nil {
			_, _ = d.shot(ctx, "failed") // the error is what counts
			return err
		}
	}
	say(out, "lookups target=%s way=%s%s ms_median=%d ms_longest=%d", t.name, way, with, w.median().Milliseconds(), w.longest().Milliseconds())
	if wrong > 0 {
		return fmt.Errorf("%d numbers did not arrive as they are on the card", wrong)
	}
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// surroundings is what must hold around a look-up, told as words of a line.
type surroundings interface {
	fmt.Stringer
	before(context.Context) error
	after(context.Context) error
}

type plain struct{}

func (plain) String() string               { return "" }
func (plain) before(context.Context) error { return nil }
func (plain) after(context.Context) error  { return nil }
