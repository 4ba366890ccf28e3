package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// DeskState is where a desk stands.
type DeskState string

// States of a desk.
const (
	DeskInvited DeskState = "invited" // has a code, has not enrolled
	DeskWaiting DeskState = "waiting" // enrolled; the administrator has not compared the fingerprint
	DeskLive    DeskState = "live"
	DeskRevoked DeskState = "revoked"
)

// DeskRole is what a desk may be, and on what legal basis ("" none).
type DeskRole struct{ Role, LegalBasis string }

// Desk is one enrolled (or invited) desk.
type Desk struct {
	ID           string
	Operator     string // code
	OperatorName string
	Office       string
	Counter      string
	State        DeskState
	CSR          *Hash // SHA-256 of the request it enrolled with
	Roles        []DeskRole
	Clerk        string // from the authentication
}

// Has reports whether the desk has the role, and its legal basis.
func (d Desk) Has(role string) (legalBasis string, ok bool) {
	for _, r := range d.Roles {
		if r.Role == role {
			return r.LegalBasis, true
		}
	}
	return "", false
}

// Enrolment is a one-time code as kept.
type Enrolment struct {
	Selector string
	Desk     string
	Secret   Hash
	Expires  time.Time
	Tries    int
	Used     bool
}

// AddDesk keeps a new desk, its operator (whose name may be left out where it is
// there) and its code. A desk that is there
// already gets another code, and loses those it had; a revoked one is ErrTaken.
func (s *Store) AddDesk(ctx context.Context, d Desk, e Enrolment, log Administration) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := nameOperator(ctx, tx, d); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `
			INSERT INTO desk (id, operator, office, counter, state) VALUES (?1, ?2, ?3, ?4, 'invited')
			    ON CONFLICT (id) DO UPDATE SET operator = ?2, office = ?3, counter = ?4 WHERE state <> 'revoked'`,
			d.ID, d.Operator, d.Office, d.Counter)
		if err := changed(r, err, ErrTaken); err != nil {
			return fmt.Errorf("insert desk: %w", err)
		}
		for _, clear := range []string{`DELETE FROM desk_role WHERE desk = ?1`, `DELETE FROM enrolment WHERE desk = ?1`} {
			if _, err := tx.ExecContext(ctx, clear, d.ID); err != nil {
				return fmt.Errorf("clear desk: %w", err)
			}
		}
		for _, role := range d.Roles {
			_, err := tx.ExecContext(ctx, `INSERT INTO desk_role (desk, role, legal_basis) VALUES (?1, ?2, ?3)`, d.ID, role.Role, role.LegalBasis)
			if err != nil {
				return fmt.Errorf("insert role: %w", err)
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO enrolment (selector, desk, secret, expires) VALUES (?1, ?2, ?3, ?4)`,
			e.Selector, d.ID, e.Secret[:], e.Expires.Unix())
		if err != nil {
			return fmt.Errorf("insert enrolment: %w", err)
		}
		return administer(ctx, tx, log)
	})
}

// nameOperator keeps the desk's operator; one that is there keeps its name where
// the desk brings none.
func nameOperator(ctx context.Context, tx *sql.Tx, d Desk) error {
	if d.OperatorName != "" {
		return putOperator(ctx, tx, d.Operator, d.OperatorName)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO operator (code, name) VALUES (?1, ?1) ON CONFLICT (code) DO NOTHING`, d.Operator)
	if err != nil {
		return fmt.Errorf("insert operator: %w", err)
	}
	return nil
}

// TryEnrolment finds the code of a selector and counts the try, before anything
// is compared: a wrong one costs as much as a right one. ErrNone.
func (s *Store) TryEnrolment(ctx context.Context, selector string) (Enrolment, error) {
	e := Enrolment{Selector: selector}
	err := s.change(ctx, func(tx *sql.Tx) error {
		var (
			secret  []byte
			expires int64
		)
		err := tx.QueryRowContext(ctx, `
			UPDATE enrolment SET tries = tries + 1 WHERE selector = ?1 RETURNING desk, secret, expires, tries, used`, selector).
			Scan(&e.Desk, &secret, &expires, &e.Tries, &e.Used)
		if err != nil {
			return none(err)
		}
		e.Secret, e.Expires = Hash(secret), time.Unix(expires, 0)
		return nil
	})
	return e, err
}

// Enrol uses a code up and lets the certificate in. ErrConflict: the code was
// used meanwhile.
func (s *Store) Enrol(ctx context.Context, e Enrolment, state DeskState, csr Hash, a Authentication, log Administration) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE enrolment SET used = 1 WHERE selector = ?1 AND used = 0`, e.Selector)
		if err := changed(r, err, ErrConflict); err != nil {
			return err
		}
		r, err = tx.ExecContext(ctx, `UPDATE desk SET state = ?2, csr = ?3 WHERE id = ?1 AND state <> 'revoked'`, e.Desk, state, csr[:])
		if err := changed(r, err, ErrConflict); err != nil {
			return err
		}
		// What an earlier enrolment let in ends with it: one machine, one desk.
		if _, err := tx.ExecContext(ctx, `DELETE FROM authentication WHERE desk = ?1`, e.Desk); err != nil {
			return fmt.Errorf("end old certificates: %w", err)
		}
		if err := authenticate(ctx, tx, a); err != nil {
			return err
		}
		return administer(ctx, tx, log)
	})
}

// Authentication lets a certificate in as a desk.
type Authentication struct {
	Fingerprint Hash // SHA-256 of the certificate
	Desk        string
	Clerk       string
	NotAfter    time.Time
}

// Authenticate lets one more certificate of a desk in, and forgets those that
// ended before now.
func (s *Store) Authenticate(ctx context.Context, a Authentication, now time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM authentication WHERE not_after < ?1`, now.Unix()); err != nil {
			return fmt.Errorf("end old certificates: %w", err)
		}
		return authenticate(ctx, tx, a)
	})
}

func authenticate(ctx context.Context, tx *sql.Tx, a Authentication) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO authentication (fingerprint, desk, clerk, not_after) VALUES (?1, ?2, ?3, ?4)
		    ON CONFLICT (fingerprint) DO NOTHING`, a.Fingerprint[:], a.Desk, a.Clerk, a.NotAfter.Unix())
	if err != nil {
		return fmt.Errorf("insert authentication: %w", err)
	}
	return nil
}

// DeskByCertificate finds the desk that a certificate is let in as, or ErrNone.
func (s *Store) DeskByCertificate(ctx context.Context, fingerprint Hash) (Desk, error) {
	return s.desk(ctx, `JOIN authentication a ON a.desk = d.id WHERE a.fingerprint = ?1`, `a.clerk`, fingerprint[:])
}

// DeskByID finds a desk, or ErrNone.
func (s *Store) DeskByID(ctx context.Context, id string) (Desk, error) {
	return s.desk(ctx, `WHERE d.id = ?1`, `''`, id)
}

func (s *Store) desk(ctx context.Context, where, clerk string, arg any) (Desk, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT d.id, d.operator, o.name, d.office, d.counter, d.state, d.csr, coalesce(r.role, ''), coalesce(r.legal_basis, ''), `+clerk+`
		  FROM desk d JOIN operator o ON o.code = d.operator LEFT JOIN desk_role r ON r.desk = d.id `+where+` ORDER BY r.role`, arg)
	if err != nil {
		return Desk{}, err
	}
	desks, err := scanDesks(rows)
	if err != nil {
		return Desk{}, err
	}
	if len(desks) == 0 {
		return Desk{}, ErrNone
	}
	return desks[0], nil
}

// Desks lists all desks, by id.
func (s *Store) Desks(ctx context.Context) ([]Desk, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT d.id, d.operator, o.name, d.office, d.counter, d.state, d.csr, coalesce(r.role, ''), coalesce(r.legal_basis, ''), ''
		  FROM desk d JOIN operator o ON o.code = d.operator LEFT JOIN desk_role r ON r.desk = d.id ORDER BY d.id, r.role`)
	if err != nil {
		return nil, err
	}
	return scanDesks(rows)
}

// scanDesks reads one row per role into one desk per id.
func scanDesks(rows *sql.Rows) (desks []Desk, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var (
			d    Desk
			csr  []byte
			role DeskRole
		)
		if err := rows.Scan(&d.ID, &d.Operator, &d.OperatorName, &d.Office, &d.Counter, &d.State, &csr, &role.Role, &role.LegalBasis, &d.Clerk); err != nil {
			return nil, err
		}
		d.CSR = hashOf(csr)
		if len(desks) == 0 || desks[len(desks)-1].ID != d.ID {
			desks = append(desks, d)
		}
		if role.Role != "" {
			last := &desks[len(desks)-1]
			last.Roles = append(last.Roles, role)
		}
	}
	return desks, rows.Err()
}

// SetDeskState moves a desk from one of the states from to another. ErrConflict
// where it stands elsewhere or csr (when not nil) is not its request.
func (s *Store) SetDeskState(ctx context.Context, id string, to DeskState, from []DeskState, csr *Hash, log Administration) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var (
			state DeskState
			have  []byte
		)
		if err := tx.QueryRowContext(ctx, `SELECT state, csr FROM desk WHERE id = ?1`, id).Scan(&state, &have); err != nil {
			return none(err)
		}
		allowed := csr == nil || (hashOf(have) != nil && *hashOf(have) == *csr)
		found := false
		for _, f := range from {
			found = found || f == state
		}
		if !allowed || !found {
			return ErrConflict
		}
		if _, err := tx.ExecContext(ctx, `UPDATE desk SET state = ?2 WHERE id = ?1`, id, to); err != nil {
			return err
		}
		return administer(ctx, tx, log)
	})
}
