//go:build linux

package canary_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver named sqlite3
)

// open opens a copy of a database with its WAL: reading one changes it.
func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	copied := filepath.Join(t.TempDir(), filepath.Base(path))
	copyFile(t, path, copied)
	if _, err := os.Stat(path + "-wal"); err == nil {
		copyFile(t, path+"-wal", copied+"-wal")
	}
	db, err := sql.Open("sqlite3", "file:"+copied)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// columns gives each value of each table, and what is sealed at the desk opened.
func columns(t *testing.T, path, file string, each func(place, []byte)) {
	t.Helper()
	db := open(t, path)
	for _, table := range tables(t, db) {
		rows, err := db.Query(fmt.Sprintf("SELECT * FROM %q", table))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				each(place{file, table, names[i]}, value(v))
			}
			if table == "job" || table == "outbox" {
				each(place{file, table, "sealed, opened"}, opened(t, value(values[0]), value(values[1])))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func value(v any) []byte {
	if b, ok := v.([]byte); ok {
		return b
	}
	return fmt.Append(nil, v)
}

func tables(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 4 {
		t.Fatalf("only %d tables (%v)", len(names), err)
	}
	return names
}

// seal is how jobs and lost answers are sealed. The key of a kept training journal is all zero, so
// that the test sees what the journal's own key would show.
func seal(t *testing.T) cipher.AEAD {
	t.Helper()
	m := hmac.New(sha256.New, make([]byte, 32))
	m.Write([]byte("MYKEY-JOURNAL-1 seal"))
	block, err := aes.NewCipher(m.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	s, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func opened(t *testing.T, id, sealed []byte) []byte {
	t.Helper()
	s := seal(t)
	text, err := s.Open(nil, sealed[:s.NonceSize()], sealed[s.NonceSize():], id)
	if err != nil {
		t.Fatalf("a sealed row does not open: %v", err)
	}
	return text
}

// internalID is the random id of the one resident.
func internalID(t *testing.T, path, mykeyID string) (id []byte) {
	t.Helper()
	if err := open(t, path).QueryRow(`SELECT id FROM mykey WHERE mykey_id = ?1`, mykeyID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// explained counts where the MyKey ID stands in a file of the platform's database as
// it lies there, and how many of these are its row in mykey, (mykey_id, id, state,
// version), or that table's index, (id, mykey_id): the random id stands beside it.
func explained(content []byte, mykeyID string, internal []byte) (hits, ofRow int) {
	for rest, at := content, 0; ; {
		i := bytes.Index(rest, []byte(mykeyID))
		if i < 0 {
			return hits, ofRow
		}
		hits++
		at += i
		end := at + len(mykeyID)
		if bytes.HasPrefix(content[end:], internal) || bytes.HasSuffix(content[:at], internal) {
			ofRow++
		}
		at, rest = end, content[end:]
	}
}
