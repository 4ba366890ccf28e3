package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/settings"
)

// settingUp opens 引渡し先.
func (r *reception) settingUp(t *testing.T) app.View {
	t.Helper()
	r.waiting(t)
	r.App.Send(app.GoTo{Screen: app.ScreenSetup})
	return r.until(t, "引渡し先", func(v app.View) bool { return v.Screen == app.ScreenSetup && len(v.Setup.Services) > 0 })
}

// countDown begins what counts the seconds down, and lets them pass.
func (r *reception) countDown(t *testing.T, i app.Intent, step app.SetupStep) {
	t.Helper()
	begun := r.clock.begun(time.Second)
	r.App.Send(i)
	for left := 5; left > 0; left-- {
		r.until(t, fmt.Sprint(left, " seconds"), func(v app.View) bool { return v.Setup.Step == step && v.Setup.Seconds == left })
		r.clock.elapse(r.ctx, t, time.Second, begun)
		begun++
	}
}

func TestADeskIsSetUpByItsScreenAlone(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	r.desktop.do(func(d *desktop) { d.front, d.result = lending, handover.Delivered })
	if v := r.settingUp(t); v.Setup.Primary.Enabled || v.Setup.Way != "" {
		t.Error("a desk that is not set up has something to save")
	}
	r.App.Send(app.Configure{What: app.SettingWay, Value: "keyboard"})
	r.App.Send(app.Configure{What: app.SettingRelease, Value: "title"})
	r.App.Send(app.Configure{What: app.SettingSuffix, Value: "tab"})
	r.countDown(t, app.PickTarget{}, app.SetupPicking)
	v := r.until(t, "the window", func(v app.View) bool { return v.Setup.Step == app.SetupIdle && v.Setup.Process == "lending" })
	if v.Setup.Title != "貸出" || v.Setup.Start != "貸出" || !v.Setup.Changed || !v.Setup.Primary.Enabled {
		t.Errorf("after picking: %q, start %q, changed %v", v.Setup.Title, v.Setup.Start, v.Setup.Changed)
	}
	r.countDown(t, app.TryTarget{}, app.SetupWaiting)
	r.until(t, "the trial's end", func(v app.View) bool { return v.Setup.Step == app.SetupTried && v.Setup.Result == app.DeliveryDone })
	if got := r.desktop.typed(); len(got) != 1 || got[0] != r.App.View().Setup.Sent {
		t.Errorf("typed %v, want the made-up number that is shown", got)
	}
	r.App.Send(app.Save{})
	r.until(t, "saved", func(v app.View) bool { return !v.Setup.Changed && v.Setup.Code == "" })
	h := r.desktop.Settings().Handover
	if h.Way != "keyboard" || h.Keyboard.Suffix != "tab" || h.Target.Process != "lending" || h.Target.Title != "^貸出$" || h.Target.StartTitle != "^貸出$" {
		t.Errorf("kept %+v", h)
	}
	r.App.Send(app.GoTo{Screen: app.ScreenLookup})
	p := r.person(t, "AAAA2222")
	r.town.linked(p, "library", valid(1))
	r.waiting(t)
	r.put(p)
	r.delivery(t, app.DeliveryDone)
}

func TestAnotherWindowThanThePickedOneGetsNoTrial(t *testing.T) {
	t.Parallel()
	r := newReception(t, typedInto(handover.ReleaseAction))
	r.desktop.do(func(d *desktop) { d.front = handover.Window{ID: 1, Process: "mail", Title: "受信箱"} })
	r.settingUp(t)
	r.countDown(t, app.TryTarget{}, app.SetupWaiting)
	v := r.until(t, "the refusal", func(v app.View) bool { return v.Setup.Step == app.SetupTried })
	if v.Setup.Code != app.CodeWrongWindow || v.Setup.Result != app.DeliveryNot || len(r.desktop.typed()) != 0 {
		t.Errorf("code %s, typed %d", v.Setup.Code, len(r.desktop.typed()))
	}
}

func TestTheTrialIntoOurOwnFieldSaysWhatArrived(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		arrives func(sent string) string
		want    app.SetupStep
	}{
		{"as sent", func(s string) string { return s }, app.SetupOwnRight},
		{"without its zero", func(s string) string { return strings.TrimLeft(s, "0") }, app.SetupOwnWrong},
		{"in full width", func(s string) string { return strings.NewReplacer("0", "０").Replace(s) }, app.SetupOwnWrong},
		{"not at all", func(string) string { return "" }, app.SetupOwnWrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newReception(t, typedInto(handover.ReleaseAction))
			r.desktop.do(func(d *desktop) {
				d.front, d.result = handover.Window{ID: 2, Process: "app.test", Title: "マイキー窓口"}, handover.Delivered
			})
			r.settingUp(t)
			begun := r.clock.begun(5 * time.Second)
			r.App.Send(app.TryOwn{})
			v := r.until(t, "the trial", func(v app.View) bool { return v.Setup.Step == app.SetupTryingOwn })
			if text := c.arrives(v.Setup.Sent); text != "" {
				r.App.Send(app.Entered{Serial: v.Setup.Serial, Text: app.NewInput(text), Scanned: true})
			} else {
				r.clock.elapse(r.ctx, t, 5*time.Second, begun)
			}
			r.until(t, "its end", func(v app.View) bool { return v.Setup.Step == c.want })
		})
	}
}

func TestTheAssistantLearnsARuleFromTenCards(t *testing.T) {
	t.Parallel()
	r := newReception(t, settings.Reception{})
	serial := r.settingUp(t).Setup.Serial
	scan := func(text string) {
		r.App.Send(app.Entered{Serial: serial, Text: app.NewInput(text), Scanned: true})
	}
	scan("A" + valid(2802121) + "A")
	scan("A" + valid(2802121) + "A") // the same card says nothing new
	for i := 1; i < 9; i++ {
		scan("A" + valid(2802121+37*i) + "A")
	}
	r.until(t, "nine cards", func(v app.View) bool { return v.Setup.Learn.Count == 9 && v.Setup.Learn.Rule == "" })
	scan("A" + valid(1000003) + "A")
	v := r.until(t, "the rule", func(v app.View) bool { return v.Setup.Learn.Rule != "" })
	if l := v.Setup.Learn; len(l.Schemes) == 0 || l.Schemes[0] != "7dr" || !strings.Contains(l.Rule, `"start":"A"`) {
		t.Errorf("learnt %v from %q, rule %s", l.Schemes, l.Form, l.Rule)
	}
	r.App.Send(app.SampleAgain{})
	r.until(t, "no card", func(v app.View) bool { return v.Setup.Learn.Count == 0 && v.Setup.Learn.Rule == "" })
	for i := range 10 {
		scan(fmt.Sprintf("%d", 10_000_000+i*i*i)) // no scheme holds for these, the form does
	}
	r.until(t, "an honest answer", func(v app.View) bool {
		return v.Setup.Learn.Rule != "" && len(v.Setup.Learn.Schemes) == 0 || v.Setup.Learn.Code != ""
	})
}
