package handover_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/mykey"
)

// limit is how long anything here may take before a test gives up.
const limit = 20 * time.Second

// eventually waits until ok says true: other programs' doings have no event here.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-end.C:
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}

// openWay opens a way for the test, and a desktop to see its target with.
func openWay(t *testing.T, c handover.Config) (handover.Way, handover.Desktop) {
	t.Helper()
	way, err := handover.Open(t.Context(), c, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = way.Close() })
	desktop, err := handover.OpenDesktop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = desktop.Close() })
	return way, desktop
}

func foreground(t *testing.T, d handover.Desktop) handover.Window {
	t.Helper()
	w, err := d.Foreground(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func number(t *testing.T, s string) mykey.ServiceID {
	t.Helper()
	n, err := mykey.ParseServiceID(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// printable is every character that a number may have.
func printable() string {
	var s strings.Builder
	for c := byte(0x21); c <= 0x7E; c++ {
		s.WriteByte(c)
	}
	return s.String()
}

// numbers gives the numbers that each layout must carry: the known ones, every
// character, and n more of random ones.
func numbers(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	chars := printable()
	list := []string{"0000001", "00112233", "A1234-5678A", "Ab123", chars[:47], chars[47:]}
	for range n {
		var s strings.Builder
		for range 1 + random.IntN(24) {
			s.WriteByte(chars[random.IntN(len(chars))])
		}
		list = append(list, s.String())
	}
	return list
}

// hand hands over and waits for the end.
func hand(t *testing.T, way handover.Way, n string, to handover.Window) (handover.Outcome, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return way.Hand(ctx, number(t, n), to)
}

type result struct {
	outcome handover.Outcome
	err     error
}

// handing hands over in the background and tells the end.
func handing(ctx context.Context, t *testing.T, way handover.Way, n string, to handover.Window) <-chan result {
	t.Helper()
	done := make(chan result, 1)
	id := number(t, n)
	go func() {
		outcome, err := way.Hand(ctx, id, to)
		done <- result{outcome, err}
	}()
	return done
}
