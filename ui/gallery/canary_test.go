package gallery_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
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
	"github.com/madoguchi/madoguchi/ui/clerk"
	"github.com/madoguchi/madoguchi/ui/gallery"
	"github.com/madoguchi/madoguchi/ui/look"
	"github.com/madoguchi/madoguchi/ui/resident"
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

// side is one of the two windows, which lives as long as the test: it shows one
// View after another as in the program, and what it shows of one must not stay.
type side struct {
	name   string
	window fyne.Window
	show   func(app.View)
}

func openSides(t *testing.T, c gallery.Catalogues) []side {
	t.Helper()
	l := look.New(1)
	ofClerk := clerk.New(l, clerk.Texts{Clerk: c.Clerk, Easy: c.Easy, English: c.English}, gallery.Nobody{}, time.Now)
	ofResident := resident.New(l, resident.Texts{Easy: c.Easy, English: c.English}, gallery.Nobody{}, true, time.Now)
	sides := []side{
		{"clerk", gallery.App().NewWindow(c.Clerk.Text("product")), ofClerk.Show},
		{"resident", gallery.App().NewWindow(c.Clerk.Text("product")), ofResident.Show},
	}
	sides[0].window.SetContent(ofClerk.Content())
	sides[1].window.SetContent(ofResident.Content())
	ofClerk.Attach(sides[0].window.Canvas())
	ofResident.Attach(sides[1].window.Canvas())
	for _, s := range sides {
		s.window.SetPadded(false)
		s.window.Resize(fyne.NewSize(1366, 768))
		t.Cleanup(s.window.Close)
	}
	return sides
}

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
	sides := openSides(t, catalogues)
	plantedOnWindows(t, catalogues, sides)

	// A place that one run does not hold is no find: only where the first PIN is seen
	// are there more runs.
	var finds map[string]bool // a window, a phase, a text without the PIN
	for i, pin := range canaryPINs {
		if i > 0 && len(finds) == 0 {
			break
		}
		here := inRun(t, catalogues, sides, id, pin)
		maps.DeleteFunc(here, func(place string, _ bool) bool { return i > 0 && !finds[place] })
		finds = here
	}
	for place := range finds {
		t.Errorf("every run's own PIN stands in the %s", place)
	}
}

// inRun holds that the MyKey ID is masked in every View of a run, and gives where its
// PIN is seen outside the band.
func inRun(t *testing.T, c gallery.Catalogues, sides []side, id mykey.ID, pin string) map[string]bool {
	t.Helper()
	views := counterViews(t, id, pin)
	if len(views) < 20 {
		t.Fatalf("only %d different Views seen", len(views))
	}
	masked, band, seen := 0, 0, map[string]bool{}
	for _, v := range views {
		for _, w := range windowTexts(sides, v) {
			switch {
			case holds(w.text, canaryID):
				t.Errorf("%s window, phase %v: text %q holds the MyKey ID", w.side, v.Write.Phase, w.text)
			case w.side == "clerk" && strings.Contains(w.text, id.Masked()):
				masked++
			case isBand(c, w, pin):
				band++
			case holds(w.text, pin):
				seen[fmt.Sprintf("%s window, phase %v: %q", w.side, v.Write.Phase, strings.ReplaceAll(w.text, pin, "PIN"))] = true
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
	t.Logf("%d Views on both windows: the masked MyKey ID %d times, the band's PIN %d times", len(views), masked, band)
	return seen
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
func plantedOnWindows(t *testing.T, c gallery.Catalogues, sides []side) {
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
			for _, w := range windowTexts(sides, v) {
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
func windowTexts(sides []side, v app.View) (all []written) {
	for _, side := range sides {
		side.show(v)
		all = append(all, written{side.name, side.window.Title(), 0})
		single := ""
		each := func(text string, y float32) {
			if len([]rune(text)) == 1 {
				single += text
			}
			all = append(all, written{side.name, text, y})
		}
		objectTexts(side.window.Canvas().Content(), 0, each)
		for _, overlay := range side.window.Canvas().Overlays().List() {
			objectTexts(overlay, 0, each)
		}
		all = append(all, written{side.name, single, 0})
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
