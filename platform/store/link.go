package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// Errors of links. The refusals are noted under the change that met them.
var (
	ErrLinked     = errors.New("person has another number in this service")
	ErrNotLinked  = errors.New("person has no number in this service")
	ErrNumberUsed = errors.New("number is another person's")
	ErrStopped    = errors.New("MyKey ID is stopped")
)

// Link is a row: a person's number in one service of one operator.
type Link struct {
	Handle Handle // the person's, pairwise
	Number Handle // HMAC of the number
	Sealed []byte // the number itself
}

// Link reads a person's number in a service, by the person's pairwise handles of
// the service's operator, or ErrNone.
func (s *Store) Link(ctx context.Context, handles []Handle, service string) (Link, error) {
	return findLink(ctx, s.read, handles, service)
}

func findLink(ctx context.Context, q querier, handles []Handle, service string) (Link, error) {
	var handle, number, sealed []byte
	marks, args := among(handles, service)
	err := q.QueryRowContext(ctx, `SELECT handle, number, sealed FROM link WHERE service = ?1 AND handle IN (`+marks+`) LIMIT 1`, args...).
		Scan(&handle, &number, &sealed)
	if err != nil {
		return Link{}, none(err)
	}
	return Link{Handle(handle), Handle(number), sealed}, nil
}

// NewLink is a number to be linked.
type NewLink struct {
	Person  PersonID
	Handles []Handle // pairwise, under every live key version, newest first
	Service Service
	Numbers []Handle // HMACs of the number, the same way
	Sealed  []byte   // for Handles[0]
	Record  *Hash    // what the card showed; nil: nothing
	Replace bool
	Change  Change
	// Codes are noted as outcomes of what is refused.
	Codes LinkCodes
}

// LinkCodes are the outcomes that are kept of refusals.
type LinkCodes struct{ Linked, NotLinked, NumberUsed, Stopped string }

func (c LinkCodes) of(err error) (string, bool) {
	for _, o := range []struct {
		is   error
		code string
	}{{ErrLinked, c.Linked}, {ErrNotLinked, c.NotLinked}, {ErrNumberUsed, c.NumberUsed}, {ErrStopped, c.Stopped}} {
		if errors.Is(err, o.is) {
			return o.code, true
		}
	}
	return "", false
}

// noting runs do for a person and notes its outcome in the same transaction:
// done, or one of the refusals, after which nothing else of it stays. ErrNone
// where the person has gone, ErrConflict where record is no longer the card's.
func (s *Store) noting(ctx context.Context, id PersonID, record *Hash, change Change, codes LinkCodes, do func(tx *sql.Tx, stopped bool) error) error {
	var refused error
	err := s.change(ctx, func(tx *sql.Tx) error {
		person, err := readPerson(ctx, tx, `m.id`, id[:], change.Made)
		if err != nil {
			return err
		}
		if record != nil && !person.Card.Has(*record) {
			return ErrConflict
		}
		if _, err := tx.ExecContext(ctx, `SAVEPOINT deed`); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		refused = do(tx, person.Stopped)
		code, isRefusal := codes.of(refused)
		switch {
		case refused == nil:
			return note(ctx, tx, change, id, OutcomeDone)
		case !isRefusal:
			return refused
		}
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO deed`); err != nil {
			return fmt.Errorf("undo: %w", err)
		}
		return note(ctx, tx, change, id, code)
	})
	if err != nil {
		return err
	}
	return refused
}

// PutLink links a number to a person, in one transaction with everything that it
// depends on. The number that the person has already is done. It returns
// ErrStopped, ErrNumberUsed, ErrLinked (each noted), ErrNone, ErrConflict,
// ErrMixed or ErrKeyUsed.
func (s *Store) PutLink(ctx context.Context, l NewLink) error {
	return s.noting(ctx, l.Person, l.Record, l.Change, l.Codes, func(tx *sql.Tx, stopped bool) error {
		if stopped {
			return ErrStopped
		}
		if err := freeNumber(ctx, tx, l); err != nil {
			return err
		}
		have, err := findLink(ctx, tx, l.Handles, l.Service.Code)
		switch {
		case errors.Is(err, ErrNone):
		case err != nil:
			return err
		case slices.Contains(l.Numbers, have.Number):
			return nil
		case !l.Replace:
			return ErrLinked
		default:
			if err := removeLink(ctx, tx, l.Handles, l.Service, have.Number); err != nil {
				return err
			}
		}
		return insertLink(ctx, tx, l)
	})
}

// freeNumber refuses a number that is another person's.
func freeNumber(ctx context.Context, tx *sql.Tx, l NewLink) error {
	if l.Service.Shared {
		return nil
	}
	marks, args := among(l.Numbers, l.Service.Operator, l.Service.Code)
	rows, err := tx.QueryContext(ctx, `SELECT handle FROM service_number WHERE operator = ?1 AND service = ?2 AND number IN (`+marks+`)`, args...)
	if err != nil {
		return fmt.Errorf("read service number: %w", err)
	}
	used := false
	for rows.Next() {
		var handle []byte
		if err := rows.Scan(&handle); err != nil {
			return errors.Join(err, rows.Close())
		}
		used = used || !slices.ContainsFunc(l.Handles, func(h Handle) bool { return bytes.Equal(h[:], handle) })
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	if used {
		return ErrNumberUsed
	}
	return nil
}

func insertLink(ctx context.Context, tx *sql.Tx, l NewLink) error {
	handle, number, place := l.Handles[0], l.Numbers[0], []byte{}
	if l.Service.Shared {
		place = handle[:]
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO service_number (operator, service, number, place, handle) VALUES (?1, ?2, ?3, ?4, ?5)`,
		l.Service.Operator, l.Service.Code, number[:], place, handle[:])
	if isUnique(err) {
		return ErrNumberUsed
	}
	if err != nil {
		return fmt.Errorf("insert service number: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO link (handle, service, number, sealed) VALUES (?1, ?2, ?3, ?4)`,
		handle[:], l.Service.Code, number[:], l.Sealed)
	if err != nil {
		return fmt.Errorf("insert link: %w", err)
	}
	return nil
}

func removeLink(ctx context.Context, tx *sql.Tx, handles []Handle, v Service, number Handle) error {
	marks, args := among(handles, v.Code)
	if _, err := tx.ExecContext(ctx, `DELETE FROM link WHERE service = ?1 AND handle IN (`+marks+`)`, args...); err != nil {
		return fmt.Errorf("delete link: %w", err)
	}
	marks, args = among(handles, v.Operator, v.Code, number[:])
	_, err := tx.ExecContext(ctx, `DELETE FROM service_number WHERE operator = ?1 AND service = ?2 AND number = ?3 AND handle IN (`+marks+`)`, args...)
	if err != nil {
		return fmt.Errorf("delete service number: %w", err)
	}
	return nil
}

// OldLink is a link to be removed.
type OldLink struct {
	Person  PersonID
	Handles []Handle // pairwise, under every live key version
	Service Service
	Record  *Hash
	Change  Change
	Codes   LinkCodes
}

// RemoveLink removes a person's link. It returns ErrNotLinked, ErrStopped (each
// noted; stopped only where a link is), ErrNone, ErrConflict, ErrMixed or
// ErrKeyUsed.
func (s *Store) RemoveLink(ctx context.Context, l OldLink) error {
	return s.noting(ctx, l.Person, l.Record, l.Change, l.Codes, func(tx *sql.Tx, stopped bool) error {
		have, err := findLink(ctx, tx, l.Handles, l.Service.Code)
		switch {
		case errors.Is(err, ErrNone):
			return ErrNotLinked
		case err != nil:
			return err
		case stopped:
			return ErrStopped
		}
		return removeLink(ctx, tx, l.Handles, l.Service, have.Number)
	})
}
