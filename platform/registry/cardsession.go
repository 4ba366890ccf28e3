package registry

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
	"github.com/madoguchi/madoguchi/platform/issuer"
	"github.com/madoguchi/madoguchi/platform/store"
)

// offerDays is how far back an offered record's issue date is sought. The store
// keeps its hash alone, not the day; Ed25519 signs the same bytes the same way,
// so the right day gives the very record. An older offer is replaced.
const offerDays = 400

// CardSession asks for a card session.
type CardSession struct {
	Transaction string     // 32 hex digits
	Job         string     // 32 hex digits, the desk's
	Release     bool       // give the area back; else write
	Request     [32]byte   // assertion.RequestDigest
	Assertion   *Assertion // nil: the job's authority
	Facts       issuer.Facts
}

// CardStep is the platform's side of one trip.
type CardStep struct {
	Session string
	MyKeyID mykey.ID
	Wanted  *mykey.Record
	Script  *issuer.Script
	Done    bool
}

// OpenCardSession is trip 1: who is it, may this be, what is the card to hold.
func (r *Registry) OpenCardSession(ctx context.Context, d Desk, s CardSession) (CardStep, error) {
	if err := d.legalBasis(RoleMunicipal); err != nil {
		return CardStep{}, err
	}
	area, err := parseFacts(s)
	if err != nil {
		return CardStep{}, err
	}
	chips, _, err := r.handles(ctx, custody.UseChip, s.Facts.ImageNumber)
	if err != nil {
		return CardStep{}, err
	}
	certificate, err := r.authority(ctx, d, s, chips[0])
	if err != nil {
		return CardStep{}, err
	}
	holder, person, err := r.personOf(ctx, certificate)
	if err != nil {
		return CardStep{}, err
	}
	if err := admit(holder, person, chips, s.Release); err != nil {
		return CardStep{}, err
	}
	change, err := r.change(ctx, s.Transaction)
	if err != nil {
		return CardStep{}, err
	}
	if change.Key, err = r.newest(ctx, custody.UseIdempotency, "card session", d.ID, s.Transaction); err != nil {
		return CardStep{}, err
	}
	change.Request = []byte{} // card sessions are never answered from here
	session := &cardSession{desk: d.ID, person: holder.ID, certificate: certificate}
	step := CardStep{MyKeyID: person.MyKeyID}
	if s.Release {
		if area.A.State == mykey.SlotValid || area.B.State == mykey.SlotValid {
			return CardStep{}, ErrNotReleased
		}
		if err := r.begin(ctx, holder.ID, person.Card, nil, change); err != nil {
			return CardStep{}, err
		}
		return r.openScript(ctx, session, step, issuer.Request{Desk: d.ID, Step: issuer.StepRelease, Facts: s.Facts})
	}
	wanted, done, err := r.want(ctx, area, holder.ID, person, mykey.Binding(s.Facts.ImageNumber), change)
	if err != nil {
		return CardStep{}, err
	}
	step.Wanted, session.wanted = &wanted, hashOf(wanted)
	if done {
		step.Done = true
		return step, nil
	}
	return r.openScript(ctx, session, step, issuer.Request{Desk: d.ID, Step: issuer.StepWrite, Facts: s.Facts, Wanted: &wanted})
}

func (r *Registry) openScript(ctx context.Context, s *cardSession, step CardStep, request issuer.Request) (CardStep, error) {
	id, script, err := r.Issuer.Open(ctx, request)
	if err != nil {
		return CardStep{}, err
	}
	r.sessions.put(id, s)
	step.Session, step.Script = id, &script
	return step, nil
}

// parseFacts checks the form of what the desk says about the card.
func parseFacts(s CardSession) (mykey.Area, error) {
	f := s.Facts
	if !isHex16(s.Transaction) || !isHex16(s.Job) {
		return mykey.Area{}, fmt.Errorf("%w: transaction or job", ErrRequest)
	}
	if len(f.ImageNumber) == 0 {
		return mykey.Area{}, ErrNoNumber
	}
	if !f.Reserved {
		if f.SlotA != nil || f.SlotB != nil {
			return mykey.Area{}, fmt.Errorf("%w: slots without an area", ErrRequest)
		}
		return mykey.ParseArea(make([]byte, mykey.AreaSize)), nil
	}
	if len(f.SlotA) != mykey.SlotSize || len(f.SlotB) != mykey.SlotSize {
		return mykey.Area{}, fmt.Errorf("%w: slots of %d and %d bytes", ErrRequest, len(f.SlotA), len(f.SlotB))
	}
	return mykey.ParseArea(append(append([]byte(nil), f.SlotA...), f.SlotB...)), nil
}

func isHex16(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 16 && hex.EncodeToString(b) == s
}

// admit refuses who may not have a card written (or given back).
func admit(holder store.Holder, person store.Person, chips []store.Handle, release bool) error {
	if person.Stopped && !release {
		return ErrMyKeyStopped
	}
	return sameChip(holder, chips)
}

// sameChip refuses a certificate that came with another chip before.
func sameChip(holder store.Holder, chips []store.Handle) error {
	if holder.Chip == nil {
		return nil
	}
	for _, c := range chips {
		if c == *holder.Chip {
			return nil
		}
	}
	return ErrNotThisCertificate
}

// want settles which record the card is to hold, and ties the transaction. done:
// it is confirmed and stands there.
func (r *Registry) want(ctx context.Context, area mykey.Area, id store.PersonID, person store.Person, binding [mykey.BindingSize]byte, change store.Change) (record mykey.Record, done bool, err error) {
	at, err := look(area, person.Card, person.MyKeyID, binding, r.Keys.RecordKeys(), r.Now())
	if err != nil {
		return mykey.Record{}, false, err
	}
	if at.Done {
		return *at.Record, true, r.begin(ctx, id, person.Card, nil, change)
	}
	if at.Offered {
		record, found := at.Record, at.Record != nil
		if !found {
			if record, found, err = r.offered(ctx, person, binding); err != nil {
				return mykey.Record{}, false, err
			}
		}
		if found {
			return *record, false, r.begin(ctx, id, person.Card, nil, change)
		}
	}
	made, err := r.record(ctx, person.MyKeyID, at.Next, binding, r.Now())
	if err != nil {
		return mykey.Record{}, false, err
	}
	hash := hashOf(made)
	return made, false, r.begin(ctx, id, person.Card, &store.Card{OfferedGeneration: made.Generation, Offered: &hash}, change)
}

// offered makes the offered record again, or reports false: it was for another
// card, under a key that signs no more, or is too old.
func (r *Registry) offered(ctx context.Context, person store.Person, binding [mykey.BindingSize]byte) (*mykey.Record, bool, error) {
	now := r.Now()
	for day := range offerDays {
		record, err := r.record(ctx, person.MyKeyID, person.Card.OfferedGeneration, binding, now.AddDate(0, 0, -day))
		if err != nil {
			return nil, false, err
		}
		if is(person.Card.Offered, record) {
			return &record, true, nil
		}
	}
	return nil, false, nil
}

func (r *Registry) record(ctx context.Context, id mykey.ID, generation uint32, binding [mykey.BindingSize]byte, issued time.Time) (mykey.Record, error) {
	record, err := r.Keys.SignRecord(ctx, mykey.Record{
		Kind: mykey.KindRecord, Generation: generation, ID: id, Issued: mykey.DateOf(issued.In(japan)), Binding: binding,
	})
	if err != nil {
		return mykey.Record{}, fmt.Errorf("sign record: %w", err)
	}
	return record, nil
}

func (r *Registry) begin(ctx context.Context, id store.PersonID, was store.Card, offer *store.Card, change store.Change) error {
	err := r.Store.BeginCard(ctx, id, was, offer, change)
	switch {
	case errors.Is(err, store.ErrMixed):
		return ErrMixed
	case errors.Is(err, store.ErrConflict): // another desk, the same moment
		return ErrSession
	}
	return err
}

// NextCardStep hands the card's answers to the issuer and keeps what their
// R-MACs prove, also where the session ends in an error.
func (r *Registry) NextCardStep(ctx context.Context, d Desk, id string, answers [][]byte) (CardStep, error) {
	session, ok := r.sessions.get(id, d.ID)
	if !ok {
		return CardStep{}, ErrSession
	}
	out, err := r.Issuer.Next(ctx, id, d.ID, answers)
	if proved := r.prove(ctx, session, out.Proof); proved != nil {
		r.CloseCardSession(d, id)
		return CardStep{}, errors.Join(proved, err)
	}
	if errors.Is(err, issuer.ErrWrongDesk) || errors.Is(err, issuer.ErrStepTwice) {
		return CardStep{}, err // the session goes on
	}
	if err != nil || out.Done {
		r.sessions.drop(id)
	}
	if err != nil {
		return CardStep{}, err
	}
	if out.Done && !out.Proof.Committed && !out.Proof.Released {
		return CardStep{}, ErrSession // over, and nothing reached: the desk looks again
	}
	return CardStep{Session: id, Script: out.Script, Done: out.Done}, nil
}

// prove keeps what the card proved: that chip and certificate belong together,
// that the record stands there, that the area is gone.
func (r *Registry) prove(ctx context.Context, s *cardSession, p issuer.Proof) error {
	if p.ImageNumber != nil {
		holder, err := r.Store.Holder(ctx, s.certificate)
		if err != nil {
			return fmt.Errorf("holder of card session: %w", err)
		}
		chips, _, err := r.handles(ctx, custody.UseChip, p.ImageNumber)
		if err != nil {
			return err
		}
		if err := sameChip(holder, chips); err != nil {
			return err
		}
		if p.Committed {
			err := r.Store.Confirm(ctx, s.person, s.wanted, holder.Handle, chips[0])
			if errors.Is(err, store.ErrConflict) {
				return ErrSession // another record was offered meanwhile
			}
			if err != nil {
				return err
			}
		}
	}
	if p.Released {
		return r.Store.Release(ctx, s.person)
	}
	return nil
}

// CloseCardSession forgets a session; one that is not this desk's is ignored.
func (r *Registry) CloseCardSession(d Desk, id string) {
	r.Issuer.Close(id, d.ID)
	if _, ok := r.sessions.get(id, d.ID); ok {
		r.sessions.drop(id)
	}
}

// cardSession is what the rules remember of a session while the issuer runs it.
type cardSession struct {
	desk        string
	person      store.PersonID
	certificate []store.Handle // the holder's
	wanted      store.Hash
	until       time.Time
}

type cardSessions struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]*cardSession
}

func (c *cardSessions) put(id string, s *cardSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	for old, session := range c.open {
		if now.After(session.until) {
			delete(c.open, old)
		}
	}
	s.until = now.Add(issuer.SessionLife)
	c.open[id] = s
}

func (c *cardSessions) get(id, desk string) (*cardSession, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.open[id]
	if !ok || s.desk != desk || c.now().After(s.until) {
		return nil, false
	}
	return s, true
}

func (c *cardSessions) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, id)
}
