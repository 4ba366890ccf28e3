//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
	"github.com/madoguchi/madoguchi/training/drive"
)

// goalWaiting: a desk that waits for a card takes no more CPU time than this many
// times an empty window does.
const goalWaiting = 1.3

const (
	width, height = 1366, 768        // of either window, px
	calm          = 10 * time.Second // after a window is there, until nothing of its start goes on
)

// waiter is a program that waits behind a window on a display of its own.
type waiter struct {
	display *e2e.Display
	program *e2e.Program
	log     *os.File
	before  time.Duration // CPU time before the span
	used    time.Duration // CPU time within it
}

// waiting measures the CPU time of the program that waits at F4 beside that of an
// empty window, over the same span: as long as the desk's look at its platform is
// apart from the next, so that one is in it. The one program's load is the other's.
func (b *bed) waiting(ctx context.Context) (met bool, err error) {
	for _, program := range []string{"madoguchi", "bench-empty"} {
		if _, err := os.Stat(filepath.Join(b.bin, program)); err != nil {
			return false, fmt.Errorf("%s is not built (make build): %w", program, exec.ErrNotFound)
		}
	}
	dir := b.path("waiting")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, err
	}
	if err := drive.KeepTarget(dir, drive.Target{Process: "lending", Title: targetTitle}); err != nil {
		return false, err
	}
	ours, err := b.wait(ctx, "madoguchi", "--training", "--desk=reception", "--training-dir="+dir, "--mute")
	if err != nil {
		return false, err
	}
	defer ours.stop()
	if _, err := ours.program.Wait(ctx, "F4", func(e e2e.Event) bool { return e.View("lookup", "") }); err != nil {
		return false, err
	}
	empty, err := b.wait(ctx, "bench-empty", fmt.Sprintf("--width=%d", width), fmt.Sprintf("--height=%d", height))
	if err != nil {
		return false, err
	}
	defer empty.stop()
	if err := pause(ctx, calm); err != nil {
		return false, err
	}
	both := []*waiter{ours, empty}
	for _, w := range both {
		if w.before, err = cpu(w.program.PID()); err != nil {
			return false, err
		}
	}
	if err := pause(ctx, b.span); err != nil {
		return false, err
	}
	for _, w := range both {
		after, err := cpu(w.program.PID())
		if err != nil {
			return false, err
		}
		w.used = after - w.before
	}
	ratio := float64(ours.used) / float64(empty.used)
	fmt.Printf("bench waiting-cpu ratio=%.3f goal=<=%.2f\n", ratio, goalWaiting)
	fmt.Printf("bench waiting-cpu ours cpu=%v of=%v share=%.2f%%\n", ours.used, b.span, share(ours.used, b.span))
	fmt.Printf("bench waiting-cpu empty cpu=%v of=%v share=%.2f%%\n", empty.used, b.span, share(empty.used, b.span))
	return ratio <= goalWaiting, nil
}

func share(used, of time.Duration) float64 { return 100 * float64(used) / float64(of) }

// wait starts a program of the bin folder on a display of its own, and waits for its
// window.
func (b *bed) wait(ctx context.Context, name string, args ...string) (w *waiter, err error) {
	w = &waiter{}
	defer func() {
		if err != nil {
			w.stop()
		}
	}()
	if w.display, err = e2e.StartDisplay(width, height); err != nil {
		return w, err
	}
	if w.log, err = os.Create(b.path(name + ".log")); err != nil {
		return w, err
	}
	cmd := exec.Command(filepath.Join(b.bin, name), args...)
	cmd.Env = e2e.Env(append(w.display.Env(), "LANG=ja_JP.UTF-8", "XDG_CONFIG_HOME="+b.path("config"))...)
	if w.program, err = e2e.Start(cmd, w.log); err != nil {
		return w, err
	}
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	_, err = w.display.Window(ctx, e2e.ByPID, strconv.Itoa(w.program.PID()))
	return w, err
}

func (w *waiter) stop() {
	if w.program != nil {
		w.program.Stop()
	}
	if w.log != nil {
		_ = w.log.Close() // a copy of what was said
	}
	if w.display != nil {
		w.display.Stop()
	}
}

// tick is the unit of a process's times: USER_HZ, which is 100 on every Linux that
// Go runs on.
const tick = time.Second / 100

// cpu is the time that a process has had, its own and the kernel's on its behalf.
func cpu(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseCPU(stat)
}

// parseCPU reads utime and stime, fields 14 and 15 (proc_pid_stat(5)). The second
// field is a name in brackets, which may hold anything.
func parseCPU(stat []byte) (time.Duration, error) {
	const utime = 14 - 3 // the fields after the name begin with the third
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < utime+2 {
		return 0, errors.New("the process's times: too few fields")
	}
	var sum time.Duration
	for _, field := range fields[utime : utime+2] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("the process's times: %w", err)
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}
