// Package store keeps what the platform keeps, in SQLite. It knows no HTTP and
// decides nothing but what must be decided in one transaction: uniqueness, and
// that nothing changed since it was read.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"runtime"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

// Errors that a caller can act on.
var (
	ErrNone     = errors.New("no such row")
	ErrHolder   = errors.New("holder has a MyKey ID already")
	ErrTaken    = errors.New("MyKey ID is taken")
	ErrMixed    = errors.New("transaction is tied to another person")
	ErrConflict = errors.New("row changed meanwhile")
	ErrKeyUsed  = errors.New("idempotency key was used already")
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is one SQLite database: one writer, as many readers as cores. Goroutines
// and other processes may share the file. Close it.
type Store struct {
	write, read *sql.DB
}

// Pragmas stand in the DSN, so that every pooled connection has them.
const pragmas = "_journal_mode=WAL&_foreign_keys=on&_busy_timeout=5000&_synchronous=FULL&_secure_delete=on"

// Open opens the database file, making it and bringing its tables up to date.
func Open(ctx context.Context, path string) (*Store, error) { return openWith(ctx, "sqlite3", path) }

func openWith(ctx context.Context, driver, path string) (*Store, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas
	write, err := sql.Open(driver, dsn+"&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), write.Close())
	}
	read, err := sql.Open(driver, dsn+"&_query_only=on")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), write.Close())
	}
	read.SetMaxOpenConns(runtime.NumCPU())
	read.SetMaxIdleConns(runtime.NumCPU())
	return &Store{write: write, read: read}, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// Close lets the file go.
func (s *Store) Close() error { return errors.Join(s.read.Close(), s.write.Close()) }

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	var n int
	return s.read.QueryRowContext(ctx, `SELECT count(*) FROM operator`).Scan(&n)
}

// change runs do in one write transaction.
func (s *Store) change(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// changed turns "no row changed" into otherwise.
func changed(r sql.Result, err, otherwise error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return otherwise
	}
	return err
}

// none turns database/sql's "no rows" into ErrNone.
func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNone
	}
	return err
}

func isUnique(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint &&
		(e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
}
