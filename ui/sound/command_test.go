//go:build !windows

package sound

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A program in PATH gets a file with the tone; the folder goes with the player.
func TestTheTonesReachAProgram(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	heard := filepath.Join(t.TempDir(), "heard.wav")
	program := filepath.Join(t.TempDir(), "player")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ncp \"$2\" \"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	all := found([][]string{{filepath.Join(dir, "no-such-player")}, {program, heard}})
	if len(all) != 1 {
		t.Fatalf("%d players found, want the one that exists", len(all))
	}
	if err := all[0].play(context.Background(), Failure); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(heard)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(Failure.wav()) {
		t.Errorf("the player got %d bytes, want the %d of the tone", len(got), len(Failure.wav()))
	}
	all[0].close()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("%d entries stay behind", len(left))
	}
}
