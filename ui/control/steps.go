package control

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// StepMark is how one step stands.
type StepMark int

// Marks.
const (
	Ahead StepMark = iota
	Now
	Done
	Failed
)

// Step is one step to show.
type Step struct {
	Mark  StepMark
	Title string
	Note  string // "" none
}

// Steps is the column of steps: what is done, what is under way, what comes.
type Steps struct {
	widget.BaseWidget
	look look.Look
	rows []*stepRow
}

type stepRow struct {
	disc    *canvas.Circle
	number  *canvas.Text
	tick    *canvas.Image
	title   *canvas.Text
	bold    *canvas.Text
	note    *canvas.Text
	thread  *canvas.Rectangle
	present Step
}

const (
	stepDisc  float32 = 36
	stepPitch float32 = 62
	stepClose float32 = 54 // where there is less room
	stepText  float32 = 50 // from the left edge to the words
)

// NewSteps is a column of n steps.
func NewSteps(l look.Look, n int) *Steps {
	s := &Steps{look: l}
	for i := range n {
		row := &stepRow{
			disc: &canvas.Circle{StrokeWidth: l.Px(2)}, number: l.Bold(strconv.Itoa(i+1), look.Body, look.Ink),
			tick: NewTick(l, look.Paper), title: l.Text("", look.Body, look.InkOff), bold: l.Bold("", look.Body, look.Ink),
			note: l.Text("", look.Small, look.InkSoft), thread: &canvas.Rectangle{},
		}
		row.number.Alignment = fyne.TextAlignCenter
		s.rows = append(s.rows, row)
	}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows the steps.
func (s *Steps) Set(steps []Step) {
	for i, row := range s.rows {
		row.present = steps[i]
	}
	s.Refresh()
}

// HeightFor implements Flowing.
func (s *Steps) HeightFor(float32) float32 {
	return s.look.Px(stepClose*float32(len(s.rows)-1) + stepDisc + 10)
}

// CreateRenderer implements fyne.Widget.
func (s *Steps) CreateRenderer() fyne.WidgetRenderer {
	var objects []fyne.CanvasObject
	for _, row := range s.rows {
		objects = append(objects, row.thread, row.disc, row.number, row.tick, row.title, row.bold, row.note)
	}
	p := &parts{
		objects: fixed(objects...),
		show: func() {
			for _, row := range s.rows {
				row.show()
			}
		},
		place: s.place,
		least: func() fyne.Size { return fyne.NewSize(s.look.Px(200), s.HeightFor(0)) },
	}
	p.show()
	return p
}

func (r *stepRow) show() {
	step := r.present
	fill, frame, ink, thread := look.Paper, look.InkOff, look.InkSoft, look.Line
	number := r.number.Text
	switch step.Mark {
	case Now:
		fill, frame, ink = look.Key, look.Key, look.Paper
	case Done:
		fill, frame, thread = look.Good, look.Good, look.Good
	case Failed:
		fill, frame, ink = look.Bad, look.Bad, look.Paper
	}
	if step.Mark == Failed {
		r.number.Text = "!"
	} else if number == "!" {
		r.number.Text = ""
	}
	r.disc.FillColor, r.disc.StrokeColor = fill, frame
	r.number.Color = ink
	r.thread.FillColor = thread
	show(r.number, step.Mark != Done)
	show(r.tick, step.Mark == Done)
	show(r.title, step.Mark == Ahead)
	show(r.bold, step.Mark != Ahead)
	r.title.Text, r.bold.Text, r.note.Text = step.Title, step.Title, step.Note
	show(r.note, step.Note != "")
}

func (s *Steps) place(size fyne.Size) {
	l := s.look
	pitch := (size.Height - l.Px(stepDisc+10)) / float32(max(1, len(s.rows)-1))
	pitch = min(max(pitch, l.Px(stepClose)), l.Px(stepPitch))
	for i, r := range s.rows {
		if r.number.Text == "" {
			r.number.Text = strconv.Itoa(i + 1)
		}
		y := pitch * float32(i)
		disc := l.Px(stepDisc)
		put(r.disc, 0, y, disc, disc)
		put(r.number, 0, y, disc, disc)
		put(r.tick, l.Px(9), y+l.Px(9), l.Px(18), l.Px(18))
		put(r.thread, disc/2-l.Px(1), y+disc+l.Px(2), l.Px(2), pitch-disc-l.Px(4))
		show(r.thread, i < len(s.rows)-1)
		x, w := l.Px(stepText), size.Width-l.Px(stepText)
		put(r.title, x, y+l.Px(6), w, l.Px(22))
		put(r.bold, x, y+l.Px(6), w, l.Px(22))
		put(r.note, x, y+l.Px(28), w, l.Px(18))
	}
}
