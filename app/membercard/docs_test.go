package membercard_test

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app/membercard"
)

// TestTheAdministratorsPageIsTrue: each rule in it is valid and reads its examples
// as the page says, and each line of its table of check digits holds.
func TestTheAdministratorsPageIsTrue(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/member-cards.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	example := regexp.MustCompile("`([^`]+)` → (?:`([^`]+)`|(an item))")
	blocks := strings.Split(page, "```json\n")[1:]
	for _, block := range blocks {
		rule, after, _ := strings.Cut(block, "```")
		decoder := json.NewDecoder(strings.NewReader(rule))
		decoder.DisallowUnknownFields()
		var p membercard.Profile
		if err := decoder.Decode(&p); err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
		examples := example.FindAllStringSubmatch(after, -1)
		if len(examples) == 0 {
			t.Errorf("%s: no example", rule)
		}
		for _, e := range examples {
			n, err := p.Read(e[1])
			if item := e[3] != ""; item != errors.Is(err, membercard.ErrItem) || !item && (err != nil || n.Reveal() != e[2]) {
				t.Errorf("%s reads %q as %q (%v), the page says %s%s", rule, e[1], n.Reveal(), err, e[2], e[3])
			}
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\|[^|]*\\|[^|]*\\| `?(.)`?(?: \\(A…A\\))? \\| `?(.)`?(?: \\(A…A\\))? \\|").FindAllStringSubmatch(page, -1)
	for _, row := range rows {
		p := profile(membercard.Scheme(row[1]))
		if seven, eight := with(t, p, "1234567"), with(t, p, "12345678"); seven != "1234567"+row[2] || eight != "12345678"+row[3] {
			t.Errorf("%s: %s and %s, the page says %s and %s", row[1], seven, eight, row[2], row[3])
		}
	}
	if len(blocks) < 4 || len(rows) != 15 {
		t.Errorf("%d rules, %d lines of check digits", len(blocks), len(rows))
	}
}
