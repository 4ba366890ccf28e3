package journal_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/madoguchi/madoguchi/app/journal"
)

func open(t *testing.T, path string, key byte) *journal.Journal {
	t.Helper()
	j, err := journal.Open(context.Background(), path, [journal.KeySize]byte{key})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestUnfinishedWorkIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "journal.db")
	j := open(t, path, 1)
	card := j.Card([32]byte{9})
	began := time.Date(2026, 11, 25, 10, 31, 42, 0, time.UTC)
	want := journal.Job{ID: journal.NewJobID(), Reached: 1, Code: "CARD-REMOVED", Card: card, Since: began}
	if err := j.Save(ctx, want); err != nil {
		t.Fatal(err)
	}
	if err := j.Save(ctx, journal.Job{ID: journal.NewJobID(), Card: j.Card([32]byte{8}), Since: began.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}

	j = open(t, path, 1)
	defer j.Close()
	jobs, err := j.Jobs(ctx)
	if err != nil || len(jobs) != 2 {
		t.Fatalf("Jobs = %d rows, %v; want 2", len(jobs), err)
	}
	want.Since = began.Truncate(time.Minute)
	if diff := cmp.Diff(want, jobs[1]); diff != "" {
		t.Errorf("the later job (-want +got):\n%s", diff)
	}
	got, found, err := j.Find(ctx, j.Card([32]byte{9}))
	if err != nil || !found || got.ID != want.ID {
		t.Errorf("Find the same card = %q, %v, %v; want %q", got.ID, found, err, want.ID)
	}
	if _, found, _ := j.Find(ctx, j.Card([32]byte{7})); found {
		t.Error("Find another card found a job")
	}
	if err := j.Finish(ctx, want.ID); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := j.Find(ctx, card); found {
		t.Error("a finished job is still there")
	}
}

func TestAnotherKeyDoesNotOpenTheJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	open(t, path, 1).Close()
	if _, err := journal.Open(context.Background(), path, [journal.KeySize]byte{2}); !errors.Is(err, journal.ErrKey) {
		t.Errorf("Open with another key = %v; want ErrKey", err)
	}
}

// The plant proves that the search would find what it looks for.
func TestTheFileSaysNothingOfACardOrAJob(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	j := open(t, filepath.Join(dir, "journal.db"), 1)
	defer j.Close()
	fingerprint := [32]byte([]byte("a card's fingerprint of 32 bytes"))
	tag := j.Card(fingerprint)
	if err := j.Save(ctx, journal.Job{ID: journal.NewJobID(), Code: "CARD-REMOVED", Card: tag, Since: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := j.Bar(ctx, j.Card([32]byte{1})); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plant"), append(fingerprint[:], "CARD-REMOVED"...), 0o600); err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files of the journal: %v, %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range map[string][]byte{"fingerprint": fingerprint[:], "code": []byte("CARD-REMOVED"), "tag": tag[:]} {
			if bytes.Contains(b, secret) {
				found[filepath.Base(f)] = append(found[filepath.Base(f)], name)
			}
		}
	}
	if len(found["plant"]) != 2 {
		t.Errorf("the plant was not found: %v", found)
	}
	delete(found, "plant")
	if len(found) != 0 {
		t.Errorf("found in the journal's files: %v", found)
	}
}

func TestABarredCardStaysBarred(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "journal.db")
	j := open(t, path, 1)
	for range 2 {
		if err := j.Bar(ctx, j.Card([32]byte{5})); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	j = open(t, path, 1)
	defer j.Close()
	for card, want := range map[byte]bool{5: true, 6: false} {
		if got, err := j.Barred(ctx, j.Card([32]byte{card})); err != nil || got != want {
			t.Errorf("Barred(card %d) = %v, %v; want %v", card, got, err, want)
		}
	}
}

func TestCountsAreOfTheDay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	j := open(t, filepath.Join(t.TempDir(), "journal.db"), 1)
	defer j.Close()
	today := time.Date(2026, 11, 25, 23, 59, 0, 0, time.UTC)
	for _, what := range []journal.Count{journal.Written, journal.Written, journal.Cancelled} {
		if err := j.Add(ctx, today, what); err != nil {
			t.Fatal(err)
		}
	}
	for day, want := range map[time.Time]map[journal.Count]int{
		today:                  {journal.Written: 2, journal.Cancelled: 1, journal.Failed: 0, journal.LookedUp: 0, journal.Linked: 0},
		today.Add(time.Minute): {journal.Written: 0, journal.Cancelled: 0, journal.Failed: 0, journal.LookedUp: 0, journal.Linked: 0},
	} {
		got, err := j.Counted(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counts of %v (-want +got):\n%s", day, diff)
		}
	}
}

func TestWhatWasSentIsThereUntilItIsSettled(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "journal.db")
	j := open(t, path, 1)
	now := time.Date(2026, 11, 25, 10, 31, 42, 0, time.UTC)
	later := journal.Sent{Key: "key-of-the-later", Kind: "link", Receipt: "0007", Since: now}
	for _, s := range []journal.Sent{later, {Key: "key-of-the-earlier", Kind: "unlink", Receipt: "4711", Since: now.Add(-time.Hour)}} {
		if err := j.Post(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	later.Never = true
	if err := j.Post(ctx, later); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, path, 1)
	defer j.Close()
	sent, err := j.Outbox(ctx)
	if err != nil || len(sent) != 2 || sent[0].Receipt != "4711" {
		t.Fatalf("Outbox = %+v, %v; want both, the earlier first", sent, err)
	}
	later.Since = now.Truncate(time.Minute)
	if diff := cmp.Diff(later, sent[1]); diff != "" {
		t.Errorf("the later (-want +got):\n%s", diff)
	}
	if err := j.Settle(ctx, "key-of-the-earlier"); err != nil {
		t.Fatal(err)
	}
	if sent, err = j.Outbox(ctx); err != nil || len(sent) != 1 {
		t.Errorf("after Settle: %d rows, %v", len(sent), err)
	}
}
