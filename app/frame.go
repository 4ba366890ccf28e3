package app

// frame is what each phase of F2 shows around its middle: the step, the
// resident's face at the same moment, and the bottom line.
type frame struct {
	step    int
	face    Face
	asks    bool // the resident must act
	escape  Action
	give    Action
	primary Action
}

// Notes and labels are catalogue keys.
var (
	stop     = Action{Intent: Cancel{}, Label: "action.stop", Enabled: true}
	goHome   = Action{Intent: GoTo{ScreenHome}, Label: "action.home", Enabled: true}
	later    = Action{Intent: Later{}, Label: "action.later", Enabled: true}
	stopBusy = Action{Intent: Cancel{}, Label: "action.stop", Note: "note.busy"}
	busy     = Action{Intent: Next{}, Label: "action.busy"}
	entering = Action{Intent: Next{}, Label: "action.entering"}
	deciding = Action{Intent: Next{}, Label: "action.deciding"}
	noCard   = Action{Intent: Next{}, Label: "action.no-card"}
	choosing = Action{Intent: Next{}, Label: "action.choosing"}
	nextOne  = Action{Intent: Next{}, Label: "action.next", Enabled: true}
	takeIt   = Action{Intent: Next{}, Label: "action.next", Note: "note.take"}
	giveUp   = Action{Intent: GiveUp{}, Label: "action.give-up", Enabled: true, Note: "note.give-up"}
	again    = Action{Intent: Again{}, Label: "action.again", Enabled: true}
)

// stepKept says that a phase leaves the step where it was, as failed.
const stepKept = -1

var frames = [...]frame{
	PhaseWaiting:   {step: StepPerson, face: FaceInsert, escape: goHome, primary: noCard},
	PhaseWhose:     {step: StepPerson, face: FaceWait, escape: stop, primary: choosing},
	PhaseConsent:   {step: StepPerson, face: FaceConsent, asks: true, escape: stop, primary: deciding},
	PhaseReading:   {step: StepRead, face: FaceKeep, escape: stop, primary: busy},
	PhasePIN:       {step: StepPIN, face: FacePIN, asks: true, escape: stop, primary: entering},
	PhaseLastTry:   {step: StepPIN, face: FaceLastTry, asks: true, escape: stop, primary: deciding},
	PhaseChecking:  {step: StepPIN, face: FaceKeep, escape: stopBusy, primary: busy},
	PhaseReserving: {step: StepReserve, face: FaceKeep, escape: stopBusy, primary: busy},
	PhaseWriting:   {step: StepWrite, face: FaceKeep, escape: stopBusy, primary: busy},
	PhaseVerifying: {step: StepVerify, face: FaceKeep, escape: stopBusy, primary: busy},
	PhaseReleasing: {step: stepKept, face: FaceKeep, escape: stopBusy, primary: busy},
	PhaseDone:      {step: StepReceipt, face: FaceDone, escape: goHome, primary: takeIt},
	PhaseTorn:      {step: stepKept, face: FaceTorn, escape: later, give: giveUp},
	PhaseReleased:  {step: stepKept, face: FaceTake, escape: goHome, primary: takeIt},
	PhaseKeptOld:   {step: stepKept, face: FaceTake, escape: goHome, primary: takeIt},
	PhaseDeclined:  {step: stepKept, face: FaceDeclined, escape: goHome, primary: takeIt},
	PhaseProblem:   {step: stepKept, face: FaceProblem, escape: goHome, primary: takeIt},
}

// enter puts the View into a phase: what the last one showed for itself alone is
// gone, what is known of the work so far stays.
func (v *View) enter(phase Phase) {
	f := frames[phase]
	w := &v.Write
	step := f.step
	if step == stepKept {
		step = w.current()
	}
	for i := range w.Steps {
		switch {
		case i < step:
			w.Steps[i] = StepDone
		case i > step:
			w.Steps[i] = StepAhead
		case f.step == stepKept && phase != PhaseReleasing:
			w.Steps[i] = StepFailed
		default:
			w.Steps[i] = StepNow
		}
	}
	w.Phase, w.Problem, w.CardLeft, w.TimeLeft, w.Digits = phase, Problem{}, false, false, 0
	w.Escape, w.Give, w.Primary = f.escape, f.give, f.primary
	v.Resident = ResidentView{Face: f.face, Asks: f.asks, TriesLeft: w.TriesLeft}
}

// current is the step that was under way.
func (w *WriteView) current() int {
	for i, s := range w.Steps {
		if s == StepNow || s == StepFailed {
			return i
		}
	}
	return StepPerson
}

// cardAway opens the way to the next person when the card has left.
func (v *View) cardAway(away bool) {
	if v.Write.Primary.Label == nextOne.Label {
		v.Write.Primary = takeIt
		if away {
			v.Write.Primary = nextOne
		}
	}
}
