package app

import (
	"time"
)

// View is everything the two windows show at one moment. It is immutable: ui
// draws it and keeps nothing of its own. It holds no full MyKey ID and no PIN
// (TrainingView.PIN, the demo card's, is the one exception). Text is not in it:
// ui takes sentences from the catalogue by the names given here.
type View struct {
	Screen   Screen
	Desk     DeskView
	Status   StatusView
	Home     HomeView
	Write    WriteView
	Register RegisterView
	Lookup   LookupView
	Setup    SetupView
	Resident ResidentView
	Training TrainingView
	Notice   Code   // a passing notice over any screen (SCAN-NOT-EXPECTED …), "" for none
	Banner   Banner // a passing notice over the business application
}

// Screen is one item of the menu.
type Screen int

// Screens.
const (
	ScreenHome     Screen = iota // F1
	ScreenWrite                  // F2, municipal counter only
	ScreenRegister               // F3, reception desk only
	ScreenLookup                 // F4, reception desk only
	ScreenSetup                  // 引渡し先, from F4
	ScreenLocked                 // Ctrl+L: 休止中
)

// DeskView says whose desk this is. What the roles do not allow is absent.
type DeskView struct {
	Office  string // ○○市 市民課
	Counter string // 1番窓口
	Clerk   string // 窓口01
	Screens []Screen
}

// ReaderState is how the R/W stands. The four failures have four messages.
type ReaderState int

// States of the R/W.
const (
	ReaderStarting ReaderState = iota // not asked yet
	ReaderNoService
	ReaderNone
	ReaderEmpty // connected, no card
	ReaderCard
	ReaderSilent // a card that does not answer
)

// PlatformState is how the platform stands.
type PlatformState int

// States of the platform.
const (
	PlatformStarting PlatformState = iota
	PlatformOnline
	PlatformOffline
)

// StatusView is the status bar.
type StatusView struct {
	Reader   ReaderState
	Platform PlatformState
	Unsent   int
	Clock    time.Time // shown to the minute
}

// HomeView is the start screen.
type HomeView struct {
	Jobs    []JobView    // 終わっていない処理, oldest first
	Answers []AnswerView // registrations whose answer was lost, oldest first
	Today   Counts       // 本日
}

// AnswerView is a registration that was sent and not heard of.
type AnswerView struct {
	ID      string    // random, this desk's; Left takes the row away
	Receipt string    // 受付番号, four digits
	Since   time.Time // day and minute
	Never   bool      // it never arrived: the person must come again
}

// Counts are the day's counts of this desk: numbers only.
type Counts struct{ Written, Cancelled, Failed, LookedUp, Linked int }

// JobView is one row of 終わっていない処理.
type JobView struct {
	ID      string    // random, this desk's
	Since   time.Time // day and minute
	Reached Reached
}

// Reached is the furthest point that work on a card is known to have reached.
type Reached int

// Points of a write, in order.
const (
	ReachedNothing  Reached = iota
	ReachedReserved         // the card AP area is there
	ReachedWriting          // a slot may be begun
	ReachedWritten          // read back and equal
)

// Phase is where the card writing stands: one View of F2 each.
type Phase int

// Phases of F2.
const (
	PhaseWaiting   Phase = iota // no card: ask for it
	PhaseWhose                  // どなたの手続きですか
	PhaseConsent                // the resident decides on their side
	PhaseReading                // step 2
	PhasePIN                    // step 3, the resident enters the PIN
	PhaseLastTry                // step 3, one try left: a consent of its own
	PhaseChecking               // step 3, VERIFY, signature, platform
	PhaseReserving              // step 4
	PhaseWriting                // step 5
	PhaseVerifying              // step 6
	PhaseDone                   // step 7
	PhaseTorn                   // the card left in the middle: same card again
	PhaseReleasing              // give up: the area is given back
	PhaseReleased               // given up, the area is free again
	PhaseKeptOld                // given up: a valid older record stays
	PhaseDeclined               // the resident said no, or the clerk stopped: nothing written
	PhaseProblem                // Problem says which
)

// StepState is one step of the seven.
type StepState int

// States of a step.
const (
	StepAhead StepState = iota
	StepNow
	StepDone
	StepFailed
)

// The seven steps of F2, as indexes of WriteView.Steps.
const (
	StepPerson  = iota // 本人の確認
	StepRead           // カードを読む
	StepPIN            // 暗証番号で確認
	StepReserve        // 領域を確保する
	StepWrite          // マイキーIDを書く
	StepVerify         // 読み返して確認
	StepReceipt        // 控えを渡す
	StepCount
)

// WriteView is F2.
type WriteView struct {
	Phase   Phase
	Resumed bool // work goes on from what the card shows (続きから行います)
	Steps   [StepCount]StepState

	CardPresent bool
	CardLeft    bool   // the card lies there 5 s after the end: CARD-LEFT
	Card        bool   // a My Number Card was recognised
	FreeBytes   int    // FF21, -1 when the card does not say
	MyKeyID     string // masked, "" before it is known
	Certificate CertificateState
	CheckedAt   time.Time // of Certificate
	Who         Whose
	Digits      int  // entered, 0–4
	TriesLeft   int  // -1 unknown
	TimeLeft    bool // the PIN's time is nearly over: offer Extend
	Reached     Reached
	Took        time.Duration // of the whole, on PhaseDone
	Problem     Problem

	Escape  Action // bottom left, Esc
	Give    Action // bottom right but one: the other way out (取りやめる)
	Primary Action // bottom right, Enter
}

// Action is a button of the bottom line.
type Action struct {
	Intent  Intent // nil: the button is absent
	Label   string // catalogue key
	Enabled bool
	Note    string // catalogue key of the sentence beside it; "" none
}

// Problem is what went wrong, in a code's three sentences.
type Problem struct {
	Code      Code   // "" none
	Reference string // for the help desk, when Code is DESK-UNKNOWN
}

// CertificateState is the user authentication certificate's.
type CertificateState int

// States of the certificate.
const (
	CertificateNotAsked CertificateState = iota
	CertificateGood
	CertificateExpired
	CertificateRevoked
	CertificateUnknown // 失効を確認できません
)

// Whose says whose procedure it is. It is not stored.
type Whose int

// Whose procedure.
const (
	WhoseUnknown  Whose = iota
	WhoseSelf           // ご本人
	WhoseMinor          // 15歳未満の方と法定代理人
	WhoseGuardian       // 成年後見人
	WhoseProxy          // それ以外の代理人: not accepted here
)

// Face is what the resident's window shows.
type Face int

// Faces of the resident's window.
const (
	FaceIdle       Face = iota // この窓口は… (nothing to do)
	FaceInsert                 // カードを カードリーダーに 置いて ください; the band says the PIN comes
	FaceWait                   // すこし お待ち ください (clerk is asked)
	FaceConsent                // はい / やめる
	FaceKeep                   // カードを 置いた ままに して ください
	FacePIN                    // the pad
	FaceLastTry                // あと 1回です: はい / わからない
	FaceTorn                   // もう一度、同じ カードを 置いて ください
	FaceDone                   // おわりました。カードを 取って ください
	FaceTake                   // カードを 取って ください, nothing was written
	FaceForgot                 // カードを わすれて いませんか
	FaceDeclined               // 申込みを 取りやめました
	FaceProblem                // something is in the way: Code
	FaceTap                    // カードを 置いて ください; 暗証番号は いりません (F3, F4)
	FaceRead                   // 読み取りました。カードを 取って ください
	FaceHeld                   // すこし お待ち ください: the person before is still served
	FaceNotLinked              // この カードは まだ 登録されて いません
	FaceRegister               // この 番号を 登録します 下3けた: はい / やめる
	FaceUnlink                 // 登録を 消します: はい / やめる
	FaceRegistered             // 登録しました
	FaceUnlinked               // 登録を 消しました
	FaceResting                // この窓口は 休止中です
)

// ResidentView is the resident's window: the same moment as the clerk's.
type ResidentView struct {
	Face      Face
	Code      Code // FaceProblem, and PIN-WRONG with FacePIN
	Digits    int
	TriesLeft int  // -1 unknown
	CanEnter  bool // 決定 is alive
	Asks      bool // the resident must act: with one display the window turns
	TimeLeft  bool // 時間を のばす is offered
	// FaceRegister and FaceUnlink: whose number, what the operator calls it, and its
	// last three characters.
	Service, Word, Last3 string
	Replaces             bool // FaceRegister: the number that was linked before goes
}

// TrainingView is the orange band. The zero value means: not training.
type TrainingView struct {
	On       bool
	Cards    []TrainingCard
	Current  int    // index of the chosen card
	OnReader bool   // the chosen card lies on the R/W
	PIN      string // the demo card's PIN, to tell the trainee
}

// TrainingCard is a demo card to choose. Name is a catalogue key.
type TrainingCard struct{ Name string }

// Intent is what a person wants. ui sends it; Send returns at once.
type Intent interface{ intent() }

// Intents. PIN digits are not among them: see App.Digit.
type (
	// GoTo opens a screen (F1, F2).
	GoTo struct{ Screen Screen }
	// Tell answers どなたの手続きですか.
	Tell struct{ Who Whose }
	// Consent is the resident's はい or やめる, on their own side.
	Consent struct{ Yes bool }
	// LastTry is the resident's answer at one try left.
	LastTry struct{ Yes bool }
	// Enter is 決定 on the PIN pad.
	Enter struct{}
	// Erase is 1つ 消す.
	Erase struct{}
	// DontKnow is わからない: uses no try.
	DontKnow struct{}
	// Quit is やめる on the resident's side.
	Quit struct{}
	// Extend asks for more time at the PIN pad.
	Extend struct{}
	// Cancel is 中止 on the clerk's side.
	Cancel struct{}
	// Later keeps a torn job for later (あとで続ける).
	Later struct{}
	// GiveUp gives a torn write up: needs the card once more.
	GiveUp struct{}
	// Continue takes up a job of 終わっていない処理.
	Continue struct{ Job string }
	// Left closes a job's row: the resident went home.
	Left struct{ Job string }
	// Again tries once more after a problem.
	Again struct{}
	// Next is 次の方.
	Next struct{}
	// Scanned reports a scan that no field expected; nothing of it is kept.
	Scanned struct{}
	// Release ends the transaction of the person before (tap gate), so that the
	// number that is held goes.
	Release struct{}
	// HandOver hands the number over once more (F9); on the waiting screen a trial.
	HandOver struct{}
	// ShowBarcode shows the number as a barcode, or takes it away again (F8).
	ShowBarcode struct{}
	// Clear takes the number off the screen (消す).
	Clear struct{}
	// ChooseService is the service that a number is registered for.
	ChooseService struct{ Index int }
	// Entered is what stands in the number's field when Enter came. Serial is that of
	// the View in which it was typed: what was typed for another person is dropped.
	Entered struct {
		Serial  uint64
		Text    Input
		Scanned bool // it came as a scanner types
	}
	// TypedBecause says why a number was typed by hand.
	TypedBecause struct{ Reason TypedReason }
	// Put is 登録する.
	Put struct{}
	// Unlink asks to take a link away (連携を解除); Really says so once more.
	Unlink struct{ Service int }
	// Really confirms what is asked once more. Enter never gives it.
	Really struct{}
	// Configure changes one thing of the hand-over on 引渡し先.
	Configure struct {
		What  Setting
		Value string
	}
	// PickTarget takes the window that is in front when the seconds are over.
	PickTarget struct{}
	// TryOwn hands a made-up number to our own field; TryTarget, after some seconds,
	// to the business application.
	TryOwn struct{}
	// TryTarget: see TryOwn.
	TryTarget struct{}
	// SampleAgain begins the ten sample cards anew.
	SampleAgain struct{}
	// Save keeps 引渡し先 as it stands.
	Save struct{}
	// ChooseCard, InsertCard and RemoveCard work the demo cards.
	ChooseCard struct{ Index int }
	// InsertCard puts the chosen demo card on the R/W.
	InsertCard struct{}
	// RemoveCard takes it off.
	RemoveCard struct{}
)

func (GoTo) intent()       {}
func (Tell) intent()       {}
func (Consent) intent()    {}
func (LastTry) intent()    {}
func (Enter) intent()      {}
func (Erase) intent()      {}
func (DontKnow) intent()   {}
func (Quit) intent()       {}
func (Extend) intent()     {}
func (Cancel) intent()     {}
func (Later) intent()      {}
func (GiveUp) intent()     {}
func (Continue) intent()   {}
func (Left) intent()       {}
func (Again) intent()      {}
func (Next) intent()       {}
func (Scanned) intent()    {}
func (ChooseCard) intent() {}
func (InsertCard) intent() {}
func (RemoveCard) intent() {}

func (Release) intent()       {}
func (HandOver) intent()      {}
func (ShowBarcode) intent()   {}
func (Clear) intent()         {}
func (ChooseService) intent() {}
func (Entered) intent()       {}
func (TypedBecause) intent()  {}
func (Put) intent()           {}
func (Unlink) intent()        {}
func (Really) intent()        {}
func (Configure) intent()     {}
func (PickTarget) intent()    {}
func (TryOwn) intent()        {}
func (TryTarget) intent()     {}
func (SampleAgain) intent()   {}
func (Save) intent()          {}
