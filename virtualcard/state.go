package virtualcard

import (
	"crypto/aes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// stateFile is the card's memory inside a state folder.
const stateFile = "card.json"

// ErrState: what the state folder holds is no card.
var ErrState = errors.New("stored card is damaged")

// memory is what survives power off.
type memory struct {
	Profile   Profile
	ATR       []byte
	PageSize  int
	JPKI      *jpki
	Manager   *manager
	Tripwires []*tripwire
}

// check holds what the commands rely on.
func (m memory) check() error {
	wrong := func(what string) error { return fmt.Errorf("%s: %w", what, ErrOptions) }
	if _, known := m.Profile.traits(); !known {
		return wrong("profile")
	}
	if m.PageSize < 1 || m.PageSize > AreaSize || m.PageSize&(m.PageSize-1) != 0 {
		return wrong("page size")
	}
	if j := m.JPKI; j != nil {
		for _, s := range []*secret{j.AuthPIN, j.SignPass} {
			if s == nil || len(s.Value) == 0 || len(s.Value) > 16 || s.Left < 0 || s.Left > s.Most || s.Most > 15 {
				return wrong("PIN or its tries")
			}
		}
		for _, k := range []*rsaKey{j.AuthKey, j.SignKey} {
			if k != nil && (k.PrivateKey == nil || k.Size() != 256) {
				return wrong("key that is not RSA-2048")
			}
		}
	}
	if m.Manager != nil {
		return m.Manager.check()
	}
	return nil
}

func (m *manager) check() error {
	wrong := func(what string) error { return fmt.Errorf("%s: %w", what, ErrOptions) }
	for _, k := range [][]byte{m.Keys.Enc, m.Keys.Mac, m.Keys.Dek} {
		if _, err := aes.NewCipher(k); err != nil {
			return wrong("card-management key")
		}
	}
	switch {
	case m.Parameter != pseudoRandom && m.Parameter != randomChallenge:
		return wrong("SCP03 parameter")
	case len(m.Diversification) != 10:
		return wrong("diversification data")
	case len(m.ImageNumber) > 127 || m.ImageNumber != nil && len(m.ImageNumber) == 0:
		return wrong("card image number")
	case m.Free < 0 || m.TriesLeft < 0 || m.TriesLeft > authenticateTries:
		return wrong("free space or tries")
	}
	for _, f := range m.Files {
		if f == nil || len(f.AID) < 5 || len(f.AID) > 16 {
			return wrong("load file")
		}
	}
	for _, r := range m.Apps {
		if r == nil || len(r.AID) < 5 || len(r.AID) > 16 || len(r.Privileges) != 3 || r.Area != nil && len(r.Area) != AreaSize {
			return wrong("application in the registry")
		}
	}
	return nil
}

// Save stores the card in a folder, whole or not at all: the file is written beside the old one,
// forced to the disk and renamed over it.
func (c *Card) Save(dir string) error {
	c.mu.Lock()
	content, err := json.MarshalIndent(c.memory, "", " ")
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("store card: %w", err)
	}
	if err := replace(filepath.Join(dir, stateFile), content); err != nil {
		return fmt.Errorf("store card: %w", err)
	}
	return nil
}

// Load takes a card from a folder and powers it. Errors: ErrState, and os.ErrNotExist where no
// card has been stored.
func Load(dir string) (*Card, error) {
	content, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return nil, fmt.Errorf("stored card: %w", err)
	}
	c := &Card{rand: rand.Reader, supply: Mains{}}
	if err := json.Unmarshal(content, &c.memory); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if err := c.memory.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	c.restart()
	return c, nil
}

func replace(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name()) // the error that matters is err
		}
	}()
	if _, err = f.Write(content); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
