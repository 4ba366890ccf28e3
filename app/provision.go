package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// provision is F2 for one card-present transaction: reserve the card AP area,
// write the MyKey ID, read it back. It is one value, replaced as a whole, so
// that nothing read for one person is ever sent for another.
//
// The card is the memory: work reads it, next decides one move, the move is
// made, the card is read again. The first run and the run after a tear are the
// same code; a job only says that work on this card is unfinished.
type provision struct {
	visit
	job     journal.Job // zero ID: none yet
	fresh   bool        // job was made in this transaction: no authority yet
	saved   bool        // job is in the journal
	torn    bool        // only the card of job will do
	why     Code        // torn: what the clerk is told, "" for nothing
	retried bool        // once, after a tear that left the card in place
	release bool        // given up
	started time.Time   // of the whole, over tears

	facts       cardio.Facts
	certificate []byte
	want        mykey.Record
	known       bool // want was asked
	reached     Reached
	begun       bool // a command that may change the card was sent under this job
}

// How a provision ends other than done, or with an error of the card or the
// platform.
var (
	errKept     = errors.New("given up: a valid older record stays")
	errReleased = errors.New("given up: the area is free")
)

// tornError is a card session that ended with its outcome unknown.
type tornError struct{ cause error }

func (e *tornError) Error() string { return fmt.Sprintf("card session torn: %v", e.cause) }
func (e *tornError) Unwrap() error { return e.cause }

// write serves one person after another until another screen is chosen.
// job is unfinished work to go on with, "" for none.
func (a *App) write(ctx context.Context, job string) {
	p := a.newProvision()
	if err := p.resume(ctx, job); err != nil {
		p = p.conclude(ctx, err)
	}
	for p != nil && ctx.Err() == nil {
		err := p.work(ctx)
		p.wipePIN()
		p.close()
		if ctx.Err() == nil {
			p = p.conclude(ctx, err)
		}
	}
}

func (a *App) newProvision() *provision {
	return &provision{visit: visit{App: a, screen: ScreenWrite, cancel: errDeclined}}
}

// work goes from the empty R/W to the written card.
func (p *provision) work(ctx context.Context) error {
	if err := p.allowed(ctx); err != nil {
		return err
	}
	if err := p.await(ctx); err != nil {
		return err
	}
	if err := p.open(ctx); err != nil {
		return err
	}
	if p.job.ID == "" {
		if err := p.askPerson(ctx); err != nil {
			return err
		}
	}
	if err := p.during(ctx, true, p.read); err != nil {
		return err
	}
	looked := false // anew, because the platform asked to
	for range maxRounds {
		move, code := next(p.state(), goal{want: p.want, known: p.known, release: p.release, keys: p.recordKeys()})
		switch {
		case move == MoveRefuse:
			return refusal{code}
		case move == MoveKeep:
			return errKept
		case move == MoveDone && p.release && !p.facts.Reserved:
			return errReleased
		case move == MoveDone:
			return nil
		}
		before := p.shown()
		err := p.make(ctx, move)
		again := errors.Is(err, platformclient.ErrSession) && !looked
		if err != nil && !again {
			return err
		}
		if err := p.during(ctx, false, p.reread); err != nil {
			return &tornError{err}
		}
		if looked = looked || again; !again && p.shown() == before {
			break
		}
	}
	return fmt.Errorf("a card session changed nothing: %w", cardio.ErrUnexpected)
}

// maxRounds bounds the card sessions of one transaction; two are usual.
const maxRounds = 4

// shown is what a round may change: the card, and what is known of the goal.
func (p *provision) shown() shown { return shown{p.facts.Reserved, string(p.facts.Area), p.known} }

type shown struct {
	reserved bool
	area     string
	known    bool
}

// make makes one move: a card session of the platform.
func (p *provision) make(ctx context.Context, move Move) error {
	switch move {
	case MoveRelease:
		return p.session(ctx, platformclient.StepRelease)
	case MoveAsk:
		err := p.learn(ctx)
		if errors.Is(err, platformclient.ErrAuthority) {
			return errKept // whose record it is cannot be asked any more; it stays whole
		}
		return err
	default:
		return p.session(ctx, platformclient.StepWrite)
	}
}

// allowed refuses before a card is read what this desk may not do.
func (p *provision) allowed(ctx context.Context) error {
	desk, known := p.deskNow()
	if !known {
		if err := p.during(ctx, true, p.askDesk); err != nil {
			return err
		}
		desk, _ = p.deskNow()
	}
	if !p.Training && desk.LegalBasis[platformclient.RoleMunicipal] == "" {
		return refusal{CodeLegalBasis}
	}
	return nil
}

// open takes up the card on the R/W: a new transaction, which card it is, and
// whether work on it is unfinished.
func (p *provision) open(ctx context.Context) error {
	p.transaction = newTransaction()
	if p.started.IsZero() {
		p.started = p.now()
	}
	return p.during(ctx, true, func(ctx context.Context) error {
		card, err := p.Reader.Open(ctx)
		if err != nil {
			return p.gone(err)
		}
		p.card = card
		kind, err := card.Kind(ctx)
		if err != nil {
			return p.gone(err)
		}
		if code, wrong := kindCodes[kind]; wrong {
			if p.torn {
				code = CodeCardNotSame
			}
			return refusal{code}
		}
		p.publish(func(v *View) { v.Write.Card = true })
		return p.findJob(ctx)
	})
}

// kindCodes names the cards that are not a My Number Card.
var kindCodes = map[cardio.Kind]Code{
	cardio.KindJuki: CodeCardJuki, cardio.KindPhone: CodeCardPhone, cardio.KindFeliCa: CodeCardFeliCa,
	cardio.KindLicence: CodeCardLicence, cardio.KindOther: CodeCardUnknown,
}

// findJob looks for unfinished work on this card. The card's fingerprint is
// taken only where there is unfinished work at all.
func (p *provision) findJob(ctx context.Context) error {
	jobs, err := p.Journal.Jobs(ctx)
	if err != nil || len(jobs) == 0 && !p.torn {
		return err
	}
	print, err := p.card.Fingerprint(ctx)
	if err != nil {
		return p.gone(err)
	}
	tag := p.Journal.Card(print)
	if p.torn && p.job.Card != tag {
		return refusal{CodeCardNotSame}
	}
	job, found, err := p.Journal.Find(ctx, tag)
	if err != nil || !found {
		return err
	}
	p.job, p.saved, p.begun, p.reached = job, true, true, Reached(job.Reached)
	p.publish(func(v *View) { v.Write.Resumed, v.Write.Reached = true, p.reached })
	return nil
}

// read is step 2: everything that is looked at before the PIN is asked for.
func (p *provision) read(ctx context.Context) (err error) {
	p.publish(func(v *View) { v.enter(PhaseReading) })
	if p.facts, err = p.card.Facts(ctx); err != nil {
		return p.gone(err)
	}
	if p.certificate, err = p.card.Certificate(ctx); err != nil {
		return p.gone(err)
	}
	p.publish(func(v *View) { v.Write.FreeBytes = p.facts.Free })
	if !p.facts.Reserved && p.facts.Free >= 0 && p.facts.Free < areaCost {
		return refusal{CodeCardFull}
	}
	print, err := p.card.Fingerprint(ctx)
	if err != nil {
		return p.gone(err)
	}
	tag := p.Journal.Card(print)
	if barred, err := p.Journal.Barred(ctx, tag); err != nil {
		return err
	} else if barred {
		return refusal{CodeCardLocked}
	}
	if p.job.ID == "" {
		p.job, p.fresh = journal.Job{ID: journal.NewJobID(), Card: tag, Since: p.now()}, true
	}
	return p.checkCertificate(ctx)
}

// areaCost is what INSTALL reserves, in bytes (tags C8 and D8).
const areaCost = 512

// checkCertificate asks for the certificate's state; the nonces are thrown away.
func (p *provision) checkCertificate(ctx context.Context) error {
	c, err := p.Platform.Challenges(ctx, []platformclient.Purpose{platformclient.PurposeWrite}, p.certificate)
	p.heard(err)
	if err != nil {
		return err
	}
	state, code := certificateState(c.State)
	p.publish(func(v *View) { v.Write.Certificate, v.Write.CheckedAt = state, c.CheckedAt })
	if code != "" {
		return refusal{code}
	}
	return nil
}

func certificateState(s platformclient.CertificateState) (CertificateState, Code) {
	switch s {
	case platformclient.CertificateGood:
		return CertificateGood, ""
	case platformclient.CertificateExpired:
		return CertificateExpired, CodeCertExpired
	case platformclient.CertificateRevoked:
		return CertificateRevoked, CodeCertRevoked
	default:
		return CertificateUnknown, CodeCertUnknown
	}
}

// reread is the read-back: both slots in the clear.
func (p *provision) reread(ctx context.Context) (err error) {
	if !p.release {
		p.publish(func(v *View) { v.enter(PhaseVerifying) })
	}
	p.facts, err = p.card.Facts(ctx)
	return err
}

func (p *provision) state() cardState {
	return cardState{
		reserved: p.facts.Reserved,
		area:     mykey.ParseArea(p.facts.Area),
		binding:  mykey.Binding(p.facts.ImageNumber),
	}
}

func (p *provision) recordKeys() []mykey.RecordKey {
	desk, _ := p.deskNow()
	return desk.RecordKeys
}

func (a *App) deskNow() (platformclient.Desk, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.desk, a.known
}
