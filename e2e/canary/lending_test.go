//go:build linux

package canary_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// Lives of a library's desk, in order: each goes on in the folder of the one before.
// The last but one is lifeKilled, inside a registration, and the last lifeFinished.
const (
	lifeDay          = "day"           // registrations and 500 taps; aborted with a number on the screen and in a file
	lifeKilledLookup = "killed-lookup" // kill −9 while the platform's answer is under way
	lifeKilledTap    = "killed-tap"    // kill −9 while the number lies in the file
)

// Moments of a library's desk.
const (
	momentOpen   = "open"   // F4 waits for the first card
	momentBefore = "before" // registrations are done, the day's taps come
	momentAfter  = "after"  // the taps are done
	momentShown  = "shown"  // a number stands on the screen and lies in the file
	momentHeld   = "held"   // the platform has done it, its answer is not heard
)

// Cards of the library's desk, by their place in the chooser.
const (
	cardA = iota // linked, here and elsewhere
	cardB        // linked, here and elsewhere
	cardC        // unlinked
	cardStopped
	cardOld
	cardD      // no record on it: by certificate, unlinked
	cardNobody // no MyKey ID
)

var lendingCards = []string{
	"training.card.linked", "training.card.linked-zero", "training.card.unlinked", "training.card.stopped",
	"training.card.old", "training.card.fresh", "training.card.no-id",
}

// taps are those of the day between momentBefore and momentAfter. Every 25th finds
// no number: stopped, or nobody's.
const (
	taps     = 500
	tapsFile = 75 // by file, the others by serial port: a folder is looked at ten times a second
)

// numbers are the service IDs of one run, by what becomes of them.
type numbers struct {
	A, B      string // linked at first; gone when the day's taps begin
	ATaken    string // A's new one; the answer of its registration is lost
	BTyped    string // B's new one, typed
	C, CNew   string // C's, and what replaces it
	CLast     string // replaces it again, in the registration that is killed
	D         string // found by certificate
	Early     string // scanned before a card lies there
	Wrong     string // scanned with a check digit that does not fit
	Declined  string // not wanted by its resident
	Elsewhere string // asked for at another operator
}

// lendingOrders is what the desk's process is told, on its standard input.
type lendingOrders struct {
	Life, Dir         string
	Requests, Answers string // files for what reaches the platform and what it says
	Drop, Port        string // where numbers are handed over
	ID                string // the MyKey ID of A
	Numbers           numbers
}

// lending is the desk's process: the counter, the hands of clerk and residents, and
// the network, which can lose and hold answers.
type lending struct {
	lendingOrders
	in      *bufio.Scanner
	out     io.Writer
	set     *training.Training
	counter *drive.Counter

	loseLookups atomic.Int32 // so many answers to look-ups are lost
	loseLinks   atomic.Bool  // each answer to a registration is
	holds       atomic.Bool  // the next of both waits for ever
}

func lendingDesk(in io.Reader, out io.Writer) error {
	l := &lending{in: bufio.NewScanner(in), out: out}
	if !l.in.Scan() {
		return fmt.Errorf("no orders: %w", l.in.Err())
	}
	if err := json.Unmarshal(l.in.Bytes(), &l.lendingOrders); err != nil {
		return fmt.Errorf("orders: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute) // of a process that hangs
	defer cancel()
	return l.live(ctx)
}

func (l *lending) at(moment string) {
	fmt.Fprintln(l.out, moment)
	l.in.Scan()
}

func (l *lending) live(ctx context.Context) (err error) {
	id, err := mykey.ParseID(l.ID)
	if err != nil {
		return err
	}
	requests, err := os.Create(l.Requests)
	if err != nil {
		return err
	}
	answers, err := os.Create(l.Answers)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	asked, said := capture{slog.New(slog.NewJSONHandler(requests, nil))}, answered{slog.New(slog.NewJSONHandler(answers, nil)), l.fate}
	l.set, err = training.Start(ctx, training.Options{
		Desk: training.Reception, Dir: l.Dir, Cards: lendingCards, Wished: id, Log: log,
		Front: func(next http.Handler) http.Handler { return asked.front(said.front(next)) },
	})
	if err != nil {
		return err
	}
	if l.Life == lifeDay {
		if err := errors.Join(l.link(ctx, cardA, l.Numbers.A), l.link(ctx, cardB, l.Numbers.B)); err != nil {
			return err
		}
	}
	if l.counter, err = drive.Reception(ctx, l.set, log); err != nil {
		return err
	}
	if err := l.counter.Lookups(ctx, ""); err != nil {
		return err
	}
	l.at(momentOpen)
	switch l.Life {
	case lifeDay:
		return l.day(ctx)
	case lifeKilledLookup:
		l.holds.Store(true)
		l.counter.Lay(cardB)
	case lifeKilledTap:
		return l.shown(ctx, cardD)
	case lifeKilled:
		if err := l.counter.OpenRegister(ctx); err != nil {
			return err
		}
		l.holds.Store(true)
		_, err := l.counter.Register(ctx, drive.Registration{Card: cardC, Number: "a" + l.Numbers.CLast + "a"})
		return err
	default:
		return l.finish(ctx)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (l *lending) link(ctx context.Context, card int, number string) error {
	id, err := mykey.ParseServiceID(number)
	if err != nil {
		return err
	}
	return l.set.Link(ctx, l.set.Cards()[card], l.set.Service(), id)
}

// fate is what becomes of an answer: given, lost, or held for ever.
func (l *lending) fate(r *http.Request) {
	lookup := strings.HasSuffix(r.URL.Path, "/lookups")
	link := strings.HasSuffix(r.URL.Path, "/links")
	if r.TLS == nil || !lookup && !link {
		return
	}
	// F3 looks up before it links: only the last is held there.
	if l.holds.Load() && (link || lookup && l.Life == lifeKilledLookup) {
		l.at(momentHeld)
		select {}
	}
	if link && l.loseLinks.Load() || lookup && l.loseLookups.Add(-1) >= 0 {
		panic(http.ErrAbortHandler) // net/http's way to close without an answer
	}
}

// shown hands a card's number over by file and waits to be ended in the middle.
func (l *lending) shown(ctx context.Context, card int) error {
	view, err := l.counter.Handed(ctx, card)
	if err != nil {
		return err
	}
	if view.Lookup.Number.IsZero() {
		return fmt.Errorf("no number on the screen, code %q", view.Lookup.Problem.Code)
	}
	l.at(momentShown)
	<-ctx.Done()
	return ctx.Err()
}

// finish is the last life: everybody once more, and the end of the day.
func (l *lending) finish(ctx context.Context) error {
	if err := l.counter.Sent(ctx); err != nil {
		return err
	}
	for _, card := range []int{cardA, cardB, cardC, cardD} {
		if err := l.delivered(ctx, card); err != nil {
			return err
		}
	}
	if err := l.counter.TakeOff(ctx); err != nil {
		return err
	}
	l.at(momentDone)
	l.counter.Stop()
	return l.set.Close()
}

func (l *lending) delivered(ctx context.Context, card int) error {
	view, err := l.counter.Look(ctx, card)
	if err == nil && view.Lookup.Delivery != drive.Delivered {
		err = fmt.Errorf("card %d: not delivered, code %q", card, view.Lookup.Problem.Code)
	}
	return err
}
