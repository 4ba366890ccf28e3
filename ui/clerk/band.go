package clerk

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

const bandHeight float32 = 60

// band is the orange band of training mode: what it is, which demo card, and the
// PIN to tell. It is the one place where a PIN may be read.
type band struct {
	w      *Window
	ground *canvas.Rectangle
	edge   *canvas.Rectangle
	words  *canvas.Text
	pin    *canvas.Text
	card   *control.Button
	lay    *control.Button
	root   *fyne.Container
	view   app.TrainingView
}

func newBand(w *Window) *band {
	b := &band{
		w:      w,
		ground: &canvas.Rectangle{FillColor: look.WarnSurface},
		edge:   &canvas.Rectangle{FillColor: look.WarnMark},
		words:  w.kit.Bold("", look.Small, look.Warn),
		pin:    w.kit.Bold("", look.Small, look.Warn),
	}
	b.card = control.NewButton(w.kit, control.Soft, b.choose)
	b.lay = control.NewButton(w.kit, control.Soft, b.turn)
	b.root = &fyne.Container{Layout: b, Objects: []fyne.CanvasObject{b.ground, b.edge, b.words, b.pin, b.card, b.lay}}
	return b
}

func (b *band) show(v app.TrainingView) {
	b.view = v
	visible(b.root, v.On)
	visible(b.pin, v.PIN != "")
	if v.PIN != "" {
		b.pin.Text = b.w.t("band.pin", v.PIN)
	}
	lay := "band.insert"
	if v.OnReader {
		lay = "band.remove"
	}
	b.lay.Set(b.w.t(lay), "F12", v.On)
}

// choose opens the list of demo cards.
func (b *band) choose() {
	if !b.view.On {
		return
	}
	var answers []fyne.CanvasObject
	for i, card := range b.view.Cards {
		choice := control.NewChoice(b.w.kit, b.w.t(card.Name), "", func() {
			b.w.modal.Close()
			b.w.send(app.ChooseCard{Index: i})
		})
		choice.Choose(i == b.view.Current)
		answers = append(answers, choice)
	}
	b.w.modal.Ask(b.w.canvas, b.w.t("band.choose"), answers...)
}

// turn puts the chosen card on the R/W or takes it off.
func (b *band) turn() {
	switch {
	case !b.view.On:
	case b.view.OnReader:
		b.w.send(app.RemoveCard{})
	default:
		b.w.send(app.InsertCard{})
	}
}

func (b *band) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout: the longest words that leave room for the rest.
func (b *band) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := b.w.kit.Look
	gap, edge := l.Px(12), l.Px(2)
	put(b.ground, 0, 0, size.Width, size.Height)
	put(b.edge, 0, size.Height-edge, size.Width, edge)
	height := size.Height - edge

	name := b.w.t("band.card")
	if b.view.Current >= 0 && b.view.Current < len(b.view.Cards) {
		name = b.w.t(b.view.Cards[b.view.Current].Name)
	}
	full := b.w.t("band.training") + b.w.t("band.training.more")
	pin := float32(0)
	if b.pin.Visible() {
		pin = b.pin.MinSize().Width + l.Px(20)
	}
	for _, try := range []struct{ words, card string }{
		{full, name},
		{b.w.t("band.training.short"), name},
		{b.w.t("band.training.short"), b.w.t("band.card")},
		{b.w.t("band.training.least"), b.w.t("band.card.least")},
	} {
		b.words.Text = try.words
		b.card.Set(try.card, "F11", b.view.On)
		if l.Px(40)+b.words.MinSize().Width+l.Px(20)+pin+b.card.MinSize().Width+gap+b.lay.MinSize().Width <= size.Width {
			break
		}
	}
	put(b.words, l.Px(20), 0, b.words.MinSize().Width, height)
	x, y := size.Width-l.Px(20), (height-b.lay.MinSize().Height)/2
	for _, button := range []*control.Button{b.lay, b.card} {
		least := button.MinSize()
		x -= least.Width
		put(button, x, y, least.Width, least.Height)
		x -= gap
	}
	put(b.pin, x-l.Px(8)-b.pin.MinSize().Width, 0, b.pin.MinSize().Width, height)
}

// side is the menu: the tasks that this desk has, no others.
type side struct {
	w       *Window
	product *canvas.Text
	office  *canvas.Text
	items   []*control.Item
	screens []app.Screen // of the desk
	shown   []app.Screen // of the items
	rule    *canvas.Rectangle
	who     *canvas.Text
	clerk   *canvas.Text
	hint    *control.Prose // how to lock
	list    *fyne.Container
	root    *fyne.Container
}

func newSide(w *Window) *side {
	s := &side{
		w:       w,
		product: w.kit.Bold(w.t("product"), look.Large, look.KeyPressed),
		office:  w.kit.Text("", look.Small, look.InkSoft),
		rule:    &canvas.Rectangle{FillColor: look.Line},
		who:     w.kit.Text(w.t("menu.clerk"), look.Small, look.InkSoft),
		clerk:   w.kit.Text("", look.Body, look.Ink),
		hint:    control.NewProse(w.kit.Look, look.Small, look.InkSoft),
		list:    control.NewColumn(w.kit.Px(4)),
	}
	s.root = &fyne.Container{Layout: s, Objects: []fyne.CanvasObject{s.product, s.office, s.list, s.rule, s.who, s.clerk, s.hint}}
	return s
}

func (s *side) show(v app.View) {
	s.office.Text = v.Desk.Office
	if v.Desk.Counter != "" {
		s.office.Text += " " + v.Desk.Counter
	}
	s.clerk.Text = v.Desk.Clerk
	locked := v.Screen == app.ScreenLocked
	if !slices.Equal(s.screens, v.Desk.Screens) {
		s.items, s.list.Objects, s.screens, s.shown = nil, nil, slices.Clone(v.Desk.Screens), nil
		for _, task := range tasks {
			if !slices.Contains(v.Desk.Screens, task.screen) {
				continue
			}
			item := control.NewItem(s.w.kit, s.w.t("menu."+task.screen.String()), string(task.key), func() {
				s.w.send(app.GoTo{Screen: task.screen})
			})
			s.items, s.shown = append(s.items, item), append(s.shown, task.screen)
			s.list.Add(item)
		}
	}
	for i, item := range s.items {
		item.Choose(s.shown[i] == v.Screen || s.shown[i] == app.ScreenLookup && v.Screen == app.ScreenSetup)
		visible(item, !locked)
	}
	visible(s.list, !locked)
	hint := ""
	if !locked {
		hint = s.w.t("menu.lock")
	}
	s.hint.Set(hint)
}

func (s *side) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (s *side) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := s.w.kit.Look
	narrow := size.Width < l.Px(sideWide)
	for _, o := range []fyne.CanvasObject{s.product, s.office, s.rule, s.who, s.clerk} {
		visible(o, !narrow)
	}
	visible(s.hint, !narrow && s.hint.Text() != "")
	inner := size.Width - l.Px(20)
	if narrow {
		put(s.list, l.Px(10), l.Px(10), inner, control.Height(s.list, inner))
		return
	}
	put(s.product, l.Px(20), l.Px(24), size.Width-l.Px(30), l.Px(26))
	put(s.office, l.Px(20), l.Px(50), size.Width-l.Px(30), l.Px(18))
	put(s.list, l.Px(10), l.Px(78), inner, control.Height(s.list, inner))
	y := size.Height - l.Px(72)
	if s.hint.Visible() {
		h := s.hint.HeightFor(size.Width - l.Px(30))
		y -= h
		put(s.hint, l.Px(20), size.Height-h-l.Px(8), size.Width-l.Px(30), h)
	}
	put(s.rule, l.Px(10), y, inner, l.Px(1))
	put(s.who, l.Px(20), y+l.Px(14), size.Width-l.Px(30), l.Px(18))
	put(s.clerk, l.Px(20), y+l.Px(34), size.Width-l.Px(30), l.Px(22))
}
