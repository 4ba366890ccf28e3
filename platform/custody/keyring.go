package custody

import (
	"cmp"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// keySize is the length of an HMAC key and of an Ed25519 seed, in bytes.
const keySize = 32

// keyRing is the training store's file. Byte fields are base64 in it.
type keyRing struct {
	HMAC   []hmacKey   `json:"hmac"`
	Seal   []sealKey   `json:"seal"`
	Record []recordKey `json:"record"`
	DeskCA deskCAFile  `json:"desk_ca"`

	ca deskCA
}

type hmacKey struct {
	Use     Use    `json:"use"`
	Version uint32 `json:"version"`
	Key     []byte `json:"key"`
}

type recordKey struct {
	ID       uint32    `json:"id"`
	NotAfter time.Time `json:"not_after"`
	Seed     []byte    `json:"seed"`
}

func (k recordKey) private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Seed) }

// complete makes what is missing and reports whether it made anything: an older
// file gets the keys of a newer use.
func (r *keyRing) complete(rand io.Reader, now time.Time) (bool, error) {
	changed := false
	for _, use := range Uses() {
		if len(r.hmac(use)) > 0 {
			continue
		}
		if _, err := r.addHMAC(use, rand); err != nil {
			return false, err
		}
		changed = true
	}
	if len(r.Seal) == 0 {
		if _, err := r.addSeal(rand); err != nil {
			return false, err
		}
		changed = true
	}
	if len(r.Record) == 0 {
		if _, err := r.addRecord(rand, now.Add(recordKeyLife)); err != nil {
			return false, err
		}
		changed = true
	}
	if r.DeskCA.empty() {
		ca, err := newDeskCA(rand, now)
		if err != nil {
			return false, err
		}
		r.DeskCA = ca
		changed = true
	}
	var err error
	r.ca, err = r.DeskCA.open()
	return changed, err
}

// hmac gives the keys of a use, newest first.
func (r *keyRing) hmac(use Use) []hmacKey {
	keys := slices.DeleteFunc(slices.Clone(r.HMAC), func(k hmacKey) bool { return k.Use != use })
	slices.SortFunc(keys, func(a, b hmacKey) int { return cmp.Compare(b.Version, a.Version) })
	return keys
}

// records gives the record keys, newest first.
func (r *keyRing) records() []recordKey {
	keys := slices.Clone(r.Record)
	slices.SortFunc(keys, func(a, b recordKey) int { return cmp.Compare(b.ID, a.ID) })
	return keys
}

func (r *keyRing) addHMAC(use Use, rand io.Reader) (uint32, error) {
	if !slices.Contains(Uses(), use) {
		return 0, fmt.Errorf("%w: %q", ErrNoKeys, use)
	}
	version := uint32(1)
	if keys := r.hmac(use); len(keys) > 0 {
		version = keys[0].Version + 1
	}
	key, err := newKey(rand)
	if err != nil {
		return 0, err
	}
	r.HMAC = append(r.HMAC, hmacKey{Use: use, Version: version, Key: key})
	return version, nil
}

func (r *keyRing) addRecord(rand io.Reader, notAfter time.Time) (uint32, error) {
	id := uint32(1)
	if keys := r.records(); len(keys) > 0 {
		id = keys[0].ID + 1
	}
	seed, err := newKey(rand)
	if err != nil {
		return 0, err
	}
	r.Record = append(r.Record, recordKey{ID: id, NotAfter: notAfter.UTC().Truncate(time.Second), Seed: seed})
	return id, nil
}

func newKey(rand io.Reader) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

func keyFile(dir string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "training-keys.json")
}

// loadKeyRing reads the file; no file is an empty ring.
func loadKeyRing(file string) (keyRing, error) {
	var r keyRing
	if file == "" {
		return r, nil
	}
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("open training keys: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return r, fmt.Errorf("%w: mode %v", ErrKeyFile, info.Mode().Perm())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return r, fmt.Errorf("open training keys: %w", err)
	}
	if json.Unmarshal(b, &r) != nil || !r.whole() {
		return keyRing{}, ErrKeyFile
	}
	return r, nil
}

func (r *keyRing) whole() bool {
	for _, k := range r.HMAC {
		if len(k.Key) != keySize {
			return false
		}
	}
	for _, k := range r.Seal {
		if len(k.Key) != keySize {
			return false
		}
	}
	for _, k := range r.Record {
		if len(k.Seed) != keySize {
			return false
		}
	}
	return true
}

// save writes a new file beside the old one and renames it, so that a crash
// leaves either.
func (r *keyRing) save(file string) error {
	if file == "" {
		return nil
	}
	if err := r.write(file); err != nil {
		return fmt.Errorf("save training keys: %w", err)
	}
	return nil
}

func (r *keyRing) write(file string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".training-keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already once it was renamed
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
