//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// serial hands over through one end of a socat pair of ports and reads the other, as a
// business application reads a scanner.
func serial(ctx context.Context, o options, out io.Writer) error {
	d, err := openDesk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	ours, theirs := filepath.Join(d.seat.Home, "desk"), filepath.Join(d.seat.Home, "scanner")
	if _, err := d.seat.Start("socat", "pty,raw,echo=0,link="+ours, "pty,raw,echo=0,link="+theirs); err != nil {
		return err
	}
	port, err := openPort(ctx, theirs)
	if err != nil {
		return err
	}
	frames := make(chan string)
	go func() {
		defer close(frames)
		lines := bufio.NewReader(port)
		for {
			frame, err := lines.ReadString('\r')
			if err != nil {
				return // it is closed below, or socat has ended: then a frame is missing
			}
			frames <- frame
		}
	}()
	defer func() {
		_ = port.Close() // nothing is written to it
		for range frames {
		}
	}()
	if err := d.begin(ctx, o, reception{"service": service, "handover": map[string]any{
		"way": "serial", "serial": map[string]any{"port": ours, "framing": "stx-etx-cr"},
	}}); err != nil {
		return err
	}
	right := 0
	for i, c := range d.town.cards {
		d.lay(i)
		select {
		case frame := <-frames:
			if frame == "\x02"+c.number+"\x03\r" {
				right++
			}
		case <-time.After(arrival):
			err = errors.Join(err, fmt.Errorf("card %d: nothing came over the port", i+1))
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := d.lift(ctx); err != nil {
			return err
		}
	}
	say(out, "lookups target=socat way=serial framing=stx-etx-cr typed=%d right=%d", len(d.town.cards), right)
	if right != len(d.town.cards) {
		err = errors.Join(err, errors.New("a number came otherwise than it is on the card"))
	}
	return err
}

// openPort waits until socat has made a port.
func openPort(ctx context.Context, path string) (*os.File, error) {
	for {
		port, err := os.OpenFile(path, os.O_RDWR, 0)
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return port, err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for socat: %w", ctx.Err())
		}
	}
}

// lookAgain is the pause between two looks at what tells of no change by itself.
const lookAgain = 100 * time.Millisecond

// screen hands over by a barcode on our screen, which a barcode reader of others finds
// in the screenshot.
func screen(ctx context.Context, o options, out io.Writer) error {
	d, err := openDesk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	const count = 3
	for _, s := range []struct {
		service string
		want    func(card) string
	}{
		{"library", func(c card) string { return "A" + c.library + "A" }}, // as its member cards' barcodes read
		{service, func(c card) string { return c.number }},
	} {
		if err := d.begin(ctx, o, reception{"service": s.service, "handover": map[string]any{"way": "screen"}}); err != nil {
			return err
		}
		right := 0
		for i := range count {
			d.lay(i)
			read, missing := d.barcode(ctx, s.want(d.town.cards[i]), fmt.Sprintf("%s-%d", s.service, i+1))
			if missing == nil {
				right++
			} else {
				err = errors.Join(err, fmt.Errorf("card %d of %s reads as %q, want %q: %w", i+1, s.service, read, s.want(d.town.cards[i]), missing))
			}
			if err := d.lift(ctx); err != nil {
				return err
			}
		}
		say(out, "lookups target=zbarimg way=screen service=%s shown=%d right=%d", s.service, count, right)
		d.end()
	}
	return err
}

// barcode waits until a screenshot holds the barcode of want, and gives what it held
// last.
func (d *desk) barcode(ctx context.Context, want, name string) (read string, err error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	for {
		file, err := d.shot(ctx, name)
		if err != nil {
			return read, err
		}
		read, err = d.seat.Ask("zbarimg", "--raw", "--quiet", file)
		if strings.TrimSpace(read) == want {
			return read, nil
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return read, errors.Join(ctx.Err(), err)
		}
		if err := os.Remove(file); err != nil {
			return read, err
		}
		d.shots--
	}
}
