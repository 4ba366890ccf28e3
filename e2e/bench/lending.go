//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// lending is a reception desk on the bed's R/W: its platform, linked cards, and a
// display with the window that numbers are typed into. Close it.
type lending struct {
	bed      *bed
	dir      string
	asked    *asked
	training *training.Training
	display  *e2e.Display
	target   *target
	desk     *drive.Lending
	cards    []*training.Card
	taps     int
}

const (
	cards = 10 // in turn, so that no tap is one of the card before
	ready = 30 * time.Second
)

// lend opens the desk. idle is drive.StartLending's.
func (b *bed) lend(ctx context.Context, name string, idle time.Duration) (l *lending, err error) {
	l = &lending{bed: b, dir: b.path(name), asked: &asked{}}
	defer func() {
		if err != nil {
			err = errClose(err, l)
		}
	}()
	if l.display, err = e2e.StartDisplay(1024, 768); err != nil {
		return l, err
	}
	if err := onlyDisplay(l.display.Name); err != nil {
		return l, err
	}
	if l.target, err = openTarget(ctx); err != nil {
		return l, err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return l, err
	}
	l.training, err = training.Start(ctx, training.Options{
		Desk: training.Reception, Cards: []string{"training.card.linked"}, Dir: l.dir,
		Log: slog.New(slog.DiscardHandler), Front: l.asked.front,
	})
	if err != nil {
		return l, err
	}
	for range cards {
		number, err := l.training.NextNumber()
		if err != nil {
			return l, err
		}
		card, err := l.training.MakeLinked(ctx, number)
		if err != nil {
			return l, err
		}
		l.cards = append(l.cards, card)
	}
	if l.desk, err = drive.StartLending(ctx, l.training, l.target.Target, idle); err != nil {
		return l, err
	}
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	return l, l.desk.Ready(ctx)
}

// Close ends it, last things first.
func (l *lending) Close() (err error) {
	if l.desk != nil {
		err = errors.Join(err, l.desk.Stop())
	}
	if l.training != nil {
		err = errors.Join(err, l.training.Close())
	}
	if l.target != nil {
		err = errors.Join(err, l.target.Close())
	}
	if l.display != nil {
		l.display.Stop()
	}
	return err
}

func (l *lending) journal() string { return filepath.Join(l.dir, "journal.db") }

// lay puts the next card into the seat, and gives it. Nobody is told yet.
func (l *lending) lay() *training.Card {
	card := l.cards[l.taps%len(l.cards)]
	l.taps++
	l.bed.seat.put(card.Chip)
	return card
}

// onlyDisplay makes this process one of a session that has an X server and nothing
// else: no Wayland, no bus, no input method.
func onlyDisplay(name string) error {
	for _, variable := range []string{
		"WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "IBUS_ADDRESS", "XMODIFIERS", "XAUTHORITY",
	} {
		if err := os.Unsetenv(variable); err != nil {
			return fmt.Errorf("session: %w", err)
		}
	}
	return os.Setenv("DISPLAY", name)
}
