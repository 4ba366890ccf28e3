package drive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/training"
)

// Counter is a running counter that is measured: its clerk and resident answer at
// once, and nothing reaches the platform but what its flow asks.
type Counter struct {
	*Driver
	stop    context.CancelFunc
	stopped chan struct{}
}

// rarely is how often a measured counter looks at its platform beside the flow:
// not again.
const rarely = 24 * time.Hour

// StartCounter runs a counter over t, to be ended by Stop.
func StartCounter(ctx context.Context, t *training.Training) *Counter {
	limits := app.DefaultLimits()
	limits.Platform = rarely
	return start(ctx, app.New(app.Parts{
		Reader: t.Reader(), Platform: t.Platform(), Journal: t.Journal(), Trainer: app.NoTraining{}, Handing: app.NoHanding{}, Training: true,
		Clock: app.SystemClock{}, Limits: limits, Clerk: training.Clerk, Log: slog.New(slog.DiscardHandler),
	}))
}

// start runs a, to be ended by Stop.
func start(ctx context.Context, a *app.App) *Counter {
	ctx, stop := context.WithCancel(ctx)
	c := &Counter{Driver: New(a), stop: stop, stopped: make(chan struct{})}
	go func() { defer close(c.stopped); a.Run(ctx) }()
	return c
}

// Stop ends the counter and waits for it.
func (c *Counter) Stop() {
	c.stop()
	<-c.stopped
	c.Close()
}

// Ready waits until a card lies on the R/W, and F2 may be opened.
func (c *Counter) Ready(ctx context.Context) error {
	_, err := c.Until(ctx, "a card and the menu item F2", func(v app.View) bool {
		return v.Status.Reader == app.ReaderCard && len(v.Desk.Screens) > 1
	})
	return err
}

// Write opens F2 with the card that lies there, answers, and is back when 完了 is
// shown. Any other end is an error with its code.
func (c *Counter) Write(ctx context.Context, pin string) error {
	c.App.Send(app.GoTo{Screen: app.ScreenWrite})
	view, err := c.Answer(ctx, pin, app.PhaseWaiting)
	if err != nil {
		return err
	}
	if view.Write.Phase != app.PhaseDone {
		return fmt.Errorf("ended in phase %v with code %q", view.Write.Phase, view.Write.Problem.Code)
	}
	return nil
}

// Home goes back to Home.
func (c *Counter) Home(ctx context.Context) error {
	c.App.Send(app.GoTo{Screen: app.ScreenHome})
	_, err := c.Until(ctx, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome && v.Resident.Face == app.FaceIdle })
	if err != nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("back to Home: %w", err)
	}
	c.Views() // seen, and let go
	return err
}
