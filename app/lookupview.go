package app

import (
	"context"
	"errors"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/mykey"
)

// The buttons of F4. Labels are catalogue keys.
var (
	clear      = Action{Intent: Clear{}, Label: "action.clear", Enabled: true}
	showBars   = Action{Intent: ShowBarcode{}, Label: "action.barcode", Enabled: true}
	hideBars   = Action{Intent: ShowBarcode{}, Label: "action.barcode-hide", Enabled: true}
	handAgain  = Action{Intent: HandOver{}, Label: "action.hand-again", Enabled: true}
	handNow    = Action{Intent: HandOver{}, Label: "action.hand", Enabled: true}
	handNext   = Action{Intent: Release{}, Label: "action.hand-next", Enabled: true}
	setUp      = Action{Intent: GoTo{ScreenSetup}, Label: "action.setup", Enabled: true}
	tryOnce    = Action{Intent: TryTarget{}, Label: "action.try", Enabled: true}
	tryNothing = Action{Intent: TryTarget{}, Label: "action.try"}
)

// enter puts F4 into a phase: what one tap gave is gone.
func (w *LookupView) enter(p LookupPhase) {
	w.Phase, w.Number, w.Delivery, w.Bars, w.Problem, w.CardLeft = p, Shown{}, DeliveryNone, nil, Problem{}, false
	w.Escape, w.Bar, w.HandOver = goHome, setUp, tryNothing
	if w.Target.Way != "" && w.Target.Way != handover.WayScreen {
		w.HandOver = tryOnce
	}
}

// forget empties F4; whether a card lies there is the R/W's.
func (w *LookupView) forget() { *w = LookupView{CardPresent: w.CardPresent} }

// rest is the waiting screen.
func (l *lookup) rest() {
	l.publish(func(v *View) {
		v.Lookup.enter(LookupWaiting)
		v.Resident = ResidentView{Face: FaceTap, TriesLeft: -1}
	})
}

func (l *lookup) reading() {
	l.publish(func(v *View) {
		v.Lookup.enter(LookupReading)
		v.Resident = ResidentView{Face: FaceWait, TriesLeft: -1}
	})
}

// problem says what is in the way of this tap, or of all.
func (l *lookup) problem(c Code) {
	l.publish(func(v *View) {
		v.Lookup.enter(LookupProblem)
		v.Lookup.Problem.Code = c
		if c == CodeDeskUnknown {
			v.Lookup.Problem.Reference = l.reference()
		}
		v.Lookup.Escape = clear
		v.Resident = ResidentView{Face: FaceProblem, Code: c, TriesLeft: -1}
		switch {
		case c == CodeLinkNotHere:
			v.Resident.Face = FaceNotLinked
		case readerProblems[c] && c != CodeCardSilent:
			v.Resident.Face = FaceIdle
		}
	})
	if l.tap.lies {
		l.banner(bannerOf(c))
	}
}

// reference is what the clerk tells the help desk, and what stands in the log.
func (l *lookup) reference() string { return l.transaction[:8] }

func bannerOf(c Code) BannerKind {
	switch c {
	case CodeLinkNotHere:
		return BannerNotLinked
	case CodeNoLookup, CodePlatformBusy:
		return BannerOffline
	default:
		return BannerUnusable
	}
}

// show is the number on the screen, and what became of it.
func (l *lookup) show(d Delivery, c Code) {
	stands := !l.tap.shown.IsZero()
	l.publish(func(v *View) {
		w := &v.Lookup
		if w.Phase != LookupShown {
			w.enter(LookupShown)
		}
		w.Number = Shown{}
		if stands && !l.set.Unattended {
			w.Number = Shown{l.profile.Shown(l.tap.number)}
		}
		w.Delivery, w.Problem = d, Problem{Code: c}
		w.Escape, w.Bar = clear, showBars
		if w.Bars != nil {
			w.Bar = hideBars
		}
		switch {
		case d == DeliveryHeld && c == CodeTapHeld:
			w.HandOver = handNext
		case l.way == nil || l.set.Handover.Way == handover.WayScreen:
			w.HandOver = Action{}
		case d == DeliveryDone || d == DeliveryUnknown:
			w.HandOver = handAgain
		default:
			w.HandOver = handNow
		}
		if l.set.Unattended {
			w.Bar, w.HandOver = Action{}, Action{}
		}
		face := FaceRead
		if d == DeliveryHeld {
			face = FaceHeld
		}
		if !l.tap.lies {
			face = FaceTap
		}
		v.Resident = ResidentView{Face: face, TriesLeft: -1}
	})
}

// hide takes the number off the screen: its time is over, or the card left.
func (l *lookup) hide() {
	if l.tap.waits {
		l.publish(func(v *View) { v.Lookup.Number, v.Lookup.Bars = Shown{}, nil })
		return
	}
	l.tap.number = mykey.ServiceID{}
	if l.passing != nil {
		l.publish(func(v *View) { v.Lookup.Number, v.Lookup.Bars = Shown{}, nil })
		return
	}
	l.rest()
}

// lift follows the card's leaving on the resident's side.
func (l *lookup) lift() {
	l.publish(func(v *View) {
		v.Lookup.CardLeft = false
		if v.Resident.Face != FaceHeld {
			v.Resident = ResidentView{Face: FaceTap, TriesLeft: -1}
		}
		if v.Lookup.Phase == LookupProblem && !readerProblems[v.Lookup.Problem.Code] {
			v.Resident.Face = FaceTap
		}
	})
}

// forgotten says on both sides that the card still lies there.
func (l *lookup) forgotten() {
	l.publish(func(v *View) {
		v.Lookup.CardLeft = true
		v.Resident.Face, v.Resident.Code = FaceForgot, CodeCardLeft
	})
}

// bars shows the number as a barcode that the desk's own scanner reads.
func (l *lookup) bars() {
	symbology, content := l.profile.Barcode(l.tap.number)
	image, err := handover.ScreenBarcode(string(symbology), content, barModule)
	if err != nil {
		l.Log.Warn("barcode", "error", err)
		l.show(DeliveryNot, CodeHandoverNotHere)
		return
	}
	d := DeliveryShown
	if l.set.Handover.Way != handover.WayScreen {
		d = l.View().Lookup.Delivery
	}
	c := l.View().Lookup.Problem.Code
	l.publish(func(v *View) { v.Lookup.Bars = image })
	l.show(d, c)
}

// barModule is the width of a barcode's narrow bar, in pixels.
const barModule = 3

func (l *lookup) toggleBars() {
	v := l.View().Lookup
	switch {
	case v.Phase != LookupShown || v.Number.IsZero():
	case v.Bars != nil:
		l.publish(func(v *View) { v.Lookup.Bars = nil })
		l.show(v.Delivery, v.Problem.Code)
	default:
		l.bars()
	}
}

// ready says on the screen whether a number could be handed over now.
func (l *lookup) ready(ctx context.Context) {
	c := l.why
	if l.way != nil {
		if err := l.way.Ready(ctx); err != nil && !errors.Is(err, context.Canceled) {
			c = code(err)
		}
	}
	l.publish(func(v *View) { v.Lookup.Target.Code = c })
}

// today fills in what the waiting screen says beside the waiting.
func (l *lookup) today(ctx context.Context) {
	counts, err := l.Journal.Counted(ctx, l.now())
	if err != nil {
		l.Log.Error("journal", "error", err)
	}
	h := l.set.Handover
	target := TargetView{Name: h.Target.Name, Way: h.Way, Release: h.Target.Release}
	if h.Way == handover.WayKeyboard || h.Way == handover.WayPaste {
		target.Suffix = or(h.Keyboard.Suffix, "enter")
	}
	l.publish(func(v *View) {
		v.Lookup.Today, v.Lookup.Service, v.Lookup.Target = counts[journal.LookedUp], serviceView(l.service), target
	})
	l.ready(ctx)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
