package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Gone is a person to be withdrawn.
type Gone struct {
	Person PersonID
	// Handles are the pairwise ones of each operator, under every live key version.
	Handles map[string][]Handle
	// Hash is the MyKey ID's, under the newest key: it stays.
	Hash Handle
}

// Withdraw forgets a person: every link at once, the holders, the card, the MyKey
// ID. Only a keyed hash of the MyKey ID stays. ErrNone.
func (s *Store) Withdraw(ctx context.Context, g Gone) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for operator, handles := range g.Handles {
			if err := removeLinks(ctx, tx, operator, handles); err != nil {
				return err
			}
		}
		r, err := tx.ExecContext(ctx, `DELETE FROM mykey WHERE id = ?1`, g.Person[:])
		if err := changed(r, err, ErrNone); err != nil {
			return fmt.Errorf("delete mykey: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO withdrawn (hash) VALUES (?1)`, g.Hash[:]); err != nil {
			return fmt.Errorf("insert withdrawn: %w", err)
		}
		return nil
	})
}

// removeLinks removes a person's links in all services of an operator.
func removeLinks(ctx context.Context, tx *sql.Tx, operator string, handles []Handle) error {
	marks, args := among(handles)
	rows, err := tx.QueryContext(ctx, `SELECT service, number FROM link WHERE handle IN (`+marks+`)`, args...)
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	numbers := map[string]Handle{}
	for rows.Next() {
		var (
			service string
			number  []byte
		)
		if err := rows.Scan(&service, &number); err != nil {
			return errors.Join(err, rows.Close())
		}
		numbers[service] = Handle(number)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for service, number := range numbers {
		if err := removeLink(ctx, tx, handles, Service{Operator: operator, Code: service}, number); err != nil {
			return err
		}
	}
	return nil
}

func wasWithdrawn(ctx context.Context, tx *sql.Tx, hashes []Handle) (bool, error) {
	marks, args := among(hashes)
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM withdrawn WHERE hash IN (`+marks+`)`, args...).Scan(&n)
	return n > 0, err
}
