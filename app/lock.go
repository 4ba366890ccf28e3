package app

import (
	"context"

	"github.com/madoguchi/madoguchi/cardio"
)

// locked is 休止中: nothing is looked up and nothing handed over, whoever taps. The
// clerk's key, not a secret, opens it again: keeping others off the machine is the
// system's own lock.
func (a *App) locked(ctx context.Context) {
	for {
		card := a.cardNow().State
		a.publish(func(v *View) {
			v.Resident = ResidentView{Face: FaceResting, TriesLeft: -1}
			if card == cardio.Present || card == cardio.Mute {
				v.Resident.Code = CodeCardLeft // カードを お取りください
			}
		})
		e, err := a.events.wait(ctx, nil)
		if err != nil {
			return
		}
		switch i := e.intent.(type) {
		case Next:
			a.goTo(a.backTo())
			return
		case GoTo:
			if i.Screen != ScreenLocked {
				a.goTo(a.backTo())
				return
			}
		}
	}
}

func (a *App) backTo() Screen {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.back
}
