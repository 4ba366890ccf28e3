package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// delivery waits until F4 says what became of the number.
func (r *reception) delivery(t *testing.T, d app.Delivery) app.View {
	t.Helper()
	return r.until(t, "the number "+d.String(), func(v app.View) bool {
		return v.Lookup.Phase == app.LookupShown && v.Lookup.Delivery == d
	})
}

func (r *reception) refused(t *testing.T, c app.Code) app.View {
	t.Helper()
	return r.until(t, "code "+string(c), func(v app.View) bool {
		return v.Lookup.Phase == app.LookupProblem && v.Lookup.Problem.Code == c
	})
}

// ready is a desk that types, with the library system in front.
func ready(t *testing.T, release string) *reception {
	t.Helper()
	r := newReception(t, typedInto(release))
	r.desktop.do(func(d *desktop) { d.front, d.result = lending, handover.Delivered })
	return r
}

func TestATapTypesTheNumberWithoutAKey(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseTitle)
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(2802121))
	r.waiting(t)
	r.put(h)
	v := r.delivery(t, app.DeliveryDone)
	if got, want := v.Lookup.Number.Reveal(), "2802 1210"; got != want {
		t.Errorf("the number is shown as %q, want %q as the card prints it", got, want)
	}
	if v.Resident.Face != app.FaceRead || v.Banner.Kind != app.BannerHanded && v.Banner.Kind != app.BannerNone {
		t.Errorf("resident sees %v, the banner says %v", v.Resident.Face, v.Banner.Kind)
	}
	if got := r.desktop.typed(); !slices.Equal(got, []string{valid(2802121)}) {
		t.Errorf("typed %d numbers, want the one, bare", len(got))
	}
	if r.town.lookedUp != 1 {
		t.Errorf("%d look-ups for one tap", r.town.lookedUp)
	}
}

func TestANumberIsGoneInTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		set  func(*settings.Reception)
		end  func(t *testing.T, r *reception)
	}{
		{"after 20 s", nil, func(t *testing.T, r *reception) { r.clock.step(20 * time.Second) }},
		{"after the seconds that are set", func(s *settings.Reception) { s.Stays = 10 }, func(t *testing.T, r *reception) { r.clock.step(10 * time.Second) }},
		{"when the card leaves, where that is set", func(s *settings.Reception) { s.WipeOnExit = true }, func(t *testing.T, r *reception) { r.take() }},
		{"when the clerk takes it away", nil, func(t *testing.T, r *reception) { r.App.Send(app.Clear{}) }},
		{"at lock", nil, func(t *testing.T, r *reception) { r.App.Send(app.GoTo{Screen: app.ScreenLocked}) }},
		{"on another screen", nil, func(t *testing.T, r *reception) { r.App.Send(app.GoTo{Screen: app.ScreenRegister}) }},
		{"at the next tap", nil, func(t *testing.T, r *reception) {
			r.take()
			r.until(t, "the empty R/W", func(v app.View) bool { return v.Status.Reader == app.ReaderEmpty })
			r.put(r.person(t, "NEXT2222"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			set := typedInto(handover.ReleaseTitle)
			if c.set != nil {
				c.set(&set)
			}
			r := newReception(t, set)
			r.desktop.do(func(d *desktop) { d.front, d.result = lending, handover.Delivered })
			h := r.person(t, "AAAA2222")
			r.town.linked(h, "library", valid(2802121))
			r.waiting(t)
			r.put(h)
			if v := r.delivery(t, app.DeliveryDone); v.Lookup.Number.IsZero() {
				t.Fatal("the number is not shown at all")
			}
			c.end(t, r)
			r.until(t, "a screen without the number", func(v app.View) bool {
				return v.Lookup.Number.IsZero() && v.Lookup.Bars == nil
			})
		})
	}
}

func TestEveryRefusalHasItsCodeItsBannerAndItsFace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		code   app.Code
		banner app.BannerKind
		face   app.Face
		make   func(t *testing.T, r *reception) *holder
	}{
		{"not linked here", app.CodeLinkNotHere, app.BannerNotLinked, app.FaceNotLinked, func(t *testing.T, r *reception) *holder { return r.person(t, "AAAA2222") }},
		{"stopped", app.CodeLinkStopped, app.BannerUnusable, app.FaceProblem, func(t *testing.T, r *reception) *holder {
			h := r.person(t, "AAAA2222")
			r.town.linked(h, "library", valid(2802121))
			r.town.do(func(p *town) { p.stopped[string(h.record)] = true })
			return h
		}},
		{"the platform is away", app.CodeNoLookup, app.BannerOffline, app.FaceProblem, func(t *testing.T, r *reception) *holder {
			r.town.do(func(p *town) { p.fails = platformclient.ErrOffline })
			return r.person(t, "AAAA2222")
		}},
		{"an old record", app.CodeCardRecordOld, app.BannerUnusable, app.FaceProblem, func(t *testing.T, r *reception) *holder {
			r.town.do(func(p *town) { p.fails = platformclient.ErrRecordOld })
			return r.person(t, "AAAA2222")
		}},
		{"a forged record", app.CodeCardForged, app.BannerUnusable, app.FaceProblem, func(t *testing.T, r *reception) *holder {
			h := r.person(t, "AAAA2222")
			slot := mykey.ParseSlot(h.record)
			slot.Record.Signature[3] ^= 1
			b := slot.Record.Marshal()
			if err := h.chip.LoadArea(append(b[:], make([]byte, mykey.SlotSize)...)); err != nil {
				t.Fatal(err)
			}
			return h
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ready(t, handover.ReleaseTitle)
			r.waiting(t)
			h := c.make(t, r)
			r.put(h)
			v := r.refused(t, c.code)
			if v.Resident.Face != c.face {
				t.Errorf("the resident sees %v, want %v", v.Resident.Face, c.face)
			}
			r.until(t, "the banner", func(v app.View) bool { return v.Banner.Kind == c.banner })
			if got := r.desktop.typed(); len(got) != 0 {
				t.Errorf("%d numbers were typed", len(got))
			}
			r.town.do(func(p *town) { p.fails, p.stopped = nil, map[string]bool{} })
			r.take()
			ok := r.person(t, "BBBB2222") // and the next person is served
			r.town.linked(ok, "library", valid(11))
			r.until(t, "the empty R/W", func(v app.View) bool { return v.Status.Reader == app.ReaderEmpty })
			r.put(ok)
			r.delivery(t, app.DeliveryDone)
		})
	}
}

func TestTheNextCardIsHeldUntilThePersonBeforeIsReleased(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		release string
		by      func(r *reception)
	}{
		{"the start title is back", handover.ReleaseTitle, func(r *reception) {
			r.desktop.do(func(d *desktop) { d.front = lending })
		}},
		{"the clerk acts", handover.ReleaseAction, func(r *reception) {
			r.desktop.do(func(d *desktop) { d.front = lending })
			r.App.Send(app.Release{})
		}},
		{"F9", handover.ReleaseAction, func(r *reception) {
			r.desktop.do(func(d *desktop) { d.front = lending })
			r.App.Send(app.HandOver{})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ready(t, c.release)
			first, second := r.person(t, "AAAA2222"), r.person(t, "BBBB2222")
			r.town.linked(first, "library", valid(1))
			r.town.linked(second, "library", valid(2))
			r.waiting(t)
			r.put(first)
			r.delivery(t, app.DeliveryDone)
			r.desktop.do(func(d *desktop) { d.front.Title = "貸出 — 利用者" })
			r.look(t)
			r.put(second)
			v := r.delivery(t, app.DeliveryHeld)
			if v.Lookup.Problem.Code != app.CodeTapHeld || v.Resident.Face != app.FaceHeld {
				t.Errorf("held by %s, the resident sees %v", v.Lookup.Problem.Code, v.Resident.Face)
			}
			if got := r.desktop.typed(); len(got) != 1 {
				t.Fatalf("%d numbers typed while the first person is served", len(got))
			}
			c.by(r)
			r.step(t, func(v app.View) bool { return v.Lookup.Delivery == app.DeliveryDone })
			if got := r.desktop.typed(); !slices.Equal(got, []string{valid(1), valid(2)}) {
				t.Errorf("typed %d numbers, want both in order", len(got))
			}
		})
	}
}

// look lets the desk look at the desktop a few times.
func (r *reception) look(t *testing.T) {
	t.Helper()
	for range 3 {
		r.clock.elapse(r.ctx, t, app.DefaultLimits().Gate, r.clock.begun(app.DefaultLimits().Gate)-1)
	}
}

// step lets time pass in looks of the gate until the View is as wanted.
func (r *reception) step(t *testing.T, ok func(app.View) bool) app.View {
	t.Helper()
	return r.over(t, app.DefaultLimits().Gate, ok)
}

func TestAHeldNumberIsDroppedAfter20Seconds(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseTitle)
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.desktop.do(func(d *desktop) { d.front = handover.Window{ID: 3, Process: "mail", Title: "受信箱"} })
	r.waiting(t)
	r.put(h)
	if v := r.delivery(t, app.DeliveryHeld); v.Lookup.Problem.Code != app.CodeWrongWindow {
		t.Errorf("held by %s", v.Lookup.Problem.Code)
	}
	r.clock.step(19 * time.Second)
	r.clock.step(time.Second)
	r.until(t, "the number dropped and gone", func(v app.View) bool {
		return v.Lookup.Number.IsZero() && v.Lookup.Delivery != app.DeliveryHeld
	})
	r.desktop.do(func(d *desktop) { d.front = lending })
	r.clock.step(time.Minute)
	r.take()
	r.waiting(t)
	if got := r.desktop.typed(); len(got) != 0 {
		t.Errorf("%d numbers were typed after their time", len(got))
	}
}

func TestTapsOfOneCardWithinThreeSecondsAreOne(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseAction)
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.waiting(t)
	r.put(h)
	r.delivery(t, app.DeliveryDone)
	<-r.reads.done
	again := func() {
		r.take()
		r.until(t, "the empty R/W", func(v app.View) bool { return v.Status.Reader == app.ReaderEmpty })
		r.put(h)
		<-r.reads.done // when it has been read, the time of this tap has been noted
	}
	again()
	r.clock.step(2 * time.Second)
	again()
	if got := r.town.looks(); got != 1 {
		t.Errorf("%d look-ups for repeated taps within 3 s", got)
	}
	r.clock.step(2 * time.Second)
	again() // within 3 s of the last, not of the first
	if got := r.town.looks(); got != 1 {
		t.Errorf("%d look-ups for a card that is laid there again and again", got)
	}
	r.clock.step(3 * time.Second)
	again()
	r.until(t, "a second look-up", func(app.View) bool { return r.town.looks() == 2 })
}

func (p *town) looks() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lookedUp
}

func TestHowAHandOverEndedIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		outcome handover.Outcome
		err     error
		want    app.Delivery
		code    app.Code
		banner  app.BannerKind
	}{
		{"delivered", handover.Delivered, nil, app.DeliveryDone, "", app.BannerHanded},
		{"unknown", handover.Unknown, nil, app.DeliveryUnknown, app.CodeHandoverUnknown, app.BannerUnknown},
		{"no input method could be switched off", handover.NotDelivered, handover.ErrIME, app.DeliveryNot, app.CodeHandoverIME, app.BannerNotHanded},
		{"no such key", handover.NotDelivered, handover.ErrKeyboard, app.DeliveryNot, app.CodeHandoverKeys, app.BannerNotHanded},
		{"nobody took it", handover.NotDelivered, handover.ErrNobody, app.DeliveryNot, app.CodeHandoverNobody, app.BannerNotHanded},
		{"something else", handover.NotDelivered, errors.New("what is this"), app.DeliveryNot, app.CodeDeskUnknown, app.BannerNotHanded},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ready(t, handover.ReleaseAction)
			r.desktop.do(func(d *desktop) { d.result, d.err = c.outcome, c.err })
			h := r.person(t, "AAAA2222")
			r.town.linked(h, "library", valid(1))
			r.waiting(t)
			r.put(h)
			v := r.delivery(t, c.want)
			if v.Lookup.Problem.Code != c.code {
				t.Errorf("code %q, want %q", v.Lookup.Problem.Code, c.code)
			}
			r.until(t, "the banner", func(v app.View) bool { return v.Banner.Kind == c.banner })
			if v.Lookup.Number.IsZero() {
				t.Error("the number is not there to read")
			}
		})
	}
}

func TestAWindowThatComesInBetweenCostsOnlyAMoment(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseAction)
	r.desktop.do(func(d *desktop) {
		d.result, d.err = handover.NotDelivered, handover.ErrTarget
		d.onHand = func(string, handover.Window) {
			d.do(func(d *desktop) { d.result, d.err, d.onHand = handover.Delivered, nil, nil })
		}
	})
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.waiting(t)
	r.put(h)
	r.step(t, func(v app.View) bool { return v.Lookup.Delivery == app.DeliveryDone })
	if got := r.desktop.typed(); len(got) != 1 {
		t.Errorf("typed %d times", len(got))
	}
}

func TestTheBarcodeIsShownAndTakenAway(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseTitle)
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(2802121))
	r.waiting(t)
	r.put(h)
	r.delivery(t, app.DeliveryDone)
	r.App.Send(app.ShowBarcode{})
	v := r.until(t, "the barcode", func(v app.View) bool { return v.Lookup.Bars != nil })
	if b := v.Lookup.Bars.Bounds(); b.Dx() < 100 {
		t.Errorf("a barcode of %d pixels", b.Dx())
	}
	r.App.Send(app.ShowBarcode{})
	r.until(t, "no barcode", func(v app.View) bool { return v.Lookup.Bars == nil && !v.Lookup.Number.IsZero() })
}

func TestAnUnattendedDeskShowsNoNumber(t *testing.T) {
	t.Parallel()
	set := typedInto(handover.ReleaseTitle)
	set.Unattended = true
	r := newReception(t, set)
	r.desktop.do(func(d *desktop) { d.front, d.result = lending, handover.Delivered })
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(2802121))
	r.waiting(t)
	r.put(h)
	r.delivery(t, app.DeliveryDone)
	r.App.Send(app.ShowBarcode{})
	r.App.Send(app.GoTo{Screen: app.ScreenLookup})
	for _, v := range r.Views() {
		if !v.Lookup.Number.IsZero() || v.Lookup.Bars != nil {
			t.Fatal("a number stands on the screen of an unattended desk")
		}
	}
}

func TestALockedDeskLooksNothingUp(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseTitle)
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.waiting(t)
	r.App.Send(app.GoTo{Screen: app.ScreenLocked})
	r.until(t, "the lock", func(v app.View) bool { return v.Screen == app.ScreenLocked && v.Resident.Face == app.FaceResting })
	r.put(h)
	r.until(t, "the word to take the card", func(v app.View) bool { return v.Resident.Code == app.CodeCardLeft })
	if got := r.town.looks(); got != 0 {
		t.Errorf("%d look-ups at a locked desk", got)
	}
	r.take()
	r.App.Send(app.Next{})
	r.waiting(t)
	r.put(h)
	r.delivery(t, app.DeliveryDone)
}

func TestADeskLocksItselfWhereThatIsSet(t *testing.T) {
	t.Parallel()
	set := typedInto(handover.ReleaseTitle)
	set.LockAfter = 15
	r := newReception(t, set)
	h := r.person(t, "AAAA2222")
	r.waiting(t)
	r.clock.step(14 * time.Minute)
	r.put(h) // a tap counts as activity
	r.refused(t, app.CodeLinkNotHere)
	r.take()
	r.clock.step(14 * time.Minute)
	if v := r.App.View(); v.Screen != app.ScreenLookup {
		t.Fatalf("screen %v 14 minutes after a tap", v.Screen)
	}
	r.clock.step(time.Minute)
	r.until(t, "the lock", func(v app.View) bool { return v.Screen == app.ScreenLocked })
}

func TestACardThatStaysIsCalled(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseTitle)
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.waiting(t)
	r.put(h)
	r.delivery(t, app.DeliveryDone)
	r.clock.step(5 * time.Second)
	r.until(t, "CARD-LEFT", func(v app.View) bool { return v.Lookup.CardLeft && v.Resident.Face == app.FaceForgot })
	r.take()
	r.until(t, "the card's leaving", func(v app.View) bool { return !v.Lookup.CardLeft && v.Resident.Face == app.FaceTap })
}

func TestACardWithoutARecordIsFoundByItsCertificate(t *testing.T) {
	t.Parallel()
	r := ready(t, handover.ReleaseTitle)
	h := r.person(t, "AAAA2222")
	if err := h.chip.LoadArea(make([]byte, mykey.AreaSize)); err != nil {
		t.Fatal(err)
	}
	h.record = nil
	r.town.linked(h, "library", valid(5))
	r.waiting(t)
	r.put(h)
	r.delivery(t, app.DeliveryDone)
	if got := r.desktop.typed(); !slices.Equal(got, []string{valid(5)}) {
		t.Errorf("typed %d numbers", len(got))
	}
}

func TestALookUpLeavesNoLineInTheLog(t *testing.T) {
	t.Parallel()
	for _, v := range []app.View{{}, {Lookup: app.LookupView{Number: app.NewShown("2802 1217")}}} {
		if s := fmt.Sprintf("%v %+v %#v", v, v, v.Lookup); strings.Contains(s, "1217") {
			t.Error("a View prints the number")
		}
	}
}
