package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Administration is one row of the administration log: who changed what. It is
// about operators, services and desks, never about a resident.
type Administration struct {
	At      time.Time
	Who     string // an administrator, or "desk" for an enrolment
	What    string // "desk add", "desk approve" …
	Subject string // a desk's id, an operator's code, OPERATOR/SERVICE
}

// ErrChain: the administration log was altered.
var ErrChain = errors.New("administration log is broken")

func administer(ctx context.Context, tx *sql.Tx, a Administration) error {
	var (
		seq      int64
		previous = make([]byte, sha256.Size)
	)
	err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM administration ORDER BY seq DESC LIMIT 1`).Scan(&seq, &previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read administration log: %w", err)
	}
	seq++
	sum := a.chain(seq, previous)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO administration (seq, at, who, what, subject, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
		seq, a.At.Unix(), a.Who, a.What, a.Subject, previous, sum[:])
	if err != nil {
		return fmt.Errorf("insert administration log: %w", err)
	}
	return nil
}

// chain is SHA-256 over the row before's hash and this row, each text with its
// length before it.
func (a Administration) chain(seq int64, previous []byte) [sha256.Size]byte {
	b := append([]byte(nil), previous...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(a.At.Unix()))
	for _, text := range []string{a.Who, a.What, a.Subject} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	return sha256.Sum256(b)
}

// CheckAdministration walks the whole log and returns ErrChain with the first
// row that does not follow. A log cut off at its end is found only by who knows
// an older hash.
func (s *Store) CheckAdministration(ctx context.Context) (rowsRead int, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT seq, at, who, what, subject, previous, hash FROM administration ORDER BY seq`)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	last := [sha256.Size]byte{}
	for rows.Next() {
		var (
			a              Administration
			seq, at        int64
			previous, hash []byte
		)
		if err := rows.Scan(&seq, &at, &a.Who, &a.What, &a.Subject, &previous, &hash); err != nil {
			return rowsRead, err
		}
		a.At = time.Unix(at, 0)
		rowsRead++
		sum := a.chain(seq, last[:])
		if seq != int64(rowsRead) || string(previous) != string(last[:]) || string(hash) != string(sum[:]) {
			return rowsRead, fmt.Errorf("%w at row %d", ErrChain, rowsRead)
		}
		last = sum
	}
	return rowsRead, rows.Err()
}
