package custody

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// CardKeyVersion is the key version of the training cards' key set.
const CardKeyVersion = 0x30

// recordKeyLife is how long a new record key signs.
const recordKeyLife = 5 * 365 * 24 * time.Hour

// Options says how the training store is opened.
type Options struct {
	Training bool             // the caller runs in training; else ErrTrainingOnly
	Now      func() time.Time // the clock
	Rand     io.Reader        // where new keys come from
}

// Training is the training store. Its card keys are the published test keys
// 40..4F, for Key-ENC and Key-MAC alike; the rest is made at random, once.
type Training struct {
	now  func() time.Time
	rand io.Reader
	file string // "" keeps the keys in memory alone
	card scp03.Keys

	mu   sync.RWMutex
	keys keyRing
}

var _ Custody = (*Training)(nil)

// OpenTraining opens the training store in dir, making it and its keys on the
// first call, so that a restart finds the same keys; "" keeps them in memory. It
// returns ErrTrainingOnly unless o.Training, and ErrKeyFile for a file that is
// damaged or that others may read.
func OpenTraining(dir string, o Options) (*Training, error) {
	if !o.Training {
		return nil, ErrTrainingOnly
	}
	card, err := publishedKeys()
	if err != nil {
		return nil, err
	}
	t := &Training{now: o.Now, rand: o.Rand, file: keyFile(dir), card: card}
	ring, err := loadKeyRing(t.file)
	if err != nil {
		return nil, err
	}
	changed, err := ring.complete(o.Rand, o.Now())
	if err != nil {
		return nil, err
	}
	t.keys = ring
	if changed {
		return t, t.keys.save(t.file)
	}
	return t, nil
}

// publishedKeys are the test keys that every GlobalPlatform tool knows.
func publishedKeys() (scp03.Keys, error) {
	key := make([]byte, 16)
	for i := range key {
		key[i] = 0x40 + byte(i)
	}
	return scp03.NewKeys(key, key)
}

// HMAC is Custody's.
func (t *Training) HMAC(ctx context.Context, use Use, data []byte) ([]Tag, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	var tags []Tag
	for _, k := range t.keys.hmac(use) {
		h := hmac.New(sha256.New, k.Key)
		h.Write(data)
		tags = append(tags, Tag{Version: k.Version, Sum: [sha256.Size]byte(h.Sum(nil))})
	}
	if tags == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoKeys, use)
	}
	return tags, nil
}

// Rotate makes a new key for use and gives its version; the older ones stay live.
func (t *Training) Rotate(use Use) (uint32, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	version, err := t.keys.addHMAC(use, t.rand)
	if err != nil {
		return 0, err
	}
	return version, t.keys.save(t.file)
}

// SignRecord is Custody's.
func (t *Training) SignRecord(ctx context.Context, r mykey.Record) (mykey.Record, error) {
	if err := ctx.Err(); err != nil {
		return mykey.Record{}, err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, k := range t.keys.records() {
		if t.now().After(k.NotAfter) {
			continue
		}
		r.KeyID = k.ID
		r.Signature = [ed25519.SignatureSize]byte(ed25519.Sign(k.private(), r.SignedBytes()))
		return r, nil
	}
	return mykey.Record{}, fmt.Errorf("%w: every record key has ended", ErrNoKeys)
}

// RotateRecordKey makes a new record key, which signs from now on, and gives its
// id. What the older ones signed stays valid.
func (t *Training) RotateRecordKey() (uint32, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, err := t.keys.addRecord(t.rand, t.now().Add(recordKeyLife))
	if err != nil {
		return 0, err
	}
	return id, t.keys.save(t.file)
}

// RecordKeys is Custody's.
func (t *Training) RecordKeys() []mykey.RecordKey {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var out []mykey.RecordKey
	for _, k := range t.keys.records() {
		public := k.private().Public().(ed25519.PublicKey)
		out = append(out, mykey.RecordKey{ID: k.ID, Public: public, NotAfter: k.NotAfter})
	}
	return out
}

// DeskCA is Custody's.
func (t *Training) DeskCA() (*x509.Certificate, crypto.Signer) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.keys.ca.certificate, t.keys.ca.signer
}

// SCP03 is Custody's.
func (t *Training) SCP03(ctx context.Context, keyVersion byte, hostChallenge, cardChallenge []byte) (*scp03.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if keyVersion != CardKeyVersion {
		return nil, fmt.Errorf("%w: card key version %02X", ErrNoKeys, keyVersion)
	}
	if len(hostChallenge) != scp03.ChallengeSize || len(cardChallenge) != scp03.ChallengeSize {
		return nil, fmt.Errorf("%w: challenges of %d and %d bytes", ErrNoKeys, len(hostChallenge), len(cardChallenge))
	}
	return t.card.Start([scp03.ChallengeSize]byte(hostChallenge), [scp03.ChallengeSize]byte(cardChallenge))
}

// Format shows nothing of the keys, for every verb.
func (t *Training) Format(f fmt.State, _ rune) { io.WriteString(f, "training custody") }
