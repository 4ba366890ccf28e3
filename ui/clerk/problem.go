package clerk

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// problem is a code's three sentences: what happened, large; what is kept and what
// to do now on a white sheet under it; the code itself for the help desk.
type problem struct {
	w         *Window
	badge     *fyne.Container
	happened  *control.Prose
	kept      *labelled
	now       *labelled
	code      *fact
	reference *fact
	root      *fyne.Container
}

func newProblem(w *Window) *problem {
	l := w.kit.Look
	p := &problem{w: w, badge: control.NewMiddle(control.NewBadge(l, 56, false)), happened: control.NewTitle(l, look.Title, look.Ink).Centred()}
	p.kept, p.now = newLabelled(w, w.t("problem.kept"), false), newLabelled(w, w.t("problem.now"), true)
	p.code, p.reference = newFact(w, "fact.code"), newFact(w, "fact.reference")
	codes := control.NewColumn(l.Px(10), p.code.root, p.reference.root)
	sheet := control.NewPanel(l, control.Sheet, 20, control.NewColumn(l.Px(14), p.kept.root, p.now.root, codes))
	p.root = control.NewColumn(l.Px(14), p.badge, p.happened,
		&fyne.Container{Layout: narrower{l.Px(720)}, Objects: []fyne.CanvasObject{sheet}})
	return p
}

// show is for a problem that takes the place of everything else.
func (p *problem) show(of app.Problem) {
	visible(p.root, of.Code != "")
	if of.Code == "" {
		p.happened.Set("")
		p.kept.set("")
		p.now.set("")
		p.code.code("")
		p.reference.code("")
		return
	}
	words := p.w.sentence(of.Code, "happened")
	size := look.Title
	if utf8.RuneCountInString(words) > 30 {
		size = look.Large
	}
	p.happened.SetSize(size)
	p.happened.Set(words)
	kept := p.w.sentence(of.Code, "kept")
	if of.Code == app.CodeLinkStopped {
		kept = "" // two sentences, and nothing more
	}
	p.kept.set(kept)
	p.now.set(p.w.sentence(of.Code, "now"))
	p.code.code(string(of.Code))
	p.reference.code(of.Reference)
}

// narrower keeps its one object at most so wide, in the middle.
type narrower struct{ most float32 }

func (n narrower) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// HeightFor implements control's flowing layouts.
func (n narrower) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return control.Height(objects[0], min(width, n.most))
}

// Layout implements fyne.Layout.
func (n narrower) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, n.most)
	put(objects[0], (size.Width-w)/2, 0, w, size.Height)
}

// left is the warning that a card still lies there.
type left struct {
	w     *Window
	words *control.Prose
	root  *fyne.Container
}

func newLeft(w *Window) *left {
	l := &left{w: w, words: control.NewTitle(w.kit.Look, look.Body, look.Warn)}
	l.root = control.NewColumn(0, control.NewPanel(w.kit.Look, control.Warning, 14, l.words))
	return l
}

func (l *left) show(yes bool) {
	visible(l.root, yes)
	l.words.Set("")
	if yes {
		l.words.Set("! " + l.w.sentence(app.CodeCardLeft, "happened") + l.w.sentence(app.CodeCardLeft, "now"))
	}
}
