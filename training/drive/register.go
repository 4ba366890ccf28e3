package drive

import (
	"context"

	"github.com/madoguchi/madoguchi/app"
)

// Registration is what happens at F3 with one person.
type Registration struct {
	Card    int    // of the chooser
	Early   string // scanned before the card lies there; "" nothing
	Wrong   string // scanned first, and does not fit; "" nothing
	Number  string // scanned, as the barcode reads
	Typed   bool   // Number is typed, because the barcode is damaged
	Refuses bool   // the resident says no
	Unlink  bool   // the first service's link is taken away instead
}

// How a registration ends, among other ends.
const (
	Registered  = app.RegisterDone
	Unlinked    = app.RegisterUnlinked
	AnswerLost  = app.RegisterLost
	Declined    = app.RegisterDeclined
	NotPossible = app.RegisterProblem
	LinkTaken   = app.CodeLinkTaken
)

// OpenRegister opens F3.
func (d *Driver) OpenRegister(ctx context.Context) error {
	d.App.Send(app.RemoveCard{})
	d.App.Send(app.GoTo{Screen: app.ScreenRegister})
	_, err := d.Until(ctx, "F3", func(v app.View) bool {
		return v.Screen == app.ScreenRegister && v.Register.Phase == app.RegisterWaiting && len(v.Register.Services) > 0 &&
			v.Status.Reader == app.ReaderEmpty
	})
	return err
}

// Register works F3 from the empty R/W to the end of one registration.
func (d *Driver) Register(ctx context.Context, r Registration) (View, error) {
	if r.Early != "" {
		d.enter(r.Early, true)
		if _, err := d.Until(ctx, "SCAN-CARD-FIRST", func(v app.View) bool { return v.Notice == app.CodeScanFirstCard }); err != nil {
			return View{}, err
		}
	}
	d.Lay(r.Card)
	last := app.RegisterWaiting
	for {
		view, err := d.Follow(ctx, "the next question of F3 or its end", func(v app.View) bool {
			return v.Register.Phase != last && registering[v.Register.Phase]
		})
		if err != nil {
			return view, err
		}
		last = view.Register.Phase
		if last == app.RegisterNumber && r.Wrong != "" {
			d.enter(r.Wrong, true)
			_, err := d.Until(ctx, "the word that it does not fit", func(v app.View) bool {
				return v.Register.Phase == app.RegisterNumber && v.Register.Problem.Code != ""
			})
			if err != nil {
				return view, err
			}
			d.Views()
		}
		if !d.say(last, r) {
			return view, nil
		}
	}
}

// registering are the phases in which F3 waits for somebody, or ends.
var registering = map[app.RegisterPhase]bool{
	app.RegisterNumber: true, app.RegisterReason: true, app.RegisterAgain: true, app.RegisterConsent: true, app.RegisterReady: true,
	app.RegisterAskUnlink: true, app.RegisterUnlinking: true,
	Registered: true, Unlinked: true, AnswerLost: true, Declined: true, NotPossible: true,
}

// say answers what F3 asks; false where it asks nothing.
func (d *Driver) say(phase app.RegisterPhase, r Registration) bool {
	switch phase {
	case app.RegisterNumber:
		if r.Unlink {
			d.App.Send(app.Unlink{})
		} else {
			d.enter(r.Number, !r.Typed)
		}
	case app.RegisterReason:
		d.App.Send(app.TypedBecause{Reason: app.TypedDamaged})
	case app.RegisterAgain:
		d.enter(r.Number, false)
	case app.RegisterConsent, app.RegisterUnlinking:
		d.App.Send(app.Consent{Yes: !r.Refuses})
	case app.RegisterReady:
		d.App.Send(app.Put{})
	case app.RegisterAskUnlink:
		d.App.Send(app.Really{})
	default:
		return false
	}
	return true
}

// enter scans or types a number into the field that stands there now.
func (d *Driver) enter(number string, scanned bool) {
	d.App.Send(app.Entered{Serial: d.App.View().Register.Serial, Text: app.NewInput(number), Scanned: scanned})
}

// NextRegistration takes the card away and goes on to the next person.
func (d *Driver) NextRegistration(ctx context.Context) error {
	d.App.Send(app.RemoveCard{})
	_, err := d.Until(ctx, "the way to the next person", func(v app.View) bool {
		return !v.Register.CardPresent && v.Register.Primary.Enabled
	})
	if err != nil {
		return err
	}
	d.App.Send(app.Next{})
	_, err = d.Until(ctx, "the next person", func(v app.View) bool { return v.Register.Phase == app.RegisterWaiting })
	return err
}
