package clerk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
	"github.com/madoguchi/madoguchi/ui/resident"
)

// mirror is the resident's window in small: the clerk sees what is asked there,
// and how many digits stand, never which.
type mirror struct {
	w       *Window
	ground  *canvas.Rectangle
	say     *control.Prose
	english *control.Prose
	three   *control.Figure // the last three characters of the number that is asked about
	keys    *control.Prose  // the answers
	dots    *control.Dots
	dotsRow *fyne.Container
	words   *fyne.Container
	root    *fyne.Container
}

func newMirror(w *Window) *mirror {
	l := w.kit.Look
	m := &mirror{
		w:       w,
		ground:  &canvas.Rectangle{CornerRadius: l.Px(look.RadiusControl), StrokeColor: look.DrawnLine, StrokeWidth: l.Px(2)},
		say:     control.NewTitle(l, look.Large, look.Paper).Centred(),
		english: control.NewProse(l, look.Small, look.OnColour).Centred(),
		three:   control.NewFigure(l, look.Heading, look.Body, look.Paper),
		keys:    control.NewProse(l, look.Small, look.OnColour).Centred(),
		dots:    control.NewDots(l, 4, 12, 10, look.Paper),
	}
	m.dotsRow = control.NewMiddle(m.dots)
	m.words = control.NewColumn(l.Px(6), m.say, m.english, m.three, m.keys, m.dotsRow)
	m.root = &fyne.Container{Layout: m, Objects: []fyne.CanvasObject{m.ground, m.words}}
	return m
}

func (m *mirror) show(v app.View) {
	face := v.Resident.Face
	m.ground.FillColor = look.FaceColour(face)
	key := resident.Words(m.w.texts.Easy, v.Resident) + ".say"
	if face == app.FacePIN {
		key = "resident.pin.mirror"
	}
	m.say.Set(m.w.texts.Easy.Text(key))
	m.english.Set(m.w.texts.English.Text(key))
	three, keys := "", ""
	if face == app.FaceRegister || face == app.FaceUnlink {
		name := "resident." + face.String()
		if v.Resident.Last3 != "" {
			three = m.w.texts.Easy.Text(name+".last") + " " + v.Resident.Last3
		}
		keys = "［" + m.w.texts.Easy.Text(name+".yes") + "］　［" + m.w.texts.Easy.Text(name+".no") + "］"
	}
	m.three.Set(three)
	m.keys.Set(keys)
	visible(m.dotsRow, face == app.FacePIN)
	m.dots.Set(v.Resident.Digits)
}

const mirrorHeight float32 = 160

// HeightFor implements control's flowing layouts.
func (m *mirror) HeightFor(_ []fyne.CanvasObject, width float32) float32 {
	l := m.w.kit.Look
	return max(l.Px(mirrorHeight), control.Height(m.words, width-l.Px(24))+l.Px(28))
}

func (m *mirror) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (m *mirror) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	inner := size.Width - m.w.kit.Px(24)
	h := control.Height(m.words, inner)
	put(m.ground, 0, 0, size.Width, size.Height)
	put(m.words, m.w.kit.Px(12), (size.Height-h)/2, inner, h)
}
