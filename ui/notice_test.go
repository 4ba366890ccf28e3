package ui

import (
	"image"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/banner"
	"github.com/madoguchi/madoguchi/ui/gallery"
	"github.com/madoguchi/madoguchi/ui/look"
)

// board keeps what was shown and hidden.
type board struct {
	shown []banner.Notice
	hides int
}

func (b *board) Show(n banner.Notice) { b.shown = append(b.shown, n) }
func (b *board) Hide()                { b.hides++ }
func (b *board) Close()               {}

func TestTheNoticeStandsWhereTheClerkLooks(t *testing.T) {
	type seen struct {
		Shown, Hides int
		Live         bool
	}
	handed, held := sheet(t, "lookup-done"), sheet(t, "lookup-held")
	over := handed
	over.Banner.Kind = app.BannerNone
	again := handed
	again.Banner.Serial++
	alone := handed
	alone.Lookup.Unattended = true
	tests := []struct {
		name  string
		front []bool // the keyboard is with our window, before each View
		views []app.View
		want  seen
	}{
		{"over the business application", []bool{false}, []app.View{handed}, seen{Shown: 1}},
		{"a View that is drawn again changes nothing", []bool{false, false}, []app.View{handed, handed}, seen{Shown: 1}},
		{"it goes when its time is over", []bool{false, false}, []app.View{handed, over}, seen{Shown: 1, Hides: 1}},
		{"the next one stands in its place", []bool{false, false}, []app.View{handed, again}, seen{Shown: 2}},
		{"none over our own window", []bool{true}, []app.View{handed}, seen{}},
		{"it goes when our window comes to the front", []bool{false, true}, []app.View{handed, handed}, seen{Shown: 1, Hides: 1}},
		{"a number that waits can be released by a click", []bool{false}, []app.View{held}, seen{Shown: 1, Live: true}},
		{"none where no clerk is", []bool{false}, []app.View{alone}, seen{}},
		{"none for nothing", []bool{false}, []app.View{sheet(t, "lookup-waiting")}, seen{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, _, _ := open1(t, ResidentBeside)
			b := &board{}
			s.notices.board = b
			for i, v := range test.views {
				s.notices.inFront(test.front[i], s.view)
				s.show(v)
			}
			got := seen{Shown: len(b.shown), Hides: b.hides}
			if len(b.shown) > 0 {
				got.Live = b.shown[len(b.shown)-1].Live
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want(-) got(+):\n%s", diff)
			}
		})
	}
}

// Every kind has a picture of its own, as large as it should be on the screen's own
// pixels, with room around its words and corners that let through what is under them.
func TestEveryKindOfNoticeHasItsPicture(t *testing.T) {
	texts, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	gallery.App()
	for _, size := range []struct {
		text, scale float32
		want        image.Point
	}{{1, 1, image.Pt(320, 80)}, {2, 1, image.Pt(640, 160)}, {1, 2, image.Pt(640, 160)}} {
		l := look.New(size.text)
		var pictures [][]uint8
		for kind := app.BannerHanded; int(kind) < len(notices); kind++ {
			picture := drawNotice(texts.Clerk, l, kind, size.scale)
			if got := picture.Bounds().Size(); got != size.want {
				t.Errorf("%v at %v: %v, want %v", kind, size, got, size.want)
			}
			_, _, _, corner := picture.At(0, 0).RGBA()
			_, _, _, middle := picture.At(size.want.X/2, size.want.Y/2).RGBA()
			if corner > 0x4000 || middle != 0xffff {
				t.Errorf("%v at %v: the corner is %#x opaque, the middle %#x", kind, size, corner, middle)
			}
			pixels := picture.(*image.NRGBA).Pix
			if slices.ContainsFunc(pictures, func(other []uint8) bool { return slices.Equal(other, pixels) }) {
				t.Errorf("%v at %v looks like another kind", kind, size)
			}
			pictures = append(pictures, pixels)
			words := l.Bold(texts.Clerk.Text("banner."+kind.String()), look.Large, look.Ink)
			if room := l.Px(noticeWidth - 84); words.MinSize().Width > room {
				t.Errorf("%v at %v: the words are %v wide, there is room for %v", kind, size, words.MinSize().Width, room)
			}
		}
		if len(pictures) != 7 {
			t.Errorf("%d kinds drawn, want 7", len(pictures))
		}
	}
}
