package gallery_test

import (
	"fmt"
	"image/color"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/go-text/typesetting/font"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/gallery"
	"github.com/madoguchi/madoguchi/ui/look"
)

// The windows stand in Fyne's one app: these tests do not run beside each other.

// drawn is one sheet in one room, in one of the two windows.
type drawn struct {
	side  string
	view  app.View
	room  gallery.Room
	texts gallery.Catalogues
	on    fyne.Canvas
	boxes []box
	fills []fill
}

// Every View is drawn once and looked at for everything a person would notice.
func TestEveryWindow(t *testing.T) {
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	faces := faces{}
	n := 0
	for _, room := range append(slices.Clone(gallery.Rooms), gallery.Large) {
		for _, sheet := range gallery.All() {
			if room == gallery.Large && !sheet.Extreme || room != gallery.Large && !slices.Contains(sheet.Rooms(), room) {
				continue
			}
			for _, side := range []struct {
				name string
				open func(gallery.Catalogues, gallery.Sheet, gallery.Room) fyne.Window
			}{{"clerk", gallery.Clerk}, {"resident", gallery.Resident}} {
				t.Run(fmt.Sprintf("%s/%s/%s", sheet.Name, side.name, room.Name), func(t *testing.T) {
					window := side.open(texts, sheet, room)
					defer window.Close()
					d := drawn{side.name, sheet.View, room, texts, window.Canvas(), boxes(window.Canvas()), grounds(window.Canvas())}
					if side.name == "clerk" && (len(sheet.Keys) > 0) != (window.Canvas().Overlays().Top() != nil) {
						t.Fatal("a question should stand over this screen, and over no other")
					}
					noTextIsCut(t, d)
					nothingOverlaps(t, d)
					everyLetterIsInAnEmbeddedFace(t, d, faces)
					noTextHoldsAnIDOrAPIN(t, d)
					noSentenceIsMissing(t, d)
					whatStaysDoesNotScroll(t, d)
					everyTextCanBeReadWhereItStands(t, d)
					everyControlHasAnEdge(t, d)
					tabGoesInReadingOrder(t, d)
				})
				n++
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d windows drawn", n)
	}
}

const slack = 0.6 // px: half a pixel of rounding

func noTextIsCut(t *testing.T, d drawn) {
	t.Helper()
	page := rect{0, 0, d.room.Width, d.room.Height}
	for _, b := range d.boxes {
		name := describe(b)
		if b.text != nil && (b.w > b.room.w+slack || b.h > b.room.h+slack) {
			t.Errorf("%s: measures %.0f×%.0f, its box is %.0f×%.0f", name, b.w, b.h, b.room.w, b.room.h)
		}
		if b.scroll != nil && !b.scroll.holds(b, slack) {
			t.Errorf("%s: at %.0f,%.0f %.0f×%.0f lies outside its scroll's content %v", name, b.x, b.y, b.w, b.h, *b.scroll)
		}
		if b.scroll == nil && !page.holds(b, slack) {
			t.Errorf("%s: at %.0f,%.0f %.0f×%.0f lies outside the window", name, b.x, b.y, b.w, b.h)
		}
	}
}

func nothingOverlaps(t *testing.T, d drawn) {
	t.Helper()
	all := d.boxes
	for i, a := range all {
		for _, b := range all[i+1:] {
			if (a.focusable != nil && a.focusable == b.within) || (b.focusable != nil && b.focusable == a.within) {
				continue
			}
			if (a.scroll == nil) != (b.scroll == nil) {
				continue // what scrolls is cut at its window; whatStaysDoesNotScroll looks at the rest
			}
			if a.meets(b, slack) {
				t.Errorf("%s at %.0f,%.0f %.0f×%.0f meets %s at %.0f,%.0f %.0f×%.0f", describe(a), a.x, a.y, a.w, a.h, describe(b), b.x, b.y, b.w, b.h)
			}
		}
	}
}

func describe(b box) string {
	if b.text != nil {
		return fmt.Sprintf("text %q", b.text.Text)
	}
	if l, ok := b.focusable.(interface{ Label() string }); ok {
		return fmt.Sprintf("%T %q", b.focusable, l.Label())
	}
	return fmt.Sprintf("%T", b.focusable)
}

func tabGoesInReadingOrder(t *testing.T, d drawn) {
	t.Helper()
	at := map[fyne.Focusable]box{}
	live := 0
	for _, b := range d.boxes {
		if b.focusable == nil {
			continue
		}
		at[b.focusable] = b
		if d, ok := b.focusable.(fyne.Disableable); !ok || !d.Disabled() {
			live++
		}
	}
	d.on.Unfocus()
	var last *box
	for range live {
		d.on.FocusNext()
		now, ok := at[d.on.Focused()]
		if !ok {
			t.Fatalf("Tab reached %T, which cannot be seen", d.on.Focused())
		}
		if last != nil && before(now, *last) {
			t.Errorf("Tab went from %s back to %s", describe(*last), describe(now))
		}
		last = &now
		if !ringed(d.on.Focused()) {
			t.Errorf("%s has the focus and no ring", describe(now))
		}
	}
}

// ringed says whether the black outline and the yellow ring stand around a control.
func ringed(f fyne.Focusable) bool {
	rings := map[color.Color]bool{}
	for _, o := range test.WidgetRenderer(f.(fyne.Widget)).Objects() {
		if r, ok := o.(*canvas.Rectangle); ok && r.Visible() && r.StrokeWidth >= 2 && r.Size().Height > 40 {
			rings[r.StrokeColor] = true
		}
	}
	return rings[look.FocusInner] && rings[look.FocusOuter]
}

// before says whether a stands before b in reading order: band, menu, then the
// screen from top to bottom and left to right.
func before(a, b box) bool {
	if a.scroll != b.scroll && (a.scroll == nil) != (b.scroll == nil) {
		return false
	}
	if a.y+a.h <= b.y+slack {
		return a.x+a.w > b.x // a menu at the left is read to its end first
	}
	return a.y < b.y+b.h && b.y < a.y+a.h && a.x < b.x
}

type faces map[fyne.Resource]*font.Face

func everyLetterIsInAnEmbeddedFace(t *testing.T, d drawn, faces faces) {
	t.Helper()
	for _, b := range d.boxes {
		if b.text == nil {
			continue
		}
		source := b.text.FontSource
		if source == nil {
			t.Errorf("text %q has no face of its own", b.text.Text)
			continue
		}
		if faces[source] == nil {
			face, err := font.ParseTTF(strings.NewReader(string(source.Content())))
			if err != nil {
				t.Fatalf("%s: %v", source.Name(), err)
			}
			faces[source] = face
		}
		for _, r := range b.text.Text {
			if _, ok := faces[source].NominalGlyph(r); !ok {
				t.Errorf("text %q: %q (U+%04X) is not in %s", b.text.Text, r, r, source.Name())
			}
		}
	}
}

func noTextHoldsAnIDOrAPIN(t *testing.T, d drawn) {
	t.Helper()
	id := regexp.MustCompile(`MY[0-9A-Z]{6,}`)
	for _, b := range d.boxes {
		if b.text == nil {
			continue
		}
		if id.MatchString(b.text.Text) {
			t.Errorf("text %q holds a full MyKey ID", b.text.Text)
		}
		inBand := d.side == "clerk" && b.y+b.h < 60*d.room.Scale
		if strings.Contains(b.text.Text, gallery.PIN) && !inBand {
			t.Errorf("text %q at %.0f,%.0f holds a PIN", b.text.Text, b.x, b.y)
		}
	}
}

func noSentenceIsMissing(t *testing.T, d drawn) {
	t.Helper()
	key := regexp.MustCompile(`\[[a-z]+[.a-zA-Z-]*\]?`)
	for _, b := range d.boxes {
		if b.text != nil && (key.MatchString(b.text.Text) || strings.Contains(b.text.Text, "%!")) {
			t.Errorf("text %q: a key of the catalogue is missing", b.text.Text)
		}
	}
}

// What must never leave the window: the blue button, the way back, the resident's
// two answers and pad, the training band.
func whatStaysDoesNotScroll(t *testing.T, d drawn) {
	t.Helper()
	var want []string
	switch {
	case d.on.Overlays().Top() != nil: // a question stands over it
	case d.side == "clerk":
		w, r, l, s := d.view.Write, d.view.Register, d.view.Lookup, d.view.Setup
		for _, a := range map[app.Screen][]app.Action{
			app.ScreenWrite: {w.Escape, w.Primary}, app.ScreenRegister: {r.Escape, r.Primary},
			app.ScreenLookup: {l.Escape, l.Bar, l.HandOver}, app.ScreenSetup: {s.Escape, s.Primary},
		}[d.view.Screen] {
			if a.Intent != nil {
				want = append(want, d.texts.Clerk.Text(a.Label))
			}
		}
	case d.side == "resident" && d.view.Resident.Face == app.FaceConsent:
		want = []string{d.texts.Easy.Text("resident.consent.yes"), d.texts.Easy.Text("resident.consent.no")}
	case d.side == "resident" && (d.view.Resident.Face == app.FaceRegister || d.view.Resident.Face == app.FaceUnlink):
		want = []string{d.texts.Easy.Text("resident.register.yes"), d.texts.Easy.Text("resident.register.no")}
	case d.side == "resident" && d.view.Resident.Face == app.FacePIN:
		want = []string{"1", "0", d.texts.Easy.Text("resident.pin.enter"), d.texts.Easy.Text("resident.pin.quit")}
	}
	for _, label := range want {
		found := false
		for _, b := range d.boxes {
			found = found || b.text != nil && b.text.Text == label && b.scroll == nil
		}
		if !found {
			t.Errorf("%q does not stand fixed in the window", label)
		}
	}
}
