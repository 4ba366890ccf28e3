package training

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// Files in Options.Dir beside journal and database. A folder below cards is a
// chip's own memory: what a real card holds in itself.
const (
	authoritiesFile = "authorities.json"
	cardsDir        = "cards"
)

// openPKI takes up the test CA that dir keeps, or makes one.
func openPKI(dir string, o simpki.Options) (*simpki.PKI, error) {
	if dir == "" {
		return simpki.New(o)
	}
	pki, err := simpki.Load(filepath.Join(dir, authoritiesFile), o)
	if errors.Is(err, os.ErrNotExist) {
		return simpki.New(o)
	}
	return pki, err
}

// keep keeps the test CA in dir, if there is one.
func (e *embedded) keep(dir string) error {
	if dir == "" {
		return nil
	}
	return e.pki.Save(filepath.Join(dir, authoritiesFile))
}

// cardDir is where a demo card is kept; "" where it is not: Make's never are.
func (t *Training) cardDir(number int) string {
	if t.options.Dir == "" || number >= madeNumbers {
		return ""
	}
	return filepath.Join(t.options.Dir, cardsDir, fmt.Sprintf("%02d", number))
}

// keptCard takes a demo card up as an earlier run left it, nil where there is none.
// Its holder has made a MyKey ID already; which, only the platform knows. A card
// that tears itself has done so.
func (t *Training) keptCard(d demo, number int) (*Card, error) {
	dir := t.cardDir(number)
	if dir == "" {
		return nil, nil
	}
	chip, err := virtualcard.Load(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.name, err)
	}
	card := &Card{Name: d.name, Chip: chip, mute: chip.Mute()}
	if d.number != "" {
		if card.Number, err = mykey.ParseServiceID(d.number); err != nil {
			return nil, err
		}
		if card.Elsewhere, err = mykey.ParseServiceID(d.elsewhere); err != nil {
			return nil, err
		}
	}
	if der := chip.Snapshot()["JPKI/000A"]; der != nil {
		card.Serial = simpki.Serial(der)
		t.platform.pki.Set(card.Serial, d.state)
	}
	return card, t.ready(card, number, false)
}

// kept is a card whose every change is on the disk before its answer is heard.
type kept struct {
	onReader
	chip  *virtualcard.Card
	dir   string
	saved uint64
}

func keep(card onReader, chip *virtualcard.Card, dir string) (*kept, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep demo card: %w", err)
	}
	return &kept{onReader: card, chip: chip, dir: dir, saved: chip.Revision()}, chip.Save(dir)
}

// Transmit passes a command on. An answer whose change could not be stored is not
// given. One goroutine calls it at a time.
func (k *kept) Transmit(command []byte) ([]byte, error) {
	answer, err := k.onReader.Transmit(command)
	if now := k.chip.Revision(); now != k.saved {
		if failed := k.chip.Save(k.dir); failed != nil {
			return nil, failed
		}
		k.saved = now
	}
	return answer, err
}
