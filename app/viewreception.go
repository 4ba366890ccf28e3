package app

import (
	"fmt"
	"image"
	"io"
	"log/slog"
	"time"
)

// Shown is a service ID as that library's card prints it. It stands in a View
// because a clerk must read it; nothing prints it by accident.
type Shown struct{ text string }

// Reveal gives the characters. Every call is a place to audit.
func (s Shown) Reveal() string { return s.text }

// IsZero reports whether there is none.
func (s Shown) IsZero() bool { return s.text == "" }

// Format writes a mask for every verb.
func (s Shown) Format(f fmt.State, _ rune) { io.WriteString(f, mask) }

// LogValue writes a mask.
func (s Shown) LogValue() slog.Value { return slog.StringValue(mask) }

const mask = "••••"

// NewShown is for galleries and tests: made-up numbers.
func NewShown(text string) Shown { return Shown{text} }

// Input is what a person or a scanner typed. Nothing prints it by accident.
type Input struct{ text string }

// NewInput takes over what stands in a field.
func NewInput(text string) Input { return Input{text} }

// Format writes a mask for every verb.
func (i Input) Format(f fmt.State, _ rune) { io.WriteString(f, mask) }

// LogValue writes a mask.
func (i Input) LogValue() slog.Value { return slog.StringValue(mask) }

// ServiceView is one service of this desk's operator, in the operator's words.
type ServiceView struct {
	Name string // ○○市立図書館
	Word string // 利用者番号
	Card string // 利用カード
}

// LookupPhase is where the look-up stands.
type LookupPhase int

// Phases of F4.
const (
	LookupWaiting LookupPhase = iota // カードを待っています
	LookupReading                    // the card is read, the platform asked
	LookupShown                      // the number stands there; Delivery says what became of it
	LookupProblem                    // Problem: not linked, stopped, another card, offline …
)

// Delivery is what became of a number.
type Delivery int

// How a hand-over stands.
const (
	DeliveryNone    Delivery = iota
	DeliveryHeld             // the tap gate is closed: Problem says why (TAP-HELD, HANDOVER-WRONG-WINDOW)
	DeliveryHanding          // under way
	DeliveryDone             // 渡しました
	DeliveryNot              // 渡していません: Problem says why
	DeliveryUnknown          // 渡したかどうか確かめられません
	DeliveryShown            // shown as a barcode: the desk's scanner takes it
)

// LookupView is F4.
type LookupView struct {
	Phase       LookupPhase
	Service     ServiceView
	Number      Shown // zero when wiped
	Delivery    Delivery
	Bars        image.Image // the number as a barcode with its quiet zones, to be scaled by whole pixels; nil: none is shown
	Target      TargetView
	Problem     Problem
	CardPresent bool
	CardLeft    bool
	Stays       time.Duration // how long a number stands there
	WipesOnExit bool          // it goes when the card leaves
	Unattended  bool          // resident's view only, no number on the screen
	Today       int

	Escape   Action // Esc: 消す, ホームへ
	Bar      Action // F8: バーコードで表示
	HandOver Action // F9: もう一度渡す, 試しに渡す, 次の方へ渡す (Release)
}

// TargetView is 引渡し先 in a few words.
type TargetView struct {
	Name    string // 図書館システム（利用者番号欄）; "" not set up
	Way     string // keyboard, paste, clipboard, websocket, serial, file, screen
	Suffix  string // enter, tab, none; "" where there is none
	Release string // title, action, quiet
	Code    Code   // why it could not be handed over now; "" ready
}

// Banner is the small notice over the business application (320×80, topmost,
// never focused): no number in it.
type Banner struct {
	Kind   BannerKind
	Serial uint64 // changes with each banner
}

// BannerKind is what a banner says.
type BannerKind int

// Kinds of a banner.
const (
	BannerNone      BannerKind = iota
	BannerHanded               // ✓ 渡しました
	BannerNotLinked            // ! 未登録のカード
	BannerUnusable             // ! 使えないカード
	BannerNotHanded            // ! 渡していません
	BannerUnknown              // ! 渡したか確かめてください
	BannerHeld                 // 次のカードがあります — a click on it is Release
	BannerOffline              // ! いまは呼び出せません
)

// RegisterPhase is where the registration stands.
type RegisterPhase int

// Phases of F3.
const (
	RegisterWaiting   RegisterPhase = iota // 1 マイナンバーカード
	RegisterReading                        // the card, and what is linked already
	RegisterNumber                         // 2 利用カード: a scan, or typing
	RegisterReason                         // typed: why
	RegisterAgain                          // typed: once more
	RegisterConsent                        // the resident decides
	RegisterReady                          // はい: 登録する is alive
	RegisterPIN                            // registration_auth pin: the resident enters the PIN
	RegisterLastTry                        // one try left
	RegisterSending                        // the platform is asked
	RegisterDone                           // linked
	RegisterAskUnlink                      // 連携を解除しますか: the clerk is asked once more
	RegisterUnlinking                      // the resident decides (FaceUnlink)
	RegisterUnlinked                       // unlinked
	RegisterLost                           // the answer was lost: it will be asked until known
	RegisterDeclined                       // the resident said no, or the clerk stopped: nothing sent
	RegisterProblem                        // Problem says which
)

// TypedReason is why a number was typed and not scanned.
type TypedReason int

// Reasons, from a list.
const (
	TypedUnknown   TypedReason = iota
	TypedNoBarcode             // バーコードのないカード
	TypedDamaged               // バーコードが読み取れない
	TypedScanner               // スキャナの不調
	TypedNoCard                // カードがない（本人確認書類で確認）
)

// LinkView is one link of this person with this desk's operator.
type LinkView struct {
	Service ServiceView
	Number  Shown
	Stopped bool
	// CanUnlink: the card has a record; a link goes with a record alone.
	CanUnlink bool
}

// RegisterView is F3.
type RegisterView struct {
	// Serial changes with each person: what stands in the fields goes with it.
	Serial      uint64
	Phase       RegisterPhase
	CardPresent bool
	CardLeft    bool
	MyKeyID     string // masked; "" by certificate or not read yet
	Read        bool   // a card was read
	Services    []ServiceView
	Current     int        // index of the chosen one
	Links       []LinkView // same order as Services; Number zero: not linked
	Number      Shown      // accepted: form and check digit are right
	Checked     bool       // a check digit was checked too
	Last3       string
	Typed       bool // by hand
	Reason      TypedReason
	Replaces    Shown // the number that is linked now and goes
	Unlinks     int   // index of the link that is taken away
	Digits      int
	TriesLeft   int
	TimeLeft    bool
	Receipt     string // 受付番号
	Problem     Problem

	Escape  Action
	Primary Action
}

// Setting is one thing of 引渡し先.
type Setting int

// Settings of the hand-over; the values are those of the settings file.
const (
	SettingWay       Setting = iota // keyboard, paste, clipboard, websocket, serial, file, screen
	SettingSuffix                   // enter, tab, none
	SettingRelease                  // title, action, quiet
	SettingStays                    // seconds: 10, 20, 60
	SettingOnExit                   // keep, wipe
	SettingService                  // index
	SettingPort                     // serial port or WebSocket port
	SettingFolder                   // file drop
	SettingProfile                  // Windows: unicode, scan-code, paste
	SettingStartHere                // the title in front now is the start title
)

// SetupStep is what 引渡し先 is doing.
type SetupStep int

// Steps.
const (
	SetupIdle      SetupStep = iota
	SetupPicking             // Seconds until the window in front is taken
	SetupTryingOwn           // our own field has the focus, a number comes
	SetupOwnRight            // it arrived as sent
	SetupOwnWrong            // it did not: Arrived
	SetupWaiting             // Seconds until the business application gets it
	SetupTried               // Result
)

// SetupView is 引渡し先: how this desk hands over, with trial, and the assistant
// that learns a member card's form.
type SetupView struct {
	Step     SetupStep
	Serial   uint64 // of the trial field
	Services []ServiceView
	Service  int
	Ways     []string // that this OS has
	Way      string
	Suffix   string
	Release  string
	Profile  string // "" where there is only one
	Stays    time.Duration
	OnExit   string // keep, wipe
	Port     string
	Ports    []string // serial ports of this machine
	Folder   string
	Token    string // WebSocket: the code the page is told once
	Process  string
	Title    string
	Start    string
	Seconds  int
	Sent     string // the made-up number of a trial
	Result   Delivery
	Code     Code
	Changed  bool // not saved yet
	Learn    LearnView

	Escape  Action
	Primary Action
}

// LearnView is the assistant: ten sample cards in, a number rule out. It keeps no
// sample.
type LearnView struct {
	Count   int      // samples read, 0–10
	Code    Code     // why the last was not taken
	Schemes []string // of check digits that all satisfy, best first; after ten
	Form    string   // catalogue-free: NW-7 A…A 8
	Rule    string   // JSON for the platform's administrator
}
