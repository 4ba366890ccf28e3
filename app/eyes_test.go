package app_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
)

// eyes look at every View that a counter shows.
type eyes struct {
	mu      sync.Mutex
	secrets []string // full MyKey IDs
	faults  []string
	phases  map[app.Phase]int
}

func newEyes() *eyes { return &eyes{phases: map[app.Phase]int{}} }

// secret adds a MyKey ID that no View may show whole.
func (e *eyes) secret(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secrets = append(e.secrets, id)
}

func (e *eyes) look(v app.View) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = append(e.faults, wrong(v, e.secrets)...)
	if v.Screen == app.ScreenWrite {
		e.phases[v.Write.Phase]++
	}
}

// tell reports what was seen; a counter that showed nothing was not looked at.
func (e *eyes) tell(t *testing.T) {
	e.mu.Lock()
	defer e.mu.Unlock()
	slices.Sort(e.faults)
	for _, f := range slices.Compact(e.faults) {
		t.Errorf("a View: %s", f)
	}
	if len(e.phases) == 0 {
		t.Error("no View was seen")
	}
}

// faces are what the resident sees in a phase.
var faces = map[app.Phase][]app.Face{
	app.PhaseWaiting: {app.FaceInsert}, app.PhaseWhose: {app.FaceWait}, app.PhaseConsent: {app.FaceConsent},
	app.PhaseReading: {app.FaceKeep}, app.PhasePIN: {app.FacePIN}, app.PhaseLastTry: {app.FaceLastTry},
	app.PhaseChecking: {app.FaceKeep}, app.PhaseReserving: {app.FaceKeep}, app.PhaseWriting: {app.FaceKeep},
	app.PhaseVerifying: {app.FaceKeep}, app.PhaseReleasing: {app.FaceKeep},
	app.PhaseDone: {app.FaceDone, app.FaceForgot}, app.PhaseTorn: {app.FaceTorn},
	app.PhaseReleased: {app.FaceTake, app.FaceForgot}, app.PhaseKeptOld: {app.FaceTake, app.FaceForgot},
	app.PhaseDeclined: {app.FaceDeclined, app.FaceForgot}, app.PhaseProblem: {app.FaceProblem},
}

// uninterrupted are the phases in which stopping would leave the outcome open.
var uninterrupted = []app.Phase{
	app.PhaseChecking, app.PhaseReserving, app.PhaseWriting, app.PhaseVerifying, app.PhaseReleasing,
}

// wrong lists what a View must never be.
func wrong(v app.View, secrets []string) (faults []string) {
	walk("View", reflect.ValueOf(v), func(path, text string) {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				faults = append(faults, path+" shows a whole MyKey ID")
			}
		}
		random := strings.HasSuffix(path, ".ID") || strings.HasSuffix(path, ".Job") || strings.HasSuffix(path, ".Reference")
		if strings.Contains(text, demoPIN) && path != "View.Training.PIN" && !random {
			faults = append(faults, path+" shows the PIN")
		}
	})
	if v.Screen != app.ScreenWrite {
		return faults
	}
	w, phase := v.Write, v.Write.Phase
	switch {
	case !slices.Contains(faces[phase], v.Resident.Face):
		faults = append(faults, fmt.Sprintf("phase %v, the resident sees %v", phase, v.Resident.Face))
	case w.Escape.Intent == nil || w.Escape.Label == "":
		faults = append(faults, fmt.Sprintf("phase %v has no way out, not even a dead one", phase))
	case phase != app.PhaseTorn && w.Primary.Label == "":
		faults = append(faults, fmt.Sprintf("phase %v has no main button", phase))
	}
	if slices.Contains(uninterrupted, phase) {
		if w.Escape.Enabled || w.Give.Enabled || w.Primary.Enabled || w.Escape.Note == "" {
			faults = append(faults, fmt.Sprintf("phase %v can be stopped, or does not say why not", phase))
		}
	}
	if w.CardLeft && w.Primary.Enabled {
		faults = append(faults, fmt.Sprintf("phase %v: the next person is let in while the card lies there", phase))
	}
	if v.Resident.Digits != w.Digits || w.Digits > 0 && phase != app.PhasePIN {
		faults = append(faults, fmt.Sprintf("phase %v: digits %d, resident %d", phase, w.Digits, v.Resident.Digits))
	}
	return faults
}

// walk calls f with every string in v and where it stands.
func walk(path string, v reflect.Value, f func(path, text string)) {
	switch v.Kind() {
	case reflect.String:
		f(path, v.String())
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			walk(path, v.Elem(), f)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i), f)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			walk(path+"."+v.Type().Field(i).Name, v.Field(i), f)
		}
	}
}

// The eyes see: each of these is a View that must not be.
func TestTheEyesSeeWhatMustNotBe(t *testing.T) {
	t.Parallel()
	good := app.View{Screen: app.ScreenWrite}
	good.Write.Phase, good.Resident.Face = app.PhaseWriting, app.FaceKeep
	good.Write.Escape = app.Action{Intent: app.Cancel{}, Label: "action.stop", Note: "note.busy"}
	good.Write.Primary = app.Action{Intent: app.Next{}, Label: "action.busy"}
	if faults := wrong(good, []string{"MY4KABCD"}); len(faults) > 0 {
		t.Fatalf("a good View: %v", faults)
	}
	for name, spoil := range map[string]func(*app.View){
		"a whole MyKey ID":          func(v *app.View) { v.Write.MyKeyID = "MY4KABCD" },
		"one inside an intent":      func(v *app.View) { v.Write.Give.Intent = app.Continue{Job: "MY4KABCD"} },
		"the PIN":                   func(v *app.View) { v.Write.Problem.Code = "PIN-1234" },
		"a way to stop a write":     func(v *app.View) { v.Write.Escape.Enabled = true },
		"no word why not":           func(v *app.View) { v.Write.Escape.Note = "" },
		"another face":              func(v *app.View) { v.Resident.Face = app.FaceDone },
		"no frame":                  func(v *app.View) { v.Write.Escape, v.Write.Primary = app.Action{}, app.Action{} },
		"digits outside of the pad": func(v *app.View) { v.Write.Digits, v.Resident.Digits = 1, 1 },
	} {
		v := good
		spoil(&v)
		if len(wrong(v, []string{"MY4KABCD"})) == 0 {
			t.Errorf("%s was not seen", name)
		}
	}
}
