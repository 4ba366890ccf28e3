package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// setup is 引渡し先: how this desk hands over, tried into our own field and then
// into the business application, and the assistant that learns a member card's
// form from ten sample cards. No card is read here.
type setup struct {
	visit
	set      settings.Reception
	services []platformclient.Service
	samples  []string // of the assistant; gone with the screen
	serial   uint64
	sent     string // the made-up number of the trial
}

// setup serves 引渡し先 until another screen is chosen.
func (a *App) setup(ctx context.Context) {
	s := &setup{visit: visit{App: a, screen: ScreenSetup, cancel: errDeclined}, set: a.Handing.Settings()}
	desk, _ := a.deskNow()
	s.services = desk.Services
	defer a.publish(func(v *View) { v.Setup = SetupView{Serial: v.Setup.Serial + 1} })
	a.publish(func(v *View) {
		s.serial = v.Setup.Serial + 1
		v.Setup = SetupView{Serial: s.serial}
	})
	s.show(func(*SetupView) {})
	for {
		e, err := a.events.wait(ctx, nil)
		if err == nil {
			err = s.key(ctx, e.intent)
		}
		var elsewhere leaving
		switch {
		case errors.As(err, &elsewhere):
			a.goTo(elsewhere.to)
			return
		case err != nil:
			return
		}
	}
}

// keepSettings is the blue button; back leads to the look-up.
var (
	keepSettings = Action{Intent: Save{}, Label: "action.save", Enabled: true}
	kept         = Action{Intent: Save{}, Label: "action.save", Note: "note.saved"}
	back         = Action{Intent: GoTo{ScreenLookup}, Label: "action.back", Enabled: true}
)

// show draws the settings as they stand, and what change says.
func (s *setup) show(change func(*SetupView)) {
	h := s.set.Handover
	s.publish(func(v *View) {
		w := &v.Setup
		w.Services, w.Service = nil, 0
		for i, service := range s.services {
			w.Services = append(w.Services, serviceView(service))
			if string(service.Code) == s.set.Service {
				w.Service = i
			}
		}
		w.Ways, w.Way = ways(), h.Way
		w.Suffix, w.Release, w.Profile = or(h.Keyboard.Suffix, "enter"), or(h.Target.Release, handover.ReleaseAction), ""
		if runtime.GOOS == "windows" {
			w.Profile = or(h.Keyboard.Profile, "unicode")
		}
		w.Stays, w.OnExit = time.Duration(s.set.Stays)*time.Second, "keep"
		if w.Stays == 0 {
			w.Stays = s.Limits.Shown
		}
		if s.set.WipeOnExit {
			w.OnExit = "wipe"
		}
		w.Process, w.Title, w.Start = h.Target.Process, h.Target.Name, ""
		if h.Target.StartTitle != "" {
			w.Start = h.Target.Name
		}
		w.Folder, w.Port = h.File.Folder, h.Serial.Port
		if h.Way == handover.WayWebSocket {
			w.Port = strconv.Itoa(h.WebSocket.Port)
		}
		w.Escape, w.Primary = back, keepSettings
		if !w.Changed {
			w.Primary = kept
		}
		v.Resident = ResidentView{Face: FaceIdle, TriesLeft: -1}
		change(w)
	})
}

// ways are those that this system has.
func ways() []string {
	all := []string{
		handover.WayKeyboard, handover.WayPaste, handover.WayClipboard, handover.WayWebSocket, handover.WaySerial, handover.WayFile, handover.WayScreen,
	}
	if runtime.GOOS == "darwin" {
		return slices.DeleteFunc(all, func(w string) bool { return w == handover.WayPaste || w == handover.WayClipboard })
	}
	return all
}

func (s *setup) key(ctx context.Context, i Intent) error {
	if err := s.stops(i); err != nil {
		return setupExit(err)
	}
	switch i := i.(type) {
	case Configure:
		s.configure(i)
	case PickTarget:
		if s.set.Handover.Way == handover.WayWebSocket { // there is no window to pick, but a page to pair with
			return s.pair(ctx)
		}
		return s.pick(ctx)
	case TryOwn:
		return s.tryOwn(ctx)
	case TryTarget:
		return s.tryTarget(ctx)
	case Entered:
		if i.Serial == s.serial {
			s.sample(i.Text.text)
		}
	case SampleAgain:
		s.samples = nil
		s.show(func(w *SetupView) { w.Learn = LearnView{} })
	case Save:
		s.save()
	}
	return nil
}

func setupExit(err error) error {
	if errors.Is(err, errDeclined) {
		return leaving{ScreenLookup}
	}
	return err
}

// configure changes one thing. A value that does not fit changes nothing.
func (s *setup) configure(c Configure) {
	h, next := &s.set.Handover, s.set
	before := *h
	switch c.What {
	case SettingWay:
		h.Way = c.Value
	case SettingSuffix:
		h.Keyboard.Suffix = c.Value
	case SettingProfile:
		h.Keyboard.Profile = c.Value
	case SettingRelease:
		h.Target.Release = c.Value
		h.Target.StartTitle, h.Target.Quiet = "", 0
		switch c.Value {
		case handover.ReleaseTitle:
			h.Target.StartTitle = h.Target.Title
		case handover.ReleaseQuiet:
			h.Target.Quiet = quietDefault
		}
	case SettingStays:
		n, err := strconv.Atoi(c.Value)
		if err != nil || n < 5 || n > 60 {
			return
		}
		s.set.Stays = n
	case SettingOnExit:
		s.set.WipeOnExit = c.Value == "wipe"
	case SettingService:
		n, err := strconv.Atoi(c.Value)
		if err != nil || n < 0 || n >= len(s.services) {
			return
		}
		s.set.Service = string(s.services[n].Code)
	case SettingPort:
		if h.Way == handover.WayWebSocket {
			n, err := strconv.Atoi(c.Value)
			if err != nil {
				return
			}
			h.WebSocket.Port = n
		} else {
			h.Serial.Port = c.Value
		}
	case SettingFolder:
		h.File.Folder = c.Value
	}
	if !slices.Contains(ways(), h.Way) && h.Way != "" {
		*h, s.set = before, next
	}
	s.show(func(w *SetupView) { w.Changed, w.Code, w.Step = true, "", SetupIdle })
}

// quietDefault is how long the target must be quiet, in seconds, where a desk has
// chosen that rule and nothing else.
const quietDefault = 10

// count shows the seconds until something happens, and ends early with another
// screen. It reports false for 中止.
func (s *setup) countDown(ctx context.Context, step SetupStep) (bool, error) {
	for left := int(s.Limits.Trial / time.Second); left > 0; left-- {
		s.show(func(w *SetupView) { w.Step, w.Seconds, w.Code = step, left, "" })
		second := s.Clock.After(time.Second)
		for over := false; !over; {
			e, err := s.events.wait(ctx, second)
			if err != nil {
				return false, err
			}
			over = e.over
			if err := s.stops(e.intent); errors.Is(err, errDeclined) {
				s.show(func(w *SetupView) { w.Step = SetupIdle })
				return false, nil
			} else if err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// pair shows a code that the page of the business system is told once.
func (s *setup) pair(ctx context.Context) error {
	way, err := s.Handing.Open(ctx, s.set.Handover)
	if err != nil {
		return s.tried(err)
	}
	pairer, pairs := way.(handover.Pairer)
	if !pairs {
		return s.tried(handover.ErrNotHere)
	}
	token := pairer.Pair()
	s.show(func(w *SetupView) { w.Step, w.Code, w.Token = SetupIdle, "", token })
	return nil
}

// pick takes the window that is in front when the seconds are over: its process
// and its title, which is the title at the start.
func (s *setup) pick(ctx context.Context) error {
	if ok, err := s.countDown(ctx, SetupPicking); !ok || err != nil {
		return err
	}
	window, err := s.Handing.Foreground(ctx)
	switch {
	case err != nil:
		s.show(func(w *SetupView) { w.Step, w.Code = SetupIdle, code(err) })
		return nil
	case window.Process == "" || window.Title == "":
		s.show(func(w *SetupView) { w.Step, w.Code = SetupIdle, CodeWrongWindow })
		return nil
	}
	t := &s.set.Handover.Target
	t.Process, t.Name, t.Title = window.Process, window.Title, "^"+regexp.QuoteMeta(window.Title)+"$"
	if t.Release == handover.ReleaseTitle {
		t.StartTitle = t.Title
	}
	s.show(func(w *SetupView) { w.Step, w.Changed = SetupIdle, true })
	return nil
}

// trial is a made-up number of ten digits, as no library has it by chance.
func trial() (mykey.ServiceID, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e9))
	if err != nil {
		return mykey.ServiceID{}, err
	}
	return mykey.ParseServiceID(fmt.Sprintf("0%09d", n))
}

// tryOwn hands a made-up number to our own field, always with Enter, and compares
// what arrives.
func (s *setup) tryOwn(ctx context.Context) error {
	number, err := trial()
	if err != nil {
		return err
	}
	c := s.set.Handover
	c.Keyboard.Suffix = "enter"
	s.sent = number.Reveal()
	s.show(func(w *SetupView) { w.Step, w.Sent, w.Code = SetupTryingOwn, s.sent, "" })
	// What is typed comes while it is still under way: both are waited for at once.
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	defer func() { cancel(); <-done }()
	go func() {
		defer close(done)
		outcome, err := s.hand(ctx, c, number, func(w handover.Window) bool { return w.Process == ownProcess() })
		s.events.put(event{passed: &passed{outcome: outcome, err: err}})
	}()
	limit := s.Clock.After(s.Limits.Trial)
	for {
		e, err := s.events.wait(ctx, limit)
		if err != nil {
			return err
		}
		if err := s.stops(e.intent); err != nil {
			return setupExit(err)
		}
		entered, arrived := e.intent.(Entered)
		switch {
		case e.passed != nil && e.passed.err != nil:
			return s.tried(e.passed.err)
		case arrived && entered.Serial == s.serial && entered.Text.text == c.Keyboard.Prefix+s.sent:
			s.show(func(w *SetupView) { w.Step = SetupOwnRight })
			return nil
		case arrived, e.over:
			s.show(func(w *SetupView) { w.Step, w.Code = SetupOwnWrong, CodeHandoverTrial })
			return nil
		}
	}
}

// ownProcess is what the desktop calls this program.
func ownProcess() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Base(path)
}

// tryTarget hands a made-up number to the business application, once the clerk has
// brought it to the front.
func (s *setup) tryTarget(ctx context.Context) error {
	number, err := trial()
	if err != nil {
		return err
	}
	s.sent = number.Reveal()
	s.show(func(w *SetupView) { w.Sent = s.sent })
	g, err := newGate(s.set.Handover, 0)
	if err != nil {
		return s.tried(err)
	}
	if ok, err := s.countDown(ctx, SetupWaiting); !ok || err != nil {
		return err
	}
	var outcome handover.Outcome
	err = s.during(ctx, true, func(ctx context.Context) (err error) {
		outcome, err = s.hand(ctx, s.set.Handover, number, func(w handover.Window) bool {
			return g.closed(sight{window: w, idle: time.Hour}) == ""
		})
		return err
	})
	if err != nil {
		return s.tried(err)
	}
	result := map[handover.Outcome]Delivery{
		handover.Delivered: DeliveryDone, handover.NotDelivered: DeliveryNot, handover.Unknown: DeliveryUnknown,
	}[outcome]
	s.show(func(w *SetupView) { w.Step, w.Result = SetupTried, result })
	return nil
}

// hand opens the way, hands one number over and closes it. An error is why the
// number did not go.
func (s *setup) hand(ctx context.Context, c handover.Config, number mykey.ServiceID, fits func(handover.Window) bool) (outcome handover.Outcome, err error) {
	way, err := s.Handing.Open(ctx, c)
	if err != nil {
		return handover.NotDelivered, err
	}
	defer func() { err = errors.Join(err, way.Close()) }()
	var to handover.Window
	if c.Way == handover.WayKeyboard || c.Way == handover.WayPaste {
		if to, err = s.Handing.Foreground(ctx); err != nil {
			return handover.NotDelivered, err
		}
		if !fits(to) {
			return handover.NotDelivered, handover.ErrTarget
		}
	}
	outcome, err = way.Hand(ctx, number, to)
	if outcome != handover.NotDelivered {
		err = nil
	}
	return outcome, err
}

// tried shows why a trial could not be made.
func (s *setup) tried(err error) error {
	var elsewhere leaving
	if errors.As(err, &elsewhere) || errors.Is(err, context.Canceled) {
		return err
	}
	s.show(func(w *SetupView) {
		w.Step, w.Result, w.Code = SetupTried, DeliveryNot, code(err)
		if errors.Is(err, errDeclined) {
			w.Step, w.Code = SetupIdle, ""
		}
	})
	return nil
}

// sample takes one sample card in. After ten, the rule that all satisfy stands
// there for the platform's administrator; the samples are forgotten.
func (s *setup) sample(text string) {
	if slices.Contains(s.samples, text) {
		return // the same card twice says nothing new
	}
	s.samples = append(s.samples, text)
	if len(s.samples) < membercard.MinSamples {
		s.show(func(w *SetupView) { w.Learn = LearnView{Count: len(s.samples)} })
		return
	}
	proposal, err := membercard.Learn(s.samples)
	learn := LearnView{Count: len(s.samples)}
	s.samples = nil
	if err == nil {
		var rule []byte
		if rule, err = json.Marshal(proposal.Profile); err == nil {
			learn.Rule = string(rule)
		}
	}
	if err != nil {
		s.show(func(w *SetupView) { w.Learn = LearnView{Code: code(err)} })
		return
	}
	for _, scheme := range proposal.Fits {
		learn.Schemes = append(learn.Schemes, string(scheme))
	}
	var form []string
	for _, symbology := range proposal.Carriers {
		form = append(form, string(symbology))
	}
	if p := proposal.Profile; p.Start != "" {
		form = append(form, p.Start+"…"+p.Stop)
	}
	learn.Form = strings.Join(append(form, proposal.Profile.Pattern), " ")
	s.show(func(w *SetupView) { w.Learn = learn })
}

func (s *setup) save() {
	if s.set.Handover.Way != "" {
		if err := s.set.Handover.Validate(); err != nil {
			s.Log.Warn("settings", "error", err)
			s.show(func(w *SetupView) { w.Code = CodeHandoverSetup })
			return
		}
	}
	if err := s.Handing.Keep(s.set); err != nil {
		s.Log.Error("settings", "error", err)
		s.show(func(w *SetupView) { w.Code = CodeJournal })
		return
	}
	s.show(func(w *SetupView) { w.Changed, w.Code, w.Primary = false, "", kept })
}
