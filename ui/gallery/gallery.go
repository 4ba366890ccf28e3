// Package gallery is every View of every screen, with made-up data: what the
// screenshots and the tests of the windows go through.
package gallery

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
)

// Sheet is one View with its name. The extreme ones, with the most or the longest
// text, are also drawn small and at 200 % text.
type Sheet struct {
	Name    string
	View    app.View
	Extreme bool
	Keys    []fyne.KeyName // typed in the clerk's window when the View stands: they open a question over it
}

func (s Sheet) asks(name string, keys ...fyne.KeyName) Sheet {
	s.Name, s.Keys = name, keys
	return s
}

var clock = time.Date(2026, 1, 5, 10, 42, 0, 0, time.UTC)

// Base is a training desk at rest.
func Base() app.View {
	return app.View{
		Screen: app.ScreenHome,
		Desk: app.DeskView{
			Office: "○○市 市民課", Counter: "1番窓口", Clerk: "窓口01",
			Screens: []app.Screen{app.ScreenHome, app.ScreenWrite},
		},
		Status:   app.StatusView{Reader: app.ReaderCard, Platform: app.PlatformOnline, Clock: clock},
		Home:     app.HomeView{Today: app.Counts{Written: 12, Cancelled: 2}},
		Write:    app.WriteView{FreeBytes: -1, TriesLeft: -1},
		Resident: app.ResidentView{Face: app.FaceIdle, TriesLeft: -1},
		Training: app.TrainingView{
			On: true, OnReader: true, PIN: PIN,
			Cards: []app.TrainingCard{
				{Name: "training.card.fresh"},
				{Name: "training.card.tears"},
				{Name: "training.card.torn"},
				{Name: "training.card.other"},
				{Name: "training.card.forged"},
				{Name: "training.card.full"},
				{Name: "training.card.last-try"},
				{Name: "training.card.face"},
				{Name: "training.card.unconfirmed"},
				{Name: "training.card.phone"},
				{Name: "training.card.felica"},
				{Name: "training.card.mute"},
			},
		},
	}
}

// PIN is the demo card's in all Views of the gallery, to tell the trainee.
const PIN = "8062"

const masked = "MY4K ••••"

// All is the whole gallery.
func All() []Sheet {
	sheets := homes()
	sheets = append(sheets, writes()...)
	for _, code := range Problems() {
		sheets = append(sheets, problem(code))
	}
	return append(sheets, receptions()...)
}

func homes() []Sheet {
	empty := Base()
	one := Base()
	one.Home.Jobs = []app.JobView{{ID: "a", Since: clock.Add(-11 * time.Minute), Reached: app.ReachedReserved}}
	many := Base()
	many.Status = app.StatusView{Reader: app.ReaderNoService, Platform: app.PlatformOffline, Unsent: 128, Clock: clock}
	many.Home.Today = app.Counts{Written: 1284, Cancelled: 107, Failed: 38}
	for i := range 4 {
		many.Home.Jobs = append(many.Home.Jobs, app.JobView{
			ID: string(rune('a' + i)), Since: clock.Add(time.Duration(i-50) * time.Minute), Reached: app.Reached(i),
		})
	}
	real := Base()
	real.Training = app.TrainingView{}
	scanned := one
	scanned.Notice = app.CodeScan
	return []Sheet{
		{Name: "home", View: one},
		{Name: "home-empty", View: empty},
		{Name: "home-many", View: many, Extreme: true},
		{Name: "home-not-training", View: real},
		{Name: "home-scanned", View: scanned, Extreme: true},
		Sheet{View: one, Extreme: true}.asks("home-choose-card", fyne.KeyF11),
		Sheet{View: one, Extreme: true}.asks("home-ask-left", append(slices.Repeat([]fyne.KeyName{fyne.KeyTab}, 7), fyne.KeyReturn)...),
	}
}

// write is F2 at a phase with its steps.
func write(phase app.Phase, at int, state app.StepState, face app.Face) app.View {
	v := Base()
	v.Screen = app.ScreenWrite
	w := &v.Write
	w.Phase, w.CardPresent, w.Card, w.FreeBytes, w.TriesLeft = phase, true, true, 12288, 3
	for i := range at {
		w.Steps[i] = app.StepDone
	}
	w.Steps[at] = state
	if at > app.StepPIN {
		w.MyKeyID, w.Certificate, w.CheckedAt = masked, app.CertificateGood, clock
	}
	w.Escape = app.Action{Intent: app.Cancel{}, Label: "action.stop", Enabled: true}
	v.Resident = app.ResidentView{Face: face, TriesLeft: 3}
	return v
}

func busy(v app.View) app.View {
	v.Write.Escape = app.Action{Intent: app.Cancel{}, Label: "action.stop", Note: "note.busy"}
	v.Write.Primary = app.Action{Intent: app.Next{}, Label: "action.busy"}
	return v
}

func await(v app.View, label string) app.View {
	v.Write.Primary = app.Action{Intent: app.Next{}, Label: label}
	return v
}

func over(v app.View, away bool) app.View {
	v.Write.Escape = app.Action{Intent: app.GoTo{Screen: app.ScreenHome}, Label: "action.home", Enabled: true}
	v.Write.Primary = app.Action{Intent: app.Next{}, Label: "action.next", Note: "note.take"}
	if away {
		v.Write.Primary = app.Action{Intent: app.Next{}, Label: "action.next", Enabled: true}
		v.Write.CardPresent, v.Training.OnReader, v.Status.Reader = false, false, app.ReaderEmpty
	}
	return v
}

func waiting() app.View {
	v := await(write(app.PhaseWaiting, app.StepPerson, app.StepNow, app.FaceInsert), "action.no-card")
	v.Write.CardPresent, v.Write.Card, v.Training.OnReader, v.Status.Reader = false, false, false, app.ReaderEmpty
	v.Write.Escape = app.Action{Intent: app.GoTo{Screen: app.ScreenHome}, Label: "action.home", Enabled: true}
	return v
}

func pin(digits, tries int, code app.Code, late bool) app.View {
	v := await(write(app.PhasePIN, app.StepPIN, app.StepNow, app.FacePIN), "action.entering")
	v.Write.Digits, v.Write.TriesLeft, v.Write.TimeLeft, v.Write.Problem.Code = digits, tries, late, code
	v.Write.Certificate, v.Write.CheckedAt = app.CertificateGood, clock
	v.Resident = app.ResidentView{Face: app.FacePIN, Asks: true, Digits: digits, TriesLeft: tries, CanEnter: digits == 4, Code: code, TimeLeft: late}
	return v
}

func torn(release bool) app.View {
	v := write(app.PhaseTorn, app.StepWrite, app.StepFailed, app.FaceTorn)
	v.Write.Reached, v.Write.Problem.Code = app.ReachedReserved, app.CodeCardRemoved
	v.Write.CardPresent, v.Training.OnReader, v.Status.Reader = false, false, app.ReaderEmpty
	v.Write.Escape = app.Action{Intent: app.Later{}, Label: "action.later", Enabled: true}
	if !release {
		v.Write.Give = app.Action{Intent: app.GiveUp{}, Label: "action.give-up", Enabled: true, Note: "note.give-up"}
	}
	return v
}

func done(away, left bool) app.View {
	v := over(write(app.PhaseDone, app.StepReceipt, app.StepNow, app.FaceDone), away)
	v.Write.Took = 72 * time.Second
	if left {
		v.Write.CardLeft, v.Resident.Face = true, app.FaceForgot
	}
	return v
}

func writes() []Sheet {
	whose := await(write(app.PhaseWhose, app.StepPerson, app.StepNow, app.FaceWait), "action.choosing")
	consent := await(write(app.PhaseConsent, app.StepPerson, app.StepNow, app.FaceConsent), "action.deciding")
	consent.Resident.Asks = true
	last := await(write(app.PhaseLastTry, app.StepPIN, app.StepNow, app.FaceLastTry), "action.deciding")
	last.Resident.Asks, last.Resident.TriesLeft, last.Write.TriesLeft = true, 1, 1
	resumed := busy(write(app.PhaseWriting, app.StepWrite, app.StepNow, app.FaceKeep))
	resumed.Write.Resumed = true
	scanned := whose
	scanned.Notice = app.CodeScan
	stopped := torn(false) // 中止 on work that goes on: nothing left the R/W
	stopped.Write.Problem.Code = ""
	notSame := torn(false)
	notSame.Write.Problem.Code, notSame.Resident.Code = app.CodeCardNotSame, app.CodeCardNotSame
	return []Sheet{
		{Name: "write-waiting", View: waiting()},
		{Name: "write-whose", View: whose, Extreme: true},
		{Name: "write-scanned", View: scanned, Extreme: true},
		{Name: "write-consent", View: consent, Extreme: true},
		{Name: "write-reading", View: await(write(app.PhaseReading, app.StepRead, app.StepNow, app.FaceKeep), "action.busy")},
		{Name: "write-pin", View: pin(2, 3, "", false), Extreme: true},
		{Name: "write-pin-full", View: pin(4, 3, "", false)},
		{Name: "write-pin-wrong", View: pin(0, 2, app.CodePINWrong, true), Extreme: true},
		{Name: "write-last-try", View: last, Extreme: true},
		{Name: "write-checking", View: busy(write(app.PhaseChecking, app.StepPIN, app.StepNow, app.FaceKeep))},
		{Name: "write-reserving", View: busy(write(app.PhaseReserving, app.StepReserve, app.StepNow, app.FaceKeep)), Extreme: true},
		{Name: "write-writing", View: busy(write(app.PhaseWriting, app.StepWrite, app.StepNow, app.FaceKeep))},
		{Name: "write-resumed", View: resumed},
		{Name: "write-verifying", View: busy(write(app.PhaseVerifying, app.StepVerify, app.StepNow, app.FaceKeep))},
		{Name: "write-done", View: done(false, false), Extreme: true},
		{Name: "write-done-card-left", View: done(false, true), Extreme: true},
		{Name: "write-done-card-away", View: done(true, false)},
		{Name: "write-torn", View: torn(false), Extreme: true},
		{Name: "write-torn-not-same", View: notSame},
		{Name: "write-torn-giving-up", View: torn(true)},
		{Name: "write-torn-stopped", View: stopped},
		{Name: "write-releasing", View: busy(write(app.PhaseReleasing, app.StepWrite, app.StepNow, app.FaceKeep))},
		{Name: "write-released", View: over(write(app.PhaseReleased, app.StepWrite, app.StepFailed, app.FaceTake), false)},
		{Name: "write-kept-old", View: over(write(app.PhaseKeptOld, app.StepWrite, app.StepFailed, app.FaceTake), false)},
		{Name: "write-declined", View: over(write(app.PhaseDeclined, app.StepPerson, app.StepFailed, app.FaceDeclined), false)},
	}
}

// Problems are the codes that take the panel over, each a View of its own.
func Problems() []app.Code {
	return []app.Code{
		app.CodeReaderNoService, app.CodeReaderNone, app.CodeReaderInUse, app.CodeCardSilent, app.CodeCardGone, app.CodeCardUnknown,
		app.CodeCardPhone, app.CodeCardJuki, app.CodeCardFeliCa, app.CodeCardLicence, app.CodeCardNotSame, app.CodeCardFull,
		app.CodeCardForged, app.CodeCardBinding, app.CodeCardDamaged, app.CodePINBlocked, app.CodePINTime, app.CodePINUnknown,
		app.CodeCertNone, app.CodeCertExpired, app.CodeCertRevoked, app.CodeCertUnknown, app.CodeMyKeyNone, app.CodeMyKeyStopped, app.CodeMyKeyOther,
		app.CodeProxy, app.CodePlatformOffline, app.CodePlatformTime, app.CodeIssuerNoKeys, app.CodeDeskRevoked, app.CodeDeskUnknown,
		app.CodeLegalBasis, app.CodeReaderFault, app.CodeNoProgress, app.CodeMixed,
	}
}

func problem(code app.Code) Sheet {
	v := over(write(app.PhaseProblem, app.StepRead, app.StepFailed, app.FaceProblem), false)
	v.Write.Problem.Code, v.Resident.Code = code, code
	if code == app.CodeDeskUnknown {
		v.Write.Problem.Reference = "0A3F-77C1"
	}
	extreme := code == app.CodePINBlocked || code == app.CodePINUnknown || code == app.CodeDeskUnknown
	return Sheet{Name: "write-problem-" + string(code), View: v, Extreme: extreme}
}
