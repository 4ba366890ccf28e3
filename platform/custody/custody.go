// Package custody holds the platform's keys: by use, never by value. What leaves
// is a tag, a sealed value, a signed record, a signer, or a secure channel in
// which commands can be wrapped; no method gives a key.
//
// What stands here is the training store alone: published card keys and keys in
// a file, refused outside training. Keys in a token (PKCS#11, session keys
// derived in the token) are a later part; Custody is the shape it will fill.
package custody

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/issuer/scp03"
)

// Errors of custody.
var (
	// ErrTrainingOnly: keys that the whole world knows, asked for outside training.
	ErrTrainingOnly = errors.New("training keys are refused outside training")
	// ErrNoKeys: no key here for this use or this card's key version.
	ErrNoKeys = errors.New("no key for this use")
	// ErrKeyFile: the training store's file is damaged, or others may read it.
	ErrKeyFile = errors.New("training key file is damaged or open to others")
)

// Use says what an HMAC is for. Two uses never share a key, so tags of one table
// cannot be joined with those of another.
type Use string

// The uses.
const (
	UseHolder        Use = "holder"         // issuer key hash ‖ certificate serial
	UseChip          Use = "chip"           // card image number
	UseLink          Use = "link"           // operator ‖ internal id
	UseServiceNumber Use = "service-number" // operator, service, service ID: uniqueness per service
	UseIdempotency   Use = "idempotency"    // a request's bytes
	UseTransaction   Use = "transaction"    // internal id behind a Transaction-Id
	UseWithdrawn     Use = "withdrawn"      // a MyKey ID that is never issued again
	UseJob           Use = "job"            // a job's authority at one desk
	UseEnrolment     Use = "enrolment"      // an enrolment code
)

// Uses lists them all.
func Uses() []Use {
	return []Use{
		UseHolder, UseChip, UseLink, UseServiceNumber, UseIdempotency,
		UseTransaction, UseWithdrawn, UseJob, UseEnrolment,
	}
}

// Tag is an HMAC-SHA256 and the version of the key that made it.
type Tag struct {
	Version uint32
	Sum     [sha256.Size]byte
}

// Custody is what the registry and the issuer ask for. Goroutines may share it.
type Custody interface {
	// HMAC gives one tag for each live key version of use, newest first: store the
	// first, look for any. It returns ErrNoKeys for a use it does not know.
	HMAC(ctx context.Context, use Use, data []byte) ([]Tag, error)
	// Seal encrypts under the newest key of an operator's own, Open decrypts under
	// the one it was sealed with. place is not kept: what was sealed for one place
	// opens for no other. Open returns ErrSealed, and ErrNoKeys for a key version
	// that is not here.
	Seal(ctx context.Context, operator string, plain, place []byte) ([]byte, error)
	Open(ctx context.Context, operator string, sealed, place []byte) ([]byte, error)
	// SignRecord sets KeyID and Signature with the newest record key that has not
	// ended; every other field must be set before. It returns ErrNoKeys when all
	// have ended.
	SignRecord(ctx context.Context, r mykey.Record) (mykey.Record, error)
	// RecordKeys lists the public record keys, ended ones too, newest first: what
	// they signed stays valid.
	RecordKeys() []mykey.RecordKey
	// DeskCA gives the certificate and the signer that desk certificates come from.
	DeskCA() (*x509.Certificate, crypto.Signer)
	// SCP03 opens a secure channel's keys for a card whose key set has this version,
	// from the host's and the card's challenge (8 bytes each, else ErrNoKeys). The
	// session keys are derived inside. It returns ErrNoKeys for another version.
	SCP03(ctx context.Context, keyVersion byte, hostChallenge, cardChallenge []byte) (*scp03.Session, error)
}
