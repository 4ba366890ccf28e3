package training_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
)

// A training desk that keeps its folder goes on after a restart as a real one does:
// the card is as it was torn, the job is there, the platform knows the resident.
func TestATornWriteIsFinishedAfterTheProgramWasStartedAgain(t *testing.T) {
	t.Parallel()
	const pin = "7391"
	wished, err := mykey.ParseID("KEPTCARD")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of a test that hangs
	defer cancel()
	dir := t.TempDir()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	for run, want := range []struct {
		unfinished int
		ends       string
	}{{0, drive.Torn.String()}, {1, drive.Done.String()}, {0, ""}} {
		set, err := training.Start(ctx, training.Options{
			Dir: dir, Cards: []string{"training.card.tears"}, PIN: pin, Wished: wished, Log: log,
		})
		if err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		desk, err := drive.Desk(ctx, set, log)
		if err != nil {
			t.Fatal(err)
		}
		if err := desk.Unfinished(ctx, want.unfinished); err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		if want.ends != "" {
			if err := desk.OpenWrite(ctx); err != nil {
				t.Fatal(err)
			}
			view, err := desk.Tap(ctx, pin)
			if got := view.Write.Phase.String(); err != nil || got != want.ends {
				t.Errorf("run %d ended in phase %v, code %q (%v); want %v", run, got, view.Write.Problem.Code, err, want.ends)
			}
		}
		desk.Stop()
		content, _ := set.Cards()[0].Chip.Area()
		record, holds := mykey.ParseArea(content).Current()
		if written := run > 0; holds != written || written && record.ID != wished {
			t.Errorf("run %d: the card holds %v (%v)", run, record.ID, holds)
		}
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	}
}
