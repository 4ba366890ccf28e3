package app

import "testing"

func TestEveryPhaseHasItsNameAndItsFrame(t *testing.T) {
	t.Parallel()
	if len(frames) != int(PhaseProblem)+1 || len(phaseNames) != len(frames) {
		t.Fatalf("%d frames, %d names, %d phases", len(frames), len(phaseNames), int(PhaseProblem)+1)
	}
	for i, f := range frames {
		phase := Phase(i)
		if phaseNames[i] == "" || f.face == FaceIdle || f.escape.Intent == nil || f.escape.Label == "" {
			t.Errorf("phase %d (%v): face %v, way out %q", i, phase, f.face, f.escape.Label)
		}
		if !f.escape.Enabled && f.escape.Note == "" {
			t.Errorf("phase %v: the way out is shut, and nothing says why", phase)
		}
		if f.primary.Intent == nil && phase != PhaseTorn {
			t.Errorf("phase %v has no main button", phase)
		}
	}
}
