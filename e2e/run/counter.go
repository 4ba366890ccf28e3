//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver named sqlite3

	"github.com/madoguchi/madoguchi/e2e"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
)

// Size of the counter's screen in pixels: a usual counter PC's.
const (
	width  = 1366
	height = 768
)

// demoPIN is the PIN of every demo card: published, and told on the training band.
const demoPIN = "1234"

// settle is how long a window that was just turned to the resident takes no
// key, so that the clerk's last Enter answers nothing there.
const settle = 300 * time.Millisecond

// frame is how long a View takes at most to be on the screen.
const frame = 150 * time.Millisecond

// The foreign program's commands (card profile, §3).
var (
	selectMyKey = []byte{0x00, 0xA4, 0x04, 0x0C, 0x07, 0xF0, 0x4D, 0x59, 0x4B, 0x45, 0x59, 0x06}
	readArea    = []byte{0x00, 0xB0, 0x81, 0x00, 0x00}
)

// Status words that the run expects.
const (
	swDone     = 0x9000
	swNotFound = 0x6A82
)

// counter is the program at work with all that stands around it.
type counter struct {
	steps   *e2e.Steps
	display *e2e.Display
	daemon  *pcscdtest.Daemon
	program *e2e.Program
	log     *os.File
	window  string // the clerk's
	asked   string // where the resident is asked: the same window turned, or their own
	beside  bool   // two windows side by side
	folder  string // the training counter's, made anew
	area    []byte // what opensc-tool read
}

// open starts display, PC/SC daemon and program. Close takes them apart.
func open(program, out string, beside bool) (c *counter, err error) {
	c = &counter{beside: beside}
	screens, resident := 1, "turn"
	if beside {
		screens, resident = 2, "beside"
	}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	c.steps = &e2e.Steps{Folder: out, Out: os.Stdout, Limit: time.Minute, Shoot: c.shoot}
	if err := c.steps.Clear(); err != nil {
		return c, err
	}
	if c.folder, err = os.MkdirTemp("", "madoguchi-run-"); err != nil {
		return c, err
	}
	if c.log, err = os.Create(filepath.Join(out, "program.log")); err != nil {
		return c, err
	}
	if c.display, err = e2e.StartDisplay(screens*width, height); err != nil {
		return c, err
	}
	if c.daemon, err = pcscdtest.Run(); err != nil {
		return c, err
	}
	cmd := exec.Command(program, fmt.Sprintf("--training=vpcd:%d", c.daemon.Port), "--training-dir="+c.folder, "--resident="+resident)
	cmd.Env = e2e.Env(slices.Concat(c.display.Env(), []string{"PCSCLITE_CSOCK_NAME=" + c.daemon.Socket, "LANG=ja_JP.UTF-8"})...)
	c.program, err = e2e.Start(cmd, c.log)
	return c, err
}

// shoot takes a picture of what a person sees a moment after the step: the log
// line comes before the frame is drawn.
func (c *counter) shoot(ctx context.Context, file string) error {
	if err := pause(ctx, frame); err != nil {
		return err
	}
	return c.display.Shot(ctx, file)
}

func (c *counter) close() {
	if c.program != nil {
		c.program.Stop()
	}
	if c.daemon != nil {
		c.daemon.Stop()
	}
	if c.display != nil {
		c.display.Stop()
	}
	if c.folder != "" {
		_ = os.RemoveAll(c.folder) // demo data; a folder that stays harms nothing
	}
	if c.log != nil {
		_ = c.log.Close() // a copy of what was printed; nothing depends on it
	}
}

// work is the main job, one step a line.
func (c *counter) work(ctx context.Context) {
	s := c.steps
	s.Do(ctx, "home", c.home)
	s.Do(ctx, "card-writing", c.press("F2", "waiting"))
	s.Do(ctx, "card", c.press("F12", "whose"))
	s.Quiet(ctx, "opensc-before", c.absent)
	s.Do(ctx, "consent", c.press("Return", "consent"))
	s.Do(ctx, "pin", c.answer("pin"))
	s.Do(ctx, "reserving", c.enterPIN("reserving"))
	s.Do(ctx, "writing", c.phase("writing"))
	s.Do(ctx, "verifying", c.phase("verifying"))
	s.Do(ctx, "done", c.phase("done"))
	s.Quiet(ctx, "opensc-after", c.present)
	s.Quiet(ctx, "record", c.same)
}

func (c *counter) home(ctx context.Context) error {
	if _, err := c.program.Wait(ctx, "the platform on the home screen", func(e e2e.Event) bool { return e.View("home", "") }); err != nil {
		return err
	}
	if err := c.find(ctx); err != nil {
		return err
	}
	return c.display.Drawn(ctx, filepath.Join(c.folder, "first.png"))
}

// find looks for the program's windows: the clerk's stands at the left.
func (c *counter) find(ctx context.Context) (err error) {
	pid := strconv.Itoa(c.program.PID())
	if c.window, err = c.display.WindowAt(ctx, e2e.ByPID, pid, 0); err != nil {
		return err
	}
	c.asked = c.window
	if c.beside {
		c.asked, err = c.display.WindowAt(ctx, e2e.ByPID, pid, width)
	}
	return err
}

// phase waits for a phase of card writing; a problem on the way ends it.
func (c *counter) phase(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		e, err := c.program.Wait(ctx, name, func(e e2e.Event) bool {
			return e.View("write", name) || e.View("write", "problem") || e.View("write", "torn")
		})
		if err != nil {
			return err
		}
		if !e.View("write", name) {
			return fmt.Errorf("the program came to %s %s instead of %s", e.Text("phase"), e.Text("code"), name)
		}
		return nil
	}
}

// patience is how long a person waits for an answer before they do it again: a
// key that comes before its question is drawn is answered by nothing.
const patience = 5 * time.Second

// until does something, and again while the program does not come to a phase. A
// problem on the way ends it.
func (c *counter) until(ctx context.Context, next string, do func(context.Context) error) error {
	for {
		if err := do(ctx); err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, patience)
		err := c.phase(next)(waiting)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return err
		}
	}
}

// press sends a key to the clerk's window.
func (c *counter) press(key, next string) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.until(ctx, next, func(ctx context.Context) error {
			return errors.Join(pause(ctx, settle), c.display.Key(ctx, c.window, key))
		})
	}
}

// answer is the resident's はい, once their side takes it.
func (c *counter) answer(next string) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.until(ctx, next, func(ctx context.Context) error {
			return errors.Join(pause(ctx, settle), c.display.Key(ctx, c.asked, "Return"))
		})
	}
}

// enterPIN types the PIN and 決定. What may stand there of an earlier try is
// erased first.
func (c *counter) enterPIN(next string) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.until(ctx, next, func(ctx context.Context) error {
			err := pause(ctx, settle)
			for range len(demoPIN) {
				err = errors.Join(err, c.display.Key(ctx, c.asked, "BackSpace"))
			}
			return errors.Join(err, c.display.Type(ctx, c.asked, demoPIN), c.display.Key(ctx, c.asked, "Return"))
		})
	}
}

// absent: before the write there is no MyKey AP for the foreign program.
func (c *counter) absent(ctx context.Context) error {
	got, err := e2e.OpenSC(ctx, c.daemon.Socket, selectMyKey)
	if err != nil {
		return err
	}
	if got[0].SW != swNotFound {
		return fmt.Errorf("SELECT MyKey AP before the write: got %04X, want %04X", got[0].SW, swNotFound)
	}
	return nil
}

// present: after it there is, and its EF is read.
func (c *counter) present(ctx context.Context) error {
	got, err := e2e.OpenSC(ctx, c.daemon.Socket, selectMyKey, readArea)
	if err != nil {
		return err
	}
	if got[0].SW != swDone || got[1].SW != swDone {
		return fmt.Errorf("after the write: SELECT %04X, READ %04X, want %04X twice", got[0].SW, got[1].SW, swDone)
	}
	c.area = got[1].Data
	return nil
}

// same: the bytes are the record that the platform has confirmed for a MyKey ID
// that it made in this run. Its database is the witness: it was empty before.
func (c *counter) same(ctx context.Context) error {
	r, ok := mykey.ParseArea(c.area).Current()
	if !ok {
		return fmt.Errorf("the %d bytes hold no valid record", len(c.area))
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(c.folder, "platform.db")+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	slot := r.Marshal()
	sum := sha256.Sum256(slot[:])
	var confirmed int
	err = db.QueryRowContext(ctx, `
		SELECT count(*) FROM card JOIN mykey ON mykey.id = card.id WHERE mykey.mykey_id = ?1 AND card.confirmed = ?2`,
		r.ID.Reveal(), sum[:]).Scan(&confirmed)
	if err != nil {
		return fmt.Errorf("ask the platform's database: %w", err)
	}
	if confirmed != 1 {
		return errors.New("the record on the card is none that the platform has confirmed in this run")
	}
	return nil
}

// report prints what was found; its error is that of the step that did not hold.
func (c *counter) report() error {
	shots, err := c.steps.End()
	if err != nil {
		return err
	}
	fmt.Printf("run opensc-tool read %d bytes, the platform's record: %X\n", len(c.area), c.area[:mykey.SlotSize])
	fmt.Printf("run screenshots=%d in %s\n", shots, c.steps.Folder)
	return nil
}

// pause waits as a person does between two looks.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
