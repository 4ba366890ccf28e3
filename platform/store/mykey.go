package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// PersonID is the internal id: random, in no answer and no log.
type PersonID [16]byte

// Handle is a keyed hash of a certificate or a chip, made in custody.
type Handle [32]byte

// NewMyKey is a MyKey ID to be made for a holder.
type NewMyKey struct {
	ID         PersonID
	MyKeyID    mykey.ID
	Handles    []Handle // under every live key version, newest first
	KeyVersion uint32   // of Handles[0]
	Ends       time.Time
	Change     Change
}

// MakeMyKey makes a MyKey ID. It returns ErrHolder (with the outcome noted under
// n.Change), ErrTaken (nothing noted: another may be proposed), ErrKeyUsed or
// ErrMixed.
func (s *Store) MakeMyKey(ctx context.Context, n NewMyKey, exists string) error {
	held := false
	err := s.change(ctx, func(tx *sql.Tx) error {
		holder, err := findHolder(ctx, tx, n.Handles)
		switch {
		case err == nil:
			held = true
			return note(ctx, tx, n.Change, holder.ID, exists)
		case !errors.Is(err, ErrNone):
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO mykey (mykey_id, id) VALUES (?1, ?2)`, n.MyKeyID.Reveal(), n.ID[:])
		if isUnique(err) {
			return ErrTaken
		}
		if err != nil {
			return fmt.Errorf("insert mykey: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO holder (handle, key_version, id, ends) VALUES (?1, ?2, ?3, ?4)`,
			n.Handles[0][:], n.KeyVersion, n.ID[:], n.Ends.Format(time.DateOnly))
		if err != nil {
			return fmt.Errorf("insert holder: %w", err)
		}
		return note(ctx, tx, n.Change, n.ID, OutcomeDone)
	})
	if err == nil && held {
		return ErrHolder
	}
	return err
}

// Holder is a certificate's row.
type Holder struct {
	Handle Handle
	ID     PersonID
	Chip   *Handle // nil until a card proved its number
}

// Holder finds who holds one of the handles, or ErrNone.
func (s *Store) Holder(ctx context.Context, handles []Handle) (Holder, error) {
	return findHolder(ctx, s.read, handles)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func findHolder(ctx context.Context, q querier, handles []Handle) (Holder, error) {
	marks, args := make([]string, len(handles)), make([]any, len(handles))
	for i, h := range handles {
		marks[i], args[i] = fmt.Sprintf("?%d", i+1), h[:]
	}
	var handle, id, chip []byte
	err := q.QueryRowContext(ctx, `SELECT handle, id, chip FROM holder WHERE handle IN (`+strings.Join(marks, ", ")+`) LIMIT 1`, args...).
		Scan(&handle, &id, &chip)
	if err != nil {
		return Holder{}, none(err)
	}
	h := Holder{Handle: Handle(handle), ID: PersonID(id)}
	if chip != nil {
		c := Handle(chip)
		h.Chip = &c
	}
	return h, nil
}

// Person is what the platform holds of one, beside the links.
type Person struct {
	MyKeyID mykey.ID
	Stopped bool
	Card    Card
}

// Person reads a person's rows, or ErrNone. A stop that ended before now does
// not count.
func (s *Store) Person(ctx context.Context, id PersonID, now time.Time) (Person, error) {
	var (
		p                  Person
		mykeyID            string
		confirmed, offered []byte
	)
	err := s.read.QueryRowContext(ctx, `
		SELECT m.mykey_id,
		       EXISTS (SELECT 1 FROM stop s WHERE s.id = m.id AND (s.until IS NULL OR s.until > ?2)),
		       coalesce(c.confirmed_generation, 0), c.confirmed, coalesce(c.offered_generation, 0), c.offered
		  FROM mykey m LEFT JOIN card c ON c.id = m.id
		 WHERE m.id = ?1`, id[:], now.Unix()).
		Scan(&mykeyID, &p.Stopped, &p.Card.ConfirmedGeneration, &confirmed, &p.Card.OfferedGeneration, &offered)
	if err != nil {
		return Person{}, none(err)
	}
	if p.MyKeyID, err = mykey.ParseID(mykeyID); err != nil {
		return Person{}, err
	}
	p.Card.Confirmed, p.Card.Offered = hashOf(confirmed), hashOf(offered)
	return p, nil
}

// Stop stops a MyKey ID; until zero: until it is reinstated.
func (s *Store) Stop(ctx context.Context, id PersonID, reason string, until time.Time) error {
	var end any
	if !until.IsZero() {
		end = until.Unix()
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO stop (id, reason, until) VALUES (?1, ?2, ?3)`, id[:], reason, end)
		return err
	})
}
