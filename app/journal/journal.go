// Package journal is the desk's own record of unfinished work and of counts
// (処理記録). It holds no usage history, no MyKey ID, no PIN and no certificate:
// a job is a random id, the furthest point reached, the last code, the HMAC of
// the card and the minute it began, sealed under the journal key, and it is
// gone when the work is done. Counts are numbers by day.
package journal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver named sqlite3
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Errors of a journal.
var (
	// ErrKey: the journal was sealed under another key.
	ErrKey = errors.New("journal key does not open this journal")
	// ErrFile: the file cannot be read or written (no space, no permission).
	ErrFile = errors.New("journal file cannot be used")
)

// KeySize is the length of the journal key, in bytes.
const KeySize = 32

// Job is work that was begun on a card and is not known to be done.
type Job struct {
	ID      string    `json:"-"` // 32 hex digits, random
	Reached int       `json:"reached"`
	Code    string    `json:"code"`
	Card    CardTag   `json:"card"`
	Since   time.Time `json:"since"` // to the minute
}

// CardTag is the HMAC of a card under the journal key: it finds the same card
// again and says nothing to who has only the file.
type CardTag [sha256.Size]byte

// Count is one of the day's counts.
type Count string

// Counts.
const (
	Written   Count = "written"
	Cancelled Count = "cancelled"
	Failed    Count = "failed"
	LookedUp  Count = "looked-up"
	Linked    Count = "linked"
)

// Journal is an open journal. Its methods may be called from any goroutine.
type Journal struct {
	db   *sql.DB
	seal cipher.AEAD
	tag  []byte
}

// Open opens or makes the journal file at path. Who calls Close. It returns
// ErrKey when the file was made under another key.
func Open(ctx context.Context, path string, key [KeySize]byte) (*Journal, error) {
	block, err := aes.NewCipher(derive(key, "seal"))
	if err != nil {
		return nil, fmt.Errorf("journal key: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("journal key: %w", err)
	}
	// One connection: a desk is one clerk, and a commit is on the disk when it
	// returns (synchronous FULL), which is what a job before the first byte needs.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_secure_delete=on&_txlock=immediate"
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	db.SetMaxOpenConns(1)
	j := &Journal{db: db, seal: seal, tag: derive(key, "card")}
	if err := j.prepare(ctx, derive(key, "check")); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), db.Close())
	}
	return j, nil
}

func derive(key [KeySize]byte, use string) []byte {
	m := hmac.New(sha256.New, key[:])
	m.Write([]byte("MYKEY-JOURNAL-1 " + use))
	return m.Sum(nil)
}

func (j *Journal) prepare(ctx context.Context, check []byte) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, j.db, files)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	if _, err := j.db.ExecContext(ctx, `INSERT INTO key_check (one, mac) VALUES (1, ?1) ON CONFLICT DO NOTHING`, check); err != nil {
		return err
	}
	var have []byte
	if err := j.db.QueryRowContext(ctx, `SELECT mac FROM key_check WHERE one = 1`).Scan(&have); err != nil {
		return err
	}
	if !hmac.Equal(have, check) {
		return ErrKey
	}
	return nil
}

// Close closes the file.
func (j *Journal) Close() error { return j.db.Close() }

// Card gives the tag of a card's fingerprint.
func (j *Journal) Card(fingerprint [sha256.Size]byte) CardTag {
	m := hmac.New(sha256.New, j.tag)
	m.Write(fingerprint[:])
	return CardTag(m.Sum(nil))
}

// NewJobID makes a random job id.
func NewJobID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return fmt.Sprintf("%x", b)
}

// Save writes a job, new or known. When it returns nil the row is on the disk.
func (j *Journal) Save(ctx context.Context, job Job) error {
	job.Since = job.Since.Truncate(time.Minute)
	text, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("save job: %w", err)
	}
	_, err = j.db.ExecContext(ctx,
		`INSERT INTO job (id, sealed) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET sealed = ?2`, job.ID, j.sealed(job.ID, text))
	if err != nil {
		return fmt.Errorf("save job: %w: %w", ErrFile, err)
	}
	return nil
}

// Finish forgets a job. An id that is not there is no error.
func (j *Journal) Finish(ctx context.Context, id string) error {
	if _, err := j.db.ExecContext(ctx, `DELETE FROM job WHERE id = ?1`, id); err != nil {
		return fmt.Errorf("finish job: %w: %w", ErrFile, err)
	}
	return nil
}

// Jobs gives all unfinished work, the oldest first.
func (j *Journal) Jobs(ctx context.Context) (jobs []Job, err error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, sealed FROM job`)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w: %w", ErrFile, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return nil, fmt.Errorf("list jobs: %w: %w", ErrFile, err)
		}
		job, err := j.open(id, sealed)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list jobs: %w: %w", ErrFile, err)
	}
	slices.SortFunc(jobs, func(a, b Job) int { return a.Since.Compare(b.Since) })
	return jobs, nil
}

func (j *Journal) open(id string, sealed []byte) (Job, error) {
	job := Job{ID: id}
	return job, j.unseal(id, sealed, &job)
}

// sealed is text under the journal key, bound to its row's name.
func (j *Journal) sealed(name string, text []byte) []byte {
	nonce := make([]byte, j.seal.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	return j.seal.Seal(nonce, nonce, text, []byte(name))
}

func (j *Journal) unseal(name string, sealed []byte, into any) error {
	n := j.seal.NonceSize()
	if len(sealed) < n {
		return ErrKey
	}
	text, err := j.seal.Open(nil, sealed[:n], sealed[n:], []byte(name))
	if err != nil {
		return ErrKey
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read row: %w", err)
	}
	return nil
}

// Find gives the job begun on this card; it reports false where there is none.
func (j *Journal) Find(ctx context.Context, card CardTag) (Job, bool, error) {
	jobs, err := j.Jobs(ctx)
	if err != nil {
		return Job{}, false, err
	}
	for _, job := range jobs {
		if job.Card == card {
			return job, true, nil
		}
	}
	return Job{}, false, nil
}

// Bar remembers that this card refused an issuer's authentication: it is never
// asked again (cards lock after a few).
func (j *Journal) Bar(ctx context.Context, card CardTag) error {
	if _, err := j.db.ExecContext(ctx, `INSERT INTO barred (card) VALUES (?1) ON CONFLICT DO NOTHING`, card[:]); err != nil {
		return fmt.Errorf("bar card: %w: %w", ErrFile, err)
	}
	return nil
}

// Barred reports whether Bar was called for this card.
func (j *Journal) Barred(ctx context.Context, card CardTag) (bool, error) {
	var n int
	if err := j.db.QueryRowContext(ctx, `SELECT count(*) FROM barred WHERE card = ?1`, card[:]).Scan(&n); err != nil {
		return false, fmt.Errorf("look up barred card: %w: %w", ErrFile, err)
	}
	return n > 0, nil
}

// Add counts one of what on day.
func (j *Journal) Add(ctx context.Context, day time.Time, what Count) error {
	_, err := j.db.ExecContext(ctx, `INSERT INTO day_count (day, what, n) VALUES (?1, ?2, 1)
		ON CONFLICT (day, what) DO UPDATE SET n = n + 1`, day.Format(time.DateOnly), string(what))
	if err != nil {
		return fmt.Errorf("count: %w: %w", ErrFile, err)
	}
	return nil
}

// Counted gives a day's counts.
func (j *Journal) Counted(ctx context.Context, day time.Time) (map[Count]int, error) {
	counts := map[Count]int{}
	for _, what := range []Count{Written, Cancelled, Failed, LookedUp, Linked} {
		var n int
		err := j.db.QueryRowContext(ctx, `SELECT n FROM day_count WHERE day = ?1 AND what = ?2`,
			day.Format(time.DateOnly), string(what)).Scan(&n)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("read counts: %w: %w", ErrFile, err)
		}
		counts[what] = n
	}
	return counts, nil
}
