package ui

import (
	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/resident"
	"github.com/madoguchi/madoguchi/ui/sound"
)

// Sound plays the tones; it returns at once and never fails aloud.
type Sound interface{ Play(sound.Tone) }

var _ Sound = (*sound.Player)(nil)

// Silent plays nothing: sound is muted.
type Silent struct{}

// Play implements Sound.
func (Silent) Play(sound.Tone) {}

// tones say which change of View sounds how. The first that fits sounds, once; what
// became of a tap comes first, so that it is never covered by another.
var tones = []struct {
	tone sound.Tone
	when func(before, now app.View) bool
}{
	{sound.Handed, told(app.BannerHanded)},
	{sound.Handed, func(before, now app.View) bool {
		return shown(now) && now.Lookup.Delivery == app.DeliveryShown && (!shown(before) || before.Lookup.Delivery != app.DeliveryShown)
	}},
	{sound.Held, told(app.BannerHeld)},
	{sound.NotHanded, told(app.BannerNotHanded)},
	{sound.NotHanded, told(app.BannerUnknown)},
	{sound.NotLinked, told(app.BannerNotLinked)},
	{sound.Unusable, told(app.BannerUnusable)},
	{sound.Offline, told(app.BannerOffline)},
	{sound.Success, func(before, now app.View) bool { return done(now) && !done(before) }},
	{sound.Failure, func(before, now app.View) bool { return left(now) && !left(before) }},
	{sound.Failure, func(before, now app.View) bool {
		return now.Write.Phase == app.PhaseTorn && before.Write.Phase != app.PhaseTorn
	}},
	{sound.Failure, func(before, now app.View) bool { return wrong(now) != "" && wrong(now) != wrong(before) }},
	{sound.Failure, func(before, now app.View) bool { return now.Notice != "" && now.Notice != before.Notice }},
}

// told: a tap came to this end just now.
func told(kind app.BannerKind) func(before, now app.View) bool {
	return func(before, now app.View) bool {
		return now.Banner.Kind == kind && now.Banner.Serial != before.Banner.Serial
	}
}

func shown(v app.View) bool { return v.Screen == app.ScreenLookup && v.Lookup.Phase == app.LookupShown }

// done: the work with this person is at its end, and well.
func done(v app.View) bool {
	switch v.Screen {
	case app.ScreenWrite:
		return v.Write.Phase == app.PhaseDone
	case app.ScreenRegister:
		return v.Register.Phase == app.RegisterDone || v.Register.Phase == app.RegisterUnlinked
	}
	return false
}

func left(v app.View) bool {
	return v.Write.CardLeft || v.Register.CardLeft || v.Lookup.CardLeft
}

// wrong is what is in the way of a write or a registration; a look-up tells it by
// its banner.
func wrong(v app.View) app.Code {
	if v.Write.Problem.Code != "" {
		return v.Write.Problem.Code
	}
	return v.Register.Problem.Code
}

// tone plays what a change of View calls for.
func tone(s Sound, before, now app.View) {
	for _, one := range tones {
		if one.when(before, now) {
			s.Play(one.tone)
			return
		}
	}
}

// ticking makes each key of the PIN pad sound, by mouse, finger or keyboard.
type ticking struct {
	desk  resident.Desk
	sound func() Sound
}

// Digit implements resident.Desk.
func (t ticking) Digit(d byte) {
	t.sound().Play(sound.Key)
	t.desk.Digit(d)
}

// Send implements resident.Desk.
func (t ticking) Send(intent app.Intent) {
	switch intent.(type) {
	case app.Erase, app.Enter, app.DontKnow, app.Quit, app.Extend:
		t.sound().Play(sound.Key)
	}
	t.desk.Send(intent)
}
