//go:build !windows

package sound

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// longest is how long a tone may take before its player is given up, s.
const longest = 3 * time.Second

// command is a player program that takes the name of a WAV file. The tones are
// written to a folder of their own when the first one sounds.
type command struct {
	path string
	args []string
	dir  string // "" nothing written yet
}

// found are the programs of names that are in PATH, in that order.
func found(names [][]string) []output {
	var out []output
	for _, name := range names {
		if path, err := exec.LookPath(name[0]); err == nil {
			out = append(out, &command{path: path, args: name[1:]})
		}
	}
	return out
}

func (c *command) play(ctx context.Context, t Tone) error {
	if err := c.write(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	run := exec.CommandContext(ctx, c.path, append(c.args, c.file(t))...)
	run.WaitDelay = time.Second
	return run.Run()
}

func (c *command) file(t Tone) string { return filepath.Join(c.dir, fmt.Sprintf("%d.wav", t)) }

func (c *command) write() error {
	if c.dir != "" {
		return nil
	}
	dir, err := os.MkdirTemp("", "madoguchi-tones-")
	if err != nil {
		return fmt.Errorf("folder of the tones: %w", err)
	}
	c.dir = dir
	var all error
	for t := range tones {
		all = errors.Join(all, os.WriteFile(c.file(t), t.wav(), 0o600))
	}
	return all
}

func (c *command) close() {
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}
