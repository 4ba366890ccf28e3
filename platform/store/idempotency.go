package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"
)

// OutcomeDone is the outcome of a change that was made; any other is the code
// of what refused it.
const OutcomeDone = "done"

// Change is what is kept of a change for a day: hashes and an outcome, never
// the answer's content.
type Change struct {
	Key         Handle    // keyed hash of the desk and its Idempotency-Key
	Request     []byte    // keyed hash of the whole request
	Transaction []byte    // keyed hash of the Transaction-Id
	Person      []byte    // keyed hash of the internal id
	Outcome     string    // a code
	Made        time.Time // not kept: only when to forget is, to the hour
	// Tag makes Person. It is custody's and runs inside the transaction, for
	// only there it is known whose change it is.
	Tag func(PersonID) ([]byte, error)
}

// of gives the change with its outcome and whose it is.
func (c Change) of(id PersonID, outcome string) (Change, error) {
	var err error
	c.Outcome = outcome
	c.Person, err = c.Tag(id)
	return c, err
}

// Change reads what became of a key, or ErrNone.
func (s *Store) Change(ctx context.Context, key Handle, now time.Time) (Change, error) {
	c := Change{Key: key}
	err := s.read.QueryRowContext(ctx, `
		SELECT request, transaction_id, person, outcome FROM idempotency WHERE key = ?1 AND expires > ?2`, key[:], now.Unix()).
		Scan(&c.Request, &c.Transaction, &c.Person, &c.Outcome)
	return c, none(err)
}

// OutcomeClosed is the outcome of a key that was asked for before it came: what
// comes with it later is refused.
const OutcomeClosed = "closed"

// CloseKey reads what became of a key, and closes one that has not come yet.
func (s *Store) CloseKey(ctx context.Context, key Handle, now time.Time) (Change, error) {
	c := Change{Key: key, Made: now}
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE key = ?1 AND expires <= ?2`, key[:], now.Unix()); err != nil {
			return fmt.Errorf("expire idempotency: %w", err)
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO idempotency (key, request, transaction_id, person, outcome, expires) VALUES (?1, x'', x'', x'', ?2, ?3)
			    ON CONFLICT (key) DO NOTHING`, key[:], OutcomeClosed, c.expires())
		if err != nil {
			return fmt.Errorf("close key: %w", err)
		}
		return tx.QueryRowContext(ctx, `SELECT outcome FROM idempotency WHERE key = ?1`, key[:]).Scan(&c.Outcome)
	})
	return c, err
}

// note keeps a change that was made once: ErrMixed, ErrKeyUsed.
func note(ctx context.Context, tx *sql.Tx, c Change, id PersonID, outcome string) error {
	c, err := c.of(id, outcome)
	if err != nil {
		return err
	}
	if err := tie(ctx, tx, c); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO idempotency (key, request, transaction_id, person, outcome, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		c.Key[:], c.Request, c.Transaction, c.Person, c.Outcome, c.expires())
	if isUnique(err) {
		return ErrKeyUsed
	}
	if err != nil {
		return fmt.Errorf("insert idempotency: %w", err)
	}
	return nil
}

// renew keeps the tie of a transaction that may come again for the same person
// (card sessions, which carry no key).
func renew(ctx context.Context, tx *sql.Tx, c Change, id PersonID) error {
	c, err := c.of(id, OutcomeDone)
	if err != nil {
		return err
	}
	if err := tie(ctx, tx, c); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO idempotency (key, request, transaction_id, person, outcome, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		    ON CONFLICT (key) DO NOTHING`,
		c.Key[:], c.Request, c.Transaction, c.Person, c.Outcome, c.expires())
	if err != nil {
		return fmt.Errorf("insert idempotency: %w", err)
	}
	return nil
}

// tie refuses a transaction that was first used for another person. It also
// forgets what is older than its day.
func tie(ctx context.Context, tx *sql.Tx, c Change) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE expires <= ?1`, c.Made.Unix()); err != nil {
		return fmt.Errorf("expire idempotency: %w", err)
	}
	var person []byte
	err := tx.QueryRowContext(ctx, `SELECT person FROM idempotency WHERE transaction_id = ?1 LIMIT 1`, c.Transaction).Scan(&person)
	switch {
	case none(err) == ErrNone:
		return nil
	case err != nil:
		return fmt.Errorf("read idempotency: %w", err)
	case !bytes.Equal(person, c.Person):
		return ErrMixed
	}
	return nil
}

// expires is when a change is forgotten: after a day, at the next full hour, so
// that the row does not say when it was made.
func (c Change) expires() int64 {
	return c.Made.Add(24 * time.Hour).Truncate(time.Hour).Add(time.Hour).Unix()
}
