package ui

import (
	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/resident"
	"github.com/madoguchi/madoguchi/ui/sound"
)

// Sound plays the tones; it returns at once and never fails aloud.
type Sound interface {
	Key()     // a key of the PIN pad: the same tick for every key
	Success() // all is done
	Failure() // something is in the way, or a card was left
}

var _ Sound = (*sound.Player)(nil)

// Silent plays nothing: sound is muted.
type Silent struct{}

// Key implements Sound.
func (Silent) Key() {}

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

// ticking makes each key of the PIN pad sound, by mouse, finger or keyboard.
type ticking struct {
	desk  resident.Desk
	sound func() Sound
}

// Digit implements resident.Desk.
func (t ticking) Digit(d byte) {
	t.sound().Key()
	t.desk.Digit(d)
}

// Send implements resident.Desk.
func (t ticking) Send(intent app.Intent) {
	switch intent.(type) {
	case app.Erase, app.Enter, app.DontKnow, app.Quit, app.Extend:
		t.sound().Key()
	}
	t.desk.Send(intent)
}
