// Package issuer makes the scripts that reserve, write and release the MyKey
// card AP, and judges what the card answered (card sessions over GlobalPlatform
// and SCP03). The desk relays; what counts as done is what R-MACs prove.
//
// Where an answer is known beforehand it is computed whole, but only its hash
// leaves: the desk can see a difference and stop before the commit, and cannot
// hand back an R-MAC that the card did not give.
//
// Facts that the desk sends are claims. They choose what the script says; the
// card image number among them is checked under R-MAC before anything is done.
//
// House rules: sessions live in memory and die with the process; no goroutines;
// clock and randomness come from outside; nothing here is logged.
package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// Limits of card sessions.
const (
	KeyLife     = 60 * time.Second // session keys, from the script with INITIALIZE UPDATE on
	SessionLife = 2 * time.Minute  // all trips
	PerDesk     = 4                // sessions of one desk; one more ends its oldest

	maxScripts  = 4
	maxCommands = 16 // a script
	nonceSize   = 16
	idSize      = 16
)

// Keys opens the secure channel's keys; custody fills it.
type Keys interface {
	// SCP03 derives the session keys for a card whose key set has this version, from
	// two challenges of 8 bytes. Where there is no such key set, the error says so.
	SCP03(ctx context.Context, keyVersion byte, hostChallenge, cardChallenge []byte) (*scp03.Session, error)
}

// Step is what a session is for.
type Step int

// Steps.
const (
	StepWrite   Step = iota + 1 // reserve the area if it is not there, and write the wanted record
	StepRelease                 // give the area back
)

// Facts is what the desk read in the clear and claims about the card.
type Facts struct {
	ISD          []byte // the Issuer Security Domain's AID as selected, 8 or 7 bytes
	ImageNumber  []byte // value of TLV 45
	FreeSpace    []byte // FF21 as answered; nil where the card has none
	Reserved     bool   // the MyKey AP can be selected
	SlotA, SlotB []byte // 128 bytes each when Reserved
}

// Request opens a session.
type Request struct {
	Desk   string // who may go on with it
	Step   Step
	Facts  Facts
	Wanted *mykey.Record // for StepWrite: signed, and bound to the card image number
}

// Script is what the desk sends to the card, in order, up to the first answer
// that is not the expected one.
type Script struct {
	Nonce    []byte // 16 random bytes
	Commands []Command
}

// Command is one command APDU and SHA-256(nonce ‖ answer), or nil where the
// answer cannot be known beforehand: there the desk goes on at 9000 only.
type Command struct {
	APDU   []byte
	Expect []byte
}

// Outcome is what follows from the answers: the next script, or the end.
type Outcome struct {
	Script *Script // nil when Done
	// Done: the session is over without an error. What it reached is in Proof alone:
	// where the wanted record is not Committed (or the area not Released), the desk
	// looks at the card again and opens another session.
	Done  bool
	Proof Proof
}

// Proof is what R-MACs prove so far; nil and false where they prove nothing.
type Proof struct {
	ImageNumber  []byte // from GET DATA 0045
	FreeSpace    []byte // FF21 after INSTALL or DELETE
	SlotA, SlotB []byte // as last read
	Committed    bool   // the wanted record was read, committed
	Released     bool   // DELETE was carried out
}

// Issuer keeps the card sessions that are under way. Goroutines may share it.
type Issuer struct {
	keys Keys
	now  func() time.Time
	rand io.Reader

	mu       sync.Mutex
	sessions map[string]*entry
}

// entry is a session in the store.
type entry struct {
	desk   string
	opened time.Time
	busy   bool
	posted [sha256.Size]byte // digest of the answers last posted
	run    *run              // touched by whoever set busy
}

// New makes an issuer. Goroutines share keys and rand.
func New(keys Keys, now func() time.Time, rand io.Reader) *Issuer {
	return &Issuer{keys: keys, now: now, rand: rand, sessions: map[string]*entry{}}
}

// Open begins a session and gives its first script. It returns ErrFacts,
// ErrNoNumber, ErrWanted, ErrStale or ErrHolds; then there is no session.
func (iss *Issuer) Open(ctx context.Context, req Request) (string, Script, error) {
	r, err := newRun(iss.keys, iss.rand, req)
	if err != nil {
		return "", Script{}, fmt.Errorf("open card session: %w", err)
	}
	now := iss.now()
	script, err := r.begin(ctx, now)
	if err != nil {
		return "", Script{}, fmt.Errorf("open card session: %w", err)
	}
	raw := make([]byte, idSize)
	if _, err := io.ReadFull(iss.rand, raw); err != nil {
		return "", Script{}, fmt.Errorf("open card session: %w", err)
	}
	id := hex.EncodeToString(raw)
	iss.mu.Lock()
	defer iss.mu.Unlock()
	iss.makeRoom(req.Desk, now)
	iss.sessions[id] = &entry{desk: req.Desk, opened: now, run: r}
	return id, script, nil
}

// Next judges the answers to the last script: as many as the card gave, in
// order; the last may be the unexpected one that the desk stopped at. Any error
// but ErrWrongDesk and ErrStepTwice ends the session; the Outcome then still
// holds what was proved.
func (iss *Issuer) Next(ctx context.Context, id, desk string, answers [][]byte) (Outcome, error) {
	now := iss.now()
	e, err := iss.take(id, desk, digest(answers), now)
	if err != nil {
		return Outcome{}, err
	}
	out, err := e.run.next(ctx, answers, now)
	iss.mu.Lock()
	defer iss.mu.Unlock()
	e.busy = false
	if err != nil || out.Done {
		delete(iss.sessions, id)
	}
	if err != nil {
		return out, fmt.Errorf("card session: %w", err)
	}
	return out, nil
}

// Close forgets a session of this desk; any other id is ignored.
func (iss *Issuer) Close(id, desk string) {
	iss.mu.Lock()
	defer iss.mu.Unlock()
	if e, ok := iss.sessions[id]; ok && e.desk == desk {
		delete(iss.sessions, id)
	}
}

func (iss *Issuer) take(id, desk string, posted [sha256.Size]byte, now time.Time) (*entry, error) {
	iss.mu.Lock()
	defer iss.mu.Unlock()
	e, ok := iss.sessions[id]
	switch {
	case !ok:
		return nil, ErrSessionUnknown
	case e.desk != desk:
		return nil, ErrWrongDesk
	case e.busy || e.posted == posted:
		return nil, ErrStepTwice
	case e.over(now):
		delete(iss.sessions, id)
		return nil, ErrSessionOver
	}
	e.busy, e.posted = true, posted
	return e, nil
}

func (e *entry) over(now time.Time) bool {
	return now.Sub(e.opened) > SessionLife || now.Sub(e.run.keyed) > KeyLife
}

// makeRoom forgets what is over, and this desk's oldest session when it has as
// many as it may: a desk whose answers get lost must not lock itself out.
func (iss *Issuer) makeRoom(desk string, now time.Time) {
	mine, oldest := 0, ""
	for id, e := range iss.sessions {
		if !e.busy && e.over(now) {
			delete(iss.sessions, id)
			continue
		}
		if e.desk != desk {
			continue
		}
		mine++
		if oldest == "" || e.opened.Before(iss.sessions[oldest].opened) {
			oldest = id
		}
	}
	if mine >= PerDesk {
		delete(iss.sessions, oldest)
	}
}

func digest(answers [][]byte) [sha256.Size]byte {
	h := sha256.New()
	for _, a := range answers {
		fmt.Fprintf(h, "%d:", len(a))
		h.Write(a)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
