package app

import (
	"fmt"
	"regexp"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
)

// gate is the tap gate: it decides when a number may be passed on to the business
// application, so that nothing is typed into the wrong place or into the
// transaction of the person before. It is pure: it is told what is seen and when,
// and waits for nothing.
//
// Three things must hold. The window in front is the target, by process and title.
// No key and no pointer was used for idle. And the person before is released: the
// target's start title is back, or the clerk has said so, or it was quiet for long
// enough. The ways that type into no window have only the third to ask.
type gate struct {
	typing  bool // the way types into the window in front
	process string
	title   *regexp.Regexp
	start   *regexp.Regexp // nil: the title never changes, the clerk must say so
	quiet   time.Duration  // 0: never by itself
	idle    time.Duration

	serving bool      // the person before has not been released
	moved   bool      // since then the target showed another title than at the start
	since   time.Time // when their number went
}

// sight is what the desktop shows at one moment.
type sight struct {
	at     time.Time
	window handover.Window
	idle   time.Duration
	err    error // the desktop cannot be seen
}

// newGate makes a gate that nobody has gone through yet. It returns
// handover.ErrConfig where the target's titles are no patterns, or where a way
// that types has no target.
func newGate(c handover.Config, idle time.Duration) (*gate, error) {
	g := &gate{typing: c.Way == handover.WayKeyboard || c.Way == handover.WayPaste, process: c.Target.Process, idle: idle}
	if g.typing && (c.Target.Process == "" || c.Target.Title == "") {
		return nil, fmt.Errorf("no window to type into: %w", handover.ErrConfig)
	}
	var err error
	if g.title, err = regexp.Compile(c.Target.Title); err != nil {
		return nil, fmt.Errorf("title of the target: %w: %w", handover.ErrConfig, err)
	}
	switch c.Target.Release {
	case handover.ReleaseTitle:
		if g.start, err = regexp.Compile(c.Target.StartTitle); err != nil {
			return nil, fmt.Errorf("start title of the target: %w: %w", handover.ErrConfig, err)
		}
	case handover.ReleaseQuiet:
		g.quiet = time.Duration(c.Target.Quiet) * time.Second
	}
	return g, nil
}

// see takes in what the desktop shows: it may release the person before.
func (g *gate) see(s sight) {
	if !g.serving || s.err != nil {
		return
	}
	if g.start != nil && s.window.Process == g.process {
		switch back := g.start.MatchString(s.window.Title); {
		case !back:
			g.moved = true
		case g.moved:
			g.serving = false
		}
	}
	if g.quiet > 0 && s.at.Sub(g.since) >= g.quiet && s.idle >= g.quiet {
		g.serving = false
	}
}

// act releases the person before: the clerk says so.
func (g *gate) act() { g.serving = false }

// passed closes the gate behind a number that went, or that may have gone.
func (g *gate) passed(at time.Time) {
	if !g.typing && g.start == nil && g.quiet == 0 {
		return // a page or a port takes the next number when it is ready
	}
	g.serving, g.moved, g.since = true, false, at
}

// closed says why no number may go now; "" where it may.
func (g *gate) closed(s sight) Code {
	switch {
	case g.serving:
		return CodeTapHeld
	case !g.typing:
		return ""
	case s.err != nil:
		return code(s.err)
	case s.window.Process != g.process || !g.title.MatchString(s.window.Title):
		return CodeWrongWindow
	case s.window.Above:
		return CodeHandoverAbove
	case s.idle < g.idle:
		return CodeHandoverBusy
	default:
		return ""
	}
}

// watches reports whether the desktop must be looked at although no number waits:
// the start title may come back at any time.
func (g *gate) watches() bool { return g.serving && (g.start != nil || g.quiet > 0) }
