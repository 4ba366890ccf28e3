package app

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
)

func lendingDesk(release string) handover.Config {
	c := handover.Config{Way: handover.WayKeyboard, Target: handover.TargetConfig{Process: "lending", Title: "^貸出", Release: release}}
	switch release {
	case handover.ReleaseTitle:
		c.Target.StartTitle = "^貸出$"
	case handover.ReleaseQuiet:
		c.Target.Quiet = 10
	}
	return c
}

var (
	atStart = handover.Window{ID: 7, Process: "lending", Title: "貸出"}
	serving = handover.Window{ID: 7, Process: "lending", Title: "貸出 — 利用者"}
	mail    = handover.Window{ID: 9, Process: "mail", Title: "貸出"}
	returns = handover.Window{ID: 7, Process: "lending", Title: "返却"}
)

func TestANumberGoesOnlyWhereAndWhenItMay(t *testing.T) {
	t.Parallel()
	const still = time.Second
	above := atStart
	above.Above = true
	type look struct {
		after  time.Duration // since the look before
		window handover.Window
		idle   time.Duration
		err    error
		pass   bool // a number goes after this look
		act    bool // the clerk acts before it
		want   Code
	}
	for _, c := range []struct {
		name    string
		release string
		looks   []look
	}{
		{"the target in front, nobody types", handover.ReleaseTitle, []look{{window: atStart, idle: still}}},
		{"another program with the same title", handover.ReleaseTitle, []look{{window: mail, idle: still, want: CodeWrongWindow}}},
		{"another screen of the target", handover.ReleaseTitle, []look{{window: returns, idle: still, want: CodeWrongWindow}}},
		{"nothing in front", handover.ReleaseTitle, []look{{idle: still, want: CodeWrongWindow}}},
		{"the target runs with higher rights", handover.ReleaseTitle, []look{{window: above, idle: still, want: CodeHandoverAbove}}},
		{"a key 149 ms ago", handover.ReleaseTitle, []look{{window: atStart, idle: 149 * time.Millisecond, want: CodeHandoverBusy}}},
		{"a key 150 ms ago", handover.ReleaseTitle, []look{{window: atStart, idle: 150 * time.Millisecond}}},
		{"a desktop that cannot be seen", handover.ReleaseTitle, []look{{err: handover.ErrWayland, want: CodeHandoverWayland}}},
		{"the title comes back", handover.ReleaseTitle, []look{
			{window: atStart, idle: still, pass: true},
			{window: serving, idle: still, want: CodeTapHeld},
			{window: mail, idle: still, want: CodeTapHeld},
			{window: serving, idle: still, want: CodeTapHeld},
			{window: atStart, idle: still},
		}},
		{"the title has not moved yet", handover.ReleaseTitle, []look{
			{window: atStart, idle: still, pass: true},
			{window: atStart, idle: still, want: CodeTapHeld},
			{after: time.Hour, window: atStart, idle: time.Hour, want: CodeTapHeld},
		}},
		{"another program shows the start title", handover.ReleaseTitle, []look{
			{window: atStart, idle: still, pass: true},
			{window: serving, idle: still, want: CodeTapHeld},
			{window: mail, idle: still, want: CodeTapHeld},
			{window: serving, idle: still, want: CodeTapHeld},
		}},
		{"the clerk acts although the title stays", handover.ReleaseTitle, []look{
			{window: atStart, idle: still, pass: true},
			{window: atStart, idle: still, want: CodeTapHeld},
			{window: atStart, idle: still, act: true},
		}},
		{"a title that never changes costs one action", handover.ReleaseAction, []look{
			{window: atStart, idle: still, pass: true},
			{after: time.Hour, window: serving, idle: time.Hour, want: CodeTapHeld},
			{after: time.Hour, window: atStart, idle: time.Hour, want: CodeTapHeld},
			{window: atStart, idle: still, act: true},
		}},
		{"quiet for as long as is set", handover.ReleaseQuiet, []look{
			{window: atStart, idle: still, pass: true},
			{after: 9 * time.Second, window: atStart, idle: 9 * time.Second, want: CodeTapHeld},
			{after: 2 * time.Second, window: atStart, idle: 2 * time.Second, want: CodeTapHeld}, // a key meanwhile
			{after: 8 * time.Second, window: atStart, idle: 10 * time.Second},
		}},
		{"quiet before the number counts for nothing", handover.ReleaseQuiet, []look{
			{window: atStart, idle: time.Hour, pass: true},
			{after: time.Second, window: atStart, idle: time.Hour, want: CodeTapHeld},
		}},
		{"an action of before releases nobody", handover.ReleaseAction, []look{
			{window: atStart, idle: still, act: true, pass: true},
			{window: atStart, idle: still, want: CodeTapHeld},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := newGate(lendingDesk(c.release), 150*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
			for i, l := range c.looks {
				at = at.Add(l.after)
				if l.act {
					g.act()
				}
				s := sight{at: at, window: l.window, idle: l.idle, err: l.err}
				g.see(s)
				if got := g.closed(s); got != l.want {
					t.Fatalf("look %d: closed = %q, want %q", i+1, got, l.want)
				}
				if l.pass {
					g.passed(at)
				}
			}
		})
	}
}

func TestAWayThatTypesNeedsAWindow(t *testing.T) {
	t.Parallel()
	for _, way := range []string{handover.WayKeyboard, handover.WayPaste} {
		if _, err := newGate(handover.Config{Way: way}, 0); code(err) != CodeHandoverSetup {
			t.Errorf("a gate for %s without a target: %v", way, err)
		}
	}
	g, err := newGate(handover.Config{Way: handover.WaySerial}, 0)
	if err != nil {
		t.Fatal(err)
	}
	g.passed(time.Now())
	if c := g.closed(sight{err: handover.ErrWayland}); c != "" {
		t.Errorf("a serial port waits for %q", c)
	}
}

// Orders is how many random orders the property tests go through.
var Orders = flag.Int("orders", 500, "random orders of the reception desk's property tests; the tap gate's goes through 5000 at least")

// TestNoNumberIsTypedWithTheGateClosed goes through random orders of windows,
// keys, times, actions and numbers, and holds every number that goes against what
// an observer has noted who knows nothing of the gate.
func TestNoNumberIsTypedWithTheGateClosed(t *testing.T) {
	t.Parallel()
	windows := []handover.Window{atStart, atStart, atStart, serving, serving, mail, returns, {}}
	releases := []string{handover.ReleaseTitle, handover.ReleaseAction, handover.ReleaseQuiet}
	typed, held, many := 0, map[Code]int{}, max(*Orders, 5000)
	for n := range many {
		random := rand.New(rand.NewPCG(2026, uint64(n)))
		release := releases[n%len(releases)]
		g, err := newGate(lendingDesk(release), 150*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
		lastKey := at.Add(-time.Hour)
		// What the observer notes since the last number: nothing before the first.
		served, wentAway, acted, since := false, false, false, at
		for range 40 {
			at = at.Add(time.Duration(random.IntN(4000)) * time.Millisecond)
			if random.IntN(3) == 0 {
				lastKey = at.Add(-time.Duration(random.IntN(400)) * time.Millisecond)
			}
			if random.IntN(10) == 0 {
				g.act()
				acted = true
			}
			w := windows[random.IntN(len(windows))]
			back := false
			if served && w.Process == "lending" {
				wentAway, back = wentAway || w.Title != "貸出", wentAway && w.Title == "貸出"
			}
			s := sight{at: at, window: w, idle: at.Sub(lastKey)}
			g.see(s)
			quiet := at.Sub(lastKey) >= 10*time.Second && at.Sub(since) >= 10*time.Second
			switch {
			case release == handover.ReleaseTitle && back, release == handover.ReleaseQuiet && quiet, acted:
				served = false
			}
			c := g.closed(s)
			if c != "" {
				held[c]++
				continue
			}
			switch {
			case w.Process != "lending" || w.Title != "貸出" && w.Title != "貸出 — 利用者":
				t.Fatalf("order %d: a number may go into %+v", n, w)
			case at.Sub(lastKey) < 150*time.Millisecond:
				t.Fatalf("order %d: a number may go %v after a key", n, at.Sub(lastKey))
			case served:
				t.Fatalf("order %d (%s): a number may go while the person before is served", n, release)
			}
			if random.IntN(2) == 0 {
				g.passed(at)
				typed++
				served, wentAway, acted, since = true, false, false, at
			}
		}
	}
	for _, c := range []Code{CodeTapHeld, CodeWrongWindow, CodeHandoverBusy} {
		if held[c] == 0 {
			t.Errorf("no order was held by %s", c)
		}
	}
	t.Logf("orders=%d typed=%d held=%v", many, typed, held)
	if typed < *Orders {
		t.Errorf("only %d numbers went", typed)
	}
}
