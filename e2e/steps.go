//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Steps does one step after the other and prints a line for each:
// run step=N name=… ms=… shot=… The screenshots are made in Folder.
type Steps struct {
	Folder string
	Out    io.Writer
	Limit  time.Duration // of one step
	Shoot  func(ctx context.Context, file string) error

	count, shots int
	err          error // of the first step that did not hold: the rest is left out
}

// Do does a step and takes a picture after it.
func (s *Steps) Do(ctx context.Context, name string, do func(context.Context) error) {
	s.step(ctx, name, true, do)
}

// Quiet does a step of which there is nothing to see.
func (s *Steps) Quiet(ctx context.Context, name string, do func(context.Context) error) {
	s.step(ctx, name, false, do)
}

func (s *Steps) step(ctx context.Context, name string, picture bool, do func(context.Context) error) {
	if s.err != nil {
		return
	}
	s.count++
	ctx, cancel := context.WithTimeout(ctx, s.Limit)
	defer cancel()
	start := time.Now()
	err := do(ctx)
	took := time.Since(start)
	shot := "-"
	if picture && ctx.Err() == nil {
		file := filepath.Join(s.Folder, fmt.Sprintf("%02d-%s.png", s.count, name))
		// The picture of a step that did not hold says most, so it is taken too.
		shotErr := s.Shoot(ctx, file)
		if shotErr == nil {
			shot = file
			s.shots++
		}
		err = errors.Join(err, shotErr)
	}
	fmt.Fprintf(s.Out, "run step=%d name=%s ms=%d shot=%s\n", s.count, name, took.Milliseconds(), shot)
	if err != nil {
		s.err = fmt.Errorf("step %d, %s: %w", s.count, name, err)
	}
}

// End gives the number of screenshots made and the error of the step that did
// not hold. It looks at the folder: the pictures must be there.
func (s *Steps) End() (int, error) {
	files, err := filepath.Glob(filepath.Join(s.Folder, "*.png"))
	if err != nil {
		return 0, err
	}
	if s.err == nil && len(files) != s.shots {
		return len(files), fmt.Errorf("%d screenshots in %s, %d were made", len(files), s.Folder, s.shots)
	}
	return len(files), s.err
}

// Clear makes the folder new, so that every picture in it is of this run.
func (s *Steps) Clear() error {
	old, err := filepath.Glob(filepath.Join(s.Folder, "*.png"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return os.MkdirAll(s.Folder, 0o755)
}
