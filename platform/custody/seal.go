package custody

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrSealed: not what Seal gave for this operator and place.
var ErrSealed = errors.New("sealed value does not open")

// sealKey is one version of what operators' data keys are derived from.
type sealKey struct {
	Version uint32 `json:"version"`
	Key     []byte `json:"key"`
}

const (
	sealVersionSize = 4 // big-endian, before the nonce
	sealPrefix      = "MYKEY-OPERATOR-1"
)

// cipher gives the operator's own AES-256-GCM: its key is
// HKDF-SHA256(key, info = "MYKEY-OPERATOR-1" ‖ 00 ‖ operator).
func (k sealKey) cipher(operator string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, k.Key, nil, sealPrefix+"\x00"+operator, keySize)
	if err != nil {
		return nil, fmt.Errorf("operator's key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("operator's key: %w", err)
	}
	return cipher.NewGCM(block)
}

// seals gives the sealing keys, newest first.
func (r *keyRing) seals() []sealKey {
	keys := slices.Clone(r.Seal)
	slices.SortFunc(keys, func(a, b sealKey) int { return cmp.Compare(b.Version, a.Version) })
	return keys
}

func (r *keyRing) addSeal(rand io.Reader) (uint32, error) {
	version := uint32(1)
	if keys := r.seals(); len(keys) > 0 {
		version = keys[0].Version + 1
	}
	key, err := newKey(rand)
	if err != nil {
		return 0, err
	}
	r.Seal = append(r.Seal, sealKey{Version: version, Key: key})
	return version, nil
}

// Seal is Custody's: version ‖ nonce (12) ‖ ciphertext ‖ tag (16).
func (t *Training) Seal(ctx context.Context, operator string, plain, place []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	newest := t.keys.seals()[0]
	aead, err := newest.cipher(operator)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(t.rand, nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	out := append(binary.BigEndian.AppendUint32(nil, newest.Version), nonce...)
	return aead.Seal(out, nonce, plain, place), nil
}

// Open is Custody's.
func (t *Training) Open(ctx context.Context, operator string, sealed, place []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(sealed) < sealVersionSize {
		return nil, ErrSealed
	}
	version, rest := binary.BigEndian.Uint32(sealed), sealed[sealVersionSize:]
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, k := range t.keys.Seal {
		if k.Version != version {
			continue
		}
		aead, err := k.cipher(operator)
		if err != nil {
			return nil, err
		}
		if len(rest) < aead.NonceSize() {
			return nil, ErrSealed
		}
		plain, err := aead.Open(nil, rest[:aead.NonceSize()], rest[aead.NonceSize():], place)
		if err != nil {
			return nil, ErrSealed
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: sealed under version %d", ErrNoKeys, version)
}

// RotateSeal makes a new sealing key, which seals from now on, and gives its
// version. What the older ones sealed still opens.
func (t *Training) RotateSeal() (uint32, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	version, err := t.keys.addSeal(t.rand)
	if err != nil {
		return 0, err
	}
	return version, t.keys.save(t.file)
}
