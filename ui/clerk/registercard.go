package clerk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// cardPanel is the first step of F3: the My Number Card on the R/W.
type cardPanel struct {
	w       *Window
	picture *fyne.Container
	state   *control.Remark
	text    *control.Prose
	label   *canvas.Text
	id      *canvas.Text
	idRow   *fyne.Container
	inUse   *control.Prose
	stay    *control.Prose
	root    *control.Panel
}

func newCardPanel(w *Window) *cardPanel {
	l := w.kit.Look
	p := &cardPanel{
		w: w, state: control.NewRemark(l, look.Title, true), text: control.NewProse(l, look.Body, look.InkSoft),
		label: l.Text(w.t("fact.mykey"), look.Body, look.Ink), id: l.Digits("", look.Body, look.Ink),
		inUse: control.NewProse(l, look.Body, look.Good), stay: control.NewProse(l, look.Small, look.InkSoft),
	}
	p.picture = &fyne.Container{Layout: pictureSize{l, 108, 96}, Objects: []fyne.CanvasObject{control.NewCardPicture(control.CardOff, false)}}
	p.idRow = control.NewWrap(control.Wrap{Gap: l.Px(12), RowGap: l.Px(4)}, p.label, p.id)
	p.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10),
		title(l, look.Body, "1　"+w.t("register.card")), p.picture, p.state, p.text, p.idRow, p.inUse, p.stay)).Top()
	return p
}

func (p *cardPanel) show(r app.RegisterView, active bool) {
	p.root.Tone(control.Plain)
	if active {
		p.root.Tone(control.Active)
	}
	read := r.Read
	visible(p.picture, !read)
	text, inUse, stay := "", "", ""
	p.id.Text = ""
	switch {
	case read:
		p.state.Set(control.TickSign, p.w.t("register.card.read"), look.Ink, look.None)
		p.id.Text = r.MyKeyID
		if r.MyKeyID == "" {
			text = p.w.t("register.card.certificate")
		}
		inUse, stay = p.w.t("register.card.in-use"), p.w.t("register.card.stay")
	case r.Phase == app.RegisterReading:
		p.state.Set(control.NoSign, p.w.t("register.reading.title"), look.Ink, look.None)
		text = p.w.t("register.reading.text")
	default:
		p.state.Set(control.NoSign, p.w.t("register.waiting.title"), look.Ink, look.None)
		text = p.w.t("register.waiting.text")
	}
	p.text.Set(text)
	visible(p.idRow, p.id.Text != "")
	p.inUse.Set(inUse)
	p.stay.Set(stay)
}
