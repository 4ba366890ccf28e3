package app

import "fmt"

var screenNames = [...]string{
	ScreenHome: "home", ScreenWrite: "write", ScreenRegister: "register", ScreenLookup: "lookup", ScreenSetup: "setup", ScreenLocked: "locked",
}

// String is the screen's name in the log and the catalogue.
func (s Screen) String() string { return name(screenNames[:], int(s)) }

var phaseNames = [...]string{
	PhaseWaiting: "waiting", PhaseWhose: "whose", PhaseConsent: "consent", PhaseReading: "reading", PhasePIN: "pin",
	PhaseLastTry: "last-try", PhaseChecking: "checking", PhaseReserving: "reserving", PhaseWriting: "writing",
	PhaseVerifying: "verifying", PhaseDone: "done", PhaseTorn: "torn", PhaseReleasing: "releasing",
	PhaseReleased: "released", PhaseKeptOld: "kept-old", PhaseDeclined: "declined", PhaseProblem: "problem",
}

// String is the phase's name in the log and the catalogue.
func (p Phase) String() string { return name(phaseNames[:], int(p)) }

var faceNames = [...]string{
	FaceIdle: "idle", FaceInsert: "insert", FaceWait: "wait", FaceConsent: "consent", FaceKeep: "keep", FacePIN: "pin",
	FaceLastTry: "last-try", FaceTorn: "torn", FaceDone: "done", FaceTake: "take", FaceForgot: "forgot",
	FaceDeclined: "declined", FaceProblem: "problem", FaceTap: "tap", FaceRead: "read", FaceHeld: "held", FaceNotLinked: "not-linked",
	FaceRegister: "register", FaceUnlink: "unlink", FaceRegistered: "registered", FaceUnlinked: "unlinked", FaceResting: "resting",
}

// String is the face's name in the log and the catalogue.
func (f Face) String() string { return name(faceNames[:], int(f)) }

var lookupNames = [...]string{LookupWaiting: "waiting", LookupReading: "reading", LookupShown: "shown", LookupProblem: "problem"}

// String is the phase's name in the log and the catalogue.
func (p LookupPhase) String() string { return name(lookupNames[:], int(p)) }

var deliveryNames = [...]string{
	DeliveryNone: "none", DeliveryHeld: "held", DeliveryHanding: "handing", DeliveryDone: "done", DeliveryNot: "not",
	DeliveryUnknown: "unknown", DeliveryShown: "shown",
}

// String is the name in the log and the catalogue.
func (d Delivery) String() string { return name(deliveryNames[:], int(d)) }

var bannerNames = [...]string{
	BannerNone: "none", BannerHanded: "handed", BannerNotLinked: "not-linked", BannerUnusable: "unusable",
	BannerNotHanded: "not-handed", BannerUnknown: "unknown", BannerHeld: "held", BannerOffline: "offline",
}

// String is the name in the catalogue.
func (k BannerKind) String() string { return name(bannerNames[:], int(k)) }

var registerNames = [...]string{
	RegisterWaiting: "waiting", RegisterReading: "reading", RegisterNumber: "number", RegisterReason: "reason", RegisterAgain: "again",
	RegisterConsent: "consent", RegisterReady: "ready", RegisterPIN: "pin", RegisterLastTry: "last-try", RegisterSending: "sending",
	RegisterDone: "done", RegisterAskUnlink: "ask-unlink", RegisterUnlinking: "unlinking", RegisterUnlinked: "unlinked",
	RegisterLost: "lost", RegisterDeclined: "declined", RegisterProblem: "problem",
}

// String is the phase's name in the log and the catalogue.
func (p RegisterPhase) String() string { return name(registerNames[:], int(p)) }

var reasonNames = [...]string{
	TypedUnknown: "unknown", TypedNoBarcode: "no-barcode", TypedDamaged: "damaged", TypedScanner: "scanner", TypedNoCard: "no-card",
}

// String is the name in the catalogue.
func (r TypedReason) String() string { return name(reasonNames[:], int(r)) }

func name(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprint(i)
	}
	return names[i]
}
