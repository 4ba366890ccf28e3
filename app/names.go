package app

import "fmt"

var screenNames = [...]string{ScreenHome: "home", ScreenWrite: "write"}

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
	FaceDeclined: "declined", FaceProblem: "problem",
}

// String is the face's name in the log and the catalogue.
func (f Face) String() string { return name(faceNames[:], int(f)) }

func name(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprint(i)
	}
	return names[i]
}
