package clerk

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// linkTable is what this person has linked with this desk's operator, and nobody
// else's. A row goes with its person.
type linkTable struct {
	w     *Window
	links []app.LinkView
	live  bool // a link may be taken away now
	rows  *fyne.Container
	head  *fyne.Container
	none  *control.Prose
	ways  []fyne.CanvasObject
	root  *control.Panel
}

func newLinkTable(w *Window) *linkTable {
	l := w.kit.Look
	t := &linkTable{w: w, rows: control.NewColumn(0), none: control.NewProse(l, look.Body, look.InkSoft)}
	t.none.Set(w.t("register.links.none"))
	head := &linkRow{
		look: l, name: control.NewProse(l, look.Small, look.InkSoft), number: l.Text(w.t("register.links.number"), look.Small, look.InkSoft),
		rule: &canvas.Rectangle{FillColor: look.Line}, least: 28,
	}
	head.name.Set(w.t("register.service"))
	t.head = &fyne.Container{Layout: head, Objects: []fyne.CanvasObject{head.name, head.number, head.rule}}
	t.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(8), title(l, look.Body, w.t("register.links")), t.none, control.NewColumn(0, t.head, t.rows))).Top()
	return t
}

func (t *linkTable) holds(o fyne.CanvasObject) bool { return slices.Contains(t.ways, o) }

func (t *linkTable) show(r app.RegisterView) {
	there := r.Read && !judged(r.Phase) && r.Phase != app.RegisterReason
	var links []app.LinkView
	if there {
		links = r.Links
	}
	live := r.Phase == app.RegisterNumber
	visible(t.root, there)
	if !slices.Equal(t.links, links) || t.live != live {
		t.links, t.live, t.ways, t.rows.Objects = slices.Clone(links), live, nil, nil
		for i, link := range links {
			if !link.Number.IsZero() || link.Stopped {
				t.rows.Add(t.row(i, link, live))
			}
		}
	}
	some := len(t.rows.Objects) > 0
	visible(t.none, !some)
	visible(t.head, some)
	visible(t.rows, some)
}

func (t *linkTable) row(i int, link app.LinkView, live bool) *fyne.Container {
	l := t.w.kit.Look
	r := &linkRow{
		look: l, name: control.NewProse(l, look.Body, look.Ink), number: l.Digits(link.Number.Reveal(), look.Body, look.Ink),
		rule: &canvas.Rectangle{FillColor: look.Line}, least: 52,
	}
	words := serviceWords(link.Service)
	if link.Stopped {
		words += "　" + t.w.t("register.links.stopped")
	}
	r.name.Set(words)
	root := &fyne.Container{Layout: r, Objects: []fyne.CanvasObject{r.name, r.number, r.rule}}
	if live {
		r.way = control.NewLink(t.w.kit, t.w.t("register.unlink"), func() { t.w.send(app.Unlink{Service: i}) }).Careful()
		t.ways = append(t.ways, r.way)
		root.Objects = []fyne.CanvasObject{r.name, r.number, r.way, r.rule}
	}
	return root
}

// linkRow is a service, its number, and the way to take the link away.
type linkRow struct {
	look   look.Look
	name   *control.Prose
	number *canvas.Text
	way    *control.Link // nil: none
	rule   *canvas.Rectangle
	least  float32 // height, px at 100 %
}

func (r *linkRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// split gives where the number begins, and whether all stands in one line.
func (r *linkRow) split(width float32) (number, wayW float32, one bool) {
	wayW = float32(0)
	if r.way != nil {
		wayW = r.way.MinSize().Width + r.look.Px(12)
	}
	number = width * 0.5
	return number, wayW, number+r.number.MinSize().Width+wayW <= width && width >= r.look.Px(560)
}

// HeightFor puts number and way under the name where there is no room beside it.
func (r *linkRow) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	number, _, one := r.split(width)
	if one {
		return max(r.look.Px(r.least), r.name.HeightFor(number-r.look.Px(12))+r.look.Px(8))
	}
	return r.name.HeightFor(width) + r.look.Px(look.Target+10)
}

// Layout implements fyne.Layout.
func (r *linkRow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := r.look
	number, wayW, one := r.split(size.Width)
	least := r.number.MinSize()
	put(r.rule, 0, size.Height-l.Px(1), size.Width, l.Px(1))
	if !one {
		h := r.name.HeightFor(size.Width)
		put(r.name, 0, 0, size.Width, h)
		put(r.number, 0, h+l.Px(2), least.Width, l.Px(look.Target))
		if r.way != nil {
			put(r.way, size.Width-wayW+l.Px(12), h+l.Px(2), r.way.MinSize().Width, l.Px(look.Target))
		}
		return
	}
	h := r.name.HeightFor(number - l.Px(12))
	put(r.name, 0, (size.Height-h)/2, number-l.Px(12), h)
	put(r.number, number, 0, least.Width, size.Height)
	if r.way != nil {
		put(r.way, size.Width-wayW+l.Px(12), (size.Height-l.Px(look.Target))/2, r.way.MinSize().Width, l.Px(look.Target))
	}
}
