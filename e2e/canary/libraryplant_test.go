//go:build linux

package canary_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// libraryPlant is one way in which a program may leave a service ID, or a MyKey ID.
type libraryPlant struct {
	plant
	numberOnly bool // a MyKey ID may stand there: it is in the record, or the row is of it
}

// isFoundAtLibrary plants a service ID, then a MyKey ID, and looks for them.
func (p libraryPlant) isFoundAtLibrary(t *testing.T, run string) {
	t.Helper()
	in := func(secret string) string {
		planted := t.TempDir()
		for _, file := range p.base {
			copyFile(t, filepath.Join(run, file), filepath.Join(planted, file))
		}
		p.do(t, planted, secret)
		return planted
	}
	want := p.at(library.A)
	found, _ := findEach(t, in(library.A), map[string][]form{library.A: numberForms(library.A), library.CNew: numberForms(library.CNew)})
	if found := numberStrays(found[library.A]); found[want] == "" {
		t.Errorf("the service ID was not found in %v, but in %v", want, found)
	}
	if found[library.CNew][want] != "" {
		t.Errorf("%v is called a find, but another's number stands there", want)
	}
	if p.numberOnly {
		return
	}
	id := canaries[0].id
	want = p.at(id)
	planted := in(id)
	found, _ = findEach(t, planted, map[string][]form{id: forms(id)})
	if found := residentStrays(t, planted, id, found[id]); found[want] == "" {
		t.Errorf("the MyKey ID was not found in %v, but in %v", want, found)
	}
}

func libraryPlants() (all []libraryPlant) {
	add := func(name string, base []string, do func(*testing.T, string, string), want place) {
		all = append(all, libraryPlant{plant: plant{name, base, do, want}})
	}
	log := []string{"log-" + lifeKilled}
	add("journal, column", []string{journalFile}, intoTable("journal.db", `INSERT INTO barred (card) VALUES (CAST(?1 AS BLOB))`), place{journalFile, "barred", "card"})
	add("journal, what is counted", []string{journalFile}, intoTable("journal.db", `INSERT INTO day_count (day, what, n) VALUES ('2016-04-01', ?1, 1)`), place{journalFile, "day_count", "what"})
	add("journal, sealed row of the outbox", []string{killedJournal, killedJournal + "-wal"}, sealedAnswer, place{killedJournal, "outbox", "sealed, opened"})
	add("journal, as it lies there", []string{journalFile}, unused, place{journalFile, whole, ""})
	add("journal, WAL alone", []string{journalFile}, intoWAL, place{journalFile + "-wal", whole, ""})
	add("settings", nil, written(deskDir+"/settings.json"), place{deskDir + "/settings.json", whole, ""})
	add("file of the hand-over", nil, written(dropDir+"/"+dropFile), place{dropDir + "/" + dropFile, whole, ""})
	add("file of the hand-over before it is whole", nil, written(dropDir+"/."+dropFile+".new"), place{dropDir + "/." + dropFile + ".new", whole, ""})
	add("a file's name", nil, func(t *testing.T, run, secret string) { written("tmp/"+secret)(t, run, "") }, place{"tmp/SECRET", "name", ""})
	add("temporary file", nil, written("tmp/spool"), place{"tmp/spool", whole, ""})
	add("core file", nil, written("cwd/core"), place{"cwd/core", whole, ""})
	add("log, value", log, intoLog(func(log *slog.Logger, secret string) { log.Info("view", "screen", "lookup", "who", secret) }), place{"log-" + lifeKilled, "view", "who"})
	add("log, error of a hand-over", log, intoLog(func(log *slog.Logger, secret string) {
		log.Warn("hand-over", "error", fmt.Errorf("write %q: no room", secret))
	}), place{"log-" + lifeKilled, "hand-over", "error"})
	add("log, message", log, intoLog(func(log *slog.Logger, secret string) { log.Info("look-up " + secret) }), place{"log-" + lifeKilled, "look-up SECRET", "msg"})
	add("log, traced command", log, intoLog(func(log *slog.Logger, secret string) { log.Debug("apdu", "answer", fmt.Sprintf("% X", secret)) }), place{"log-" + lifeKilled, "apdu", "answer"})
	add("log of the platform", log, intoLog(func(log *slog.Logger, secret string) { log.Info("request", "route", "/v1/services/library/"+secret) }), place{"log-" + lifeKilled, "request", "route"})
	add("crash, message", nil, crashWith("text"), place{"log-crash", "text", "panic: no card for \"SECRET\"\n"})
	add("crash, word of memory", nil, crashWith("word"), place{"log-crash", "text", "github.com/madoguchi/madoguchi/e#e/canary_test.crashWithWord(#)\n"})
	add("argument", nil, running(func(secret string) ([]string, []string) { return []string{"--number", secret}, nil }), place{processDir + "/waits pin.cmdline", "process", "2"})
	add("environment", nil, running(func(secret string) ([]string, []string) { return nil, []string{"MADOGUCHI_NUMBER=" + secret} }), place{processDir + "/waits pin.environ", "process", "MADOGUCHI_NUMBER"})
	add("address, path", nil, asking(func(url, secret string) (*http.Request, error) {
		return http.NewRequest(http.MethodGet, url+"/v1/services/library/links/"+secret, nil)
	}), place{"requests-asks", "request of /v#/services/library/links/SECRET", "line"})
	add("address, header", nil, asking(func(url, secret string) (*http.Request, error) {
		r, err := http.NewRequest(http.MethodPut, url+"/v1/services/library/links", nil)
		r.Header.Set("Idempotency-Key", secret)
		return r, err
	}), place{"requests-asks", registration, "header Idempotency-Key"})
	add("body of a call that is of no person", nil, answering("training-lending-1", "/v1/challenges", bodyOf), place{"answers-asks", "answer to " + deskLibrary + " of /v#/challenges", bodyField})
	add("answer to another operator", nil, answering("training-court-1", "/v1/services/courts/lookups", bodyOf), place{"answers-asks", "answer to " + deskSports + " of /v#/services/courts/lookups", bodyField})
	add("answer to another operator who asks for the library's", nil, answering("training-court-1", "/v1/services/library/lookups", bodyOf), place{"answers-asks", "answer to " + deskSports + " of " + libraryLookup, bodyField})
	add("answer to the library, header", nil, answering("training-lending-1", "/v1/services/library/lookups", headerOf), place{"answers-asks", "answer to " + deskLibrary + " of " + libraryLookup, "header Etag"})
	add("answer to a registration", nil, answering("training-lending-1", "/v1/services/library/links", bodyOf), place{"answers-asks", "answer to " + deskLibrary + " of /v#/services/library/links", bodyField})
	add("platform, number in clear", []string{platformFile}, intoTable("platform.db", `UPDATE link SET sealed = CAST(?1 AS BLOB)`), place{platformFile, "link", "sealed"})
	add("platform, number not hashed", []string{platformFile}, intoTable("platform.db", `UPDATE service_number SET number = CAST(?1 AS BLOB), place = handle`), place{platformFile, "service_number", "number"})
	add("platform, service of a link", []string{platformFile}, intoTable("platform.db", `UPDATE link SET service = ?1`), place{platformFile, "link", "service"})
	add("platform, outcome", []string{platformFile}, intoTable("platform.db", `UPDATE idempotency SET outcome = ?1`), place{platformFile, "idempotency", "outcome"})
	add("platform, request", []string{platformFile}, intoTable("platform.db", `UPDATE idempotency SET request = CAST(?1 AS BLOB)`), place{platformFile, "idempotency", "request"})
	add("platform, administration log", []string{platformFile}, intoTable("platform.db", `UPDATE administration SET subject = ?1`), place{platformFile, "administration", "subject"})
	add("platform, as it lies there", []string{platformFile}, intoTable("platform.db", `UPDATE operator SET name = ?1`), place{platformFile, whole, ""})
	add("platform, beside the MyKey ID", []string{platformFile}, intoTable("platform.db", `UPDATE mykey SET state = ?1`), place{platformFile, "mykey", "state"})
	for i, shown := range []func(string) string{
		func(s string) string { return s[:4] + " " + s[4:] }, // as the card prints it
		func(s string) string { return "A" + s + "A" },       // as its barcode reads
		func(s string) string { return string(numberForms(s)[len(forms(s))].bytes) },
	} {
		all = append(all, libraryPlant{numberOnly: true, plant: plant{
			fmt.Sprintf("log, number as shown %d", i), log,
			intoLog(func(log *slog.Logger, secret string) { log.Info("view", "number", shown(secret)) }),
			place{"log-" + lifeKilled, "view", "number"},
		}})
	}
	all = append(all,
		libraryPlant{numberOnly: true, plant: plant{"platform, number in place of the MyKey ID", []string{platformFile}, intoTable("platform.db", `UPDATE mykey SET mykey_id = ?1 WHERE mykey_id = '`+canaries[0].id+`'`), place{platformFile, "mykey", "mykey_id"}}},
		libraryPlant{numberOnly: true, plant: plant{"body of a look-up", nil, asking(func(url, secret string) (*http.Request, error) {
			return http.NewRequest(http.MethodPost, url+"/v1/services/library/lookups", strings.NewReader(secret))
		}), place{"requests-asks", "request of " + libraryLookup, bodyField}}},
	)
	return all
}

// sealedAnswer leaves the secret sealed, in what waits for its answer.
func sealedAnswer(t *testing.T, run, secret string) {
	t.Helper()
	change(t, filepath.Join(run, killedJournal), func(db *sql.DB) error {
		var key string
		if err := db.QueryRow(`SELECT key FROM outbox`).Scan(&key); err != nil {
			return err
		}
		text, err := json.Marshal(map[string]any{"kind": "link", "receipt": secret})
		if err != nil {
			return err
		}
		s := seal(t)
		nonce := make([]byte, s.NonceSize())
		_, err = db.Exec(`UPDATE outbox SET sealed = ?1`, s.Seal(nonce, nonce, text, []byte(key)))
		return err
	})
}

func bodyOf(w http.ResponseWriter, secret string)   { fmt.Fprintf(w, `{"state":%q}`, secret) }
func headerOf(w http.ResponseWriter, secret string) { w.Header().Set("ETag", secret) }

// answering has a desk get an answer through what writes answers down in the desk's
// process.
func answering(desk, path string, say func(http.ResponseWriter, string)) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		f, err := os.Create(answersFile(run, "asks"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		front := answered{slog.New(slog.NewJSONHandler(f, nil)), func(*http.Request) {}}
		r := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, path, nil)
		r.TLS = certified(desk)
		front.front(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w, secret) })).ServeHTTP(httptest.NewRecorder(), r)
	}
}
