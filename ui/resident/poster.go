package resident

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// poster is every face but the PIN pad: a drawing, one sentence, and where the
// resident decides, two buttons.
type poster struct {
	w           *Window
	card        map[control.CardPose]*fyne.Container
	arrows      map[control.CardPose]fyne.CanvasObject
	done        *fyne.Container
	warn        *fyne.Container
	say         *control.Prose
	english     *control.Prose
	of          *control.Prose  // whose number it is, and what it is called
	last        *control.Prose  // 下3けた
	three       *control.Figure // its last three characters
	more        *control.Prose
	moreEnglish *control.Prose
	band        *control.Prose
	bandEnglish *control.Prose
	bandRoot    *fyne.Container
	yes, no     *control.Button
	buttons     *fyne.Container
	area        *control.Area
	root        *fyne.Container
}

func newPoster(w *Window, arrowRight bool) *poster {
	l := w.kit.Look
	p := &poster{w: w, card: map[control.CardPose]*fyne.Container{}, arrows: map[control.CardPose]fyne.CanvasObject{}}
	var parts []fyne.CanvasObject
	for _, pose := range []control.CardPose{control.CardOn, control.CardOff, control.CardTorn} {
		p.arrows[pose] = control.NewArrow(arrowRight)
		p.card[pose] = &fyne.Container{
			Layout:  towards{l, arrowRight},
			Objects: []fyne.CanvasObject{control.NewCardPicture(pose, true), p.arrows[pose]},
		}
		p.card[pose].Hide() // a drawing is made when it is first laid out
		parts = append(parts, p.card[pose])
	}
	p.done = control.NewMiddle(control.NewBadge(l, 140, true).Inked(look.Paper, look.Good))
	p.warn = control.NewMiddle(control.NewBadge(l, 120, false).Inked(look.Paper, look.Warn))
	p.say = control.NewTitle(l, look.Poster, look.Paper).Centred()
	p.english = control.NewProse(l, look.Heading, look.OnColour).Centred()
	p.of = control.NewProse(l, look.Heading, look.Paper).Centred()
	p.last = control.NewProse(l, look.Title, look.OnColour).Centred()
	p.three = control.NewFigure(l, look.Poster, look.Heading, look.Paper)
	p.more = control.NewProse(l, look.Heading, look.Paper).Centred()
	p.moreEnglish = control.NewProse(l, look.Large, look.OnColour).Centred()
	p.band = control.NewProse(l, look.Title, look.Paper).Centred()
	p.bandEnglish = control.NewProse(l, look.Body, look.OnColour).Centred()
	p.bandRoot = &fyne.Container{Layout: strip{l}, Objects: []fyne.CanvasObject{
		control.NewPanel(l, control.Deep, 14, control.NewColumn(l.Px(4), p.band, p.bandEnglish)),
	}}
	p.yes = control.NewButton(w.kit, control.Light, w.yes).Big(look.Heading, 280, 92)
	p.no = control.NewButton(w.kit, control.Ghost, w.no).Big(look.Heading, 280, 92)
	p.buttons = control.NewWrap(control.Wrap{Gap: l.Px(28), RowGap: l.Px(12), Middle: true}, p.yes, p.no)
	p.bandRoot = control.NewInset(control.Inset{Top: l.Px(18)}, p.bandRoot)
	parts = append(parts, p.done, p.warn, p.say, p.english, p.of, p.last, p.three, p.more, p.moreEnglish, p.bandRoot)
	p.area = control.NewArea(control.NewColumn(l.Px(18), parts...), true)
	p.root = &fyne.Container{Layout: posterSize{p}, Objects: []fyne.CanvasObject{p.area, p.buttons}}
	return p
}

func (p *poster) holds(o fyne.CanvasObject) bool {
	return o == fyne.CanvasObject(p.yes) || o == fyne.CanvasObject(p.no)
}

func (p *poster) show(v app.View) {
	face := v.Resident.Face
	drawn, has := drawings[face]
	for each, picture := range p.card {
		visible(picture, has && each == drawn.pose)
		visible(p.arrows[each], drawn.arrow)
	}
	visible(p.done, look.FaceColour(face) == look.Good)
	visible(p.warn, face == app.FaceForgot || face == app.FaceProblem || face == app.FaceNotLinked)
	key := "resident." + face.String()
	words := Words(p.w.texts.Easy, v.Resident)
	p.set(p.say, p.english, words+".say")
	p.set(p.more, p.moreEnglish, words+".more")
	band := key + ".band"
	if face == app.FaceKeep && v.Write.Phase == app.PhaseReading {
		band += ".pin"
	}
	p.set(p.band, p.bandEnglish, band)
	visible(p.bandRoot, p.w.texts.Easy.Has(band))
	p.showNumber(v.Resident, key)
	asks := answered(face)
	visible(p.buttons, asks)
	visible(p.yes, asks)
	visible(p.no, asks)
	if asks {
		p.yes.Under(p.w.english(key + ".yes"))
		p.no.Under(p.w.english(key + ".no"))
		p.yes.Set(p.w.easy(key+".yes"), "Enter", true)
		p.no.Set(p.w.easy(key+".no"), "Esc", true)
	}
}

// showNumber says which number is to be registered, or goes: whose it is and its end,
// never the whole.
func (p *poster) showNumber(v app.ResidentView, key string) {
	of, last, three := "", "", ""
	if v.Face == app.FaceRegister || v.Face == app.FaceUnlink {
		if of = v.Service; v.Word != "" {
			of += "　" + v.Word
		}
		if v.Last3 != "" {
			last, three = p.w.easy(key+".last")+"　"+p.w.english(key+".last"), v.Last3
		}
	}
	p.of.Set(of)
	p.last.Set(last)
	p.three.Set(three)
	if v.Face == app.FaceRegister && v.Replaces {
		p.set(p.more, p.moreEnglish, key+".replaces")
	}
	if v.Face == app.FaceResting && v.Code == app.CodeCardLeft {
		p.set(p.more, p.moreEnglish, key+".left")
	}
}

// drawings are the faces with a drawing of the card; the arrow tells where the R/W
// is when the card is to be there.
var drawings = map[app.Face]struct {
	pose  control.CardPose
	arrow bool
}{
	app.FaceInsert: {control.CardOff, true}, app.FaceKeep: {control.CardOn, true}, app.FaceTorn: {control.CardTorn, true},
	app.FaceWait: {control.CardOn, false}, app.FaceTake: {control.CardOff, false},
	app.FaceTap: {control.CardOff, true}, app.FaceHeld: {control.CardOn, false},
}

// set shows a sentence in both languages, or nothing where there is none.
func (p *poster) set(easy, english *control.Prose, key string) {
	for _, one := range []struct {
		prose *control.Prose
		has   bool
		text  func(string, ...any) string
	}{{easy, p.w.texts.Easy.Has(key), p.w.easy}, {english, p.w.texts.English.Has(key), p.w.english}} {
		words := ""
		if one.has {
			words = one.text(key)
		}
		one.prose.Set(words)
		visible(one.prose, one.has)
	}
}

// posterSize leaves a margin and takes a smaller type where the window is small;
// the buttons never scroll away.
type posterSize struct{ p *poster }

func (s posterSize) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (s posterSize) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := s.p.w.kit.Look
	say, margin := look.Poster, l.Px(48)
	switch {
	case size.Width < l.Px(760):
		say, margin = look.Heading, l.Px(16)
	case size.Width < l.Px(1200):
		say = look.Shout
	}
	s.p.say.SetSize(say)
	top, width, height := margin/2, size.Width-2*margin, size.Height-margin
	if s.p.buttons.Visible() {
		buttons, gap := control.Height(s.p.buttons, width), min(l.Px(32), margin)
		words := min(s.p.area.HeightFor(width), height-buttons-gap)
		top += (height - words - gap - buttons) / 2
		height = words
		put(s.p.buttons, margin, top+words+gap, width, buttons)
	}
	put(s.p.area, margin, top, width, height)
	s.p.area.Refresh()
}

// towards sets the card in the middle and the arrow beside it.
type towards struct {
	look  look.Look
	right bool
}

const (
	cardWidth, cardHeight   float32 = 282, 250
	arrowWidth, arrowHeight float32 = 140, 72
)

func (t towards) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(t.look.Px(cardWidth), t.look.Px(cardHeight))
}

// HeightFor makes the drawing smaller in a narrow window.
func (t towards) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	return t.look.Px(cardHeight) * t.shrink(width)
}

func (t towards) shrink(width float32) float32 {
	if width < t.look.Px(760) {
		return 0.5
	}
	return 1
}

// Layout implements fyne.Layout.
func (t towards) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	s := t.look.Px(t.shrink(size.Width))
	x := (size.Width - cardWidth*s) / 2
	put(objects[0], x, 0, cardWidth*s, cardHeight*s)
	arrow := x + (cardWidth+64)*s
	if !t.right {
		arrow = x - (arrowWidth+64)*s
	}
	put(objects[1], arrow, (cardHeight-arrowHeight)/2*s, arrowWidth*s, arrowHeight*s)
}

// strip is the dark band: as wide as its words, in the middle.
type strip struct{ look look.Look }

func (s strip) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// HeightFor implements control's flowing layouts.
func (s strip) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return control.Height(objects[0], min(width, s.look.Px(860)))
}

// Layout implements fyne.Layout.
func (s strip) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, s.look.Px(860))
	put(objects[0], (size.Width-w)/2, 0, w, size.Height)
}
