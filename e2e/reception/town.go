//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/virtualcard"
)

// numbers are on the cards, in the order in which they are laid: zeros in front,
// zeros alone, letters of both cases, all signs of NW-7, what a spreadsheet takes for
// a number or a formula.
var numbers = []string{
	"0000001", "00112233", "A1234-5678A", "a1234-5678b", "28021210", "1E5", "00000000", "-100", "C0099$:/.+D",
	"1/23", "99999999", "0x1F",
}

// service is a service of the demo library whose numbers have no rule but that.
const service = "members"

const rule = `{"symbologies":["CODE128"],"pattern":"[0-9A-Za-z$:/.+-]{3,16}","check":"none"}`

// card is a resident's.
type card struct {
	number  string // linked in service
	library string // and in the library's own: eight digits, NW-7 in A…A
	chip    *virtualcard.Card
}

// town is a platform with a library, its service and its linked residents, as a folder
// that a desk in training mode goes on from.
type town struct {
	folder string
	cards  []card
	free   string // a number of the library that nobody has
}

// settle makes a town. leave ends it.
func settle(ctx context.Context, o options) (t *town, err error) {
	t = &town{}
	defer func() {
		if err != nil {
			t.leave()
			err = fmt.Errorf("make a town: %w", err)
		}
	}()
	if t.folder, err = os.MkdirTemp("", "madoguchi-town-"); err != nil {
		return t, err
	}
	set, err := training.Start(ctx, training.Options{
		Desk: training.Reception, Dir: t.folder, Cards: []string{"training.card.unlinked"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return t, err
	}
	defer set.Close()
	// As its administrator does.
	add := exec.CommandContext(ctx, o.platform, "admin", "service", "add", "--data", t.folder, "--operator", "demo-library",
		"--code", service, "--name", "○○市立図書館", "--word", "利用者番号", "--card", "利用カード", "--rule", rule)
	if out, err := add.CombinedOutput(); err != nil {
		return t, fmt.Errorf("add the service: %w: %s", err, out)
	}
	for _, number := range numbers {
		id, err := mykey.ParseServiceID(number)
		if err != nil {
			return t, err
		}
		made, err := set.MakeLinkedAt(ctx, service, id)
		if err != nil {
			return t, fmt.Errorf("%s: %w", number, err)
		}
		library, err := set.NextNumber()
		if err != nil {
			return t, err
		}
		if err := set.Link(ctx, made, set.Service(), library); err != nil {
			return t, err
		}
		t.cards = append(t.cards, card{number, library.Reveal(), made.Chip})
	}
	free, err := set.NextNumber()
	if err != nil {
		return t, err
	}
	t.free = free.Reveal()
	return t, nil
}

func (t *town) leave() {
	if t.folder != "" {
		_ = os.RemoveAll(t.folder) // demo data; a folder that stays harms nothing
	}
}

// say prints a line of results.
func say(out io.Writer, format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
