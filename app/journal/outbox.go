package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Sent is a change that was sent to the platform and whose answer is not known
// yet. It names no person: what the change was, only the platform knows.
type Sent struct {
	Key     string    `json:"-"` // Idempotency-Key, random
	Kind    string    `json:"kind"`
	Receipt string    `json:"receipt"` // 受付番号, four digits
	Since   time.Time `json:"since"`   // to the minute
	Never   bool      `json:"never"`   // it never arrived, and never will
}

// Post writes a change before it is sent, or what is known of it since. When it
// returns nil the row is on the disk.
func (j *Journal) Post(ctx context.Context, s Sent) error {
	s.Since = s.Since.Truncate(time.Minute)
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("post change: %w", err)
	}
	_, err = j.db.ExecContext(ctx,
		`INSERT INTO outbox (key, sealed) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET sealed = ?2`, s.Key, j.sealed(s.Key, text))
	if err != nil {
		return fmt.Errorf("post change: %w: %w", ErrFile, err)
	}
	return nil
}

// Settle forgets a change whose answer is known. A key that is not there is no
// error.
func (j *Journal) Settle(ctx context.Context, key string) error {
	if _, err := j.db.ExecContext(ctx, `DELETE FROM outbox WHERE key = ?1`, key); err != nil {
		return fmt.Errorf("settle change: %w: %w", ErrFile, err)
	}
	return nil
}

// Outbox gives what was sent and is not settled, the oldest first.
func (j *Journal) Outbox(ctx context.Context) (sent []Sent, err error) {
	rows, err := j.db.QueryContext(ctx, `SELECT key, sealed FROM outbox`)
	if err != nil {
		return nil, fmt.Errorf("list outbox: %w: %w", ErrFile, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s Sent
		var sealed []byte
		if err := rows.Scan(&s.Key, &sealed); err != nil {
			return nil, fmt.Errorf("list outbox: %w: %w", ErrFile, err)
		}
		if err := j.unseal(s.Key, sealed, &s); err != nil {
			return nil, err
		}
		sent = append(sent, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list outbox: %w: %w", ErrFile, err)
	}
	slices.SortFunc(sent, func(a, b Sent) int { return a.Since.Compare(b.Since) })
	return sent, nil
}
