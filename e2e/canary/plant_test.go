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

// plant is one way in which a program may leave a secret, and the place where the
// search must find it then. base are files of a real run that it is left in.
type plant struct {
	name string
	base []string
	do   func(t *testing.T, run, secret string)
	want place
}

// isFound plants the MyKey ID, then the four PINs, and looks for them.
func (p plant) isFound(t *testing.T, runs []string) {
	t.Helper()
	in := func(i int, secret string) string {
		run := t.TempDir()
		for _, file := range p.base {
			copyFile(t, filepath.Join(runs[i], file), filepath.Join(run, file))
		}
		p.do(t, run, secret)
		return run
	}
	want := p.at(canaries[0].id)
	if found := strays(t, in(0, canaries[0].id), canaries[0].id); found[want] == "" {
		t.Errorf("the MyKey ID was not found in %v, but in %v", want, found)
	}
	var planted []string
	for i, s := range canaries {
		planted = append(planted, in(i, s.pin))
	}
	pins := pinsOf(func(s secrets) string { return s.pin })
	want = p.at(canaries[0].pin)
	if found := findInEach(t, planted, pins); found[want] == "" {
		t.Errorf("the PINs were not found in %v, but in %v", want, found)
	}
	last := len(planted) - 1
	planted[last] = in(last, canaries[0].pin)
	if form := findInEach(t, planted, pins)[want]; form != "" {
		t.Errorf("%v is called a find (%s), but one of the runs held another's PIN", want, form)
	}
}

// at is where a secret must be found: in a name that it is part of, it stands as
// SECRET.
func (p plant) at(secret string) place {
	secret = normal(secret)
	put := func(name string) string { return strings.ReplaceAll(name, "SECRET", secret) }
	return place{put(p.want.File), put(p.want.Record), put(p.want.Field)}
}

const journalFile, platformFile = deskDir + "/journal.db", deskDir + "/platform.db"

// killedJournal is the journal as a kill −9 left it: with a job.
const killedJournal = deskDir + "-" + lifeKilled + "/journal.db"

func plants() []plant {
	return []plant{
		{"journal, column", []string{journalFile}, intoTable("journal.db", `INSERT INTO barred (card) VALUES (CAST(?1 AS BLOB))`), place{journalFile, "barred", "card"}},
		{"journal, packed digits in a column", []string{journalFile}, func(t *testing.T, run, secret string) {
			if len(secret) == 4 {
				all := pinForms(secret)
				secret = string(all[len(all)-1].bytes)
			}
			intoTable("journal.db", `INSERT INTO barred (card) VALUES (CAST(?1 AS BLOB))`)(t, run, secret)
		}, place{journalFile, "barred", "card"}},
		{"journal, sealed job", []string{killedJournal, killedJournal + "-wal"}, sealedJob, place{killedJournal, "job", "sealed, opened"}},
		{"journal, as it lies there", []string{journalFile}, unused, place{journalFile, whole, ""}},
		{"journal, WAL alone", []string{journalFile}, intoWAL, place{journalFile + "-wal", whole, ""}},
		{"journal, shared memory", []string{killedJournal + "-shm"}, appended(killedJournal + "-shm"), place{killedJournal + "-shm", whole, ""}},
		{"settings", nil, written("home/.config/madoguchi/settings.json"), place{"home/.config/madoguchi/settings.json", whole, ""}},
		{"a file's name", nil, func(t *testing.T, run, secret string) { written("tmp/"+secret)(t, run, "") }, place{"tmp/SECRET", "name", ""}},
		{"training folder", nil, written(deskDir + "/notes"), place{deskDir + "/notes", whole, ""}},
		{"temporary file", nil, written("tmp/spool"), place{"tmp/spool", whole, ""}},
		{"core file", nil, written("cwd/core"), place{"cwd/core", whole, ""}},
		{"log, value", []string{"log-" + lifeKilled}, intoLog(func(log *slog.Logger, secret string) { log.Info("view", "screen", "write", "who", secret) }), place{"log-" + lifeKilled, "view", "who"}},
		{"log, bytes in a value", []string{"log-" + lifeKilled}, intoLog(func(log *slog.Logger, secret string) { log.Debug("card", "command", []byte(secret)) }), place{"log-" + lifeKilled, "card", "command"}},
		{"log, inner value", []string{"log-" + lifeKilled}, intoLog(func(log *slog.Logger, secret string) { log.WithGroup("card").Info("view", "id", secret) }), place{"log-" + lifeKilled, "view", "card"}},
		{"log, message", []string{"log-" + lifeKilled}, intoLog(func(log *slog.Logger, secret string) { log.Info("write " + secret) }), place{"log-" + lifeKilled, "write SECRET", "msg"}},
		{"log of the platform", []string{"log-" + lifeKilled}, intoLog(func(log *slog.Logger, secret string) { log.Info("request", "route", "POST /v1/mykeys", "code", secret) }), place{"log-" + lifeKilled, "request", "code"}},
		{"crash, message", nil, crashWith("text"), place{"log-crash", "text", "panic: no card for \"SECRET\"\n"}},
		{"crash, word of memory", nil, crashWith("word"), place{"log-crash", "text", "github.com/madoguchi/madoguchi/e#e/canary_test.crashWithWord(#)\n"}},
		{"argument", nil, running(func(secret string) ([]string, []string) { return []string{"--pin", secret}, nil }), place{processDir + "/waits pin.cmdline", "process", "2"}},
		{"environment", nil, running(func(secret string) ([]string, []string) { return nil, []string{"MADOGUCHI_PIN=" + secret} }), place{processDir + "/waits pin.environ", "process", "MADOGUCHI_PIN"}},
		{"address, query", nil, asking(func(url, secret string) (*http.Request, error) {
			return http.NewRequest(http.MethodGet, url+"/v1/desk?id="+secret, nil)
		}), place{"requests-asks", "request of /v#/desk", "line"}},
		{"address, header", nil, asking(func(url, secret string) (*http.Request, error) {
			r, err := http.NewRequest(http.MethodGet, url+"/v1/desk", nil)
			r.Header.Set("Idempotency-Key", secret)
			return r, err
		}), place{"requests-asks", "request of /v#/desk", "header Idempotency-Key"}},
		{"platform, another table", []string{platformFile}, intoTable("platform.db", `UPDATE operator SET name = ?1`), place{platformFile, "operator", "name"}},
		{"platform, administration log", []string{platformFile}, intoTable("platform.db", `UPDATE administration SET subject = ?1`), place{platformFile, "administration", "subject"}},
		{"platform, outcome", []string{platformFile}, intoTable("platform.db", `UPDATE idempotency SET outcome = ?1`), place{platformFile, "idempotency", "outcome"}},
		{"platform, binary column", []string{platformFile}, intoTable("platform.db", `UPDATE holder SET chip = CAST(?1 AS BLOB)`), place{platformFile, "holder", "chip"}},
		{"platform, another column of mykey", []string{platformFile}, intoTable("platform.db", `UPDATE mykey SET state = ?1`), place{platformFile, "mykey", "state"}},
		{"platform, as it lies there", []string{platformFile}, intoTable("platform.db", `UPDATE operator SET name = ?1`), place{platformFile, whole, ""}},
	}
}

func written(file string) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		path := filepath.Join(run, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{\"platform\":\"https://"+secret+".example\"}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func appended(file string) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(run, file), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(secret); err != nil {
			t.Fatal(err)
		}
	}
}

// change runs statements on a database of the run, past what its tables allow.
func change(t *testing.T, path string, do func(*sql.DB) error) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`PRAGMA ignore_check_constraints = ON`); err != nil {
		t.Fatal(err)
	}
	if err := do(db); err != nil {
		t.Fatal(err)
	}
}

func intoTable(file, statement string) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		change(t, filepath.Join(run, deskDir, file), func(db *sql.DB) error {
			r, err := db.Exec(statement, secret)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil || n == 0 {
				return fmt.Errorf("planted in %d rows (%w)", n, err)
			}
			return nil
		})
	}
}

// unused leaves the secret in a page that no row names any more.
func unused(t *testing.T, run, secret string) {
	t.Helper()
	change(t, filepath.Join(run, journalFile), func(db *sql.DB) error {
		for _, statement := range []string{
			`PRAGMA secure_delete = OFF`, `CREATE TABLE gone (x TEXT)`,
			`INSERT INTO gone VALUES ('` + secret + `')`, `DROP TABLE gone`,
		} {
			if _, err := db.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// intoWAL leaves it in the WAL, as at a kill −9: the files are copied while the
// database is open.
func intoWAL(t *testing.T, run, secret string) {
	t.Helper()
	path := filepath.Join(run, journalFile)
	aside := t.TempDir()
	change(t, path, func(db *sql.DB) error {
		_, err := db.Exec(`INSERT INTO barred (card) VALUES (CAST(?1 AS BLOB))`, secret)
		copyFile(t, path, filepath.Join(aside, "journal.db"))
		copyFile(t, path+"-wal", filepath.Join(aside, "journal.db-wal"))
		return err
	})
	copyFile(t, filepath.Join(aside, "journal.db"), path)
	copyFile(t, filepath.Join(aside, "journal.db-wal"), path+"-wal")
}

func sealedJob(t *testing.T, run, secret string) {
	t.Helper()
	change(t, filepath.Join(run, killedJournal), func(db *sql.DB) error {
		var id string
		if err := db.QueryRow(`SELECT id FROM job`).Scan(&id); err != nil {
			return err
		}
		text, err := json.Marshal(map[string]any{"reached": 2, "code": secret})
		if err != nil {
			return err
		}
		s := seal(t)
		nonce := make([]byte, s.NonceSize())
		_, err = db.Exec(`UPDATE job SET sealed = ?1`, s.Seal(nonce, nonce, text, []byte(id)))
		return err
	})
}

func intoLog(say func(*slog.Logger, string)) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(run, "log-"+lifeKilled), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		say(slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})), secret)
	}
}

// crashWith lets a process crash that holds the secret, as text in its panic or as a
// word among the arguments of a function.
func crashWith(how string) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		p := start(t, run, "crash", roleCrash, nil, nil)
		if _, err := fmt.Fprintf(p.in, "%s %s\n", how, secret); err != nil {
			t.Fatal(err)
		}
		if code := p.ends(t).ExitCode(); code != 2 {
			t.Fatalf("ended with %d; want a panic's 2", code)
		}
	}
}

// running lets a process run with the secret where other programs can read it.
func running(with func(secret string) (args, environment []string)) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		args, environment := with(secret)
		p := start(t, run, "waits", roleWait, args, environment)
		p.reaches(t, momentPIN)
		if err := p.in.Close(); err != nil {
			t.Fatal(err)
		}
		p.ends(t)
	}
}

// asking sends a request through what writes requests down in the desk's process.
func asking(with func(url, secret string) (*http.Request, error)) func(*testing.T, string, string) {
	return func(t *testing.T, run, secret string) {
		t.Helper()
		f, err := os.Create(requestsFile(run, "asks"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		server := httptest.NewServer(capture{slog.New(slog.NewJSONHandler(f, nil))}.front(http.NotFoundHandler()))
		defer server.Close()
		r, err := with(server.URL, secret)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(r.WithContext(context.WithoutCancel(t.Context())))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
}
