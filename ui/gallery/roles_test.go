package gallery_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/gallery"
)

// role is one row of who works at a desk and what they never see. A plant is put
// into every View of the role, in the fields of what the role has not: none of it may
// come up.
type role struct {
	name    string
	has     []app.Screen // a desk with all of these is the role's
	hasNot  []app.Screen // and none of these
	menu    []string     // keys of the catalogue, all of them
	never   *regexp.Regexp
	noEntry bool // nothing is typed into these screens
	plant   func(v *app.View)
}

// planted stands in every text that is planted.
const planted = "PLANT77"

// roles are the two whose screens there are. The supervisor's, the information
// officer's and those of services have none here.
var roles = []role{
	{
		name: "市区町村窓口", has: []app.Screen{app.ScreenWrite}, hasNot: []app.Screen{app.ScreenLookup, app.ScreenRegister},
		menu: []string{"menu.home", "menu.write"}, noEntry: true,
		// No service ID, no service, no number of links.
		never: regexp.MustCompile(`サービスID|利用者番号|会員番号|利用カード|会員証|照会(?:[^番]|$)|引渡し|連携|受付番号|2802|0034|学習室`),
		plant: func(v *app.View) {
			service := app.ServiceView{Name: planted, Word: planted, Card: planted}
			v.Home.Answers = []app.AnswerView{{Receipt: planted, Since: v.Status.Clock}}
			v.Home.Today.LookedUp, v.Home.Today.Linked = 90771, 90771
			v.Lookup = app.LookupView{Service: service, Number: app.NewShown(planted), Target: app.TargetView{Name: planted, Way: "keyboard"}, Today: 90771}
			v.Register = app.RegisterView{
				Services: []app.ServiceView{service}, Links: []app.LinkView{{Service: service, Number: app.NewShown(planted)}},
				Number: app.NewShown(planted), Replaces: app.NewShown(planted), Receipt: planted, Read: true,
			}
			v.Setup = app.SetupView{Process: planted, Title: planted, Sent: planted, Token: planted, Services: []app.ServiceView{service}}
		},
	},
	{
		name: "受付窓口", has: []app.Screen{app.ScreenLookup, app.ScreenRegister}, hasNot: []app.Screen{app.ScreenWrite},
		menu: []string{"menu.home", "menu.register", "menu.lookup"},
		// No writing, not why an ID is stopped, nothing that stands in a certificate, no
		// other operator.
		never: regexp.MustCompile(`カード書込み|領域|カードAP|停止|失効|紛失|盗難|有効期[間限]|シリアル番号|発行番号|生年月日|住所`),
		plant: func(v *app.View) {
			v.Home.Jobs = []app.JobView{{ID: planted, Since: v.Status.Clock, Reached: app.ReachedReserved}}
			v.Home.Today.Written = 90771
			v.Write = app.WriteView{
				MyKeyID: planted, Card: true, CardPresent: true, FreeBytes: 90771, Certificate: app.CertificateRevoked,
				Problem: app.Problem{Code: app.CodeCertRevoked, Reference: planted}, TriesLeft: -1,
			}
		},
	},
}

// of reports whether a View is of a desk of this role.
func (r role) of(v app.View) bool {
	in := func(s app.Screen) bool { return slices.Contains(v.Desk.Screens, s) }
	return !slices.ContainsFunc(r.has, func(s app.Screen) bool { return !in(s) }) && !slices.ContainsFunc(r.hasNot, in)
}

// What is outside a role is absent, not grey: on no View of its screens is there a
// text, a field or an item of the menu of it, whatever the View carries.
func TestWhatIsOutsideARoleIsAbsent(t *testing.T) {
	catalogues, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	sides := openSides(t, catalogues)
	full := regexp.MustCompile(`MY[0-9A-Z]{6,}`)
	for _, r := range roles {
		t.Run(r.name, func(t *testing.T) {
			var menu []string
			for _, key := range r.menu {
				menu = append(menu, catalogues.Clerk.Text(key))
			}
			n := 0
			for _, sheet := range gallery.All() {
				if !r.of(sheet.View) {
					continue
				}
				n++
				v := sheet.View
				r.plant(&v)
				for _, text := range windowTexts(sides, v) {
					of := fmt.Sprintf("%s, %s window: text %q", sheet.Name, text.side, text.text)
					if found := r.never.FindString(text.text); found != "" && !ofTraining(text) {
						t.Errorf("%s holds %q", of, found)
					}
					if strings.Contains(text.text, planted) || strings.Contains(text.text, "90771") {
						t.Errorf("%s was planted where the role sees nothing", of)
					}
					if full.MatchString(text.text) {
						t.Errorf("%s holds a full MyKey ID", of)
					}
				}
				for _, s := range sides {
					controlsOfRole(t, r, sheet, menu, s)
				}
			}
			if n < 10 {
				t.Errorf("only %d Views of this role", n)
			}
		})
	}
}

// ofTraining: the names of demo cards are the trainer's, in the band, and no person's.
func ofTraining(w written) bool { return w.side == "clerk" && w.y <= 60 }

func controlsOfRole(t *testing.T, r role, sheet gallery.Sheet, menu []string, s side) {
	t.Helper()
	var items []string
	for _, b := range boxes(s.window.Canvas()) {
		switch b.focusable.(type) {
		case *control.Entry:
			if r.noEntry {
				t.Errorf("%s, %s window: there is a field to type into", sheet.Name, s.name)
			}
		}
		if _, of := b.within.(*control.Item); of && b.text != nil && !strings.HasPrefix(b.text.Text, "F") {
			items = append(items, b.text.Text)
		}
	}
	if s.name == "clerk" && sheet.View.Screen != app.ScreenLocked && !slices.Equal(items, menu) {
		t.Errorf("%s: the menu is %q, want %q", sheet.Name, items, menu)
	}
}

// The test above finds what is planted where the role does see it: it is not blind.
func TestThePlantsAreSeenWhereTheyMayBe(t *testing.T) {
	catalogues, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	sides := openSides(t, catalogues)
	for _, r := range roles {
		seen := 0
		for _, sheet := range gallery.All() {
			if r.of(sheet.View) || sheet.View.Screen == app.ScreenLocked {
				continue
			}
			v := sheet.View
			r.plant(&v)
			for _, text := range windowTexts(sides, v) {
				if strings.Contains(text.text, planted) || strings.Contains(text.text, "90771") {
					seen++
				}
			}
		}
		if seen < 5 {
			t.Errorf("%s: what its plants hold is seen %d times at other desks", r.name, seen)
		}
	}
}
