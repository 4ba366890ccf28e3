package clerk

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/ui/control"
	"github.com/madoguchi/madoguchi/ui/look"
)

// setup is 引渡し先: how numbers are passed on, to which window, when the next
// person's may go; a trial of it, and the assistant that learns a member card's form.
type setup struct {
	w     *Window
	view  app.SetupView
	how   *setupHow
	where *setupWhere
	when  *setupWhen
	trial *setupTrial
	learn *setupLearn
	area  *control.Area
	root  *fyne.Container
}

func newSetup(w *Window) *setup {
	l := w.kit.Look
	s := &setup{w: w, how: newSetupHow(w), where: newSetupWhere(w), when: newSetupWhen(w)}
	s.trial, s.learn = newSetupTrial(w), newSetupLearn(w)
	s.area = control.NewArea(control.NewColumn(l.Px(16), s.how.root, s.where.root, s.when.root, s.trial.root, s.learn.root), false)
	sub := control.NewProse(l, look.Body, look.InkSoft)
	sub.Set(w.t("setup.sub"))
	s.root = newPage(l, control.NewColumn(l.Px(4), title(l, look.Heading, w.t("setup.title")), sub), s.area)
	return s
}

func (s *setup) content() fyne.CanvasObject { return s.root }

func (s *setup) scroll() *control.Area { return s.area }

func (s *setup) holds(o fyne.CanvasObject) bool {
	held := slices.Concat(s.how.controls(), s.where.controls(), s.when.controls(), s.trial.controls(), s.learn.controls())
	return slices.Contains(held, o)
}

func (s *setup) enter() { s.w.bottom.primary.Press() }

// field: a trial's number is expected in ours; else a sample is.
func (s *setup) field() *control.Entry {
	switch {
	case s.w.view.Screen != app.ScreenSetup:
		return nil
	case s.view.Step == app.SetupTryingOwn:
		return s.trial.entry
	case s.view.Step == app.SetupIdle && s.view.Learn.Count < samples:
		return s.learn.entry
	}
	return nil
}

func (s *setup) fresh(before, now app.View) bool {
	return before.Setup.Step != now.Setup.Step && now.Setup.Step == app.SetupTryingOwn
}

func (s *setup) offers(v app.View) line {
	save := v.Setup.Primary
	if v.Setup.Changed {
		save.Enabled, save.Note = true, ""
	}
	return line{escape: v.Setup.Escape, primary: save}
}

func (s *setup) show(v app.View) {
	s.view = v.Setup
	s.how.show(v.Setup)
	s.where.show(v.Setup)
	s.when.show(v.Setup)
	s.trial.show(v.Setup)
	s.learn.show(v.Setup)
}

// types: the way puts keys into another program's window.
func types(way string) bool { return way == "keyboard" || way == "paste" }

// options are the values of one setting, side by side; the present one is marked.
type options struct {
	w       *Window
	setting app.Setting
	prefix  string // of the catalogue; "" the value speaks for itself
	values  []string
	choices []*control.Choice
	list    *fyne.Container
	root    *fyne.Container
}

func newOptions(w *Window, setting app.Setting, label, prefix string) *options {
	l := w.kit.Look
	name := control.NewProse(l, look.Body, look.InkSoft)
	name.Set(w.t(label))
	o := &options{w: w, setting: setting, prefix: prefix, list: control.NewWrap(control.Wrap{Gap: l.Px(8), RowGap: l.Px(8)})}
	o.root = &fyne.Container{Layout: beside{l}, Objects: []fyne.CanvasObject{name, o.list}}
	return o
}

// show marks current; without values the setting is absent.
func (o *options) show(values []string, current string) {
	visible(o.root, len(values) > 0)
	if !slices.Equal(o.values, values) {
		o.values, o.choices, o.list.Objects = slices.Clone(values), nil, nil
		for _, value := range values {
			label := value
			if o.prefix != "" {
				label = o.w.t(o.prefix + value)
			}
			choice := control.NewChoice(o.w.kit, label, "", func() {
				o.w.send(app.Configure{What: o.setting, Value: value})
			})
			o.choices = append(o.choices, choice)
			o.list.Add(choice)
		}
	}
	for i, choice := range o.choices {
		choice.Choose(values[i] == current)
	}
}

func (o *options) controls() (all []fyne.CanvasObject) {
	for _, choice := range o.choices {
		all = append(all, choice)
	}
	return all
}

// setupHow is how numbers are passed on.
type setupHow struct {
	w       *Window
	service *options
	way     *options
	suffix  *options
	profile *options
	port    *options
	note    *control.Prose
	token   *fact
	root    *control.Panel
}

func newSetupHow(w *Window) *setupHow {
	l := w.kit.Look
	s := &setupHow{
		w: w, service: newOptions(w, app.SettingService, "register.service", ""), way: newOptions(w, app.SettingWay, "setup.way", "setup.way."),
		suffix: newOptions(w, app.SettingSuffix, "setup.suffix", "setup.suffix."), profile: newOptions(w, app.SettingProfile, "setup.profile", "setup.profile."),
		port: newOptions(w, app.SettingPort, "setup.port", ""), note: control.NewProse(l, look.Small, look.InkSoft), token: newFact(w, "setup.token"),
	}
	s.root = control.NewPanel(l, control.Plain, 20, control.NewColumn(l.Px(14), title(l, look.Body, w.t("setup.how")),
		s.service.root, s.way.root, s.note, s.suffix.root, s.profile.root, s.port.root, s.token.root)).Top()
	return s
}

func (s *setupHow) controls() []fyne.CanvasObject {
	return slices.Concat(s.service.controls(), s.way.controls(), s.suffix.controls(), s.profile.controls(), s.port.controls())
}

func (s *setupHow) show(v app.SetupView) {
	var services, ports []string
	if len(v.Services) > 1 {
		for i := range v.Services {
			services = append(services, strconv.Itoa(i))
		}
	}
	s.showServices(v, services)
	s.way.show(v.Ways, v.Way)
	var suffixes, profiles []string
	if types(v.Way) && v.Suffix != "" {
		suffixes = []string{"enter", "tab", "none"}
	}
	s.suffix.show(suffixes, v.Suffix)
	if types(v.Way) && v.Profile != "" {
		profiles = []string{"unicode", "scan-code", "paste"}
	}
	s.profile.show(profiles, v.Profile)
	if v.Way == "serial" {
		ports = v.Ports
	}
	s.port.show(ports, v.Port)
	note := ""
	if v.Way != "" {
		note = s.w.t("setup.way." + v.Way + ".text")
	}
	switch {
	case v.Way == "file" && v.Folder != "":
		note += "\n" + s.w.t("setup.folder", v.Folder)
	case v.Way == "websocket" && v.Port != "":
		note += "\n" + s.w.t("setup.websocket", v.Port)
	case v.Way == "serial" && len(v.Ports) == 0:
		note += "\n" + s.w.t("setup.port.none")
	}
	s.note.Set(note)
	token := ""
	if v.Way == "websocket" {
		token = v.Token
	}
	s.token.code(token)
}

// showServices: the values are indexes, the words the operator's.
func (s *setupHow) showServices(v app.SetupView, services []string) {
	if !slices.Equal(s.service.values, services) {
		s.service.values, s.service.choices, s.service.list.Objects = services, nil, nil
		for i, index := range services {
			choice := control.NewChoice(s.w.kit, serviceWords(v.Services[i]), "", func() {
				s.w.send(app.Configure{What: app.SettingService, Value: index})
			})
			s.service.choices = append(s.service.choices, choice)
			s.service.list.Add(choice)
		}
	}
	s.service.show(services, strconv.Itoa(v.Service))
}

// beside sets a label beside what it names, or above it where there is no room.
type beside struct{ look look.Look }

const labelWidth float32 = 190 // px at 100 %

func (b beside) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (b beside) split(width float32) (label, rest float32, one bool) {
	label = b.look.Px(labelWidth)
	return label, width - label, width >= b.look.Px(720)
}

// HeightFor implements control's flowing layouts.
func (b beside) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	label, rest, one := b.split(width)
	if one {
		return max(control.Height(objects[0], label), control.Height(objects[1], rest))
	}
	return control.Height(objects[0], width) + b.look.Px(6) + control.Height(objects[1], width)
}

// Layout implements fyne.Layout.
func (b beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, rest, one := b.split(size.Width)
	if !one {
		h := control.Height(objects[0], size.Width)
		put(objects[0], 0, 0, size.Width, h)
		put(objects[1], 0, h+b.look.Px(6), size.Width, size.Height-h-b.look.Px(6))
		return
	}
	h := control.Height(objects[0], label)
	put(objects[0], 0, (b.look.Px(look.Target)-h)/2, label, h)
	put(objects[1], label, 0, rest, size.Height)
}
