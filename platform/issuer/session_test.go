package issuer_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/virtualcard"
)

func (b *bench) open() (string, issuer.Script) {
	b.Helper()
	id, script, err := b.iss.Open(context.Background(),
		issuer.Request{Desk: "desk", Step: issuer.StepWrite, Facts: b.facts(), Wanted: b.record(1)})
	b.must(err)
	return id, script
}

func (b *bench) answers(s issuer.Script) [][]byte {
	b.Helper()
	answers, err := b.relay(s)
	b.must(err)
	return answers
}

func TestSessionBelongsToItsDeskAndEachStepCountsOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBench(t, virtualcard.Options{})
	id, script := b.open()
	answers := b.answers(script)
	if _, err := b.iss.Next(ctx, id, "other", answers); !errors.Is(err, issuer.ErrWrongDesk) {
		t.Errorf("another desk: %v, want ErrWrongDesk", err)
	}
	b.iss.Close(id, "other")
	if _, err := b.iss.Next(ctx, id, "desk", answers); err != nil {
		t.Errorf("its own desk: %v", err)
	}
	if _, err := b.iss.Next(ctx, id, "desk", answers); !errors.Is(err, issuer.ErrStepTwice) {
		t.Errorf("the same answers: %v, want ErrStepTwice", err)
	}
	b.iss.Close(id, "desk")
	if _, err := b.iss.Next(ctx, id, "desk", answers); !errors.Is(err, issuer.ErrSessionUnknown) {
		t.Errorf("closed: %v, want ErrSessionUnknown", err)
	}
}

func TestSessionEndsInTime(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBench(t, virtualcard.Options{})
	id, script := b.open()
	answers := b.answers(script)
	b.now = b.now.Add(issuer.KeyLife + time.Second)
	if _, err := b.iss.Next(ctx, id, "desk", answers); !errors.Is(err, issuer.ErrSessionOver) {
		t.Errorf("keys of 61 s: %v, want ErrSessionOver", err)
	}
	// Each trip within the life of its keys, all of them not within the session's.
	id, script = b.open()
	for range 2 {
		answers = b.answers(script)
		b.now = b.now.Add(issuer.KeyLife)
		out, err := b.iss.Next(ctx, id, "desk", answers)
		b.must(err)
		script = *out.Script
	}
	answers = b.answers(script)
	b.now = b.now.Add(time.Second)
	if _, err := b.iss.Next(ctx, id, "desk", answers); !errors.Is(err, issuer.ErrSessionOver) {
		t.Errorf("session of 121 s: %v, want ErrSessionOver", err)
	}
}

func TestDeskThatLosesAnswersIsNotLockedOut(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBench(t, virtualcard.Options{})
	first, script := b.open()
	for range issuer.PerDesk {
		b.now = b.now.Add(time.Second)
		b.open()
	}
	if _, err := b.iss.Next(ctx, first, "desk", b.answers(script)); !errors.Is(err, issuer.ErrSessionUnknown) {
		t.Errorf("oldest of %d sessions: %v, want ErrSessionUnknown", issuer.PerDesk+1, err)
	}
	b.write(1)
}

func TestTwoPostsAtOnceCountOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	id, script := b.open()
	answers := b.answers(script)
	errs := make([]error, 16)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = b.iss.Next(context.Background(), id, "desk", answers) })
	}
	wg.Wait()
	taken := 0
	for _, err := range errs {
		switch {
		case err == nil:
			taken++
		case !errors.Is(err, issuer.ErrStepTwice):
			t.Errorf("got %v, want ErrStepTwice", err)
		}
	}
	if taken != 1 {
		t.Errorf("%d posts were taken, want 1", taken)
	}
}

func TestAnswersMustBelongToTheScript(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func([][]byte) [][]byte
		want   error
	}{
		{"none", func([][]byte) [][]byte { return nil }, issuer.ErrAnswers},
		{"one too many", func(a [][]byte) [][]byte { return append(a, a[0]) }, issuer.ErrAnswers},
		{"stopped without a reason", func(a [][]byte) [][]byte { return a[:1] }, issuer.ErrAnswers},
		{"went on after an error", func(a [][]byte) [][]byte { return [][]byte{{0x6A, 0x82}, a[1]} }, issuer.ErrAnswers},
		{"one byte", func(a [][]byte) [][]byte { return [][]byte{a[0], {0x90}} }, nil},
		{"locked card", func(a [][]byte) [][]byte { return [][]byte{{0x62, 0x83}} }, issuer.ErrUnexpected},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, virtualcard.Options{})
			id, script := b.open()
			_, err := b.iss.Next(context.Background(), id, "desk", c.change(b.answers(script)))
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if _, err := b.iss.Next(context.Background(), id, "desk", [][]byte{{1, 2}}); !errors.Is(err, issuer.ErrSessionUnknown) {
				t.Errorf("after it: %v, want ErrSessionUnknown", err)
			}
		})
	}
}

func TestRequestsThatNoCardIsAskedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	good := func() issuer.Request {
		return issuer.Request{Desk: "desk", Step: issuer.StepWrite, Facts: b.facts(), Wanted: b.record(1)}
	}
	valid := b.record(7).Marshal()
	other := *b.record(1)
	other.Binding[0] ^= 1
	for _, c := range []struct {
		name   string
		change func(*issuer.Request)
		want   error
	}{
		{"another ISD", func(r *issuer.Request) { r.Facts.ISD = []byte{0xA0, 0, 0, 1, 0x51, 0, 0, 1} }, issuer.ErrFacts},
		{"no card image number", func(r *issuer.Request) { r.Facts.ImageNumber = nil }, issuer.ErrNoNumber},
		{"card image number too long", func(r *issuer.Request) { r.Facts.ImageNumber = make([]byte, 128) }, issuer.ErrFacts},
		{"slots missing", func(r *issuer.Request) { r.Facts.Reserved = true }, issuer.ErrFacts},
		{"no step", func(r *issuer.Request) { r.Step = 0 }, issuer.ErrFacts},
		{"nothing wanted", func(r *issuer.Request) { r.Wanted = nil }, issuer.ErrWanted},
		{"record of another card", func(r *issuer.Request) { r.Wanted = &other }, issuer.ErrWanted},
		{"newer record on the card", func(r *issuer.Request) {
			r.Facts.Reserved, r.Facts.SlotA, r.Facts.SlotB = true, valid[:], make([]byte, mykey.SlotSize)
		}, issuer.ErrStale},
		{"release of a record", func(r *issuer.Request) {
			r.Step = issuer.StepRelease
			r.Facts.Reserved, r.Facts.SlotA, r.Facts.SlotB = true, valid[:], make([]byte, mykey.SlotSize)
		}, issuer.ErrHolds},
	} {
		r := good()
		c.change(&r)
		if _, _, err := b.iss.Open(context.Background(), r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// TestRecordLeavesOnlyEnciphered: no script shows the MyKey ID.
func TestRecordLeavesOnlyEnciphered(t *testing.T) {
	t.Parallel()
	b := newBench(t, virtualcard.Options{})
	id, script := b.open()
	commands := 0
	for {
		for _, c := range script.Commands {
			if commands++; bytes.Contains(c.APDU, []byte("CANARY42")) {
				t.Error("a command shows the MyKey ID")
			}
		}
		out, err := b.iss.Next(context.Background(), id, "desk", b.answers(script))
		b.must(err)
		if out.Done {
			break
		}
		script = *out.Script
	}
	if commands != 13 {
		t.Errorf("%d commands, want 13", commands)
	}
}
