package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

// Holder is what a desk read from a card: its record (128 bytes), its user
// authentication certificate (DER), or both. nil is not read.
type Holder struct{ Record, Certificate []byte }

// whose is who it leads to.
type whose struct {
	person      store.Person // zero: nobody
	record      *store.Hash  // nil: by certificate alone
	certificate *verifier.Certificate
	holders     []store.Handle // of certificate
}

func (w whose) nobody() bool { return w.person.ID == store.PersonID{} }

// whose finds who holds a card. It asks the store the same questions whether
// there is somebody or not, and nobody is no error: what that means, the caller
// says. Of two, record and certificate, the record leads, and the certificate
// must be of the same person: ErrNotThisCertificate, which does not say whether
// it is another's. A certificate alone must not have expired. ErrRequest,
// ErrForged, ErrKeyUnknown, ErrRecordOld, ErrCertificateRefused,
// ErrCertificateExpired.
func (r *Registry) whose(ctx context.Context, h Holder) (whose, error) {
	var w whose
	if h.Record == nil && h.Certificate == nil {
		return w, fmt.Errorf("%w: neither record nor certificate", ErrRequest)
	}
	if h.Record != nil {
		if err := r.whoseRecord(ctx, h.Record, &w); err != nil {
			return whose{}, err
		}
	}
	if h.Certificate != nil {
		if err := r.whoseCertificate(ctx, h.Certificate, &w); err != nil {
			return whose{}, err
		}
	}
	return w, nil
}

// whoseRecord takes the confirmed or the offered record, byte for byte. What an
// ended key signed stays valid.
func (r *Registry) whoseRecord(ctx context.Context, record []byte, w *whose) error {
	slot := mykey.ParseSlot(record)
	if slot.State != mykey.SlotValid {
		return fmt.Errorf("%w: record", ErrRequest)
	}
	switch err := slot.Record.Verify(r.Keys.RecordKeys()); {
	case errors.Is(err, mykey.ErrForged):
		return ErrForged
	case errors.Is(err, mykey.ErrKeyUnknown):
		return ErrKeyUnknown
	case err != nil:
		return fmt.Errorf("check record: %w", err)
	}
	if slot.Record.Kind != mykey.KindRecord {
		return ErrRecordOld // a tombstone names nobody
	}
	hash := hashOf(slot.Record)
	w.record = &hash
	person, err := r.Store.PersonByMyKey(ctx, slot.Record.ID, r.Now())
	switch {
	case errors.Is(err, store.ErrNone):
		return nil
	case err != nil:
		return err
	case !person.Card.Has(hash):
		return ErrRecordOld
	}
	w.person = person
	return nil
}

func (r *Registry) whoseCertificate(ctx context.Context, der []byte, w *whose) error {
	cert, err := r.Verifier.Parse(der)
	if err != nil {
		return errors.Join(ErrCertificateRefused, err)
	}
	w.certificate = &cert
	if w.holders, _, err = r.handles(ctx, custody.UseHolder, cert.HolderBytes()); err != nil {
		return err
	}
	holder, err := r.Store.Holder(ctx, w.holders)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	if w.record == nil && r.Verifier.Ended(cert) {
		return ErrCertificateExpired // nothing else speaks for its holder
	}
	if w.record != nil {
		if !w.nobody() && holder.ID != w.person.ID {
			return ErrNotThisCertificate
		}
		return nil
	}
	person, err := r.Store.Person(ctx, holder.ID, r.Now()) // of a zero id: none
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	w.person = person
	return nil
}

// pairwise gives a person's handles at an operator.
func (r *Registry) pairwise(ctx context.Context, operator string, id store.PersonID) ([]store.Handle, error) {
	handles, _, err := r.handles(ctx, custody.UseLink, closed(operator, string(id[:])))
	return handles, err
}
