package clerk

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// facts is the right column of F2: the resident's window in small, and what is
// known of the card.
type facts struct {
	w           *Window
	mirror      *mirror
	card        *fact
	reached     *fact
	myKey       *fact
	certificate *fact
	platform    *fact
	took        *fact
	code        *fact
	reference   *fact
	root        *fyne.Container
}

// fact is a small label and a value; IDs and codes are set in fixed width.
type fact struct {
	words  *control.Prose
	digits *canvas.Text
	root   *fyne.Container
}

func newFact(w *Window, key string) *fact {
	l := w.kit.Look
	label := control.NewProse(l, look.Small, look.InkSoft)
	label.Set(w.t(key))
	f := &fact{words: control.NewTitle(l, look.Body, look.Ink), digits: l.Digits("", look.Body, look.Ink)}
	f.root = control.NewColumn(l.Px(2), label, f.words, f.digits)
	return f
}

func (f *fact) set(value string, ink color.Color) {
	visible(f.root, value != "")
	f.words.Set(value)
	f.words.SetColor(ink)
	f.digits.Hide()
}

// code shows a value in fixed width.
func (f *fact) code(value string) {
	visible(f.root, value != "")
	f.words.Set("")
	f.digits.Text = value
	f.digits.Show()
}

func newFacts(w *Window) *facts {
	l := w.kit.Look
	f := &facts{
		w: w, mirror: newMirror(w),
		card: newFact(w, "fact.card"), reached: newFact(w, "fact.reached"),
		myKey: newFact(w, "fact.mykey"), certificate: newFact(w, "fact.certificate"),
		platform: newFact(w, "fact.platform"), took: newFact(w, "fact.took"),
		code: newFact(w, "fact.code"), reference: newFact(w, "fact.reference"),
	}
	label := control.NewTitle(l, look.Small, look.InkSoft)
	label.Set(w.t("fact.mirror"))
	f.root = control.NewColumn(l.Px(16), control.NewColumn(l.Px(6), label, f.mirror.root),
		f.card.root, f.reached.root, f.myKey.root, f.certificate.root, f.platform.root, f.took.root, f.code.root, f.reference.root)
	return f
}

func (f *facts) show(v app.View) {
	w := v.Write
	f.mirror.show(v)
	torn := w.Phase == app.PhaseTorn
	f.card.set(f.cardWords(w), look.Ink)
	reached := ""
	if torn {
		reached = f.w.t("fact.reached." + reachedKeys[w.Reached])
	}
	f.reached.set(reached, look.Ink)
	f.showMyKey(w, torn)
	f.showCertificate(w, torn)
	platform, took := "", ""
	if w.Phase == app.PhaseDone {
		platform = f.w.t("fact.platform.done")
		s := int(w.Took.Round(time.Second).Seconds())
		took = f.w.t("fact.took.value", s/60, s%60)
		if s < 60 {
			took = f.w.t("fact.took.seconds", s)
		}
	}
	f.platform.set(platform, look.Good)
	f.took.set(took, look.Ink)
	f.code.code(string(w.Problem.Code))
	f.reference.code(w.Problem.Reference)
}

func (f *facts) cardWords(w app.WriteView) string {
	switch {
	case w.Phase == app.PhaseDone || w.Phase == app.PhaseTorn:
		return ""
	case w.Card:
		return f.w.t("fact.card.mynumber")
	case w.Phase == app.PhaseWaiting:
		return f.w.t("fact.card.none")
	}
	return ""
}

func (f *facts) showMyKey(w app.WriteView, torn bool) {
	switch {
	case torn || w.Phase == app.PhaseProblem:
		f.myKey.set("", look.Ink)
	case w.MyKeyID == "" && w.Card && w.Phase <= app.PhaseChecking:
		f.myKey.set(f.w.t("fact.mykey.later"), look.Ink)
	default:
		f.myKey.code(w.MyKeyID)
	}
}

var certificates = [...]struct {
	key string
	ink color.NRGBA
}{
	app.CertificateGood:    {"fact.certificate.good", look.Good},
	app.CertificateExpired: {"fact.certificate.expired", look.Bad},
	app.CertificateRevoked: {"fact.certificate.revoked", look.Bad},
	app.CertificateUnknown: {"fact.certificate.unknown", look.Bad},
}

func (f *facts) showCertificate(w app.WriteView, torn bool) {
	if w.Certificate == app.CertificateNotAsked || torn || w.Phase == app.PhaseDone {
		f.certificate.set("", look.Ink)
		return
	}
	state := certificates[w.Certificate]
	words := f.w.t(state.key)
	if w.Certificate == app.CertificateGood {
		words = f.w.t(state.key, w.CheckedAt.Format("15:04"))
	}
	f.certificate.set(words, state.ink)
}
