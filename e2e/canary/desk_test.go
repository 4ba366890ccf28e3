//go:build linux

package canary_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// Lives of the desk, in order: each goes on in the folder of the one before.
const (
	lifeKilled   = "killed"          // a wrong PIN, a tear, and kill −9 inside the second UPDATE
	lifePanicApp = "crashed-counter" // the counter's own goroutine panics with the PIN entered
	lifePanicPIN = "crashed-digits"  // another goroutine panics while the digits stand
	lifePanicID  = "crashed-session" // panics in the middle of the card session: the record is in memory
	lifeFinished = "finished"
)

// Moments that a life reports and waits at.
const (
	momentPIN     = "pin"     // four digits stand, 決定 is not pressed
	momentTorn    = "torn"    // the card has left in the middle, the job is kept
	momentWriting = "writing" // inside an UPDATE
	momentDone    = "done"
)

// orders is what the desk's process is told, on its standard input: neither its
// arguments nor its environment hold anything.
type orders struct {
	Life     string
	Dir      string // the training folder
	Requests string // a file for what reaches the platform
	ID       string
	PIN      string
	Wrong    string // another PIN, entered first
}

// hands is the desk's process: the counter, and the hands of clerk and resident.
type hands struct {
	orders
	in  *bufio.Scanner
	out io.Writer
}

// desk is the main function of the desk's process.
func desk(in io.Reader, out io.Writer) error {
	h := hands{in: bufio.NewScanner(in), out: out}
	if !h.in.Scan() {
		return fmt.Errorf("no orders: %w", h.in.Err())
	}
	if err := json.Unmarshal(h.in.Bytes(), &h.orders); err != nil {
		return fmt.Errorf("orders: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // of a process that hangs
	defer cancel()
	return h.live(ctx)
}

// at reports a moment and waits to be told to go on.
func (h *hands) at(moment string) {
	fmt.Fprintln(h.out, moment)
	h.in.Scan()
}

func (h *hands) live(ctx context.Context) (err error) {
	id, err := mykey.ParseID(h.ID)
	if err != nil {
		return err
	}
	requests, err := os.Create(h.Requests)
	if err != nil {
		return err
	}
	// The level of --verbose: what a desk logs at most.
	var log slog.Handler = slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})
	switch h.Life {
	case lifePanicApp:
		log = panics{log, "checking"}
	case lifePanicID:
		log = panics{log, "verifying"}
	}
	set, err := training.Start(ctx, training.Options{
		Dir: h.Dir, Cards: []string{"training.card.fresh"}, PIN: h.PIN, Wished: id,
		Log: slog.New(log), Front: capture{slog.New(slog.NewJSONHandler(requests, nil))}.front,
	})
	if err != nil {
		return err
	}
	counter, err := drive.Desk(ctx, set, slog.New(log))
	if err != nil {
		return err
	}
	if h.Life == lifeKilled {
		return h.killed(ctx, counter, set)
	}
	if err := counter.Unfinished(ctx, 1); err != nil {
		return err
	}
	if err := counter.OpenWrite(ctx); err != nil {
		return err
	}
	if h.Life == lifeFinished {
		err = h.finish(ctx, counter)
		counter.Stop()
		if closed := set.Close(); err == nil {
			err = closed
		}
		return err
	}
	if err := counter.ToPIN(ctx); err != nil {
		return err
	}
	if err := counter.Digits(ctx, h.PIN); err != nil {
		return err
	}
	h.at(momentPIN)
	if h.Life == lifePanicPIN {
		panic("the desk's process panics while the digits stand")
	}
	counter.Enter()
	<-ctx.Done()
	return ctx.Err()
}

// killed is the first life; it never returns by itself.
func (h *hands) killed(ctx context.Context, counter *drive.Counter, set *training.Training) error {
	set.Cards()[0].Chip.SetSupply(&failing{hold: func() { h.at(momentWriting) }})
	if err := counter.OpenWrite(ctx); err != nil {
		return err
	}
	if err := counter.ToPIN(ctx); err != nil {
		return err
	}
	if err := counter.Digits(ctx, h.Wrong); err != nil {
		return err
	}
	counter.Enter()
	if err := counter.Refused(ctx); err != nil {
		return err
	}
	if err := counter.Digits(ctx, h.PIN); err != nil {
		return err
	}
	h.at(momentPIN)
	counter.Enter()
	if _, err := counter.Phase(ctx, drive.Torn); err != nil {
		return err
	}
	if err := counter.Empty(ctx); err != nil {
		return err
	}
	h.at(momentTorn)
	view, err := counter.Tap(ctx, h.PIN) // goes on by the job's authority
	return fmt.Errorf("the held write ended in phase %v, %w", view.Write.Phase, err)
}

// finish writes the card and goes on to the next person.
func (h *hands) finish(ctx context.Context, counter *drive.Counter) error {
	view, err := counter.Tap(ctx, h.PIN)
	if err != nil {
		return err
	}
	if view.Write.Phase != drive.Done {
		return fmt.Errorf("ended in phase %v with code %q; want done", view.Write.Phase, view.Write.Problem.Code)
	}
	if err := counter.Clear(ctx); err != nil {
		return err
	}
	if err := counter.Home(ctx); err != nil {
		return err
	}
	if err := counter.Unfinished(ctx, 0); err != nil {
		return err
	}
	h.at(momentDone)
	return nil
}

// failing is power that ends inside the first UPDATE; the second one is held in
// the middle for ever. The chip runs one command at a time.
type failing struct {
	updates int
	hold    func()
}

// Program is virtualcard.Supply's.
func (f *failing) Program(w virtualcard.Write) ([]byte, bool) {
	if !w.UpdateOfEF {
		return w.New, true
	}
	f.updates++
	if f.updates == 1 {
		held, _ := fault.Tear(fault.Fault{Kind: fault.TearPrefix, Byte: 40}, w)
		return held, false
	}
	f.hold()
	select {}
}

// panics is a log that panics where the View comes to a phase: on the goroutine
// that brought it there.
type panics struct {
	slog.Handler
	phase string
}

// Handle is slog.Handler's.
func (p panics) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	r.Attrs(func(a slog.Attr) bool {
		if r.Message == "view" && a.Key == "phase" && a.Value.String() == p.phase {
			panic("the desk panics in phase " + p.phase)
		}
		return true
	})
	return err
}

// capture writes down each request as it came: its line, its header, its body.
type capture struct{ log *slog.Logger }

func (c capture) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "body broke off", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		attrs := []any{"line", r.Method + " " + r.RequestURI, "host", r.Host, bodyField, string(body)}
		for name, values := range r.Header {
			attrs = append(attrs, "header "+name, strings.Join(values, ", "))
		}
		c.log.Info("request of "+normal(r.URL.Path), attrs...)
		next.ServeHTTP(w, r)
	})
}

const bodyField = "body"

// paths of one run.
func requestsFile(run, life string) string { return filepath.Join(run, "requests-"+life) }
