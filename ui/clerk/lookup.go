package clerk

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// lookup is F4: one large panel that says what happens to the card on the R/W,
// and under it where numbers go and what comes next. It needs no key.
type lookup struct {
	w      *Window
	panel  *lookupPanel
	target *aside
	next   *aside
	area   *control.Area
	root   *fyne.Container
}

// aside is a small panel: a label, what it is, more of it.
type aside struct {
	name  *control.Prose
	words *control.Prose
	more  *control.Remark
	last  *control.Prose
	root  *control.Panel
}

func newAside(w *Window) *aside {
	l := w.kit.Look
	a := &aside{
		name: control.NewProse(l, look.Small, look.InkSoft), words: control.NewTitle(l, look.Body, look.Ink),
		more: control.NewRemark(l, look.Body, false), last: control.NewProse(l, look.Body, look.InkSoft),
	}
	a.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(4), a.name, a.words, a.more, a.last)).Top()
	return a
}

func newLookup(w *Window) *lookup {
	l := w.kit.Look
	s := &lookup{w: w, panel: newLookupPanel(w), target: newAside(w), next: newAside(w)}
	s.area = control.NewArea(&fyne.Container{Layout: lookupSheet{l}, Objects: []fyne.CanvasObject{
		s.panel.root, s.target.root, s.next.root,
	}}, false)
	s.root = newPage(l, title(l, look.Heading, w.t("lookup.title")), s.area)
	return s
}

func (s *lookup) content() fyne.CanvasObject { return s.root }

func (s *lookup) scroll() *control.Area { return s.area }

func (s *lookup) holds(fyne.CanvasObject) bool { return false }

func (s *lookup) enter() {}

func (s *lookup) field() *control.Entry { return nil }

func (s *lookup) fresh(_, _ app.View) bool { return false }

func (s *lookup) offers(v app.View) line {
	l := line{escape: v.Lookup.Escape, hand: v.Lookup.HandOver}
	if _, elsewhere := v.Lookup.Bar.Intent.(app.GoTo); elsewhere {
		l.give = v.Lookup.Bar // 引渡し先を変える: F8 is the barcode's alone
	} else {
		l.bar = v.Lookup.Bar
	}
	return l
}

func (s *lookup) show(v app.View) {
	s.panel.show(v.Lookup)
	s.showTarget(v.Lookup)
	s.showNext(v.Lookup)
}

func (s *lookup) showTarget(v app.LookupView) {
	t := v.Target
	s.target.name.Set(s.w.t("lookup.target"))
	name := t.Name
	if t.Name == "" && t.Way != "" {
		name = s.w.t("setup.way." + t.Way)
	}
	if t.Way == "" {
		name = s.w.t("lookup.target.none")
	}
	s.target.words.Set(name)
	way, last := "", ""
	if t.Name != "" && t.Way != "" {
		way = wayWords(s.w, t)
	}
	switch {
	case t.Code == app.CodeHandoverSetup && t.Way == "":
		s.target.more.Set(control.BangSign, s.w.sentence(t.Code, "now"), look.Bad, look.Bad)
	case t.Code != "":
		s.target.more.Set(control.BangSign, s.w.sentence(t.Code, "happened"), look.Bad, look.Bad)
		last = way
	case v.Phase == app.LookupWaiting:
		ready := s.w.t("lookup.target.ready")
		if way != "" {
			ready += "・" + way
		}
		if t.Way == "" {
			ready = ""
		}
		s.target.more.Set(control.DotSign, ready, look.InkSoft, look.GoodMark)
	default:
		s.target.more.Set(control.NoSign, way, look.InkSoft, look.None)
	}
	s.target.last.Set(last)
}

// wayWords is キーボード入力 → 末尾に Enter.
func wayWords(w *Window, t app.TargetView) string {
	words := w.t("setup.way." + t.Way)
	if t.Suffix != "" && t.Suffix != "none" {
		words += w.t("lookup.suffix." + t.Suffix)
	}
	return words
}

func (s *lookup) showNext(v app.LookupView) {
	if v.Phase == app.LookupWaiting {
		s.next.name.Set(s.w.t("home.today"))
		s.next.words.Set(s.w.t("lookup.today", v.Today))
		s.next.more.Set(control.NoSign, s.w.t("lookup.no-history"), look.InkSoft, look.None)
		s.next.last.Set("")
		return
	}
	s.next.name.Set(s.w.t("lookup.next"))
	release := v.Target.Release
	if release == "" {
		release = "none"
	}
	s.next.words.Set(s.w.t("lookup.next." + release))
	stays := ""
	if seconds := int(v.Stays.Seconds()); seconds > 0 {
		key := "lookup.stays"
		if v.WipesOnExit {
			key = "lookup.stays.on-exit"
		}
		stays = s.w.t(key, seconds)
	}
	s.next.more.Set(control.NoSign, stays+s.w.t("lookup.no-history.stop"), look.InkSoft, look.None)
	s.next.last.Set("")
}

// shortTarget is the business application's name without the field in it.
func shortTarget(w *Window, t app.TargetView) string {
	name, _, _ := strings.Cut(t.Name, "（")
	if name == "" {
		return w.t("lookup.target.some")
	}
	return name
}

// lookupSheet gives the large panel what the small ones leave.
type lookupSheet struct{ look look.Look }

func (s lookupSheet) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (s lookupSheet) under(objects []fyne.CanvasObject, width float32) (each, high float32, beside bool) {
	gap := s.look.Px(16)
	if each = (width - gap) / 2; each >= s.look.Px(330) {
		return each, max(control.Height(objects[1], each), control.Height(objects[2], each)), true
	}
	return width, control.Height(objects[1], width) + gap + control.Height(objects[2], width), false
}

// HeightFor implements control's flowing layouts.
func (s lookupSheet) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	_, high, _ := s.under(objects, width)
	return control.Height(objects[0], width) + s.look.Px(16) + high
}

// Layout implements fyne.Layout.
func (s lookupSheet) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	gap := s.look.Px(16)
	each, high, beside := s.under(objects, size.Width)
	top := max(control.Height(objects[0], size.Width), size.Height-gap-high)
	put(objects[0], 0, 0, size.Width, top)
	y := top + gap
	if beside {
		put(objects[1], 0, y, each, high)
		put(objects[2], each+gap, y, each, high)
		return
	}
	first := control.Height(objects[1], size.Width)
	put(objects[1], 0, y, size.Width, first)
	put(objects[2], 0, y+first+gap, size.Width, high-first-gap)
}
