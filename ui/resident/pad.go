package resident

import (
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

const pinDigits = 4

// pad is the PIN's face: what is asked at the left, the keys at the right. Digits
// pass through it, none stays; the rings show how many.
type pad struct {
	w         *Window
	say       *control.Prose
	english   *control.Prose
	dots      *control.Dots
	dotsRow   *fyne.Container
	dotsFixed *control.Dots // the same above what scrolls, in a small window
	wrong     *control.Prose
	left      *control.Prose
	leftRoot  *fyne.Container
	hurry     *control.Prose
	extend    *control.Button
	extendRow *fyne.Container
	aside     *fyne.Container // the sentences under the keys
	asideToo  *fyne.Container // the same, where there is no room under the keys
	keys      [10]*control.Button
	erase     *control.Button
	unknown   *control.Button
	quit      *control.Button
	enter     *control.Button
	area      *control.Area
	root      *fyne.Container
}

func newPad(w *Window) *pad {
	l := w.kit.Look
	p := &pad{w: w}
	p.say = control.NewTitle(l, look.Shout, look.Paper)
	p.english = control.NewProse(l, look.Title, look.OnColour)
	p.dots = control.NewDots(l, pinDigits, 64, 24, look.Paper)
	p.dotsRow = control.NewInset(control.Inset{Top: l.Px(8), Bottom: l.Px(8)}, control.NewWrap(control.Wrap{}, p.dots))
	p.dotsFixed = control.NewDots(l, pinDigits, 40, 16, look.Paper)
	p.wrong = control.NewTitle(l, look.Title, look.Paper)
	p.left = control.NewTitle(l, look.Title, look.Paper)
	p.leftRoot = &fyne.Container{Layout: snug{l}, Objects: []fyne.CanvasObject{control.NewPanel(l, control.Deep, 12, p.left)}}
	p.hurry = control.NewTitle(l, look.Large, look.Paper)
	p.extend = control.NewButton(w.kit, control.Ghost, func() { w.desk.Send(app.Extend{}) }).Big(look.Large, 220, 64)
	p.extendRow = control.NewWrap(control.Wrap{}, p.extend)
	p.asideToo = p.buildAside(false)
	words := control.NewColumn(l.Px(16), p.say, p.english, p.dotsRow, p.wrong, p.pair("resident.pin.warn", look.Large, false), p.leftRoot, p.hurry, p.extendRow, p.asideToo)
	p.area = control.NewArea(words, true)
	p.buildKeys()
	p.aside = p.buildAside(true)
	p.root = &fyne.Container{Layout: p, Objects: p.objects()}
	p.say.Set(w.easy("resident.pin.say"))
	p.english.Set(w.english("resident.pin.say"))
	return p
}

func (p *pad) objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{p.dotsFixed, p.area}
	for d := 1; d <= 9; d++ {
		objects = append(objects, p.keys[d])
	}
	return append(objects, p.erase, p.keys[0], p.unknown, p.quit, p.enter, p.aside)
}

// pair is one sentence in both languages.
func (p *pad) pair(key string, size float32, middle bool) *fyne.Container {
	l := p.w.kit.Look
	easy, english := control.NewProse(l, size, look.Paper), control.NewProse(l, look.Body, look.OnColour)
	if middle {
		easy.Centred()
		english.Centred()
	}
	easy.Set(p.w.easy(key))
	english.Set(p.w.english(key))
	return control.NewColumn(l.Px(2), easy, english)
}

func (p *pad) buildAside(middle bool) *fyne.Container {
	return control.NewColumn(p.w.kit.Px(10), p.pair("resident.pin.unseen", look.Large, middle), p.pair("resident.pin.free", look.Large, middle))
}

func (p *pad) buildKeys() {
	kit := p.w.kit
	for d := range p.keys {
		p.keys[d] = control.NewButton(kit, control.Light, func() { p.w.desk.Digit(byte(d)) }).Big(look.Shout, 60, 48)
		p.keys[d].Set(strconv.Itoa(d), "", true)
	}
	word := func(key string, kind control.Kind, tap func()) *control.Button {
		b := control.NewButton(kit, kind, tap).Big(look.Large, 60, 48)
		b.Under(p.w.english(key))
		b.Set(p.w.easy(key), "", true)
		return b
	}
	p.erase = word("resident.pin.erase", control.Ghost, func() { p.w.desk.Send(app.Erase{}) })
	p.unknown = word("resident.pin.unknown", control.Ghost, func() { p.w.desk.Send(app.DontKnow{}) })
	p.quit = word("resident.pin.quit", control.Ghost, func() { p.w.desk.Send(app.Quit{}) })
	p.enter = word("resident.pin.enter", control.Light, p.w.yes).Big(look.Title, 60, 48)
}

func (p *pad) show(v app.ResidentView) {
	p.dots.Set(v.Digits)
	p.dotsFixed.Set(v.Digits)
	wrong := ""
	if v.Code == app.CodePINWrong {
		wrong = p.w.easy("resident.pin.wrong") + "  " + p.w.english("resident.pin.wrong")
	}
	p.wrong.Set(wrong)
	visible(p.wrong, wrong != "")
	visible(p.leftRoot, v.TriesLeft >= 0)
	if v.TriesLeft >= 0 {
		p.left.Set(p.w.easy("resident.pin.left", v.TriesLeft) + "  " + p.w.english("resident.pin.left", v.TriesLeft))
	}
	hurry := ""
	if v.TimeLeft {
		hurry = p.w.easy("resident.pin.time") + "  " + p.w.english("resident.pin.time")
	}
	p.hurry.Set(hurry)
	for _, o := range []fyne.CanvasObject{p.hurry, p.extend, p.extendRow} {
		visible(o, v.TimeLeft)
	}
	p.extend.Under(p.w.english("resident.pin.extend"))
	p.extend.Set(p.w.easy("resident.pin.extend"), "", v.TimeLeft)
	p.enter.Set(p.w.easy("resident.pin.enter"), "", v.CanEnter)
}

func (p *pad) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Lengths of the pad, px at 100 %.
const (
	padWidth  float32 = 480
	padKey    float32 = 84
	padGap    float32 = 14
	padMargin float32 = 80
)

// Layout implements fyne.Layout: five rows of keys, as high as there is room for.
func (p *pad) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := p.w.kit.Look
	margin, gap, width, say := l.Px(padMargin), l.Px(padGap), l.Px(padWidth), look.Shout
	if size.Width < l.Px(1200) {
		margin, width, say = l.Px(28), l.Px(400), look.Heading
	}
	small := size.Width < l.Px(760)
	visible(p.dotsRow, !small)
	visible(p.dotsFixed, small)
	if small {
		margin, gap, width = l.Px(12), l.Px(6), min(l.Px(330), size.Width*0.64)
	}
	p.say.SetSize(say)

	asideH := control.Height(p.aside, width)
	vertical := min(margin, l.Px(56))
	key := (size.Height - 2*vertical - 5*gap) / 5
	under := (size.Height - 2*vertical - 6*gap - l.Px(12) - asideH) / 5
	beneath := under >= l.Px(64)
	if beneath {
		key = under
	}
	key = max(min(key, l.Px(padKey)), l.Px(look.Target))
	total := 5*key + 5*gap
	if beneath {
		total += l.Px(12) + gap + asideH
	}
	visible(p.aside, beneath)
	visible(p.asideToo, !beneath)

	x, y := size.Width-margin-width, max(0, (size.Height-total)/2)
	column := (width - 2*gap) / 3
	rows := [4][3]*control.Button{
		{p.keys[1], p.keys[2], p.keys[3]},
		{p.keys[4], p.keys[5], p.keys[6]},
		{p.keys[7], p.keys[8], p.keys[9]},
		{p.erase, p.keys[0], p.unknown},
	}
	for _, row := range rows {
		for i, button := range row {
			put(button, x+float32(i)*(column+gap), y, column, key)
		}
		y += key + gap
	}
	y += gap
	put(p.quit, x, y, column, key)
	put(p.enter, x+column+gap, y, width-column-gap, key)
	put(p.aside, x, y+key+gap+l.Px(12), width, asideH)

	top := vertical
	if small {
		row := p.dotsFixed.MinSize()
		w := min(row.Width, x-2*margin)
		put(p.dotsFixed, margin, top, w, row.Height*w/row.Width)
		top += row.Height + l.Px(10)
	}
	put(p.area, margin, top, x-2*margin, size.Height-vertical-top)
	p.area.Refresh()
}

// snug makes a panel as wide as its words on one line, or as the room there is.
type snug struct{ look look.Look }

func (s snug) width(objects []fyne.CanvasObject, room float32) float32 {
	return min(room, objects[0].(*control.Panel).WidestLine()+s.look.Px(26))
}

func (s snug) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// HeightFor implements control's flowing layouts.
func (s snug) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return control.Height(objects[0], s.width(objects, width))
}

// Layout implements fyne.Layout.
func (s snug) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, s.width(objects, size.Width), size.Height)
}
