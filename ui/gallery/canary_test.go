package gallery_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/training/drive"
	"github.com/madoguchi/madoguchi/ui/gallery"
)

// canaryID is the MyKey ID of a resident whose card is written, and canaryPINs are
// the PINs of four runs: a text is a find when it holds each run's own.
const canaryID = "CANARY7X"

var canaryPINs = []string{"7391", "5937", "8264", "6085"}

// written is a text of a canvas object, shown or not, and where it stands.
type written struct {
	side, text string
	y          float32 // of its lower edge
}

// sides are the two windows.
var sides = []struct {
	name string
	open func(gallery.Catalogues, gallery.Sheet, gallery.Room) fyne.Window
}{{"clerk", gallery.Clerk}, {"resident", gallery.Resident}}

// On both windows, in every View of a real run, the MyKey ID is masked and the PIN
// stands in the training band alone.
func TestNoWindowShowsACanary(t *testing.T) {
	catalogues, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	id, err := mykey.ParseID(canaryID)
	if err != nil {
		t.Fatal(err)
	}
	plantedOnWindows(t, catalogues)

	finds := map[string]int{} // a window, a phase, a text without the PIN: in how many runs
	for _, pin := range canaryPINs {
		views := counterViews(t, id, pin)
		if len(views) < 20 {
			t.Fatalf("only %d different Views seen", len(views))
		}
		masked, band := 0, 0
		here := map[string]bool{}
		for _, v := range views {
			for _, w := range windowTexts(catalogues, v) {
				switch {
				case holds(w.text, canaryID):
					t.Errorf("%s window, phase %v: text %q holds the MyKey ID", w.side, v.Write.Phase, w.text)
				case w.side == "clerk" && strings.Contains(w.text, id.Masked()):
					masked++
				case isBand(catalogues, w, pin):
					band++
				case holds(w.text, pin):
					here[fmt.Sprintf("%s window, phase %v: %q", w.side, v.Write.Phase, strings.ReplaceAll(w.text, pin, "PIN"))] = true
				}
			}
			v.Training.PIN = "" // the one exception
			if text := fmt.Sprintf("%+v", v); holds(text, canaryID) || holds(text, pin) {
				t.Errorf("the View of phase %v holds the canary", v.Write.Phase)
			}
		}
		if masked == 0 || band == 0 {
			t.Errorf("PIN %s: the masked MyKey ID was seen %d times, the band's PIN %d times", pin, masked, band)
		}
		for place := range here {
			finds[place]++
		}
	}
	for place, runs := range finds {
		if runs == len(canaryPINs) {
			t.Errorf("every run's own PIN stands in the %s", place)
		}
	}
}

// isBand reports whether a text is the one that may hold the PIN.
func isBand(c gallery.Catalogues, w written, pin string) bool {
	return w.side == "clerk" && w.text == c.Clerk.Text("band.pin", pin) && w.y <= 60
}

// holds looks for a secret as it would be read, also with gaps.
func holds(text, secret string) bool {
	return strings.Contains(strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "　", "", "\n", "").Replace(text)), secret)
}

// plantedOnWindows holds that a canary in a View is found on the windows.
func plantedOnWindows(t *testing.T, c gallery.Catalogues) {
	t.Helper()
	sheets := map[string]app.View{}
	for _, s := range gallery.All() {
		sheets[s.Name] = s.View
	}
	for name, plant := range map[string]func(v *app.View, secret string){
		"in the facts of a card":       func(v *app.View, s string) { v.Write.MyKeyID = s },
		"in parts":                     func(v *app.View, s string) { v.Write.MyKeyID = s[:2] + " " + s[2:] },
		"as whose desk it is":          func(v *app.View, s string) { v.Desk.Office = s },
		"as who sits there":            func(v *app.View, s string) { v.Desk.Clerk = s },
		"as the help desk's reference": func(v *app.View, s string) { v.Write.Problem = app.Problem{Code: app.CodeDeskUnknown, Reference: s} },
		"as the PIN of another band":   func(v *app.View, s string) { v.Training.PIN = "x" + s },
	} {
		for _, secret := range []string{canaryID, canaryPINs[0]} {
			v := sheets["write-done"]
			if name == "as the help desk's reference" {
				v = sheets["write-problem-DESK-UNKNOWN"]
			}
			if v.Screen != app.ScreenWrite {
				t.Fatalf("no sheet to plant in %s", name)
			}
			plant(&v, secret)
			found := false
			for _, w := range windowTexts(c, v) {
				found = found || holds(w.text, secret) && !isBand(c, w, secret)
			}
			if !found {
				t.Errorf("%s, planted %s, is not found on the windows", secret, name)
			}
		}
	}
}

// windowTexts are the texts of every canvas object of both windows. Texts of one
// character stand in one more together: digits beside each other are read as one.
func windowTexts(c gallery.Catalogues, v app.View) (all []written) {
	for _, side := range sides {
		window := side.open(c, gallery.Sheet{View: v}, gallery.Rooms[0])
		all = append(all, written{side.name, window.Title(), 0})
		single := ""
		each := func(text string, y float32) {
			if len([]rune(text)) == 1 {
				single += text
			}
			all = append(all, written{side.name, text, y})
		}
		objectTexts(window.Canvas().Content(), 0, each)
		for _, overlay := range window.Canvas().Overlays().List() {
			objectTexts(overlay, 0, each)
		}
		all = append(all, written{side.name, single, 0})
		window.Close()
	}
	return all
}

// objectTexts gives each text below o, hidden ones too: what is hidden is one slip
// away from being shown.
func objectTexts(o fyne.CanvasObject, y float32, each func(string, float32)) {
	y += o.Position().Y
	bottom := y + o.Size().Height
	switch one := o.(type) {
	case *canvas.Text:
		each(one.Text, bottom)
	case *fyne.Container:
		for _, child := range one.Objects {
			objectTexts(child, y, each)
		}
	case fyne.Widget:
		switch named := o.(type) {
		case *widget.Entry:
			each(named.Text, bottom)
			each(named.PlaceHolder, bottom)
		case *widget.RichText:
			each(named.String(), bottom)
		case interface{ Label() string }:
			each(named.Label(), bottom)
		}
		for _, child := range test.WidgetRenderer(one).Objects() {
			objectTexts(child, y, each)
		}
	}
}

// counterViews works a card through a wrong PIN, a tear and the rest of the write,
// and gives the Views that differ in more than the time.
func counterViews(t *testing.T, id mykey.ID, pin string) (views []app.View) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of a test that hangs
	defer cancel()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	set, err := training.Start(ctx, training.Options{Cards: []string{"training.card.tears"}, PIN: pin, Wished: id, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	desk, err := drive.Desk(ctx, set, log)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	defer desk.App.Subscribe(func(v app.View) {
		mu.Lock()
		defer mu.Unlock()
		same := v
		same.Status.Clock, same.Write.CheckedAt, same.Write.Took = time.Time{}, time.Time{}, 0
		if key := fmt.Sprintf("%+v", same); !seen[key] {
			seen[key] = true
			views = append(views, v)
		}
	})()
	wrong := "1" + pin[1:]
	steps := []struct {
		name string
		do   func() error
	}{
		{"F2", func() error { return desk.OpenWrite(ctx) }},
		{"the PIN", func() error { return desk.ToPIN(ctx) }},
		{"a wrong PIN", func() error { return desk.Digits(ctx, wrong) }},
		{"that it is wrong", func() error { desk.Enter(); return desk.Refused(ctx) }},
		{"the right PIN", func() error { return desk.Digits(ctx, pin) }},
		{"the tear", func() error { desk.Enter(); _, err := desk.Phase(ctx, app.PhaseTorn); return err }},
		{"the empty R/W", func() error { return desk.Empty(ctx) }},
		{"the same card again", func() error { desk.App.Send(app.InsertCard{}); _, err := desk.Phase(ctx, app.PhaseDone); return err }},
		{"the next person", func() error { return desk.Clear(ctx) }},
		{"Home", func() error { return desk.Home(ctx) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}
	desk.Stop()
	return views
}
