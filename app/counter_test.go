package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// counter is a running counter in training mode, with hands on it.
type counter struct {
	*drive.Driver
	training *training.Training
	ctx      context.Context
}

// start runs a counter with these demo cards; the first is chosen. change may
// alter its parts.
func start(t *testing.T, cards []string, change ...func(*app.Parts)) *counter {
	t.Helper()
	return startWith(t, training.Options{Cards: cards}, change...)
}

// startWith is start with a training set up otherwise.
func startWith(t *testing.T, o training.Options, change ...func(*app.Parts)) *counter {
	t.Helper()
	// A bound on a test that hangs, never a time that is measured.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	o.Log = log
	set, err := training.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { set.Close() })
	parts := app.Parts{
		Reader: set.Reader(), Platform: set.Platform(), Journal: set.Journal(), Trainer: set.Trainer(),
		Handing: app.NoHanding{}, Training: true, Clock: app.SystemClock{}, Limits: app.DefaultLimits(), Clerk: training.Clerk, Log: log,
	}
	for _, c := range change {
		c(&parts)
	}
	a := app.New(parts)
	d := drive.New(a)
	done := make(chan struct{})
	running, stop := context.WithCancel(ctx)
	go func() { defer close(done); a.Run(running) }()
	t.Cleanup(func() { stop(); <-done; d.Close() })
	return &counter{Driver: d, training: set, ctx: ctx}
}

// open opens F2.
func (c *counter) open(t *testing.T) {
	t.Helper()
	if err := c.OpenWrite(c.ctx); err != nil {
		t.Fatal(err)
	}
}

// answer works the card on the R/W to the end of its transaction.
func (c *counter) answer(t *testing.T, from app.Phase) app.View {
	t.Helper()
	view, err := c.Answer(c.ctx, "1234", from)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func (c *counter) until(t *testing.T, what string, ok func(app.View) bool) app.View {
	t.Helper()
	view, err := c.Until(c.ctx, what, ok)
	if err != nil {
		t.Fatal(err)
	}
	return view
}
