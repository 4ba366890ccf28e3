package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Service is one of an operator's services.
type Service struct {
	Operator, Code   string
	Name, Word, Card string
	Rule             string // JSON; whoever keeps it has checked it
	RegistrationAuth string // "none", "pin"
	Shared           bool   // several people may be linked to one number
}

// AddOperator keeps an operator, or its new name.
func (s *Store) AddOperator(ctx context.Context, code, name string, log Administration) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := putOperator(ctx, tx, code, name); err != nil {
			return err
		}
		return administer(ctx, tx, log)
	})
}

func putOperator(ctx context.Context, tx *sql.Tx, code, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO operator (code, name) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET name = ?2`, code, name)
	if err != nil {
		return fmt.Errorf("insert operator: %w", err)
	}
	return nil
}

// Operators lists the codes of all operators.
func (s *Store) Operators(ctx context.Context) (codes []string, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT code FROM operator ORDER BY code`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, rows.Err()
}

// AddService keeps a service, or what is new of it. ErrNone where its operator
// is none.
func (s *Store) AddService(ctx context.Context, v Service, log Administration) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `
			INSERT INTO service (operator, code, name, word, card, rule, registration_auth, shared)
			SELECT code, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM operator WHERE code = ?1
			    ON CONFLICT (operator, code) DO UPDATE
			   SET name = ?3, word = ?4, card = ?5, rule = ?6, registration_auth = ?7, shared = ?8`,
			v.Operator, v.Code, v.Name, v.Word, v.Card, v.Rule, v.RegistrationAuth, v.Shared)
		if err := changed(r, err, ErrNone); err != nil {
			return fmt.Errorf("insert service: %w", err)
		}
		return administer(ctx, tx, log)
	})
}

const serviceColumns = `SELECT operator, code, name, word, card, rule, registration_auth, shared FROM service `

func (v *Service) fields() []any {
	return []any{&v.Operator, &v.Code, &v.Name, &v.Word, &v.Card, &v.Rule, &v.RegistrationAuth, &v.Shared}
}

// Service finds one of an operator's services, or ErrNone.
func (s *Store) Service(ctx context.Context, operator, code string) (Service, error) {
	var v Service
	err := s.read.QueryRowContext(ctx, serviceColumns+`WHERE operator = ?1 AND code = ?2`, operator, code).Scan(v.fields()...)
	return v, none(err)
}

// Services lists an operator's services by code; "" lists all.
func (s *Store) Services(ctx context.Context, operator string) (out []Service, err error) {
	rows, err := s.read.QueryContext(ctx, serviceColumns+`WHERE ?1 = '' OR operator = ?1 ORDER BY operator, code`, operator)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v Service
		if err := rows.Scan(v.fields()...); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
