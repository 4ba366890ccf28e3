//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
	"github.com/madoguchi/madoguchi/e2e/peer"
	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

// Size of one screen in pixels: a usual counter PC's. The program stands on the
// first, the business application on the second.
const (
	width  = 1366
	height = 768
)

// desk is the program at work at its reception, with all that stands around it. The
// residents' cards lie on the second slot of the virtual R/W: the program's own demo
// cards, and their keys, stay in the drawer.
type desk struct {
	town    *town
	out     string
	log     *os.File
	display *e2e.Display
	seat    *peer.Seat
	daemon  *pcscdtest.Daemon
	reader  *vpcd.Slot
	stop    context.CancelFunc // of reader
	served  chan struct{}      // reader has ended
	program *e2e.Program
	window  string // the clerk's
	shots   int
}

// openDesk makes town, display, seat and PC/SC daemon. The program is started by
// begin.
func openDesk(ctx context.Context, o options) (d *desk, err error) {
	d = &desk{out: o.out}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.log, err = os.Create(filepath.Join(o.out, "desk.log")); err != nil {
		return d, err
	}
	if d.town, err = settle(ctx, o); err != nil {
		return d, err
	}
	if d.display, err = e2e.StartDisplay(2*width, height); err != nil {
		return d, err
	}
	if d.seat, err = peer.NewSeat(ctx, d.display, nil, d.log); err != nil {
		return d, err
	}
	if d.daemon, err = pcscdtest.Run(); errors.Is(err, pcscdtest.ErrMissing) {
		return d, notRun{err.Error()}
	} else if err != nil {
		return d, err
	}
	d.reader = vpcd.New(net.JoinHostPort("127.0.0.1", strconv.Itoa(d.daemon.Port+1)))
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop, d.served = stop, make(chan struct{})
	go func() {
		defer close(d.served)
		_ = d.reader.Run(running) // a card that cannot be laid is found missing
	}()
	return d, nil
}

// close takes everything apart, the last first.
func (d *desk) close() {
	d.end()
	if d.stop != nil {
		d.stop()
		<-d.served
	}
	if d.daemon != nil {
		d.daemon.Stop()
	}
	if d.seat != nil {
		d.seat.Stop()
	}
	if d.display != nil {
		d.display.Stop()
	}
	if d.town != nil {
		d.town.leave()
	}
	if d.log != nil {
		_ = d.log.Close() // a copy of what was printed; nothing depends on it
	}
}

// reception is the part of the settings file that a reception desk reads.
type reception map[string]any

// keys is a reception that types: into target, released in one of the three ways.
func typing(way, suffix string, delay int, t peer.Target) reception {
	target := map[string]any{"name": "図書館システム（利用者番号欄）", "process": t.Process, "title": t.Title, "release": "quiet", "quiet": 1}
	if t.StartTitle != "" {
		target["release"], target["start_title"] = "title", t.StartTitle
	}
	return reception{"service": service, "handover": map[string]any{
		"way": way, "keyboard": map[string]any{"suffix": suffix, "delay": delay}, "target": target,
	}}
}

// begin writes the settings file and starts the program, up to its look-up screen.
func (d *desk) begin(ctx context.Context, o options, r reception) error {
	content, err := json.MarshalIndent(map[string]any{"platform": "", "reception": r}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.town.folder, "settings.json"), content, 0o600); err != nil {
		return err
	}
	cmd := d.seat.Command(o.program, fmt.Sprintf("--training=vpcd:%d", d.daemon.Port), "--desk=reception",
		"--training-dir="+d.town.folder, "--resident=turn", "--mute")
	cmd.Env = append(cmd.Env, "PCSCLITE_CSOCK_NAME="+d.daemon.Socket, "LANG=ja_JP.UTF-8")
	if d.program, err = d.seat.Run(cmd, d.log); err != nil {
		return err
	}
	if _, err := d.program.Wait(ctx, "the home screen", func(e e2e.Event) bool { return e.View("home", "") && e.Text("online") == "true" }); err != nil {
		return err
	}
	if d.window, err = d.display.Window(ctx, e2e.ByPID, strconv.Itoa(d.program.PID())); err != nil {
		return err
	}
	if err := d.display.Activate(ctx, d.window); err != nil {
		return err
	}
	return d.screen(ctx, "F4", "lookup")
}

// end ends the program.
func (d *desk) end() {
	if d.program != nil {
		d.program.Stop()
		d.program = nil
	}
}

// screen goes to a screen of the menu by its key, again while it does not come: a
// window that has just come takes no key.
func (d *desk) screen(ctx context.Context, key, screen string) error {
	for {
		if err := d.display.Key(ctx, d.window, key); err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, 3*time.Second)
		_, err := d.program.Wait(waiting, "the screen "+screen, func(e e2e.Event) bool { return e.View(screen, "") })
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return err
		}
	}
}

// lay lays card i on the R/W.
func (d *desk) lay(i int) { d.reader.Insert(d.town.cards[i%len(d.town.cards)].chip) }

// secondSlot is the number of the R/W's slot that the residents use.
const secondSlot = 1

// lift takes the card off, and waits until pcscd has seen it: vpcd looks every 400 ms,
// and a card that is changed in between is no other card to it.
func (d *desk) lift(ctx context.Context) error {
	d.reader.Remove()
	for {
		lies, err := e2e.CardIn(ctx, d.daemon.Socket, secondSlot)
		if !lies || err != nil {
			return err
		}
	}
}

// shot takes a picture of both screens.
func (d *desk) shot(ctx context.Context, name string) (string, error) {
	d.shots++
	file := filepath.Join(d.out, fmt.Sprintf("%02d-%s.png", d.shots, name))
	return file, d.display.Shot(ctx, file)
}
