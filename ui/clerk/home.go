package clerk

import (
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// home is the start screen: what to do, what is unfinished, the day's counts. What
// the desk's roles have not is not there at all.
type home struct {
	w       *Window
	screens []app.Screen // of the desk that tiles and counts are built for
	main    app.Screen   // of the blue tile
	board   *fyne.Container
	today   *fyne.Container
	rows    *fyne.Container
	none    *control.Prose
	jobs    []app.JobView
	answers []app.AnswerView
	links   []fyne.CanvasObject
	counts  []count
	area    *control.Area
	root    *fyne.Container
}

// count is one of the day's numbers.
type count struct {
	number *canvas.Text
	value  func(app.Counts) int
}

func newHome(w *Window) *home {
	l := w.kit.Look
	h := &home{w: w, rows: control.NewColumn(l.Px(4))}
	h.board = &fyne.Container{Layout: tileBoard{l}}
	h.today = control.NewWrap(control.Wrap{Gap: l.Px(56), RowGap: l.Px(8)})
	h.none = control.NewProse(l, look.Body, look.InkSoft)
	h.none.Set(w.t("home.jobs.none"))
	jobs := control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(10),
		title(l, look.Body, w.t("home.jobs")), h.none, h.rows))
	h.area = control.NewArea(control.NewColumn(l.Px(18), h.board, jobs, control.NewPanel(l, control.Plain, 20, h.today)), false)
	sub := control.NewProse(l, look.Body, look.InkSoft)
	sub.Set(w.t("home.sub"))
	h.root = newPage(l, control.NewColumn(l.Px(4), title(l, look.Heading, w.t("home.title")), sub), h.area)
	return h
}

// build makes the tiles and the counts of this desk's roles. The first tile is the
// blue one: what such a desk does most.
func (h *home) build() {
	w := h.w
	h.screens, h.main, h.board.Objects = slices.Clone(w.view.Desk.Screens), app.ScreenHome, nil
	for _, t := range []task{{app.ScreenLookup, fyne.KeyF4}, {app.ScreenWrite, fyne.KeyF2}, {app.ScreenRegister, fyne.KeyF3}} {
		if !w.has(t.screen) {
			continue
		}
		name := "home." + t.screen.String()
		tile := control.NewTile(w.kit, w.t(name), w.t(name+".text"), string(t.key), func() { h.open(t.screen) })
		if len(h.board.Objects) == 0 {
			h.main = t.screen
		} else {
			tile.White()
		}
		h.board.Add(tile)
	}
	h.buildCounts()
}

func (h *home) content() fyne.CanvasObject { return h.root }

func (h *home) scroll() *control.Area { return h.area }

func (h *home) field() *control.Entry { return nil }

func (h *home) fresh(_, _ app.View) bool { return false }

func (h *home) offers(app.View) line { return line{} }

// enter is the blue tile.
func (h *home) enter() {
	if h.main != app.ScreenHome {
		h.open(h.main)
	}
}

func (h *home) open(s app.Screen) {
	if h.w.has(s) {
		h.w.send(app.GoTo{Screen: s})
	}
}

func title(l look.Look, size float32, words string) *control.Prose {
	p := control.NewTitle(l, size, look.Ink)
	p.Set(words)
	return p
}

func (h *home) buildCounts() {
	l := h.w.kit.Look
	h.counts, h.today.Objects = nil, []fyne.CanvasObject{l.Bold(h.w.t("home.today"), look.Body, look.Ink)}
	for _, made := range []struct {
		key   string
		of    app.Screen // whose desk has it
		value func(app.Counts) int
	}{
		{"home.today.looked-up", app.ScreenLookup, func(c app.Counts) int { return c.LookedUp }},
		{"home.today.linked", app.ScreenRegister, func(c app.Counts) int { return c.Linked }},
		{"home.today.written", app.ScreenWrite, func(c app.Counts) int { return c.Written }},
		{"home.today.cancelled", app.ScreenHome, func(c app.Counts) int { return c.Cancelled }},
		{"home.today.failed", app.ScreenHome, func(c app.Counts) int { return c.Failed }},
	} {
		if !h.w.has(made.of) && made.of != app.ScreenHome {
			continue
		}
		one := count{number: l.Bold("", look.Heading, look.Ink), value: made.value}
		h.counts = append(h.counts, one)
		h.today.Add(&fyne.Container{Layout: baseline{l}, Objects: []fyne.CanvasObject{
			l.Text(h.w.t(made.key), look.Body, look.Ink), one.number, l.Text(h.w.t("home.today.unit"), look.Body, look.Ink),
		}})
	}
}

func (h *home) holds(o fyne.CanvasObject) bool {
	return slices.Contains(h.links, o) || slices.Contains(h.board.Objects, o)
}

func (h *home) show(v app.View) {
	if !slices.Equal(h.screens, v.Desk.Screens) || h.counts == nil {
		h.build()
	}
	for _, one := range h.counts {
		one.number.Text = strconv.Itoa(one.value(v.Home.Today))
	}
	var jobs []app.JobView
	if h.w.has(app.ScreenWrite) {
		jobs = v.Home.Jobs
	}
	var answers []app.AnswerView
	if h.w.has(app.ScreenRegister) {
		answers = v.Home.Answers
	}
	visible(h.none, len(jobs)+len(answers) == 0)
	visible(h.rows, len(jobs)+len(answers) > 0)
	if !slices.Equal(h.jobs, jobs) || !slices.Equal(h.answers, answers) {
		h.jobs, h.answers, h.links, h.rows.Objects = slices.Clone(jobs), slices.Clone(answers), nil, nil
		for _, answer := range answers {
			h.rows.Add(h.buildAnswer(answer))
		}
		for _, job := range jobs {
			h.rows.Add(h.buildRow(job))
		}
	}
}

// buildAnswer is a registration that was not heard of: it is asked for by itself.
func (h *home) buildAnswer(answer app.AnswerView) *fyne.Container {
	key := "home.answer.asking"
	if answer.Never {
		key = "home.answer.never"
	}
	return h.row(answer.Since, h.w.t(key, answer.Receipt))
}

// row is a row without a way on; buildRow adds it.
func (h *home) row(since time.Time, words string, links ...*control.Link) *fyne.Container {
	row := &jobRow{
		look:  h.w.kit.Look,
		dot:   &canvas.Circle{FillColor: look.WarnMark},
		since: h.w.kit.Text(since.Format("15:04"), look.Body, look.Ink),
		text:  control.NewProse(h.w.kit.Look, look.Body, look.Ink),
		links: links,
	}
	row.text.Set(words)
	root := &fyne.Container{Layout: row, Objects: []fyne.CanvasObject{row.dot, row.since, row.text}}
	for _, link := range links {
		root.Add(link)
	}
	return root
}

var reachedKeys = [...]string{
	app.ReachedNothing: "nothing", app.ReachedReserved: "reserved", app.ReachedWriting: "writing", app.ReachedWritten: "written",
}

func (h *home) buildRow(job app.JobView) *fyne.Container {
	w := h.w
	more := control.NewLink(w.kit, w.t("home.job.continue"), func() { w.send(app.Continue{Job: job.ID}) })
	left := control.NewLink(w.kit, w.t("home.job.left"), func() { h.askLeft(job) })
	h.links = append(h.links, more, left)
	return h.row(job.Since, w.t("home.job."+reachedKeys[job.Reached]), more, left)
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

// jobRow is one unfinished work: dot, time, how far, and the ways on.
type jobRow struct {
	look  look.Look
	dot   *canvas.Circle
	since *canvas.Text
	text  *control.Prose
	links []*control.Link
}

func (r *jobRow) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, r.look.Px(look.Target))
}

func (r *jobRow) split(width float32) (textX, textW, linksW float32, beside bool) {
	textX = r.look.Px(18) + r.since.MinSize().Width + r.look.Px(12)
	for _, link := range r.links {
		linksW += link.MinSize().Width + r.look.Px(4)
	}
	if textW = width - textX - linksW; textW >= r.look.Px(320) || len(r.links) == 0 {
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
	x := size.Width - linksW + l.Px(4)
	for _, link := range r.links {
		put(link, x, linksY, link.MinSize().Width, l.Px(look.Target))
		x += link.MinSize().Width + l.Px(4)
	}
}

// tileBoard sets the tiles side by side, as wide as each other, or one under the
// other where there is no room.
type tileBoard struct{ look look.Look }

const tileLeast float32 = 300 // width of a tile, px at 100 %

func (b tileBoard) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (b tileBoard) each(objects []fyne.CanvasObject, width float32) (shown []fyne.CanvasObject, each float32, beside bool) {
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	n, gap := float32(len(shown)), b.look.Px(16)
	if each = (width - (n-1)*gap) / max(1, n); each >= b.look.Px(tileLeast) || n <= 1 {
		return shown, each, true
	}
	return shown, width, false
}

// HeightFor implements control's flowing layouts.
func (b tileBoard) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	shown, each, beside := b.each(objects, width)
	high := float32(0)
	for i, o := range shown {
		h := control.Height(o, each)
		switch {
		case beside:
			high = max(high, h)
		case i > 0:
			high += b.look.Px(16) + h
		default:
			high = h
		}
	}
	return high
}

// Layout implements fyne.Layout.
func (b tileBoard) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown, each, beside := b.each(objects, size.Width)
	x, y := float32(0), float32(0)
	for _, o := range shown {
		if beside {
			put(o, x, 0, each, size.Height)
			x += each + b.look.Px(16)
			continue
		}
		h := control.Height(o, each)
		put(o, 0, y, each, h)
		y += h + b.look.Px(16)
	}
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
