package drive

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/hardening"
	"github.com/madoguchi/madoguchi/training"
)

// Desk runs the counter over t as the program does, but for its windows: with the
// demo cards, the limits of a real desk, its log, and no core dumps. Stop ends it.
func Desk(ctx context.Context, t *training.Training, log *slog.Logger) (*Counter, error) {
	if err := hardening.NoCoreDumps(); err != nil {
		return nil, fmt.Errorf("core dumps: %w", err)
	}
	return start(ctx, app.New(app.Parts{
		Reader: t.Reader(), Platform: t.Platform(), Journal: t.Journal(), Trainer: t.Trainer(), Handing: app.NoHanding{}, Training: true,
		Clock: app.SystemClock{}, Limits: app.DefaultLimits(), Clerk: training.Clerk, Log: log,
	})), nil
}

// ToPIN lays the chosen card on the R/W and answers as ご本人 with はい until the
// PIN is asked for.
func (d *Driver) ToPIN(ctx context.Context) error {
	d.App.Send(app.InsertCard{})
	last := app.PhaseWaiting
	for {
		view, err := d.Until(ctx, "the PIN to be asked for", func(v app.View) bool {
			return v.Write.Phase != last && in(v.Write.Phase, asked)
		})
		if err != nil {
			return err
		}
		if last = view.Write.Phase; last == app.PhasePIN {
			return nil
		}
		d.reply(last, "")
	}
}

// Digits enters digits of a PIN, without 決定, and waits until they are counted.
func (d *Driver) Digits(ctx context.Context, digits string) error {
	for _, r := range digits {
		d.App.Digit(byte(r - '0'))
	}
	_, err := d.Until(ctx, "the digits", func(v app.View) bool { return v.Write.Digits == len(digits) })
	return err
}

// Enter presses 決定.
func (d *Driver) Enter() { d.App.Send(app.Enter{}) }

// Unfinished waits until Home shows n rows of 終わっていない処理.
func (d *Driver) Unfinished(ctx context.Context, n int) error {
	_, err := d.Until(ctx, fmt.Sprintf("%d rows of unfinished work", n), func(v app.View) bool {
		return v.Screen == app.ScreenHome && len(v.Home.Jobs) == n
	})
	return err
}

// Refused waits until the PIN is asked for again because it was wrong.
func (d *Driver) Refused(ctx context.Context) error {
	_, err := d.Until(ctx, "the word that the PIN is wrong", func(v app.View) bool {
		return v.Write.Phase == app.PhasePIN && v.Write.Problem.Code == app.CodePINWrong
	})
	return err
}
