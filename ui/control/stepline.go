package control

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/madoguchi/madoguchi/ui/look"
)

// StepLine is the present step alone, for a window too narrow for the column.
type StepLine struct {
	widget.BaseWidget
	look   look.Look
	ground *canvas.Rectangle
	count  *canvas.Text
	title  *canvas.Text
}

// NewStepLine is an empty line.
func NewStepLine(l look.Look) *StepLine {
	s := &StepLine{
		look:   l,
		ground: &canvas.Rectangle{CornerRadius: l.Px(look.RadiusControl)},
		count:  l.Bold("", look.Small, look.Paper),
		title:  l.Bold("", look.Body, look.Ink),
	}
	s.count.Alignment = fyne.TextAlignCenter
	s.ExtendBaseWidget(s)
	return s
}

// Set shows the step under way, or the last one done.
func (s *StepLine) Set(steps []Step) {
	at := 0
	for i, step := range steps {
		if step.Mark != Ahead {
			at = i
		}
	}
	fill, mark := look.Key, ""
	switch steps[at].Mark {
	case Done:
		fill = look.Good
	case Failed:
		fill, mark = look.Bad, "! "
	}
	s.ground.FillColor = fill
	s.count.Text = fmt.Sprintf("%s%d / %d", mark, at+1, len(steps))
	s.title.Text = steps[at].Title
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *StepLine) CreateRenderer() fyne.WidgetRenderer {
	l := s.look
	return &parts{
		objects: fixed(s.ground, s.count, s.title),
		show:    nothing,
		place: func(size fyne.Size) {
			w := s.count.MinSize().Width + l.Px(20)
			put(s.ground, 0, 0, w, size.Height)
			put(s.count, 0, 0, w, size.Height)
			put(s.title, w+l.Px(12), 0, size.Width-w-l.Px(12), size.Height)
		},
		least: func() fyne.Size { return fyne.NewSize(l.Px(100), l.Px(28)) },
	}
}
