// Package tear tears a card off the R/W at every moment of a write, a re-write
// and a release, and looks at what is left: the old record or the new one, never
// a third, nothing else of the card changed, and a next tap that finishes. It
// works a whole counter in training mode, by its View and intents alone.
package tear

import (
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// Part is a piece of work that is torn.
type Part string

// Parts.
const (
	Write   Part = "write"    // a first write: reserve, write, read back
	Rewrite Part = "re-write" // a confirmed record whose other slot is damaged
	Release Part = "release"  // a torn write given up: the area is given back
)

// Parts are all of them, in the order of the report.
func Parts() []Part { return []Part{Write, Rewrite, Release} }

// Case is one tear.
type Case struct {
	Part  Part
	Fault fault.Fault
}

// ErrName: no case has this name.
var ErrName = errors.New("no such case")

var kinds = map[fault.Kind]string{
	fault.LoseCommand: "command-lost", fault.LoseAnswer: "answer-lost",
	fault.TearErased: "erased", fault.TearPrefix: "prefix", fault.TearMixed: "mixed",
}

// String names the case so that Parse finds it again: PART/APDU/KIND, and for a
// tear inside an UPDATE /BYTE/PAGE.
func (c Case) String() string {
	name := fmt.Sprintf("%s/%d/%s", c.Part, c.Fault.APDU, kinds[c.Fault.Kind])
	if c.Fault.Page > 0 {
		name += fmt.Sprintf("/%d/%d", c.Fault.Byte, c.Fault.Page)
	}
	return name
}

// ParseCase reads a name as String writes it, or gives ErrName.
func ParseCase(name string) (Case, error) {
	for _, part := range Parts() {
		for kind, word := range kinds {
			c := Case{Part: part, Fault: fault.Fault{Kind: kind}}
			form := string(part) + "/%d/" + word
			args := []any{&c.Fault.APDU}
			if kind != fault.LoseCommand && kind != fault.LoseAnswer {
				form += "/%d/%d"
				args = append(args, &c.Fault.Byte, &c.Fault.Page)
			}
			if n, err := fmt.Sscanf(name, form, args...); err == nil && n == len(args) && c.String() == name {
				return c, nil
			}
		}
	}
	return Case{}, fmt.Errorf("%q: %w", name, ErrName)
}

// Run is a part's untorn run: what there is to tear.
type Run struct {
	Part    Part
	APDUs   int
	Updates []fault.Update
}

// Bytes is the length of every UPDATE together.
func (r Run) Bytes() int {
	sum := 0
	for _, u := range r.Updates {
		sum += u.Length
	}
	return sum
}

// Pages are the sizes of a chip's memory pages, in bytes.
func Pages() []int { return []int{32, 64, 128} }

// ways are how an UPDATE ends in its middle.
var ways = []fault.Kind{fault.TearErased, fault.TearPrefix, fault.TearMixed}

// N is how many cases there are: each APDU lost before or after the chip saw it,
// each byte of each UPDATE torn in three ways on pages of three sizes.
func (r Run) N() int { return 2*r.APDUs + len(ways)*len(Pages())*r.Bytes() }

// Cases are all of them.
func (r Run) Cases() []Case {
	var cases []Case
	add := func(f fault.Fault) { cases = append(cases, Case{r.Part, f}) }
	for n := 1; n <= r.APDUs; n++ {
		add(fault.Fault{APDU: n, Kind: fault.LoseCommand})
		add(fault.Fault{APDU: n, Kind: fault.LoseAnswer})
	}
	for _, u := range r.Updates {
		for k := range u.Length {
			for _, page := range Pages() {
				for _, way := range ways {
					add(fault.Fault{APDU: u.APDU, Kind: way, Byte: k, Page: page})
				}
			}
		}
	}
	return cases
}
