package gallery

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"github.com/boombuler/barcode/codabar"

	"github.com/madoguchi/madoguchi/app"
)

// Made-up numbers: as the card prints them, and as their barcodes read.
const (
	number  = "2802 1217"
	read    = "A28021217A"
	another = "2802 0034"
	longest = "ABCDEFGH-12345678-IJKLMNOP-12345678-QRSTUVWX-12345678-YZ01234567"
)

func library() app.ServiceView {
	return app.ServiceView{Name: "○○市立図書館", Word: "利用者番号", Card: "利用カード"}
}

func studyRoom() app.ServiceView {
	return app.ServiceView{Name: "○○市立図書館 学習室", Word: "会員番号", Card: "会員証"}
}

// Reception is a training desk of the reception role at rest.
func Reception() app.View {
	v := Base()
	v.Desk = app.DeskView{
		Office: "○○市立図書館", Counter: "貸出1", Clerk: "貸出01",
		Screens: []app.Screen{app.ScreenHome, app.ScreenRegister, app.ScreenLookup},
	}
	v.Home = app.HomeView{Today: app.Counts{LookedUp: 204, Linked: 6, Cancelled: 1}}
	v.Status.Reader, v.Training.OnReader = app.ReaderEmpty, false
	v.Lookup = app.LookupView{
		Service: library(), Stays: 20 * time.Second, Today: 204,
		Target: app.TargetView{Name: "図書館システム（利用者番号欄）", Way: "keyboard", Suffix: "enter", Release: "title"},
	}
	v.Register = app.RegisterView{TriesLeft: -1, Unlinks: -1, Services: []app.ServiceView{library(), studyRoom()}}
	return v
}

func receptions() []Sheet {
	return slices.Concat(receptionHomes(), lookups(), registrations(), setups())
}

func receptionHomes() []Sheet {
	home := Reception()
	waiting := Reception()
	waiting.Home.Answers = []app.AnswerView{
		{Receipt: "4182", Since: clock.Add(-24 * time.Minute)},
		{Receipt: "0093", Since: clock.Add(-61 * time.Minute), Never: true},
	}
	waiting.Status.Unsent = 1
	both := Reception()
	both.Desk.Screens = []app.Screen{app.ScreenHome, app.ScreenWrite, app.ScreenRegister, app.ScreenLookup}
	both.Home.Jobs = []app.JobView{{ID: "a", Since: clock.Add(-11 * time.Minute), Reached: app.ReachedReserved}}
	both.Home.Answers = waiting.Home.Answers
	both.Home.Today.Written = 12
	locked := Reception()
	locked.Screen, locked.Resident.Face = app.ScreenLocked, app.FaceResting
	return []Sheet{
		{Name: "reception-home", View: home},
		{Name: "reception-home-answers", View: waiting},
		{Name: "both-home", View: both, Extreme: true},
		{Name: "locked", View: locked, Extreme: true},
	}
}

// lookup is F4 with a card on the R/W.
func lookup(phase app.LookupPhase, face app.Face) app.View {
	v := Reception()
	v.Screen, v.Lookup.Phase, v.Resident.Face = app.ScreenLookup, phase, face
	v.Lookup.CardPresent, v.Training.OnReader, v.Status.Reader = true, true, app.ReaderCard
	v.Lookup.Escape = app.Action{Intent: app.Clear{}, Label: "action.clear", Enabled: true}
	return v
}

func lookupWaiting() app.View {
	v := lookup(app.LookupWaiting, app.FaceTap)
	v.Lookup.CardPresent, v.Training.OnReader, v.Status.Reader = false, false, app.ReaderEmpty
	v.Lookup.Escape = app.Action{Intent: app.GoTo{Screen: app.ScreenHome}, Label: "action.home", Enabled: true}
	v.Lookup.Bar = app.Action{Intent: app.GoTo{Screen: app.ScreenSetup}, Label: "action.setup", Enabled: true}
	v.Lookup.HandOver = app.Action{Intent: app.TryTarget{}, Label: "action.try", Enabled: true}
	return v
}

func delivered(d app.Delivery, code app.Code, kind app.BannerKind) app.View {
	v := lookup(app.LookupShown, app.FaceRead)
	v.Lookup.Number, v.Lookup.Delivery, v.Lookup.Problem.Code = app.NewShown(number), d, code
	v.Lookup.Bar = app.Action{Intent: app.ShowBarcode{}, Label: "action.barcode", Enabled: true}
	v.Lookup.HandOver = app.Action{Intent: app.HandOver{}, Label: "action.hand-again", Enabled: d != app.DeliveryHanding}
	if d == app.DeliveryHeld {
		v.Lookup.HandOver = app.Action{Intent: app.Release{}, Label: "action.hand-next", Enabled: true}
		v.Resident.Face = app.FaceHeld
	}
	v.Banner = app.Banner{Kind: kind, Serial: 1}
	return v
}

func bars(v app.View) app.View {
	code, err := codabar.Encode(read)
	if err != nil {
		return v // the number is this file's own
	}
	const quiet, high = 10, 40 // modules
	picture := image.NewGray(image.Rect(0, 0, code.Bounds().Dx()+2*quiet, high))
	for x := range picture.Bounds().Dx() {
		for y := range high {
			shade := color.Gray{Y: 0xff}
			if x >= quiet && x < quiet+code.Bounds().Dx() {
				shade = color.GrayModel.Convert(code.At(x-quiet, 0)).(color.Gray)
			}
			picture.SetGray(x, y, shade)
		}
	}
	v.Lookup.Bars = picture
	v.Lookup.Bar.Label = "action.barcode-hide"
	return v
}

// LookupProblems are the codes that end a look-up without a number.
func LookupProblems() []app.Code {
	return []app.Code{
		app.CodeLinkNotHere, app.CodeLinkStopped, app.CodeNoLookup, app.CodeCardUnknown, app.CodeCardSilent, app.CodeCardFeliCa,
		app.CodeCardPhone, app.CodeCardRecordOld, app.CodeCardNoRecord, app.CodeCardForged, app.CodeReaderNone, app.CodeTapDropped,
		app.CodeLinkService, app.CodeDeskUnknown,
	}
}

// HandoverProblems are the codes for which a number is not passed on.
func HandoverProblems() []app.Code {
	return []app.Code{
		app.CodeWrongWindow, app.CodeHandoverSetup, app.CodeHandoverAbove, app.CodeHandoverWayland, app.CodeHandoverIME,
		app.CodeHandoverKeys, app.CodeHandoverNobody, app.CodeHandoverPort, app.CodeHandoverFolder, app.CodeHandoverNotHere,
		app.CodeHandoverClip, app.CodeNumberUnknown, app.CodeSIP2,
	}
}

func lookups() []Sheet {
	notReady, notSetUp, screen := lookupWaiting(), lookupWaiting(), lookupWaiting()
	notReady.Lookup.Target.Code = app.CodeHandoverWayland
	notSetUp.Lookup.Target = app.TargetView{Code: app.CodeHandoverSetup}
	screen.Lookup.Target = app.TargetView{Way: "screen", Release: "quiet"}
	done := delivered(app.DeliveryDone, "", app.BannerHanded)
	asked := bars(done)
	shown := bars(delivered(app.DeliveryShown, "", app.BannerNone))
	shown.Lookup.Target = screen.Lookup.Target
	long := delivered(app.DeliveryUnknown, app.CodeHandoverUnknown, app.BannerUnknown)
	long.Lookup.Number, long.Lookup.Target.Release, long.Lookup.WipesOnExit = app.NewShown(longest), "action", true
	wiped := done
	wiped.Lookup.Number, wiped.Lookup.CardLeft, wiped.Resident.Face, wiped.Banner = app.Shown{}, true, app.FaceForgot, app.Banner{}
	alone := done
	alone.Lookup.Unattended = true
	scanned := lookupWaiting()
	scanned.Notice = app.CodeScan
	sheets := []Sheet{
		{Name: "lookup-waiting", View: lookupWaiting(), Extreme: true},
		{Name: "lookup-waiting-not-ready", View: notReady},
		{Name: "lookup-waiting-not-set-up", View: notSetUp},
		{Name: "lookup-waiting-screen", View: screen},
		{Name: "lookup-scanned", View: scanned},
		{Name: "lookup-reading", View: lookup(app.LookupReading, app.FaceWait)},
		{Name: "lookup-done", View: done, Extreme: true},
		{Name: "lookup-none", View: delivered(app.DeliveryNone, "", app.BannerNone)},
		{Name: "lookup-handing", View: delivered(app.DeliveryHanding, "", app.BannerNone)},
		{Name: "lookup-held", View: delivered(app.DeliveryHeld, app.CodeTapHeld, app.BannerHeld), Extreme: true},
		{Name: "lookup-held-wrong-window", View: delivered(app.DeliveryHeld, app.CodeWrongWindow, app.BannerNotHanded)},
		{Name: "lookup-held-busy", View: delivered(app.DeliveryHeld, app.CodeHandoverBusy, app.BannerHeld)},
		{Name: "lookup-unknown", View: delivered(app.DeliveryUnknown, app.CodeHandoverUnknown, app.BannerUnknown)},
		{Name: "lookup-unknown-long", View: long, Extreme: true},
		{Name: "lookup-barcode", View: shown, Extreme: true},
		{Name: "lookup-barcode-asked", View: asked},
		{Name: "lookup-wiped", View: wiped},
		{Name: "lookup-unattended", View: alone},
	}
	for _, code := range HandoverProblems() {
		sheets = append(sheets, Sheet{Name: "lookup-not-" + string(code), View: delivered(app.DeliveryNot, code, app.BannerNotHanded)})
	}
	for _, code := range LookupProblems() {
		sheets = append(sheets, lookupProblem(code))
	}
	return sheets
}

func lookupProblem(code app.Code) Sheet {
	v := lookup(app.LookupProblem, app.FaceProblem)
	v.Lookup.Problem.Code, v.Resident.Code = code, code
	v.Banner = app.Banner{Kind: app.BannerUnusable, Serial: 1}
	switch code {
	case app.CodeLinkNotHere:
		v.Resident.Face, v.Banner.Kind = app.FaceNotLinked, app.BannerNotLinked
	case app.CodeNoLookup:
		v.Banner.Kind = app.BannerOffline
	case app.CodeDeskUnknown:
		v.Lookup.Problem.Reference = "0A3F-77C1"
	}
	return Sheet{Name: "lookup-problem-" + string(code), View: v, Extreme: code == app.CodeLinkNotHere || code == app.CodeDeskUnknown}
}

// registration is F3 at a phase.
func registration(phase app.RegisterPhase, face app.Face) app.View {
	v := Reception()
	v.Screen, v.Resident.Face = app.ScreenRegister, face
	r := &v.Register
	r.Phase, r.Serial, r.Read, r.CardPresent, r.MyKeyID = phase, 7, true, true, masked
	r.Links = []app.LinkView{{Service: library()}, {Service: studyRoom(), Number: app.NewShown("789")}}
	r.Escape = app.Action{Intent: app.Cancel{}, Label: "action.redo", Enabled: true}
	r.Primary = app.Action{Intent: app.Put{}, Label: "action.register"}
	v.Training.OnReader, v.Status.Reader = true, app.ReaderCard
	return v
}

// accepted is F3 with a number that is right.
func accepted(phase app.RegisterPhase, face app.Face) app.View {
	v := registration(phase, face)
	v.Register.Number, v.Register.Checked, v.Register.Last3 = app.NewShown(number), true, "217"
	v.Register.Primary.Note = "note.resident-yes"
	if face == app.FaceRegister {
		v.Resident.Service, v.Resident.Word, v.Resident.Last3, v.Resident.Asks = library().Name, library().Word, "217", true
	}
	return v
}

func registerOver(v app.View) app.View {
	v.Register.Escape = app.Action{Intent: app.GoTo{Screen: app.ScreenHome}, Label: "action.home", Enabled: true}
	v.Register.Primary = app.Action{Intent: app.Next{}, Label: "action.next", Enabled: true}
	return v
}

// RegisterProblems are the codes that end a registration.
func RegisterProblems() []app.Code {
	return []app.Code{
		app.CodeLinkTaken, app.CodeLinkExists, app.CodeLinkNone, app.CodeLinkNumber, app.CodeLinkService, app.CodeLinkStopped,
		app.CodeLinkOnline, app.CodeLinkNever, app.CodeLinkProfile, app.CodeCertUnknown, app.CodeCardGone, app.CodeCardNotSame, app.CodeCardRecordOld,
		app.CodeCardNoRecord, app.CodePINBlocked, app.CodePINNoInput, app.CodeMixed, app.CodeNoProgress, app.CodeDeskUnknown,
	}
}

func registrations() []Sheet {
	waiting := registration(app.RegisterWaiting, app.FaceTap)
	waiting.Register.Read, waiting.Register.MyKeyID, waiting.Register.Links, waiting.Register.CardPresent = false, "", nil, false
	waiting.Register.Escape = app.Action{Intent: app.GoTo{Screen: app.ScreenHome}, Label: "action.home", Enabled: true}
	waiting.Register.Primary.Label, waiting.Training.OnReader, waiting.Status.Reader = "action.no-card", false, app.ReaderEmpty
	reading := registration(app.RegisterReading, app.FaceKeep)
	reading.Register.Read, reading.Register.MyKeyID, reading.Register.Links = false, "", nil
	scanned := waiting
	scanned.Notice = app.CodeScanFirstCard
	single := registration(app.RegisterNumber, app.FaceWait)
	single.Register.Services, single.Register.Links, single.Register.MyKeyID = single.Register.Services[:1], single.Register.Links[:1], ""
	many := registration(app.RegisterNumber, app.FaceWait)
	for i := range 4 {
		one := app.ServiceView{Name: "○○市立○○○○複合施設 トレーニングルーム" + strings.Repeat("Ⅱ", i), Word: "利用登録番号", Card: "利用登録証"}
		many.Register.Services = append(many.Register.Services, one)
		many.Register.Links = append(many.Register.Links, app.LinkView{Service: one, Number: app.NewShown("A1234-5678A"), Stopped: i == 1})
	}
	replace := accepted(app.RegisterConsent, app.FaceRegister)
	replace.Register.Replaces, replace.Resident.Replaces = app.NewShown(another), true
	ready := accepted(app.RegisterReady, app.FaceKeep)
	ready.Register.Primary = app.Action{Intent: app.Put{}, Label: "action.register", Enabled: true}
	sending := accepted(app.RegisterSending, app.FaceKeep)
	sending.Register.Primary = app.Action{Intent: app.Next{}, Label: "action.busy", Note: "note.sending"}
	sheets := []Sheet{
		{Name: "register-waiting", View: waiting, Extreme: true},
		{Name: "register-scanned-first", View: scanned},
		{Name: "register-reading", View: reading},
		{Name: "register-number", View: registration(app.RegisterNumber, app.FaceWait), Extreme: true},
		{Name: "register-number-one-service", View: single},
		{Name: "register-number-many", View: many, Extreme: true},
		Sheet{View: many, Extreme: true}.asks("register-choose-service", slices.Concat(slices.Repeat([]fyne.KeyName{fyne.KeyTab}, 12), []fyne.KeyName{fyne.KeySpace})...),
		{Name: "register-reason", View: byHand(app.RegisterReason), Extreme: true},
		{Name: "register-again", View: byHand(app.RegisterAgain)},
		{Name: "register-consent", View: accepted(app.RegisterConsent, app.FaceRegister), Extreme: true},
		{Name: "register-consent-replaces", View: replace, Extreme: true},
		{Name: "register-ready", View: ready},
		{Name: "register-sending", View: sending},
	}
	for _, code := range []app.Code{app.CodeScanForm, app.CodeScanCheckDigit, app.CodeScanItem, app.CodeScanDiffers} {
		v := registration(app.RegisterNumber, app.FaceWait)
		v.Register.Problem.Code = code
		sheets = append(sheets, Sheet{Name: "register-number-" + string(code), View: v, Extreme: code == app.CodeScanDiffers})
	}
	sheets = append(sheets, verdicts()...)
	for _, code := range RegisterProblems() {
		v := registerOver(registration(app.RegisterProblem, app.FaceProblem))
		v.Register.Problem.Code, v.Resident.Code = code, code
		if code == app.CodeDeskUnknown {
			v.Register.Problem.Reference = "0A3F-77C1"
		}
		sheets = append(sheets, Sheet{Name: "register-problem-" + string(code), View: v, Extreme: code == app.CodeLinkTaken})
	}
	return sheets
}

func byHand(phase app.RegisterPhase) app.View {
	v := registration(phase, app.FaceWait)
	v.Register.Typed = true
	return v
}

// verdicts are the phases in which one answer takes the cards' place.
func verdicts() []Sheet {
	pin := accepted(app.RegisterPIN, app.FacePIN)
	pin.Register.Digits, pin.Register.TriesLeft, pin.Register.Primary.Label, pin.Register.Primary.Note = 2, 3, "action.entering", ""
	pin.Resident = app.ResidentView{Face: app.FacePIN, Asks: true, Digits: 2, TriesLeft: 3}
	wrong := pin
	wrong.Register.Digits, wrong.Register.TriesLeft, wrong.Register.TimeLeft, wrong.Register.Problem.Code = 0, 2, true, app.CodePINWrong
	wrong.Resident = app.ResidentView{Face: app.FacePIN, Asks: true, TriesLeft: 2, Code: app.CodePINWrong, TimeLeft: true}
	last := pin
	last.Register.Phase, last.Register.TriesLeft, last.Register.Digits = app.RegisterLastTry, 1, 0
	last.Resident = app.ResidentView{Face: app.FaceLastTry, Asks: true, TriesLeft: 1}
	done := registerOver(accepted(app.RegisterDone, app.FaceRegistered))
	done.Register.Receipt = "4182"
	left := done
	left.Register.CardLeft, left.Resident.Face = true, app.FaceForgot
	left.Register.Primary = app.Action{Intent: app.Next{}, Label: "action.next", Note: "note.take"}
	unlink := func(phase app.RegisterPhase, face app.Face) app.View {
		v := registration(phase, face)
		v.Register.Unlinks, v.Register.Primary = 1, app.Action{}
		v.Register.Escape = app.Action{Intent: app.Cancel{}, Label: "action.back", Enabled: true}
		if face == app.FaceUnlink {
			v.Resident.Service, v.Resident.Word, v.Resident.Last3, v.Resident.Asks = studyRoom().Name, studyRoom().Word, "789", true
		}
		return v
	}
	lost := registerOver(accepted(app.RegisterLost, app.FaceWait))
	lost.Register.Problem.Code = app.CodeLinkLost
	lost.Register.Receipt, lost.Status.Platform, lost.Status.Unsent = "4182", app.PlatformOffline, 1
	return []Sheet{
		{Name: "register-pin", View: pin},
		{Name: "register-pin-wrong", View: wrong, Extreme: true},
		{Name: "register-last-try", View: last},
		{Name: "register-done", View: done, Extreme: true},
		{Name: "register-done-card-left", View: left},
		{Name: "register-ask-unlink", View: unlink(app.RegisterAskUnlink, app.FaceKeep), Extreme: true},
		{Name: "register-unlinking", View: unlink(app.RegisterUnlinking, app.FaceUnlink), Extreme: true},
		{Name: "register-unlinked", View: registerOver(unlink(app.RegisterUnlinked, app.FaceUnlinked))},
		{Name: "register-lost", View: lost, Extreme: true},
		{Name: "register-declined", View: registerOver(registration(app.RegisterDeclined, app.FaceDeclined))},
	}
}

// settingUp is 引渡し先 at rest.
func settingUp() app.View {
	v := Reception()
	v.Screen = app.ScreenSetup
	v.Setup = app.SetupView{
		Serial: 3, Services: []app.ServiceView{library()}, Ways: []string{"keyboard", "paste", "clipboard", "websocket", "serial", "file", "screen"},
		Way: "keyboard", Suffix: "enter", Release: "title", Stays: 20 * time.Second, OnExit: "keep",
		Process: "library-system", Title: "貸出 — 図書館システム", Start: "図書館システム", Sent: "A1234-5678A",
		Escape:  app.Action{Intent: app.GoTo{Screen: app.ScreenLookup}, Label: "action.back", Enabled: true},
		Primary: app.Action{Intent: app.Save{}, Label: "action.save", Note: "note.saved"},
	}
	return v
}

func setups() []Sheet {
	edit := func(change func(s *app.SetupView)) app.View {
		v := settingUp()
		v.Setup.Changed, v.Setup.Primary.Enabled, v.Setup.Primary.Note = true, true, ""
		change(&v.Setup)
		return v
	}
	rule := `{"symbologies":["NW7"],"start":"A","stop":"A","pattern":"[0-9]{8}","check":"m10w21","display":"#### ####"}`
	return []Sheet{
		{Name: "setup", View: settingUp(), Extreme: true},
		{Name: "setup-new", View: edit(func(s *app.SetupView) {
			s.Way, s.Suffix, s.Process, s.Title, s.Start, s.Release = "", "", "", "", "", ""
		})},
		{Name: "setup-action", View: edit(func(s *app.SetupView) {
			s.Release, s.Services, s.Profile = "action", []app.ServiceView{library(), studyRoom()}, "unicode"
		}), Extreme: true},
		{Name: "setup-picking", View: edit(func(s *app.SetupView) { s.Step, s.Seconds = app.SetupPicking, 4 })},
		{Name: "setup-trying", View: edit(func(s *app.SetupView) { s.Step = app.SetupTryingOwn })},
		{Name: "setup-right", View: edit(func(s *app.SetupView) { s.Step = app.SetupOwnRight })},
		{Name: "setup-wrong", View: edit(func(s *app.SetupView) { s.Step, s.Code = app.SetupOwnWrong, app.CodeHandoverTrial })},
		{Name: "setup-waiting", View: edit(func(s *app.SetupView) { s.Step, s.Seconds = app.SetupWaiting, 3 })},
		{Name: "setup-tried", View: edit(func(s *app.SetupView) { s.Step, s.Result = app.SetupTried, app.DeliveryUnknown })},
		{Name: "setup-serial", View: edit(func(s *app.SetupView) {
			s.Way, s.Release, s.Port, s.Ports = "serial", "quiet", "/dev/ttyUSB0", []string{"/dev/ttyUSB0", "/dev/ttyS0"}
		})},
		{Name: "setup-websocket", View: edit(func(s *app.SetupView) { s.Way, s.Suffix, s.Port, s.Token = "websocket", "", "17420", "4F7Q-2M9K" })},
		{Name: "setup-file", View: edit(func(s *app.SetupView) { s.Way, s.Suffix, s.Folder = "file", "", "~/madoguchi-handover" })},
		{Name: "setup-learning", View: edit(func(s *app.SetupView) { s.Learn.Count, s.Learn.Code = 6, app.CodeScanItem })},
		{Name: "setup-no-common-form", View: edit(func(s *app.SetupView) { s.Learn.Count, s.Learn.Code = 10, app.CodeScanSamples })},
		{Name: "setup-learnt", View: edit(func(s *app.SetupView) {
			s.Learn = app.LearnView{Count: 10, Schemes: []string{"m10w21", "none"}, Form: "NW-7 A…A 8", Rule: rule}
		}), Extreme: true},
	}
}
