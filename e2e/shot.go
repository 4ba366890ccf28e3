//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png" // a screenshot's format
	"os"
	"time"
)

// ErrEmptyShot: the picture has one colour only; nothing was drawn.
var ErrEmptyShot = errors.New("the screenshot shows nothing")

// Shot writes a PNG of the whole screen to file. Errors: ErrEmptyShot.
func (d *Display) Shot(ctx context.Context, file string) error {
	if _, err := d.run(ctx, "import", "-silent", "-window", "root", "png:"+file); err != nil {
		return err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	picture, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	if uniform(picture) {
		return fmt.Errorf("%s: %w", file, ErrEmptyShot)
	}
	return nil
}

// Drawn waits until the screen shows anything, writing each look to file.
func (d *Display) Drawn(ctx context.Context, file string) error {
	for {
		err := d.Shot(ctx, file)
		if !errors.Is(err, ErrEmptyShot) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", err, ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// lookAgain is the pause between two looks at an empty screen.
const lookAgain = 100 * time.Millisecond

func uniform(picture image.Image) bool {
	b := picture.Bounds()
	first := picture.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if picture.At(x, y) != first {
				return false
			}
		}
	}
	return true
}
