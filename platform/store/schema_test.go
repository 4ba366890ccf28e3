package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "a b?c.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func names(t *testing.T, s *Store, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := s.read.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// The MyKey ID stands in mykey alone, no table says when a person did anything,
// and rows lie by their key, not in the order they came.
func TestSchemaKeepsNoHistory(t *testing.T) {
	s := open(t)
	tables := names(t, s, `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'goose_db_version' AND name NOT LIKE 'sqlite_%'`)
	if len(tables) < 10 {
		t.Fatalf("got %d tables", len(tables))
	}
	ofPersons := map[string]bool{"mykey": true, "holder": true, "card": true, "stop": true, "link": true, "service_number": true, "withdrawn": true}
	pairwise := map[string]bool{"link": true, "service_number": true}
	for _, table := range tables {
		sql := strings.Join(names(t, s, `SELECT sql FROM sqlite_master WHERE name = ?1`, table), "")
		if !strings.HasSuffix(sql, "STRICT, WITHOUT ROWID") {
			t.Errorf("%s is not STRICT, WITHOUT ROWID", table)
		}
		for _, column := range names(t, s, `SELECT name FROM pragma_table_info(?1)`, table) {
			if pairwise[table] && slices.Contains([]string{"id", "person", "seq", "version"}, column) {
				t.Errorf("%s.%s: joins the rows of two operators, or orders them", table, column)
			}
			if strings.Contains(column, "mykey_id") && table != "mykey" {
				t.Errorf("%s.%s: the MyKey ID outside mykey", table, column)
			}
			for _, word := range []string{"created", "updated", "last", "used_at", "made", "seen", "day", "time", "at"} {
				if ofPersons[table] && (column == word || strings.HasSuffix(column, "_"+word) || strings.HasPrefix(column, word+"_")) {
					t.Errorf("%s.%s says when", table, column)
				}
			}
		}
	}
	for _, target := range names(t, s, `SELECT m.name || '.' || f."to" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`) {
		if strings.HasSuffix(target, ".mykey_id") {
			t.Errorf("%s: the MyKey ID is a foreign key", target)
		}
	}
}

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	s := open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000", "synchronous": "2"} {
		for range 3 {
			conn, err := s.read.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", pragma, got, err, want)
			}
			conn.Close()
		}
	}
	if _, err := s.read.ExecContext(t.Context(), `DELETE FROM operator`); err == nil {
		t.Error("a reader could write")
	}
}

func TestAlteredAdministrationLogIsFound(t *testing.T) {
	s := open(t)
	for _, id := range []string{"counter-1", "counter-2", "counter-3"} {
		err := s.AddDesk(t.Context(), Desk{ID: id, Operator: "city", OperatorName: "city"},
			Enrolment{Selector: id, Expires: time.Unix(1e9, 0)}, Administration{At: time.Unix(1e9, 0), Who: "a", What: "desk add", Subject: id})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.CheckAdministration(t.Context()); n != 3 || err != nil {
		t.Fatalf("got %d rows, %v, want 3", n, err)
	}
	for _, alter := range []string{
		`UPDATE administration SET subject = 'counter-9' WHERE seq = 2`,
		`DELETE FROM administration WHERE seq = 1`,
	} {
		if _, err := s.write.ExecContext(context.Background(), alter); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CheckAdministration(t.Context()); !errors.Is(err, ErrChain) {
			t.Errorf("%s: got %v, want ErrChain", alter, err)
		}
	}
}
