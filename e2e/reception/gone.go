//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
)

// gone shows two residents' numbers one after the other. Where their pictures differ
// stands the number; when it is gone, the two pictures are the same there, and nothing
// of it is left in either. So no reader of letters has to be trusted.
func gone(ctx context.Context, o options, out io.Writer) error {
	d, err := openDesk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	for _, c := range []struct {
		name string
		set  reception
		end  func(context.Context, *desk, time.Time) (image.Image, error) // makes the number go, and looks
		back func(context.Context, *desk) error                           // to the waiting screen
	}{
		{"21-seconds", reception{"service": "library"}, after21, stay},
		{"removal", reception{"service": "library", "wipe_on_exit": true}, removal, stay},
		{"lock", reception{"service": "library"}, lock, unlock},
	} {
		if err := d.begin(ctx, o, c.set); err != nil {
			return err
		}
		var shown, ended [2]image.Image
		var waiting [2]image.Image
		for i := range 2 {
			if waiting[i], err = d.still(ctx, nil, c.name+"-waiting"); err != nil {
				return err
			}
			d.lay(i)
			if shown[i], err = d.still(ctx, waiting[i], c.name+"-shown"); err != nil {
				return fmt.Errorf("%s: the number does not come: %w", c.name, err)
			}
			if ended[i], err = c.end(ctx, d, time.Now()); err != nil {
				return err
			}
			if err := errors.Join(d.lift(ctx), c.back(ctx, d)); err != nil {
				return err
			}
		}
		number := differ(shown[0], shown[1])
		number.without(differ(waiting[0], waiting[1]).grown()) // how many today
		left, moved := 0, 0
		for cell := range number {
			if !same(ended[0], ended[1], cell) {
				left++
			}
			if !same(shown[0], ended[0], cell) {
				moved++
			}
		}
		say(out, "gone by=%s squares_of_number=%d left=%d", c.name, len(number), left)
		if len(number) < 4 || moved == 0 {
			return fmt.Errorf("%s: no number was seen in the pictures: %d squares, %d changed", c.name, len(number), moved)
		}
		if left > 0 {
			return fmt.Errorf("%s: two residents' pictures still differ in %d squares", c.name, left)
		}
		d.end()
	}
	return nil
}

// after21 looks 21 s after the number came.
func after21(ctx context.Context, d *desk, since time.Time) (image.Image, error) {
	if err := d.lift(ctx); err != nil {
		return nil, err
	}
	select {
	case <-time.After(time.Until(since.Add(21 * time.Second))):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	file, err := d.shot(ctx, "21-seconds-gone")
	if err != nil {
		return nil, err
	}
	return load(file)
}

func removal(ctx context.Context, d *desk, _ time.Time) (image.Image, error) {
	if err := d.lift(ctx); err != nil {
		return nil, err
	}
	return d.still(ctx, nil, "removal-gone")
}

func lock(ctx context.Context, d *desk, _ time.Time) (image.Image, error) {
	if err := d.display.Key(ctx, d.window, "ctrl+l"); err != nil {
		return nil, err
	}
	if _, err := d.program.Wait(ctx, "the lock", func(e e2e.Event) bool { return e.View("locked", "") }); err != nil {
		return nil, err
	}
	return d.still(ctx, nil, "lock-gone")
}

func unlock(ctx context.Context, d *desk) error {
	if err := d.display.Key(ctx, d.window, "Return"); err != nil {
		return err
	}
	_, err := d.program.Wait(ctx, "the look-up again", func(e e2e.Event) bool { return e.View("lookup", "") })
	return err
}

func stay(context.Context, *desk) error { return nil }

// still waits until the clerk's window shows another picture than before, if any, and
// the same one twice.
func (d *desk) still(ctx context.Context, before image.Image, name string) (image.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	var last image.Image
	for {
		file, err := d.shot(ctx, name)
		if err != nil {
			return nil, err
		}
		picture, err := load(file)
		if err != nil {
			return nil, err
		}
		if last != nil && len(differ(last, picture)) == 0 && (before == nil || len(differ(before, picture)) > 0) {
			return picture, nil
		}
		last = picture
		if err := os.Remove(file); err != nil {
			return nil, err
		}
		d.shots--
	}
}

func load(file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

// squares are parts of the clerk's window, by their place in steps of square pixels.
type squares map[image.Point]bool

const square = 16

// statusBar is how high the line with the clock is, and what openbox puts below.
const statusBar = 48

// differ gives the squares in which two pictures differ; the clock's line is left out.
func differ(a, b image.Image) squares {
	found := squares{}
	for y := range (height - statusBar) / square {
		for x := range width / square {
			if cell := image.Pt(x, y); !same(a, b, cell) {
				found[cell] = true
			}
		}
	}
	return found
}

func same(a, b image.Image, cell image.Point) bool {
	for y := cell.Y * square; y < (cell.Y+1)*square; y++ {
		for x := cell.X * square; x < (cell.X+1)*square; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if r1 != r2 || g1 != g2 || b1 != b2 {
				return false
			}
		}
	}
	return true
}

// grown adds the neighbours.
func (s squares) grown() squares {
	more := squares{}
	for cell := range s {
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				more[cell.Add(image.Pt(dx, dy))] = true
			}
		}
	}
	return more
}

func (s squares) without(other squares) {
	for cell := range other {
		delete(s, cell)
	}
}
