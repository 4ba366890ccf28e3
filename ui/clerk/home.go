package clerk

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// home is the start screen: what to do, what is unfinished, the day's counts.
type home struct {
	w      *Window
	tile   *control.Tile
	rows   *fyne.Container
	none   *control.Prose
	jobs   []app.JobView
	links  []fyne.CanvasObject
	counts [3]*canvas.Text
	area   *control.Area
	root   *fyne.Container
}

func newHome(w *Window) *home {
	l := w.kit.Look
	h := &home{w: w, rows: control.NewColumn(l.Px(4))}
	h.tile = control.NewTile(w.kit, w.t("home.write"), w.t("home.write.text"), "F2", h.begin)
	h.none = control.NewProse(l, look.Body, look.InkSoft)
	h.none.Set(w.t("home.jobs.none"))
	jobs := control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10),
		title(l, look.Body, w.t("home.jobs")), h.none, h.rows))
	today := control.NewPanel(l, control.Plain, 20, control.NewWrap(control.Wrap{Gap: l.Px(56), RowGap: l.Px(8)}, h.buildCounts()...))
	h.area = control.NewArea(control.NewColumn(l.Px(18), h.tile, jobs, today), false)
	sub := control.NewProse(l, look.Body, look.InkSoft)
	sub.Set(w.t("home.sub"))
	h.root = newPage(l, control.NewColumn(l.Px(4), title(l, look.Heading, w.t("home.title")), sub), h.area)
	return h
}

func title(l look.Look, size float32, words string) *control.Prose {
	p := control.NewTitle(l, size, look.Ink)
	p.Set(words)
	return p
}

func (h *home) buildCounts() []fyne.CanvasObject {
	l := h.w.kit.Look
	objects := []fyne.CanvasObject{l.Bold(h.w.t("home.today"), look.Body, look.Ink)}
	for i, key := range []string{"home.today.written", "home.today.cancelled", "home.today.failed"} {
		h.counts[i] = l.Bold("", look.Heading, look.Ink)
		objects = append(objects, &fyne.Container{Layout: baseline{l}, Objects: []fyne.CanvasObject{
			l.Text(h.w.t(key), look.Body, look.Ink), h.counts[i], l.Text(h.w.t("home.today.unit"), look.Body, look.Ink),
		}})
	}
	return objects
}

func (h *home) begin() {
	if slices.Contains(h.w.view.Desk.Screens, app.ScreenWrite) {
		h.w.send(app.GoTo{Screen: app.ScreenWrite})
	}
}

func (h *home) holds(o fyne.CanvasObject) bool {
	return o == fyne.CanvasObject(h.tile) || slices.Contains(h.links, o)
}

func (h *home) show(v app.HomeView) {
	visible(h.tile, slices.Contains(h.w.view.Desk.Screens, app.ScreenWrite))
	for i, n := range []int{v.Today.Written, v.Today.Cancelled, v.Today.Failed} {
		h.counts[i].Text = strconv.Itoa(n)
	}
	visible(h.none, len(v.Jobs) == 0)
	visible(h.rows, len(v.Jobs) > 0)
	if !slices.Equal(h.jobs, v.Jobs) {
		h.jobs, h.links, h.rows.Objects = slices.Clone(v.Jobs), nil, nil
		for _, job := range v.Jobs {
			h.rows.Add(h.buildRow(job))
		}
	}
}

var reachedKeys = [...]string{
	app.ReachedNothing: "nothing", app.ReachedReserved: "reserved", app.ReachedWriting: "writing", app.ReachedWritten: "written",
}

func (h *home) buildRow(job app.JobView) *fyne.Container {
	w := h.w
	row := &jobRow{
		look:  w.kit.Look,
		dot:   &canvas.Circle{FillColor: look.WarnMark},
		since: w.kit.Text(job.Since.Format("15:04"), look.Body, look.Ink),
		text:  control.NewProse(w.kit.Look, look.Body, look.Ink),
		more:  control.NewLink(w.kit, w.t("home.job.continue"), func() { w.send(app.Continue{Job: job.ID}) }),
		left:  control.NewLink(w.kit, w.t("home.job.left"), func() { h.askLeft(job) }),
	}
	row.text.Set(w.t("home.job." + reachedKeys[job.Reached]))
	h.links = append(h.links, row.more, row.left)
	return &fyne.Container{Layout: row, Objects: []fyne.CanvasObject{row.dot, row.since, row.text, row.more, row.left}}
}

// askLeft asks once more before a row goes; its answer has no Enter of its own.
func (h *home) askLeft(job app.JobView) {
	w := h.w
	text := control.NewProse(w.kit.Look, look.Body, look.InkSoft)
	text.Set(w.t("home.left.text"))
	back := control.NewButton(w.kit, control.Secondary, w.modal.Close)
	back.Set(w.t("home.left.no"), "Esc", true)
	yes := control.NewButton(w.kit, control.Outline, func() {
		w.modal.Close()
		w.send(app.Left{Job: job.ID})
	})
	yes.Set(w.t("home.left.yes"), "", true)
	w.modal.Ask(w.canvas, w.t("home.left.ask"), text, control.NewWrap(control.Wrap{Gap: w.kit.Px(12), RowGap: w.kit.Px(8)}, back, yes))
}

// jobRow is one unfinished work: dot, time, how far, and the two ways on.
type jobRow struct {
	look       look.Look
	dot        *canvas.Circle
	since      *canvas.Text
	text       *control.Prose
	more, left *control.Link
}

func (r *jobRow) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, r.look.Px(look.Target))
}

func (r *jobRow) split(width float32) (textX, textW, linksW float32, beside bool) {
	textX = r.look.Px(18) + r.since.MinSize().Width + r.look.Px(12)
	linksW = r.more.MinSize().Width + r.left.MinSize().Width + r.look.Px(4)
	if textW = width - textX - linksW; textW >= r.look.Px(320) {
		return textX, textW, linksW, true
	}
	return textX, width - textX, linksW, false
}

// HeightFor puts the links under the words where there is no room beside them.
func (r *jobRow) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	_, textW, _, beside := r.split(width)
	if beside {
		return max(r.look.Px(look.Target), r.text.HeightFor(textW))
	}
	return r.text.HeightFor(textW) + r.look.Px(look.Target+4)
}

// Layout implements fyne.Layout.
func (r *jobRow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l := r.look
	textX, textW, linksW, beside := r.split(size.Width)
	textH, y, linksY := r.text.HeightFor(textW), float32(0), size.Height-l.Px(look.Target)
	line := min(textH, l.Px(look.Body*1.25))
	if beside {
		y, linksY = (size.Height-textH)/2, (size.Height-l.Px(look.Target))/2
	}
	put(r.dot, 0, y+(line-l.Px(10))/2, l.Px(10), l.Px(10))
	put(r.since, l.Px(18), y, r.since.MinSize().Width, line)
	put(r.text, textX, y, textW, textH)
	x := size.Width - linksW
	put(r.more, x, linksY, r.more.MinSize().Width, l.Px(look.Target))
	put(r.left, x+r.more.MinSize().Width+l.Px(4), linksY, r.left.MinSize().Width, l.Px(look.Target))
}

// baseline sets lines of different sizes on one baseline.
type baseline struct{ look look.Look }

func (b baseline) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w, h := float32(0), float32(0)
	for _, o := range objects {
		least := o.MinSize()
		w += least.Width + b.look.Px(8)
		h = max(h, least.Height)
	}
	return fyne.NewSize(w-b.look.Px(8), h)
}

// Layout implements fyne.Layout. The faces' descent is 0.12 em of the line's height.
func (b baseline) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const descent = 0.12
	x, base := float32(0), size.Height*(1-descent)
	for _, o := range objects {
		least := o.MinSize()
		put(o, x, base-least.Height*(1-descent), least.Width, least.Height)
		x += least.Width + b.look.Px(8)
	}
}
