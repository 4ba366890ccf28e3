//go:build linux

package canary_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// canaries are the secrets of the four runs. No PIN is part of another, of the
// keys of a PIN pad in order, or of a date.
var canaries = []secrets{
	{id: "CANARY7X", pin: "7391", wrong: "8642"},
	{id: "CANARY7X", pin: "5937", wrong: "2917"},
	{id: "CANARY7X", pin: "8264", wrong: "3591"},
	{id: "CANARY7X", pin: "6085", wrong: "9137"},
}

// Nothing of a resident stays behind at a desk, however it ended; and at the
// platform the MyKey ID stands in one column.
func TestNoCanaryIsLeftAnywhere(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	runs := make([]string, len(canaries))
	t.Run("run", func(t *testing.T) {
		for i, s := range canaries {
			runs[i] = filepath.Join(root, "run-"+string(rune('a'+i))) // its name is in the environment
			t.Run(s.pin, func(t *testing.T) {
				t.Parallel()
				counterRun(t, runs[i], s)
			})
		}
	})
	if t.Failed() {
		return
	}
	t.Run("planted", func(t *testing.T) {
		for _, p := range plants() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				p.isFound(t, runs)
			})
		}
	})
	for i, s := range canaries {
		t.Run("MyKey ID, run "+s.pin, func(t *testing.T) {
			for p, form := range strays(t, runs[i], s.id) {
				t.Errorf("the MyKey ID stands in %v (%s)", p, form)
			}
			searchSees(t, runs[i], s)
		})
	}
	for name, pick := range map[string]func(secrets) string{
		"PIN":       func(s secrets) string { return s.pin },
		"wrong PIN": func(s secrets) string { return s.wrong },
	} {
		t.Run(name, func(t *testing.T) {
			for p, form := range findInEach(t, runs, pinsOf(pick)) {
				t.Errorf("every run's own PIN stands in %v (%s)", p, form)
			}
		})
	}
}

func pinsOf(pick func(secrets) string) (all [][]form) {
	for _, s := range canaries {
		all = append(all, pinForms(pick(s)))
	}
	return all
}

// strays are the places that hold the MyKey ID and must not. It may stand in
// mykey.mykey_id, in the database's files where they are that row, and in bodies
// that go to the platform.
func strays(t *testing.T, run, id string) map[place]string {
	t.Helper()
	return straying(t, run, id, find(t, run, forms(id)))
}

// straying leaves, of the places that hold the MyKey ID, those that must not.
func straying(t *testing.T, run, id string, found map[place]string) map[place]string {
	t.Helper()
	maps.DeleteFunc(found, func(p place, _ string) bool {
		base := filepath.Base(p.File)
		switch {
		case base == "platform.db" && p.Record == "mykey":
			return p.Field == "mykey_id"
		case p.Record == whole && (base == "platform.db" || base == "platform.db-wal"):
			return onlyTheRow(t, filepath.Join(run, p.File), id)
		case strings.HasPrefix(p.File, "requests-"):
			return p.Field == bodyField && (p.Record == "request of /v#/mykeys" || strings.HasPrefix(p.Record, "request of /v#/card-sessions"))
		}
		return false
	})
	return found
}

// onlyTheRow reports whether the MyKey ID stands in a file of the platform's
// database as its row in mykey alone, in no other form.
func onlyTheRow(t *testing.T, path, id string) bool {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hits, ofRow := explained(content, id, internalID(t, strings.TrimSuffix(path, "-wal"), id))
	t.Logf("%s: the MyKey ID stands there %d times, %d of them as its row in mykey", filepath.Base(path), hits, ofRow)
	rest := bytes.ReplaceAll(content, []byte(id), make([]byte, len(id)))
	form, other := in(rest, forms(id))
	if other {
		t.Logf("%s: and as %s", filepath.Base(path), form)
	}
	return hits > 0 && hits == ofRow && !other
}

// searchSees holds that the search finds what is where it may be: the work was
// done, and its traces were looked at.
func searchSees(t *testing.T, run string, s secrets) {
	t.Helper()
	found := find(t, run, forms(s.id))
	for _, want := range []place{
		{"desk/platform.db", "mykey", "mykey_id"},
		{"desk-" + lifeKilled + "/platform.db", "mykey", "mykey_id"},
		{"requests-" + lifeKilled, "request of /v#/mykeys", bodyField},
		{"requests-" + lifePanicApp, "request of /v#/card-sessions", bodyField},
	} {
		if found[want] == "" {
			t.Errorf("the MyKey ID is not in %v, where it belongs", want)
		}
	}
	seen := map[place]bool{}
	pieces(t, run, func(p place, _ []byte) { seen[p] = true })
	for _, want := range []place{
		{"desk-" + lifeKilled + "/journal.db-wal", whole, ""},
		{"desk-" + lifeKilled + "/journal.db-shm", whole, ""},
		{"desk-" + momentTorn + "/journal.db", "job", "sealed, opened"},
		{"desk-" + lifeKilled + "/journal.db", "job", "sealed, opened"},
		{"desk/journal.db", "day_count", "n"},
		{"desk/platform.db", "idempotency", "transaction_id"},
		{"log-" + lifeKilled, "view", "phase"},
		{"log-" + lifeKilled, "request", "route"},
		{"log-" + lifePanicApp, "text", "panic: the desk panics in phase checking\n"},
		{"requests-" + lifeKilled, "request of /", "line"}, // OCSP
		{processDir + "/" + lifeKilled + " writing.cmdline", "process", "0"},
		{processDir + "/" + lifeKilled + " pin.environ", "process", "HOME"},
	} {
		if !seen[want] {
			t.Errorf("nothing was searched in %v", want)
		}
	}
	if t.Failed() {
		all := slices.SortedFunc(maps.Keys(seen), func(a, b place) int { return strings.Compare(a.String(), b.String()) })
		for _, p := range all {
			fmt.Fprintln(t.Output(), p)
		}
	}
	chip, err := os.ReadFile(filepath.Join(run, deskDir, cardsDir, "00", "card.json"))
	if err != nil {
		t.Fatal(err)
	}
	for what, all := range map[string][]form{"MyKey ID": forms(s.id), "PIN": pinForms(s.pin)} {
		if _, holds := in(chip, all); !holds {
			t.Errorf("the chip's memory does not hold the %s: it was not written", what)
		}
	}
}
