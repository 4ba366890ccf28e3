//go:build linux

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"

	_ "github.com/mattn/go-sqlite3" // the driver named sqlite3
)

// routes is the platform's log: one line a request, whoever sent it.
type routes struct {
	slog.Handler
	mu   sync.Mutex
	seen []string
}

func newRoutes() *routes { return &routes{Handler: slog.DiscardHandler} }

// Enabled lets the request lines through.
func (r *routes) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle notes a request line.
func (r *routes) Handle(_ context.Context, line slog.Record) error {
	if line.Message != "request" {
		return nil
	}
	line.Attrs(func(a slog.Attr) bool {
		if a.Key == "route" {
			r.mu.Lock()
			r.seen = append(r.seen, a.Value.String())
			r.mu.Unlock()
		}
		return true
	})
	return nil
}

// requests gives the routes asked for since the last call.
func (r *routes) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

// asked is what stands before a platform and notes every request: a look-up leaves
// no line in the log.
type asked struct {
	mu   sync.Mutex
	seen []string
}

// front is training.Options.Front.
func (a *asked) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.seen = append(a.seen, r.Method+" "+r.URL.Path)
		a.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// requests gives what was asked since the last call.
func (a *asked) requests() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := a.seen
	a.seen = nil
	return seen
}

// wal counts the commits of a SQLite database from outside, in its write-ahead
// log (https://sqlite.org/fileformat2.html#walformat).
type wal struct {
	file string
	db   *sql.DB
}

// openWAL opens the database beside whoever writes it.
func openWAL(file string) (*wal, error) {
	db, err := sql.Open("sqlite3", "file:"+file+"?_busy_timeout=5000")
	return &wal{file + "-wal", db}, err
}

func (w *wal) Close() error { return w.db.Close() }

// empty moves the log into the database and leaves it empty: so no round has to.
func (w *wal) empty() error {
	var busy, pages, moved int
	if err := w.db.QueryRow(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if busy != 0 {
		return errors.New("checkpoint: the database is busy")
	}
	return nil
}

const (
	walHeader   = 32
	frameHeader = 24
)

// commits are the frames that end a transaction: those with the size of the
// database in them, under the salts of the log's header.
func (w *wal) commits() (int, error) {
	b, err := os.ReadFile(w.file)
	if err != nil || len(b) < walHeader {
		return 0, err
	}
	page, salts := int(binary.BigEndian.Uint32(b[8:])), b[16:24]
	n := 0
	for at := walHeader; at+frameHeader+page <= len(b); at += frameHeader + page {
		frame := b[at:]
		if !bytes.Equal(frame[8:16], salts) {
			break // left over from before the log began anew
		}
		if binary.BigEndian.Uint32(frame[4:]) != 0 {
			n++
		}
	}
	return n, nil
}
