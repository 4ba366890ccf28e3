// Package gallery is every View of every screen, with made-up data: what the
// screenshots and the tests of the windows go through.
package gallery

import (
	"time"

	"github.com/madoguchi/madoguchi/app"
)

// Sheet is one View with its name. The extreme ones, with the most or the longest
// text, are also drawn small and at 200 % text.
type Sheet struct {
	Name    string
	View    app.View
	Extreme bool
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
				{Name: "training.card.full"},
				{Name: "training.card.unconfirmed"},
				{Name: "training.card.other"},
				{Name: "training.card.phone"},
				{Name: "training.card.face"},
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
	return sheets
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
		{"home", one, false},
		{"home-empty", empty, false},
		{"home-many", many, true},
		{"home-not-training", real, false},
		{"home-scanned", scanned, true},
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
	return []Sheet{
		{"write-waiting", waiting(), false},
		{"write-whose", whose, true},
		{"write-scanned", scanned, true},
		{"write-consent", consent, true},
		{"write-reading", await(write(app.PhaseReading, app.StepRead, app.StepNow, app.FaceKeep), "action.busy"), false},
		{"write-pin", pin(2, 3, "", false), true},
		{"write-pin-full", pin(4, 3, "", false), false},
		{"write-pin-wrong", pin(0, 2, app.CodePINWrong, true), true},
		{"write-last-try", last, true},
		{"write-checking", busy(write(app.PhaseChecking, app.StepPIN, app.StepNow, app.FaceKeep)), false},
		{"write-reserving", busy(write(app.PhaseReserving, app.StepReserve, app.StepNow, app.FaceKeep)), true},
		{"write-writing", busy(write(app.PhaseWriting, app.StepWrite, app.StepNow, app.FaceKeep)), false},
		{"write-resumed", resumed, false},
		{"write-verifying", busy(write(app.PhaseVerifying, app.StepVerify, app.StepNow, app.FaceKeep)), false},
		{"write-done", done(false, false), true},
		{"write-done-card-left", done(false, true), true},
		{"write-done-card-away", done(true, false), false},
		{"write-torn", torn(false), true},
		{"write-torn-giving-up", torn(true), false},
		{"write-releasing", busy(write(app.PhaseReleasing, app.StepWrite, app.StepNow, app.FaceKeep)), false},
		{"write-released", over(write(app.PhaseReleased, app.StepWrite, app.StepFailed, app.FaceTake), false), false},
		{"write-kept-old", over(write(app.PhaseKeptOld, app.StepWrite, app.StepFailed, app.FaceTake), false), false},
		{"write-declined", over(write(app.PhaseDeclined, app.StepPerson, app.StepFailed, app.FaceDeclined), false), false},
	}
}

// Problems are the codes that take the panel over, each a View of its own.
func Problems() []app.Code {
	return []app.Code{
		app.CodeReaderNoService, app.CodeReaderNone, app.CodeReaderInUse, app.CodeCardSilent, app.CodeCardGone, app.CodeCardUnknown,
		app.CodeCardPhone, app.CodeCardJuki, app.CodeCardFeliCa, app.CodeCardLicence, app.CodeCardNotSame, app.CodeCardFull,
		app.CodeCardForged, app.CodeCardBinding, app.CodeCardDamaged, app.CodePINBlocked, app.CodePINTime, app.CodePINUnknown,
		app.CodeCertExpired, app.CodeCertRevoked, app.CodeCertUnknown, app.CodeMyKeyNone, app.CodeMyKeyStopped, app.CodeMyKeyOther,
		app.CodeProxy, app.CodePlatformOffline, app.CodePlatformTime, app.CodeIssuerNoKeys, app.CodeDeskRevoked, app.CodeDeskUnknown,
		app.CodeLegalBasis,
	}
}

func problem(code app.Code) Sheet {
	v := over(write(app.PhaseProblem, app.StepRead, app.StepFailed, app.FaceProblem), false)
	v.Write.Problem.Code, v.Resident.Code = code, code
	if code == app.CodeDeskUnknown {
		v.Write.Problem.Reference = "0A3F-77C1"
	}
	extreme := code == app.CodePINBlocked || code == app.CodeDeskUnknown
	return Sheet{Name: "write-problem-" + string(code), View: v, Extreme: extreme}
}
