// Package training is a whole counter without a real card or a real platform:
// demo cards, an embedded platform on loopback with published test keys, a demo
// desk (a city's, or a library's reception) and residents who have made their
// MyKey ID. CA, card keys and platform
// share one process and one memory, and none of it can touch anything real.
package training

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// Options set up a training counter.
type Options struct {
	Desk  string        // what the demo desk is: Municipal ("" too) or Reception
	VPCD  string        // port of a vpcd that the cards are put behind; "" in process
	Pace  time.Duration // what a command takes longer, so that a trainee sees the steps; see paced
	Cards []string      // names of the demo cards to make, of the desk's own; nil all
	Page  int           // page size of the cards' memory, bytes; 0 is 64
	// Dir keeps journal, database, keys, authorities and cards: another start goes on
	// from there. "" is a folder that Close removes.
	Dir string
	Log *slog.Logger
	Now func() time.Time // the platform's and the test CA's clock; nil is time.Now
	PIN string           // of every demo card; "" is 1234
	// Wished is the MyKey ID that the first demo card's holder asks for; zero lets the
	// platform propose one.
	Wished mykey.ID
	// Front stands before the platform and the OCSP responder and sees each request as
	// it came; nil is nothing.
	Front func(http.Handler) http.Handler
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PIN == "" {
		o.PIN = pin
	}
	if o.Front == nil {
		o.Front = func(h http.Handler) http.Handler { return h }
	}
	return o
}

// Training is a running training counter. Close it.
type Training struct {
	options  Options
	dir      string
	platform *embedded
	clients  map[post]*platformclient.Client // of the desks that were needed
	client   *platformclient.Client          // of the demo desk
	city     *platformclient.Client          // of the municipal desk, where residents' cards are written
	journal  *journal.Journal
	reader   *cardio.Reader
	trainer  *Trainer
	key      *rsa.PrivateKey // of every demo certificate: they are told apart by serial
	other    mykey.ID        // of a resident whose card is not here; zero until one is needed
	made     int             // by Make
	numbers  int             // by NextNumber
	closers  []func() error  // last first
}

// Start starts everything. With VPCD it returns ErrSystemPCSC or ErrRealReader
// rather than come near a real card.
func Start(ctx context.Context, o Options) (t *Training, err error) {
	if !slices.Contains([]string{"", Municipal, Reception}, o.Desk) {
		return nil, fmt.Errorf("start training: no desk is %q", o.Desk)
	}
	o = o.withDefaults()
	t = &Training{options: o, dir: o.Dir, clients: map[post]*platformclient.Client{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start training: %w", err), t.Close())
		}
	}()
	if o.VPCD != "" {
		if err := checkSocket(os.Getenv); err != nil {
			return t, err
		}
	}
	if err := t.openFolder(ctx); err != nil {
		return t, err
	}
	if t.platform, err = startPlatform(ctx, t.dir, o); err != nil {
		return t, err
	}
	t.closers = append(t.closers, t.platform.Close)
	if t.city, err = t.at(ctx, cityPost); err != nil {
		return t, err
	}
	own, _ := o.posts()
	if t.client, err = t.at(ctx, own); err != nil {
		return t, err
	}
	if t.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return t, fmt.Errorf("demo key: %w", err)
	}
	cards, err := t.makeCards(ctx)
	if err != nil {
		return t, err
	}
	if err := t.platform.keep(o.Dir); err != nil {
		return t, err
	}
	t.trainer = &Trainer{cards: cards, pin: o.PIN}
	return t, t.openReader(ctx)
}

func (t *Training) openFolder(ctx context.Context) (err error) {
	if t.dir == "" {
		if t.dir, err = os.MkdirTemp("", "madoguchi-training-"); err != nil {
			return err
		}
		t.closers = append(t.closers, func() error { return os.RemoveAll(t.dir) })
	}
	// The key is nowhere: a training journal is forgotten with its process.
	var key [journal.KeySize]byte
	if t.options.Dir == "" {
		rand.Read(key[:]) // never fails: crypto/rand aborts the program instead
	}
	if t.journal, err = journal.Open(ctx, filepath.Join(t.dir, "journal.db"), key); err != nil {
		return err
	}
	t.closers = append(t.closers, t.journal.Close)
	return nil
}

// makeCards makes the demo cards, lets their holders make a MyKey ID, and puts
// on the cards what stands on them beforehand.
func (t *Training) makeCards(ctx context.Context) ([]*Card, error) {
	var cards []*Card
	for i, d := range t.options.demos() {
		if t.options.Cards != nil && !slices.Contains(t.options.Cards, d.name) {
			continue
		}
		card, err := t.makeDemo(ctx, d, i)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	if len(cards) == 0 {
		return nil, errNoDemo
	}
	return cards, nil
}

var errNoDemo = errors.New("no demo card of these names")

// strangerNumber is the card image number of a card that is not here.
const strangerNumber = 49999

// madeNumbers are the card image numbers of Make's cards, far from the others.
const madeNumbers = 50000

// Make makes one more demo card of a name, with a holder of its own; the chooser
// does not list it. One goroutine calls it at a time.
func (t *Training) Make(ctx context.Context, name string) (*Card, error) {
	for _, d := range t.options.demos() {
		if d.name != name {
			continue
		}
		t.made++
		if d.number != "" { // the listed one has it
			number, err := t.NextNumber()
			if err != nil {
				return nil, err
			}
			d.number, d.elsewhere = number.Reveal(), elsewhereOf(t.made)
		}
		return t.makeDemo(ctx, d, madeNumbers+t.made)
	}
	return nil, fmt.Errorf("%s: %w", name, errNoDemo)
}

func (t *Training) makeDemo(ctx context.Context, d demo, number int) (*Card, error) {
	if kept, err := t.keptCard(d, number); kept != nil || err != nil {
		return kept, err
	}
	d.request.Key = t.key
	chip, serial, err := makeCard(d, t.platform.pki, number, t.options)
	if err != nil {
		return nil, err
	}
	card := &Card{Name: d.name, Chip: chip, Serial: serial, mute: chip.Mute()}
	if !d.noID {
		if card.MyKey, err = MakeMyKey(ctx, t.city, chip, t.options.PIN, t.wish()); err != nil {
			return nil, fmt.Errorf("%s: %w", d.name, err)
		}
	}
	if d.area != nil {
		if err := t.lay(ctx, card, d, number); err != nil {
			return nil, fmt.Errorf("%s: %w", d.name, err)
		}
	}
	if err := t.finish(ctx, card, d); err != nil {
		return nil, fmt.Errorf("%s: %w", d.name, err)
	}
	// The state that the demo is about comes after: its holder signed before.
	t.platform.pki.Set(serial, d.state)
	if err := spend(chip, d.tries, t.options.PIN); err != nil {
		return nil, fmt.Errorf("%s: %w", d.name, err)
	}
	return card, t.ready(card, number, d.tears)
}

// ready makes of a card what can be laid on the R/W.
func (t *Training) ready(card *Card, number int, tears bool) (err error) {
	card.Fault = fault.Wrap(card.Chip)
	card.lain = card.Fault
	if tears {
		card.lain = &tearing{Card: card.Fault}
	}
	if dir := t.cardDir(number); dir != "" {
		if card.lain, err = keep(card.lain, card.Chip, dir); err != nil {
			return err
		}
	}
	if t.options.Pace > 0 {
		card.lain = &paced{onReader: card.lain, pace: t.options.Pace}
	}
	return nil
}

// wish is the MyKey ID to ask for, once.
func (t *Training) wish() mykey.ID {
	wished := t.options.Wished
	t.options.Wished = mykey.ID{}
	return wished
}

// lay puts into the MyKey AP what stands there beforehand.
func (t *Training) lay(ctx context.Context, card *Card, d demo, number int) error {
	if t.other.IsZero() {
		other, err := t.stranger(ctx)
		if err != nil {
			return err
		}
		t.other = other
	}
	content, err := d.area(ctx, &records{
		sign: t.platform.Keys.SignRecord, now: t.options.Now(), number: imageNumber(number), id: card.MyKey, other: t.other,
	})
	if err != nil {
		return err
	}
	return card.Chip.LoadArea(content)
}

// stranger is a resident whose card is not here.
func (t *Training) stranger(ctx context.Context) (mykey.ID, error) {
	chip, _, err := makeCard(demo{name: "stranger", request: simpki.Request{Key: t.key}}, t.platform.pki, strangerNumber, t.options)
	if err != nil {
		return mykey.ID{}, err
	}
	return MakeMyKey(ctx, t.city, chip, t.options.PIN, mykey.ID{})
}

// Reader is the counter's R/W.
func (t *Training) Reader() *cardio.Reader { return t.reader }

// Platform is the demo desk's client.
func (t *Training) Platform() *platformclient.Client { return t.client }

// Dir is where this training keeps what it keeps: Options.Dir, or a folder that
// Close removes.
func (t *Training) Dir() string { return t.dir }

// Journal is the training journal.
func (t *Training) Journal() *journal.Journal { return t.journal }

// Trainer works the demo cards.
func (t *Training) Trainer() *Trainer { return t.trainer }

// PKI is the test CA, whose OCSP responder can be made to say anything.
func (t *Training) PKI() *simpki.PKI { return t.platform.pki }

// Cards are the demo cards, in the order of the chooser.
func (t *Training) Cards() []*Card { return t.trainer.cards }

// Close stops everything, last things first.
func (t *Training) Close() error {
	var err error
	for _, c := range slices.Backward(t.closers) {
		err = errors.Join(err, c())
	}
	t.closers = nil
	return err
}
