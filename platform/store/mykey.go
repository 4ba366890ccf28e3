package store

import (
	"bytes"
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
	Withdrawn  []Handle // HMACs of MyKeyID under every live key version
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
		if gone, err := wasWithdrawn(ctx, tx, n.Withdrawn); gone || err != nil {
			return errors.Join(err, ErrTaken)
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
	marks, args := among(handles)
	var handle, id, chip []byte
	err := q.QueryRowContext(ctx, `SELECT handle, id, chip FROM holder WHERE handle IN (`+marks+`) LIMIT 1`, args...).
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

// among gives the marks of an IN list of handles, and the arguments: first, then
// the handles.
func among(handles []Handle, first ...any) (marks string, args []any) {
	list := make([]string, len(handles))
	args = first
	for i, h := range handles {
		list[i] = fmt.Sprintf("?%d", len(first)+i+1)
		args = append(args, bytes.Clone(h[:]))
	}
	return strings.Join(list, ", "), args
}

// Holders lists a person's handles.
func (s *Store) Holders(ctx context.Context, id PersonID) (out []Handle, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT handle FROM holder WHERE id = ?1`, id[:])
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var handle []byte
		if err := rows.Scan(&handle); err != nil {
			return nil, err
		}
		out = append(out, Handle(handle))
	}
	return out, rows.Err()
}

// Person is what the platform holds of one, beside the links.
type Person struct {
	ID      PersonID
	MyKeyID mykey.ID
	Stopped bool
	Card    Card
}

// Person reads a person's rows, or ErrNone. A stop that ended before now does
// not count.
func (s *Store) Person(ctx context.Context, id PersonID, now time.Time) (Person, error) {
	return readPerson(ctx, s.read, `m.id`, id[:], now)
}

// PersonByMyKey finds whose MyKey ID it is, or ErrNone.
func (s *Store) PersonByMyKey(ctx context.Context, id mykey.ID, now time.Time) (Person, error) {
	return readPerson(ctx, s.read, `m.mykey_id`, id.Reveal(), now)
}

func readPerson(ctx context.Context, q querier, column string, value any, now time.Time) (Person, error) {
	var (
		p                  Person
		mykeyID            string
		id                 []byte
		confirmed, offered []byte
	)
	err := q.QueryRowContext(ctx, `
		SELECT m.mykey_id, m.id,
		       EXISTS (SELECT 1 FROM stop s WHERE s.id = m.id AND (s.until IS NULL OR s.until > ?2)),
		       coalesce(c.confirmed_generation, 0), c.confirmed, coalesce(c.offered_generation, 0), c.offered
		  FROM mykey m LEFT JOIN card c ON c.id = m.id
		 WHERE `+column+` = ?1`, value, now.Unix()).
		Scan(&mykeyID, &id, &p.Stopped, &p.Card.ConfirmedGeneration, &confirmed, &p.Card.OfferedGeneration, &offered)
	if err != nil {
		return Person{}, none(err)
	}
	if p.MyKeyID, err = mykey.ParseID(mykeyID); err != nil {
		return Person{}, err
	}
	p.ID = PersonID(id)
	p.Card.Confirmed, p.Card.Offered = hashOf(confirmed), hashOf(offered)
	return p, nil
}

// Stop stops a MyKey ID; until zero: until it is reinstated. ErrNone where the
// person has gone.
func (s *Store) Stop(ctx context.Context, id PersonID, reason string, until time.Time) error {
	var end any
	if !until.IsZero() {
		end = until.Unix()
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `
			INSERT INTO stop (id, reason, until) SELECT id, ?2, ?3 FROM mykey WHERE id = ?1
			    ON CONFLICT (id) DO UPDATE SET reason = ?2, until = ?3`, id[:], reason, end)
		return changed(r, err, ErrNone)
	})
}
