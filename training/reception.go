package training

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// What the demo desk can be: Options.Desk.
const (
	Municipal = "municipal"
	Reception = "reception"
)

// ReceptionClerk is who sits at the demo desk of a library.
const ReceptionClerk = "貸出01"

// Services of the demo library, and the one of another operator.
const (
	ServiceLibrary   mykey.ServiceCode = "library"    // 8 digits, 7DR, NW-7 in A…A
	ServiceStudyRoom mykey.ServiceCode = "study-room" // 3 digits
	serviceElsewhere mykey.ServiceCode = "courts"     // 6 digits
)

// post is a desk that training makes.
type post struct {
	id, operator, operatorName, office, counter, role string
}

var (
	cityPost = post{"training-1", "demo-city", "○○市", "○○市 市民課", "1番窓口", registry.RoleMunicipal}
	// libraryPost is another body than the city: who runs a library is answerable
	// for its data.
	libraryPost = post{"training-lending-1", "demo-library", "○○市立図書館", "○○市立図書館", "貸出1", registry.RoleReception}
	sportsPost  = post{"training-court-1", "demo-sports", "○○スポーツ財団", "○○市体育館", "受付1", registry.RoleReception}
)

// posts gives the demo desk, the desk beside it, and who sits there.
func (o Options) posts() (own post, clerk string) {
	if o.Desk == Reception {
		return libraryPost, ReceptionClerk
	}
	return cityPost, Clerk
}

// services are what the demo operators offer.
var services = []struct {
	post post
	platformclient.Service
}{
	{libraryPost, platformclient.Service{
		Code: ServiceLibrary, Name: "○○市立図書館", Word: "利用者番号", Card: "利用カード",
		Rule: platformclient.NumberRule{
			Symbologies: []string{"NW7"}, Start: "A", Stop: "A", Pattern: `[0-9]{8}`, Check: "7dr", Display: "#### ####",
		},
	}},
	{libraryPost, platformclient.Service{
		Code: ServiceStudyRoom, Name: "○○市立図書館 学習室", Word: "利用番号", Card: "学習室カード",
		Rule: platformclient.NumberRule{Pattern: `[0-9]{3}`, Check: "none"},
	}},
	{sportsPost, platformclient.Service{
		Code: serviceElsewhere, Name: "○○市体育館", Word: "会員番号", Card: "会員証",
		Rule: platformclient.NumberRule{Pattern: `[0-9]{6}`, Check: "none"},
	}},
}

// receptionDemos are the demo cards of a reception desk, in the order of the
// chooser. Who is linked is linked at another operator too.
var receptionDemos = []demo{
	{name: "training.card.linked", written: true, number: "28021210", elsewhere: "730001"},
	{name: "training.card.linked-zero", written: true, number: "00000011", elsewhere: "730002"},
	{name: "training.card.unlinked", written: true},
	{name: "training.card.stopped", written: true, number: "28021221", elsewhere: "730003", stopped: true},
	{name: "training.card.old", written: true, number: "28021232", elsewhere: "730004", old: true},
	{name: "training.card.forged", area: forged},
	{name: "training.card.fresh"},
	{name: "training.card.no-id", noID: true},
	{name: "training.card.revoked", written: true, state: simpki.Revoked},
	{name: "training.card.unconfirmed", written: true, state: simpki.Unknown},
	{name: "training.card.no-certificate", profile: virtualcard.NoCertificate, noID: true},
	{name: "training.card.phone", profile: virtualcard.Phone, noID: true},
	{name: "training.card.juki", profile: virtualcard.Juki, noID: true},
	{name: "training.card.felica", profile: virtualcard.FeliCa, noID: true},
	{name: "training.card.licence", profile: virtualcard.Licence, noID: true},
	{name: "training.card.unknown", profile: virtualcard.Unknown, noID: true},
	{name: "training.card.mute", profile: virtualcard.Mute, noID: true},
}

// demos are the demo cards of the demo desk.
func (o Options) demos() []demo {
	if o.Desk == Reception {
		return receptionDemos
	}
	return municipalDemos
}

// open makes the demo operators and their services.
func (e *embedded) open(ctx context.Context) error {
	for _, p := range []post{cityPost, libraryPost, sportsPost} {
		if err := e.Administrator("training").AddOperator(ctx, p.operator, p.operatorName); err != nil {
			return fmt.Errorf("demo operator: %w", err)
		}
	}
	for _, s := range services {
		if err := e.addService(ctx, s.post, s.Service); err != nil {
			return err
		}
	}
	return nil
}

func (e *embedded) addService(ctx context.Context, p post, s platformclient.Service) error {
	r := s.Rule
	rule, err := json.Marshal(registry.Rule{
		Symbologies: r.Symbologies, Start: r.Start, Stop: r.Stop, Pattern: r.Pattern, Check: r.Check,
		Display: r.Display, Framed: r.Framed, Item: r.Item, Prefix: r.Prefix, Suffix: r.Suffix,
	})
	if err != nil {
		return fmt.Errorf("demo service: %w", err)
	}
	auth := s.RegistrationAuth
	if auth == "" {
		auth = platformclient.RegistrationNone
	}
	err = e.Administrator("training").AddService(ctx, store.Service{
		Operator: p.operator, Code: string(s.Code), Name: s.Name, Word: s.Word, Card: s.Card, Rule: string(rule),
		RegistrationAuth: auth, Shared: s.Shared,
	})
	if err != nil {
		return fmt.Errorf("demo service: %w", err)
	}
	return nil
}

// AddService adds a service of the demo library, or changes one that is there: its
// number rule, what registration asks for, its words.
func (t *Training) AddService(ctx context.Context, s platformclient.Service) error {
	return t.platform.addService(ctx, libraryPost, s)
}

// Service is the demo library's first service: what the helpers link in.
func (t *Training) Service() mykey.ServiceCode { return ServiceLibrary }

// Clerk is who sits at the demo desk.
func (t *Training) Clerk() string {
	_, clerk := t.options.posts()
	return clerk
}
