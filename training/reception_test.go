package training_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/training"
)

// look says what the demo desk finds by what stands on a card: the number, a
// state, or the error.
func look(t *testing.T, set *training.Training, service mykey.ServiceCode, card *training.Card) (string, error) {
	t.Helper()
	content, _ := card.Chip.Area()
	var who platformclient.Holder
	if current, holds := mykey.ParseArea(content).Current(); holds {
		b := current.Marshal()
		who.Record = b[:]
	} else {
		who.Certificate = card.Chip.Snapshot()["JPKI/000A"]
	}
	found, err := set.Platform().Lookup(t.Context(), service, who)
	if err != nil || found.State != platformclient.FoundLinked {
		return string(found.State), err
	}
	return found.Number.Reveal(), nil
}

func TestReceptionDeskHasCardsOfEveryKind(t *testing.T) {
	t.Parallel()
	set, err := training.Start(t.Context(), training.Options{Desk: training.Reception, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, set)
	desk, err := set.Platform().Desk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(desk.Roles) != 1 || desk.Roles[0] != platformclient.RoleReception || desk.Office != "○○市立図書館" ||
		desk.Counter != "貸出1" || desk.Clerk != training.ReceptionClerk || desk.Clerk != set.Clerk() {
		t.Errorf("desk: got %+v", desk)
	}
	if len(desk.Services) != 2 || desk.Services[0].Code != set.Service() || desk.Services[1].Code != training.ServiceStudyRoom {
		t.Fatalf("services: got %+v", desk.Services)
	}
	profile := profileOf(desk.Services[0].Rule)
	for name, want := range map[string]struct {
		found string
		err   error
	}{
		"training.card.linked":      {"28021210", nil},
		"training.card.linked-zero": {"00000011", nil},
		"training.card.unlinked":    {"none", nil},
		"training.card.stopped":     {"stopped", nil},
		"training.card.old":         {"", platformclient.ErrRecordOld},
		"training.card.forged":      {"", platformclient.ErrForged},
		"training.card.fresh":       {"none", nil},
		"training.card.no-id":       {"none", nil},
		"training.card.revoked":     {"none", nil},
	} {
		card := named(t, set, name)
		got, err := look(t, set, set.Service(), card)
		if got != want.found || !errors.Is(err, want.err) {
			t.Errorf("%s: got %q, %v, want %q, %v", name, got, err, want.found, want.err)
		}
		if card.Number.IsZero() {
			continue
		}
		code := "A" + card.Number.Reveal() + "A"
		if read, err := profile.Read(code); err != nil || read != card.Number {
			t.Errorf("%s: its member card reads as %v, %v", name, read, err)
		}
		if got, err := look(t, set, training.ServiceStudyRoom, card); name != "training.card.old" && (got != "none" || err != nil) {
			t.Errorf("%s in the study room: got %q, %v, want none", name, got, err)
		}
	}
	if len(set.Cards()) < 15 {
		t.Errorf("%d demo cards", len(set.Cards()))
	}
}

func TestCardsAreMadeWithTheirNumbersLinked(t *testing.T) {
	t.Parallel()
	set, err := training.Start(t.Context(), training.Options{
		Desk: training.Reception, Cards: []string{"training.card.linked"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, set)
	free := platformclient.Service{Code: "free", Name: "n", Word: "w", Card: "c"}
	if err := set.AddService(t.Context(), free); err != nil {
		t.Fatal(err)
	}
	desk, err := set.Platform().Desk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	profile := profileOf(desk.Services[1].Rule)
	seen := map[string]bool{}
	for range 3 {
		card, err := set.MakeLinked(t.Context(), mykey.ServiceID{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := look(t, set, set.Service(), card)
		if got != card.Number.Reveal() || err != nil || seen[got] {
			t.Errorf("got %q, %v, want its number, once", got, err)
		}
		seen[got] = true
		if _, err := profile.Read("A" + got + "A"); err != nil {
			t.Errorf("%s: %v", got, err)
		}
		if card.Elsewhere.IsZero() || card.Elsewhere == card.Number {
			t.Errorf("elsewhere: got %v", card.Elsewhere)
		}
	}
	for _, number := range []string{"0000001", "00112233", "A1234-5678A"} {
		id, err := mykey.ParseServiceID(number)
		if err != nil {
			t.Fatal(err)
		}
		card, err := set.MakeLinkedAt(t.Context(), free.Code, id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := look(t, set, free.Code, card); got != number || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, number)
		}
		set.Replace(0, card)
		if set.Cards()[0] != card {
			t.Error("the card is not in the chooser")
		}
	}
	again, err := set.Make(t.Context(), "training.card.linked")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := look(t, set, set.Service(), again); err != nil || got != again.Number.Reveal() || got == "28021210" {
		t.Errorf("one more of the linked: got %q, %v, want a number of its own", got, err)
	}
	if err := set.Stop(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if got, err := look(t, set, set.Service(), again); got != "stopped" || err != nil {
		t.Errorf("stopped: got %q, %v", got, err)
	}
}

// A municipal counter's helpers link at the library too, and a kept reception desk
// goes on with its numbers.
func TestReceptionDeskGoesOnFromItsFolder(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	for run := range 2 {
		set := start(ctx, t, training.Options{Desk: training.Reception, Dir: dir, Cards: []string{"training.card.linked"}})
		card := named(t, set, "training.card.linked")
		if got, err := look(t, set, set.Service(), card); got != card.Number.Reveal() || got == "" || err != nil {
			t.Errorf("run %d: got %q, %v, want %v", run, got, err, card.Number)
		}
		closed(t, set)
	}
	city := start(ctx, t, training.Options{Cards: []string{"training.card.phone"}})
	defer closed(t, city)
	if _, err := city.MakeLinked(ctx, mykey.ServiceID{}); err != nil {
		t.Error(err)
	}
	if desk, err := city.Platform().Desk(ctx); err != nil || len(desk.Services) != 0 || city.Clerk() != training.Clerk {
		t.Errorf("a municipal desk: got %+v, %v", desk, err)
	}
}

func start(ctx context.Context, t *testing.T, o training.Options) *training.Training {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	set, err := training.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func closed(t *testing.T, set *training.Training) {
	t.Helper()
	if err := set.Close(); err != nil {
		t.Error(err)
	}
}

func named(t *testing.T, set *training.Training, name string) *training.Card {
	t.Helper()
	for _, c := range set.Cards() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no card %s", name)
	return nil
}

func profileOf(r platformclient.NumberRule) membercard.Profile {
	p := membercard.Profile{
		Start: r.Start, Stop: r.Stop, Pattern: r.Pattern, Check: membercard.Scheme(r.Check), Display: r.Display,
		Framed: r.Framed, Item: r.Item, Prefix: r.Prefix, Suffix: r.Suffix,
	}
	for _, s := range r.Symbologies {
		p.Symbologies = append(p.Symbologies, membercard.Symbology(s))
	}
	return p
}
