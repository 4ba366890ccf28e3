package app

import (
	"context"
	"reflect"
	"time"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/platformclient"
)

// watchReader follows the R/W for as long as the counter runs. It only looks;
// the flow that wants a card opens it.
func (a *App) watchReader(ctx context.Context) {
	var last cardio.Presence
	for ctx.Err() == nil {
		p, err := a.Reader.Wait(ctx, last)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.Log.Warn("reader", "error", err)
			select { // an error is never a busy loop
			case <-ctx.Done():
			case <-a.Clock.After(time.Second):
			}
		}
		last = p
		a.mu.Lock()
		a.presence = p
		a.mu.Unlock()
		a.publish(func(v *View) {
			v.Status.Reader = readerState(p.State)
			lies := p.State == cardio.Present || p.State == cardio.Mute
			v.Write.CardPresent, v.Register.CardPresent, v.Lookup.CardPresent = lies, lies, lies
		})
		a.events.put(event{reader: true})
	}
}

func readerState(s cardio.State) ReaderState {
	switch s {
	case cardio.NoService:
		return ReaderNoService
	case cardio.NoReader:
		return ReaderNone
	case cardio.Empty:
		return ReaderEmpty
	case cardio.Present:
		return ReaderCard
	case cardio.Mute:
		return ReaderSilent
	default:
		return ReaderStarting
	}
}

// cardNow is the R/W's state as last seen.
func (a *App) cardNow() cardio.Presence {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.presence
}

// watchPlatform keeps what the platform says of this desk, and the status bar's
// word on it.
func (a *App) watchPlatform(ctx context.Context) {
	for ctx.Err() == nil {
		_ = a.askDesk(ctx) // shown in the status bar, and asked again
		select {
		case <-ctx.Done():
		case <-a.Clock.After(a.Limits.Platform):
		}
	}
}

// askDesk fetches the desk's own facts: name, roles, legal basis, record keys.
func (a *App) askDesk(ctx context.Context) error {
	desk, err := a.Platform.Desk(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		a.Log.Warn("platform", "error", err)
		a.publish(func(v *View) { v.Status.Platform = PlatformOffline })
		return err
	}
	if a.stands(desk) {
		return nil
	}
	a.publish(func(v *View) {
		first := !a.known
		a.desk, a.known = desk, true
		v.Status.Platform = PlatformOnline
		v.Desk.Office, v.Desk.Counter = desk.Office, desk.Counter
		v.Desk.Screens = screens(desk.Roles)
		if first && v.Screen == ScreenHome && startsWithLookup(v.Desk.Screens) {
			a.events.put(event{intent: GoTo{ScreenLookup}})
		}
	})
	return nil
}

// stands reports that the platform was online and said the same of this desk before:
// a View that shows nothing new would be drawn all the same, in every window.
func (a *App) stands(desk platformclient.Desk) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known && a.view.Status.Platform == PlatformOnline && reflect.DeepEqual(a.desk, desk)
}

// heard notes whether the platform answered, from the outcome of a call.
func (a *App) heard(err error) {
	state := PlatformOnline
	if offline(err) {
		state = PlatformOffline
	}
	if a.View().Status.Platform == state {
		return
	}
	a.publish(func(v *View) { v.Status.Platform = state })
}

// watchClock moves the status bar's clock on, each minute.
func (a *App) watchClock(ctx context.Context) {
	for {
		now := a.now()
		a.publish(func(v *View) { v.Status.Clock = now })
		select {
		case <-ctx.Done():
			return
		case <-a.Clock.After(now.Truncate(time.Minute).Add(time.Minute).Sub(now)):
		}
	}
}

// watchNotices takes a passing notice away when its time is over.
func (a *App) watchNotices(ctx context.Context) {
	var over <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.noticed:
			over = a.Clock.After(a.Limits.Notice)
		case <-over:
			over = nil
			a.publish(func(v *View) { v.Notice = "" })
		}
	}
}

// watchBanners takes a banner away when its time is over.
func (a *App) watchBanners(ctx context.Context) {
	var over <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.banners:
			over = a.Clock.After(a.Limits.Notice)
		case <-over:
			over = nil
			a.publish(func(v *View) { v.Banner.Kind = BannerNone })
		}
	}
}
