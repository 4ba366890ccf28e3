package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/platformclient"
)

// toNumber opens F3 with a person whose card lies there, up to the number.
func (r *reception) toNumber(t *testing.T, h *holder) {
	t.Helper()
	r.registering(t)
	r.put(h)
	r.phase(t, app.RegisterNumber)
}

// toReady goes on to the clerk's 登録する.
func (r *reception) toReady(t *testing.T, number string) {
	t.Helper()
	r.scan(number)
	r.phase(t, app.RegisterConsent)
	r.App.Send(app.Consent{Yes: true})
	r.phase(t, app.RegisterReady)
}

func TestAMemberCardIsLinkedToThePersonWhoIsThere(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	h := r.person(t, "AAAA2222")
	r.toNumber(t, h)
	r.scan("A" + valid(2802121) + "A")
	v := r.phase(t, app.RegisterConsent)
	if !v.Register.Checked || v.Register.Number.Reveal() != "2802 1210" || v.Resident.Last3 != "210" || v.Resident.Face != app.FaceRegister || !v.Resident.Asks {
		t.Errorf("clerk sees %q, checked %v; the resident's face %v, last three %q", v.Register.Number.Reveal(), v.Register.Checked, v.Resident.Face, v.Resident.Last3)
	}
	if v.Register.Primary.Enabled {
		t.Error("登録する is alive before the resident has said はい")
	}
	r.App.Send(app.Put{}) // does nothing yet
	r.App.Send(app.Consent{Yes: true})
	r.phase(t, app.RegisterReady)
	if got := r.town.made(); len(got) != 0 {
		t.Fatalf("%d changes before 登録する", len(got))
	}
	r.App.Send(app.Put{})
	v = r.phase(t, app.RegisterDone)
	if len(v.Register.Receipt) != 4 || v.Resident.Face != app.FaceRegistered {
		t.Errorf("受付番号 %q, the resident sees %v", v.Register.Receipt, v.Resident.Face)
	}
	got := r.town.made()
	if len(got) != 1 || got[0].record != string(h.record) || got[0].number != valid(2802121) || got[0].replace || len(got[0].transaction) != 32 {
		t.Errorf("the platform was asked for %d changes, or for another one", len(got))
	}
	if sent, err := r.journal.Outbox(r.ctx); err != nil || len(sent) != 0 {
		t.Errorf("the outbox holds %d, %v", len(sent), err)
	}
}

func TestANumberThatDoesNotFitIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, scan string
		code       app.Code
	}{
		{"a check digit off by one", "A28021211A", app.CodeScanCheckDigit},
		{"too short", "A1234A", app.CodeScanForm},
		{"circled digits", "①②③④⑤⑥⑦⑧", app.CodeScanForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newReception(t, settings.Reception{})
			r.toNumber(t, r.person(t, "AAAA2222"))
			r.scan(c.scan)
			r.until(t, string(c.code), func(v app.View) bool {
				return v.Register.Phase == app.RegisterNumber && v.Register.Problem.Code == c.code
			})
			r.toReady(t, "ａ"+valid(1)+"A") // the next scan counts; full width is folded
		})
	}
}

func TestATypedNumberNeedsAReasonAndIsTypedTwice(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	h := r.person(t, "AAAA2222")
	r.toNumber(t, h)
	r.keyIn(valid(3))
	r.phase(t, app.RegisterReason)
	r.App.Send(app.TypedBecause{Reason: app.TypedDamaged})
	r.phase(t, app.RegisterAgain)
	r.keyIn(valid(4))
	r.until(t, "the word that they differ", func(v app.View) bool {
		return v.Register.Phase == app.RegisterNumber && v.Register.Problem.Code == app.CodeScanDiffers
	})
	r.keyIn(valid(3))
	r.phase(t, app.RegisterReason)
	r.App.Send(app.TypedBecause{Reason: app.TypedDamaged})
	r.phase(t, app.RegisterAgain)
	r.keyIn("　" + valid(3))
	v := r.phase(t, app.RegisterConsent)
	if !v.Register.Typed || v.Register.Reason != app.TypedDamaged {
		t.Errorf("typed %v because %v", v.Register.Typed, v.Register.Reason)
	}
}

func TestAScanBeforeTheCardIsGone(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	h := r.person(t, "AAAA2222")
	r.registering(t)
	r.scan(valid(1))
	r.until(t, "SCAN-CARD-FIRST", func(v app.View) bool { return v.Notice == app.CodeScanFirstCard })
	r.put(h)
	v := r.phase(t, app.RegisterNumber)
	if !v.Register.Number.IsZero() {
		t.Error("the number that came before the card is taken for its holder")
	}
}

func TestWhatWasTypedForOneIsNeverSentForTheNext(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	a, b := r.person(t, "AAAA2222"), r.person(t, "BBBB2222")
	r.toNumber(t, a)
	stale := r.App.View().Register.Serial
	r.toReady(t, valid(1))
	r.put(b) // in the place of a's
	r.until(t, "the end of a's visit", func(v app.View) bool { return v.Register.Serial != stale })
	r.App.Send(app.Put{})
	r.App.Send(app.Entered{Serial: stale, Text: app.NewInput(valid(1)), Scanned: true})
	r.App.Send(app.Consent{Yes: true})
	v := r.phase(t, app.RegisterNumber)
	if !v.Register.Number.IsZero() || v.Register.MyKeyID != b.id.Masked() {
		t.Errorf("b's visit begins with %v, %q", v.Register.Number, v.Register.MyKeyID)
	}
	r.toReady(t, valid(2))
	r.App.Send(app.Put{})
	r.phase(t, app.RegisterDone)
	got := r.town.made()
	if len(got) != 1 || got[0].record != string(b.record) || got[0].number != valid(2) {
		t.Errorf("%d changes; the first is not b's with b's number", len(got))
	}
}

func TestALostMemberCardIsReplacedWithConsent(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.toNumber(t, h)
	if v := r.App.View(); v.Register.Links[0].Number.Reveal() != "0000 0011" || !v.Register.Links[1].Number.IsZero() {
		t.Error("what is linked already is not shown")
	}
	r.scan(valid(2))
	v := r.phase(t, app.RegisterConsent)
	if v.Register.Replaces.Reveal() != "0000 0011" || !v.Resident.Replaces {
		t.Error("neither side is told that the old number goes")
	}
	r.App.Send(app.Consent{Yes: true})
	r.phase(t, app.RegisterReady)
	r.App.Send(app.Put{})
	r.phase(t, app.RegisterDone)
	if got := r.town.made(); len(got) != 1 || !got[0].replace {
		t.Error("the old number was not replaced")
	}
}

func TestTheResidentCanSayNo(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	r.toNumber(t, r.person(t, "AAAA2222"))
	r.scan(valid(1))
	r.phase(t, app.RegisterConsent)
	r.App.Send(app.Consent{Yes: false})
	v := r.phase(t, app.RegisterDeclined)
	if v.Resident.Face != app.FaceDeclined || len(r.town.made()) != 0 {
		t.Errorf("the resident sees %v, %d changes", v.Resident.Face, len(r.town.made()))
	}
}

func TestAnotherServiceOfTheSameOperator(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	h := r.person(t, "AAAA2222")
	r.toNumber(t, h)
	r.App.Send(app.ChooseService{Index: 1})
	r.until(t, "the study room", func(v app.View) bool { return v.Register.Current == 1 })
	r.toReady(t, "789")
	r.App.Send(app.Put{})
	r.phase(t, app.RegisterDone)
	if n := r.town.snapshot()[link{string(h.record), "study"}]; n.IsZero() || n.Reveal() != "789" {
		t.Error("789 is not linked in the study room")
	}
}

func TestALinkIsTakenAwayAfterTwoQuestions(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.toNumber(t, h)
	r.App.Send(app.Unlink{Service: 1}) // nothing is linked there
	r.App.Send(app.Unlink{Service: 0})
	v := r.phase(t, app.RegisterAskUnlink)
	if v.Register.Primary.Intent != nil {
		t.Error("Enter would take a link away")
	}
	r.App.Send(app.Put{})
	r.App.Send(app.Really{})
	if v = r.phase(t, app.RegisterUnlinking); v.Resident.Face != app.FaceUnlink || v.Resident.Last3 != "011" {
		t.Errorf("the resident sees %v %q", v.Resident.Face, v.Resident.Last3)
	}
	r.App.Send(app.Consent{Yes: true})
	r.phase(t, app.RegisterUnlinked)
	if len(r.town.snapshot()) != 0 {
		t.Error("the link is still there")
	}
}

func TestEveryRefusalOfARegistrationHasItsCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code app.Code
	}{
		{platformclient.ErrLinkExists, app.CodeLinkExists},
		{platformclient.ErrCertificateUnknown, app.CodeCertUnknown},
		{platformclient.ErrMyKeyStopped, app.CodeMyKeyStopped},
		{platformclient.ErrNoMyKey, app.CodeMyKeyNone},
		{platformclient.ErrMixed, app.CodeMixed},
		{platformclient.ErrLinkNumber, app.CodeLinkNumber},
	} {
		t.Run(string(c.code), func(t *testing.T) {
			t.Parallel()
			r := newReception(t, settings.Reception{})
			r.toNumber(t, r.person(t, "AAAA2222"))
			r.toReady(t, valid(1))
			r.town.do(func(p *town) { p.fails = c.err })
			r.App.Send(app.Put{})
			r.until(t, string(c.code), func(v app.View) bool {
				return v.Register.Phase == app.RegisterProblem && v.Register.Problem.Code == c.code && v.Resident.Code == c.code
			})
			if sent, _ := r.journal.Outbox(r.ctx); len(sent) != 0 {
				t.Error("a refusal is an answer: nothing stays in the outbox")
			}
		})
	}
	t.Run("LINK-TAKEN", func(t *testing.T) {
		t.Parallel()
		r := newReception(t, settings.Reception{})
		r.town.linked(r.person(t, "BBBB2222"), "library", valid(1))
		r.toNumber(t, r.person(t, "AAAA2222"))
		r.toReady(t, valid(1))
		r.App.Send(app.Put{})
		if v := r.phase(t, app.RegisterProblem); v.Register.Problem.Code != app.CodeLinkTaken {
			t.Errorf("code %s", v.Register.Problem.Code)
		}
	})
	t.Run("offline", func(t *testing.T) {
		t.Parallel()
		r := newReception(t, settings.Reception{})
		h := r.person(t, "AAAA2222")
		r.registering(t)
		r.town.do(func(p *town) { p.fails = platformclient.ErrOffline })
		r.put(h)
		v := r.phase(t, app.RegisterProblem)
		if v.Register.Problem.Code != app.CodeLinkOnline || v.Register.Primary.Label != "action.again" {
			t.Errorf("code %s, button %q", v.Register.Problem.Code, v.Register.Primary.Label)
		}
		r.town.do(func(p *town) { p.fails = nil })
		r.App.Send(app.Again{})
		r.phase(t, app.RegisterNumber)
	})
}

func TestAnAnswerThatIsLostIsAskedForUntilItIsKnown(t *testing.T) {
	t.Parallel()
	outcome := app.DefaultLimits().Outcome
	for _, arrived := range []bool{true, false} {
		t.Run(map[bool]string{true: "it had arrived", false: "it had not"}[arrived], func(t *testing.T) {
			t.Parallel()
			r := newReception(t, settings.Reception{})
			r.toNumber(t, r.person(t, "AAAA2222"))
			r.toReady(t, valid(1))
			r.town.do(func(p *town) {
				if p.lost = arrived; !arrived {
					p.fails = platformclient.ErrOffline
				}
			})
			r.App.Send(app.Put{})
			v := r.phase(t, app.RegisterLost)
			r.until(t, "未送信 1", func(v app.View) bool { return v.Status.Unsent == 1 })
			if len(v.Register.Receipt) != 4 || v.Register.Problem.Code != app.CodeLinkLost {
				t.Errorf("受付番号 %q, code %s", v.Register.Receipt, v.Register.Problem.Code)
			}
			r.town.do(func(p *town) { p.fails = nil })
			before := r.town.made()
			v = r.over(t, outcome, func(v app.View) bool { return v.Status.Unsent == 0 })
			if never := len(v.Home.Answers) == 1 && v.Home.Answers[0].Never; never == arrived {
				t.Errorf("the row says %+v", v.Home.Answers)
			}
			if after := r.town.made(); len(after) != len(before) {
				t.Error("a registration was sent anew without the person")
			}
			if !arrived {
				r.App.Send(app.GoTo{Screen: app.ScreenHome})
				r.take()
				r.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome })
				r.App.Send(app.Left{Job: v.Home.Answers[0].ID})
				r.until(t, "no row", func(v app.View) bool { return len(v.Home.Answers) == 0 })
			}
		})
	}
}

// over lets d pass again and again until the View is as wanted.
func (r *reception) over(t *testing.T, d time.Duration, ok func(app.View) bool) app.View {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(r.ctx, 50*time.Millisecond)
		v, err := r.Until(ctx, "", ok)
		cancel()
		if err == nil {
			return v
		}
		if r.ctx.Err() != nil {
			return r.until(t, "what is waited for", ok)
		}
		r.clock.step(d)
	}
}

func TestTheServiceThatAsksForThePINGetsASignature(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	r.town.do(func(p *town) { p.desk.Services[0].RegistrationAuth = "pin" })
	h := r.person(t, "AAAA2222")
	r.toNumber(t, h)
	r.toReady(t, valid(1))
	r.App.Send(app.Put{})
	r.phase(t, app.RegisterPIN)
	r.Type("9999")
	v := r.until(t, "the word that it was wrong", func(v app.View) bool { return v.Register.Problem.Code == app.CodePINWrong })
	if v.Resident.TriesLeft != 2 {
		t.Errorf("%d tries left", v.Resident.TriesLeft)
	}
	r.Type("1234")
	r.phase(t, app.RegisterDone)
	if got := r.town.made(); len(got) != 1 || !got[0].assertion {
		t.Error("no assertion went with the link")
	}
}

func TestEscapeBeginsAnewWithTheSameCard(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	r.toNumber(t, r.person(t, "AAAA2222"))
	before := r.App.View().Register.Serial
	r.scan(valid(1))
	r.phase(t, app.RegisterConsent)
	r.App.Send(app.Cancel{})
	v := r.until(t, "the number anew", func(v app.View) bool {
		return v.Register.Phase == app.RegisterNumber && v.Register.Serial != before
	})
	if !v.Register.Number.IsZero() {
		t.Error("the number before is still there")
	}
	if got := r.town.made(); len(got) != 0 {
		t.Errorf("%d changes", len(got))
	}
}

func TestACardThatLeavesEndsTheVisit(t *testing.T) {
	t.Parallel()
	for _, at := range []app.RegisterPhase{app.RegisterNumber, app.RegisterReason, app.RegisterAgain, app.RegisterConsent, app.RegisterReady} {
		t.Run(at.String(), func(t *testing.T) {
			t.Parallel()
			r := newReception(t, settings.Reception{})
			r.toNumber(t, r.person(t, "AAAA2222"))
			switch at {
			case app.RegisterReason, app.RegisterAgain:
				r.keyIn(valid(1))
				r.phase(t, app.RegisterReason)
				if at == app.RegisterAgain {
					r.App.Send(app.TypedBecause{Reason: app.TypedScanner})
				}
			case app.RegisterConsent, app.RegisterReady:
				r.scan(valid(1))
				r.phase(t, app.RegisterConsent)
				if at == app.RegisterReady {
					r.App.Send(app.Consent{Yes: true})
				}
			}
			r.phase(t, at)
			r.take()
			v := r.phase(t, app.RegisterProblem)
			if v.Register.Problem.Code != app.CodeCardGone {
				t.Errorf("code %s", v.Register.Problem.Code)
			}
			r.App.Send(app.Put{})
			r.App.Send(app.Next{})
			v = r.phase(t, app.RegisterWaiting)
			if !v.Register.Number.IsZero() || v.Register.MyKeyID != "" || len(r.town.made()) != 0 {
				t.Error("something of the person stays")
			}
		})
	}
}

func TestTheScreensOfADeskAreItsRoles(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	r.waiting(t) // it starts with F4 by itself
	want := []app.Screen{app.ScreenHome, app.ScreenRegister, app.ScreenLookup}
	if got := r.App.View().Desk.Screens; !slices.Equal(got, want) {
		t.Errorf("screens %v, want %v", got, want)
	}
	r.App.Send(app.GoTo{Screen: app.ScreenWrite})
	v := r.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome })
	if v.Write.Phase != app.PhaseWaiting || v.Write.CardPresent {
		t.Error("F2 was opened at a reception desk")
	}
	h := r.person(t, "AAAA2222")
	r.town.linked(h, "library", valid(1))
	r.put(h) // a tap on Home is a look-up
	r.until(t, "the number", func(v app.View) bool { return v.Screen == app.ScreenLookup && v.Lookup.Phase == app.LookupShown })
}
