//go:build linux

package main

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestUnequalWorkIsRefused(t *testing.T) {
	command, other := header{0x00, 0xA4, 0x04, 0x0C}, header{0x00, 0xB0, 0x81, 0x00}
	base := round{commands: []header{command}, routes: []string{"GET /v1/desk"}, commits: 1}
	for _, c := range []struct {
		name  string
		floor round
		ok    bool
	}{
		{"the same", round{commands: []header{command}, routes: []string{"GET /v1/desk"}, commits: 1}, true},
		{"a command more", round{commands: []header{command, other}, routes: base.routes, commits: 1}, false},
		{"another command", round{commands: []header{other}, routes: base.routes, commits: 1}, false},
		{"no request", round{commands: base.commands, commits: 1}, false},
		{"another request", round{commands: base.commands, routes: []string{"GET /healthz"}, commits: 1}, false},
		{"a commit less", round{commands: base.commands, routes: base.routes}, false},
	} {
		if err := same(base, c.floor); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTheRatioIsThatOfTheMedians(t *testing.T) {
	b := bench{goal: 1.25, ours: times{9, 50, 10, 11}, floor: times{8, 7, 1000}}
	if got := b.ours.median(); got != 10 {
		t.Errorf("median of an even number: %v, want 10", got)
	}
	if b.ratio() != 10.0/8 || !b.met() {
		t.Errorf("ratio %v, met %t; want 1.25, met", b.ratio(), b.met())
	}
	if b.goal = 1.24; b.met() {
		t.Error("a missed goal counts as met")
	}
}

func TestCommitsAreCountedInTheLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE a (b BLOB)`); err != nil {
		t.Fatal(err)
	}
	w, err := openWAL(file)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, commits := range []int{0, 3, 1, 2} {
		if err := w.empty(); err != nil {
			t.Fatal(err)
		}
		for range commits { // of several pages each
			if _, err := db.Exec(`INSERT INTO a VALUES (randomblob(20000))`); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Exec(`DELETE FROM a WHERE b IS NULL`); err != nil { // changes nothing
			t.Fatal(err)
		}
		if got, err := w.commits(); got != commits || err != nil {
			t.Errorf("%d commits were counted as %d, %v", commits, got, err)
		}
	}
}

func TestRequestsAreCountedByTheirLines(t *testing.T) {
	r := newRoutes()
	log := slog.New(r)
	log.Info("request", slog.String("route", "POST /v1/challenges"), slog.Duration("took", time.Second))
	log.Info("started")
	log.LogAttrs(context.Background(), slog.LevelInfo, "request", slog.String("route", "GET /v1/desk"))
	if got := r.requests(); !slices.Equal(got, []string{"POST /v1/challenges", "GET /v1/desk"}) {
		t.Errorf("requests %q", got)
	}
	if got := r.requests(); len(got) != 0 {
		t.Errorf("counted twice: %q", got)
	}
}
