//go:build linux

package main

import (
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The built program, a real pcscd, real key events, two windows side by side: the
// main job from the empty R/W to the record that opensc-tool reads.
func TestACardIsWrittenInTwoRealWindows(t *testing.T) {
	for _, program := range []string{"Xvfb", "xdotool", "import", "pcscd", "opensc-tool"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped=1 reason=%q", program+" is not installed")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir := t.TempDir()
	program := filepath.Join(dir, "madoguchi")
	build := exec.CommandContext(ctx, "go", "build", "-race", "-tags=x11,no_emoji", "-o", program, "../..") // the tests' own flags: nothing is compiled twice
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if err := run(ctx, program, filepath.Join(dir, "shots"), true); err != nil {
		t.Fatal(err)
	}
	shots, err := filepath.Glob(filepath.Join(dir, "shots", "*.png"))
	if err != nil || len(shots) < 8 {
		t.Fatalf("screenshots: %d, %v", len(shots), err)
	}
	for _, shot := range shots {
		if n := coloursIn(t, shot); n < 3 {
			t.Errorf("%s: %d colours; nothing is drawn", filepath.Base(shot), n)
		}
	}
}

// coloursIn counts the colours of a picture, up to a few.
func coloursIn(t *testing.T, file string) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return colours(picture, picture.Bounds())
}

func colours(picture image.Image, r image.Rectangle) int {
	seen := map[[4]uint32]bool{}
	for y := r.Min.Y; y < r.Max.Y && len(seen) < 8; y += 3 {
		for x := r.Min.X; x < r.Max.X && len(seen) < 8; x += 3 {
			red, green, blue, alpha := picture.At(x, y).RGBA()
			seen[[4]uint32{red, green, blue, alpha}] = true
		}
	}
	return len(seen)
}
