package tear

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

// sampleLimit bounds a sample that hangs.
const sampleLimit = 5 * time.Minute

func quiet(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

// TestATornCardHoldsTheOldOrTheNewRecord tries some of each part's cases, evenly
// over all; `make torn` tries every one.
func TestATornCardHoldsTheOldOrTheNewRecord(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), sampleLimit)
	defer cancel()
	c, err := Open(ctx, "", quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, part := range []struct {
		Part
		some int
	}{{Write, 16}, {Rewrite, 14}, {Release, 10}} {
		run, err := c.Measure(ctx, part.Part)
		if err != nil {
			t.Fatal(err)
		}
		cases := run.Cases()
		if len(cases) < part.some {
			t.Fatalf("%s: %d cases", part.Part, len(cases))
		}
		for i := range part.some {
			if _, err := c.Try(ctx, cases[(2*i+1)*len(cases)/(2*part.some)]); err != nil {
				t.Fatal(err)
			}
		}
	}
}
