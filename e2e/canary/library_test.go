//go:build linux

package canary_test

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// No service ID and no MyKey ID of a library's users stays behind at its desk or at
// the platform, after 500 taps, an abort and three kills; and no other operator hears
// of it.
func TestNoServiceIDIsLeftAnywhere(t *testing.T) {
	t.Parallel()
	run := filepath.Join(t.TempDir(), "library")
	if !t.Run("run", func(t *testing.T) { lendingRun(t, run, library) }) {
		return
	}
	ids := residents(t, run)
	secrets := map[string][]form{}
	for _, number := range library.list() {
		secrets[number] = numberForms(number)
	}
	for _, id := range ids {
		secrets[id] = forms(id)
	}
	found, seen := findEach(t, run, secrets)
	t.Run("the search sees", func(t *testing.T) { librarySearchSees(t, found, seen) })
	for _, number := range library.list() {
		for p, form := range numberStrays(found[number]) {
			t.Errorf("a service ID stands in %v (%s)", p, form)
		}
	}
	for _, id := range ids {
		for p, form := range residentStrays(t, run, id, found[id]) {
			t.Errorf("a MyKey ID stands in %v (%s)", p, form)
		}
	}
	t.Run("another operator", func(t *testing.T) { othersHearNothing(t, run, ids) })
	t.Run("planted", func(t *testing.T) {
		for _, p := range libraryPlants() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				p.isFoundAtLibrary(t, run)
			})
		}
	})
}

// residents are the MyKey IDs of all who have one.
func residents(t *testing.T, run string) (ids []string) {
	t.Helper()
	columns(t, filepath.Join(run, platformFile), "", func(p place, content []byte) {
		if p.Record == "mykey" && p.Field == "mykey_id" {
			ids = append(ids, string(content))
		}
	})
	if len(ids) < 6 || !slices.Contains(ids, canaries[0].id) {
		t.Fatalf("%d residents have a MyKey ID, or not the one who asked for it", len(ids))
	}
	return ids
}

// numberStrays leaves, of the places that hold a service ID, those that must not. It may stand in
// the body of a registration on its way to the platform, and in the body of the
// answer to a look-up by the library's own desk. The platform keeps it encrypted: in
// its database it stands nowhere.
func numberStrays(found map[place]string) map[place]string {
	found = maps.Clone(found)
	maps.DeleteFunc(found, func(p place, _ string) bool {
		switch {
		case p.Field != bodyField:
			return false
		case strings.HasPrefix(p.File, "requests-"):
			return p.Record == registration
		case strings.HasPrefix(p.File, "answers-"):
			return p.Record == "answer to "+deskLibrary+" of "+libraryLookup
		}
		return false
	})
	// The other operator's clerk may ask for any number; what is asked is theirs. That
	// it is not answered is held elsewhere.
	delete(found, place{"requests-" + lifeDay, "request of /v#/services/courts/links", bodyField})
	return found
}

const (
	libraryLookup = "/v#/services/library/lookups"
	registration  = "request of /v#/services/library/links"
)

// residentStrays leaves, of the places that hold a MyKey ID, those that must not:
// beside those of strays it stands in the record that a card shows, and with it in
// the body of each request that says by a record whose number is meant.
func residentStrays(t *testing.T, run, id string, found map[place]string) map[place]string {
	t.Helper()
	found = straying(t, run, id, maps.Clone(found))
	maps.DeleteFunc(found, func(p place, _ string) bool {
		if p.Field != bodyField {
			return false
		}
		what, service, _ := strings.Cut(p.Record, "/v#/services/")
		switch {
		case strings.HasPrefix(p.File, "requests-"):
			_, call, _ := strings.Cut(service, "/")
			return what == "request of " && slices.Contains([]string{"lookups", "links", "links/remove"}, call)
		case strings.HasPrefix(p.File, "answers-"):
			// The city's desk, where the demo residents get it and their cards are written.
			return p.Record == "answer to "+deskCity+" of /v#/mykeys" || strings.HasPrefix(p.Record, "answer to "+deskCity+" of /v#/card-sessions")
		}
		return false
	})
	return found
}

// toldElsewhere says who was told of another operator's numbers: the sports centre of
// the library's, the library of the sports centre's. And whether someone who is linked
// elsewhere looks like someone who is linked nowhere.
func toldElsewhere(t *testing.T, run string, ids []string) (what []string) {
	t.Helper()
	secret, theirs := map[string][]form{library.Elsewhere: forms(library.Elsewhere)}, map[string][]form{}
	for _, number := range library.list() {
		secret[number] = numberForms(number)
	}
	for _, id := range ids {
		secret[id] = forms(id)
	}
	for _, number := range elsewhereNumbers {
		theirs[number] = forms(number)
	}
	ours, others := newFinder(secret), newFinder(theirs)
	heard, own := 0, map[string]int{}
	none := map[string]int{} // answers that say none, whole
	answers(t, run, func(record string, answer map[string]any) {
		whole := fmt.Appendf(nil, "%v", answer)
		told := map[string]bool{}
		switch {
		case strings.HasPrefix(record, "answer to "+deskSports):
			heard++
			ours.in(whole, func(secret, _ string) { told[secret] = true })
			others.in(whole, func(number, _ string) { own[number]++ })
			if strings.HasSuffix(record, "/courts/lookups") && strings.Contains(string(whole), `"none"`) {
				none[string(whole)]++
			}
		case strings.HasPrefix(record, "answer to "+deskLibrary):
			others.in(whole, func(number, _ string) { told[number] = true })
		}
		if len(told) != 0 {
			what = append(what, fmt.Sprintf("%q tells of %d secrets of another operator's", record, len(told)))
		}
	})
	if heard < 15 || len(own) != len(elsewhereNumbers) {
		what = append(what, fmt.Sprintf("the sports centre's desk got %d answers with %d numbers of its own; want 15 at least, and %d", heard, len(own), len(elsewhereNumbers)))
	}
	if len(none) != 1 {
		what = append(what, fmt.Sprintf("%d kinds of answers say that nobody is linked: %v", len(none), slices.Collect(maps.Keys(none))))
	}
	for answer, n := range none {
		if n < 3 { // linked at the library by record, by certificate, and no MyKey ID at all
			what = append(what, fmt.Sprintf("%d answers say that nobody is linked as %s; want 3", n, answer))
		}
	}
	return what
}

// elsewhereNumbers are those of the linked demo cards at the sports centre.
var elsewhereNumbers = []string{"730001", "730002"}

// answers gives each answer that the platform gave in the first life, without when.
func answers(t *testing.T, run string, each func(record string, answer map[string]any)) {
	t.Helper()
	content, err := os.ReadFile(answersFile(run, lifeDay))
	if err != nil {
		t.Fatal(err)
	}
	records(content, func(record map[string]any, _ []byte) {
		if record != nil {
			delete(record, "time")
			delete(record, "header Date")
			each(fmt.Sprint(record["msg"]), record)
		}
	})
}

// othersHearNothing holds that nobody is told, and that an answer that tells is seen.
func othersHearNothing(t *testing.T, run string, ids []string) {
	t.Helper()
	for _, what := range toldElsewhere(t, run, ids) {
		t.Error(what)
	}
	const look = " of /v#/services/courts/lookups"
	none := map[string]any{
		"status": 200, "header Cache-Control": "no-store", "header Content-Type": "application/json", "header X-Content-Type-Options": "nosniff",
	}
	for name, c := range map[string]struct {
		to, field, value string
		want             int
	}{
		"what is answered":                   {deskSports + look, bodyField, "{\"state\":\"none\"}\n", 0},
		"a number":                           {deskSports + look, bodyField, `{"state":"linked","service_id":"` + library.BTyped + `"}`, 1},
		"a number that was unlinked":         {deskSports + " of " + libraryLookup, bodyField, `{"code":"LINK-SERVICE","detail":"` + library.B + `"}`, 1},
		"a MyKey ID in a header":             {deskSports + look, "header Location", "/v1/mykeys/" + canaries[0].id, 1},
		"that there is something":            {deskSports + look, bodyField, "{\"state\":\"none\",\"elsewhere\":true}\n", 2}, // another kind, and one alone
		"its absence in a header":            {deskSports + look, "header Etag", `"none"`, 2},
		"a number of theirs, to the library": {deskLibrary + " of " + libraryLookup, bodyField, elsewhereNumbers[0], 1},
		"the same in base64, to the library": {deskLibrary + " of /v#/challenges", bodyField, "NzMwMDAx", 1},
		"a number of ours, to the library":   {deskLibrary + " of " + libraryLookup, bodyField, library.A, 0},
	} {
		planted := t.TempDir()
		copyFile(t, answersFile(run, lifeDay), answersFile(planted, lifeDay))
		f, err := os.OpenFile(answersFile(planted, lifeDay), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.NewJSONHandler(f, nil))
		for key, value := range none {
			log = log.With(key, value)
		}
		log.Info("answer to "+c.to, c.field, c.value)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got := toldElsewhere(t, planted, ids); len(got) != c.want {
			t.Errorf("%s is seen as %q; want %d complaints", name, got, c.want)
		}
	}
}

// librarySearchSees holds that the search finds what is where it may be: the work was
// done, and its traces were looked at.
func librarySearchSees(t *testing.T, found map[string]map[place]string, seen map[place]int) {
	t.Helper()
	for _, c := range []struct {
		secret string
		where  place
	}{
		{library.C, place{"requests-" + lifeDay, registration, bodyField}},
		{library.ATaken, place{"requests-" + lifeDay, registration, bodyField}},
		{library.CLast, place{"requests-" + lifeKilled, registration, bodyField}},
		{library.BTyped, place{"answers-" + lifeKilledLookup, "answer to " + deskLibrary + " of " + libraryLookup, bodyField}},
		{library.D, place{"answers-" + lifeKilledTap, "answer to " + deskLibrary + " of " + libraryLookup, bodyField}},
		{library.CLast, place{"answers-" + lifeFinished, "answer to " + deskLibrary + " of " + libraryLookup, bodyField}},
	} {
		if found[c.secret][c.where] == "" {
			t.Errorf("a service ID is not in %v, where it belongs", c.where)
		}
	}
	for _, never := range []string{library.Early, library.Wrong, library.Declined} {
		if len(found[never]) != 0 {
			t.Errorf("a number that was never sent stands in %v", found[never])
		}
	}
	for _, want := range []place{
		{platformFile, "mykey", "mykey_id"},
		{"requests-" + lifeFinished, "request of " + libraryLookup, bodyField},
	} {
		if found[canaries[0].id][want] == "" {
			t.Errorf("the MyKey ID is not in %v, where it belongs", want)
		}
	}
	for _, want := range []place{
		{deskDir + "/settings.json", whole, ""},
		{deskDir + "-" + lifeKilledTap + "/settings.json", whole, ""},
		{deskDir + "-" + lifeDay + "/platform.db-wal", whole, ""},
		{deskDir + "-" + lifeKilled + "/journal.db-wal", whole, ""},
		{deskDir + "-" + lifeKilled + "/journal.db", "outbox", "sealed, opened"},
		{deskDir + "/journal.db", "day_count", "n"},
		{deskDir + "/platform.db", "link", "sealed"},
		{deskDir + "/platform.db", "service_number", "number"},
		{deskDir + "/platform.db", "idempotency", "outcome"},
		{"log-" + lifeDay, "apdu", "command"},
		{"log-" + lifeDay, "text", "SIGABRT: abort\n"},
		{"log-" + lifeDay, "registration", "reference"},
		{"requests-" + lifeDay, "request of " + libraryLookup, "line"},
		{"answers-" + lifeDay, "answer to " + deskLibrary + " of " + libraryLookup, "header Content-Type"},
		{processDir + "/" + lifeDay + " shown.cmdline", "process", "0"},
		{processDir + "/" + lifeKilledTap + " shown.environ", "process", "HOME"},
	} {
		if seen[want] == 0 {
			t.Errorf("nothing was searched in %v", want)
		}
	}
	if n := seen[place{"requests-" + lifeDay, "request of " + libraryLookup, bodyField}]; n < taps {
		t.Errorf("%d look-ups were seen; want %d at least", n, taps)
	}
	if t.Failed() {
		for _, p := range slices.SortedFunc(maps.Keys(seen), func(a, b place) int { return strings.Compare(a.String(), b.String()) }) {
			fmt.Fprintln(t.Output(), p)
		}
	}
	total := 0
	for _, n := range seen {
		total += n
	}
	t.Logf("%d values searched in %d places, for %d service IDs and the MyKey IDs, each written in %d ways", total, len(seen), len(library.list()), len(numberForms(library.A)))
}
