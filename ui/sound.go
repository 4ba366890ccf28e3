package ui

import "github.com/madoguchi/madoguchi/app"

// Sound plays the two tones; it returns at once and never fails aloud.
type Sound interface {
	Success()
	Failure()
}

// Silent plays nothing. It is the default where the program has no way to play.
type Silent struct{}

// Success implements Sound.
func (Silent) Success() {}

// Failure implements Sound.
func (Silent) Failure() {}

// tone plays what a change of View calls for: success once, failure once.
func tone(sound Sound, before, now app.View) {
	was, is := before.Write, now.Write
	switch {
	case now.Screen == app.ScreenWrite && is.Phase == app.PhaseDone && was.Phase != app.PhaseDone:
		sound.Success()
	case is.CardLeft && !was.CardLeft,
		is.Phase == app.PhaseTorn && was.Phase != app.PhaseTorn,
		is.Problem.Code != "" && is.Problem.Code != was.Problem.Code,
		now.Notice != "" && now.Notice != before.Notice:
		sound.Failure()
	}
}
