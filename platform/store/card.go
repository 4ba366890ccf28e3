package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Hash is the SHA-256 of a record's 128 bytes.
type Hash [32]byte

// Card is what the platform knows of a person's card: two records by hash. A
// hash that is nil was released or never was; its generation stays, so that
// none is used twice.
type Card struct {
	ConfirmedGeneration uint32
	Confirmed           *Hash
	OfferedGeneration   uint32
	Offered             *Hash
}

// Generation is the highest that was ever given out.
func (c Card) Generation() uint32 { return max(c.ConfirmedGeneration, c.OfferedGeneration) }

// Has reports whether a record is the confirmed or the offered one.
func (c Card) Has(record Hash) bool {
	return (c.Confirmed != nil && *c.Confirmed == record) || (c.Offered != nil && *c.Offered == record)
}

// BeginCard ties the change's transaction to the person and, with offer, puts
// the record that the card is to hold in the place of the offered one. It
// returns ErrMixed, or ErrConflict where the row is no longer was.
func (s *Store) BeginCard(ctx context.Context, id PersonID, was Card, offer *Card, change Change) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := renew(ctx, tx, change, id); err != nil {
			return err
		}
		if offer == nil {
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO card (id) VALUES (?1) ON CONFLICT (id) DO NOTHING`, id[:])
		if err != nil {
			return fmt.Errorf("insert card: %w", err)
		}
		r, err := tx.ExecContext(ctx, `
			UPDATE card SET offered_generation = ?2, offered = ?3
			 WHERE id = ?1 AND offered_generation = ?4 AND offered IS ?5
			   AND confirmed_generation = ?6 AND confirmed IS ?7`,
			id[:], offer.OfferedGeneration, bytesOf(offer.Offered),
			was.OfferedGeneration, bytesOf(was.Offered), was.ConfirmedGeneration, bytesOf(was.Confirmed))
		return changed(r, err, ErrConflict)
	})
}

// Confirm makes the offered record the confirmed one, for the card has proved
// it, and keeps the chip's handle beside the certificate's. A record that is no
// longer the offered one is ErrConflict.
func (s *Store) Confirm(ctx context.Context, id PersonID, record Hash, certificate, chip Handle) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `
			UPDATE card SET confirmed_generation = offered_generation, confirmed = offered, offered = NULL
			 WHERE id = ?1 AND offered = ?2`, id[:], record[:])
		if err := changed(r, err, ErrConflict); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE holder SET chip = ?2 WHERE handle = ?1 AND chip IS NULL`, certificate[:], chip[:])
		return err
	})
}

// Release forgets the offered record: the area it was meant for is given back.
func (s *Store) Release(ctx context.Context, id PersonID) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE card SET offered = NULL WHERE id = ?1`, id[:])
		return err
	})
}

func hashOf(b []byte) *Hash {
	if b == nil {
		return nil
	}
	h := Hash(b)
	return &h
}

func bytesOf(h *Hash) []byte {
	if h == nil {
		return nil
	}
	return h[:]
}
