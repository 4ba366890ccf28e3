// Package settings is what a desk knows of itself: the settings file, which holds
// no secret, and the desk's identity, whose secrets are in the OS's key store.
package settings

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/madoguchi/madoguchi/app/handover"
)

// ErrCA: the file of certificate authorities holds none.
var ErrCA = errors.New("no certificate in the file of certificate authorities")

// Settings is the settings file. The zero value is a desk that is not enrolled.
type Settings struct {
	Platform   string `json:"platform"`              // https://host[:port]
	Origin     string `json:"origin,omitempty"`      // what residents sign; empty: Platform
	CAFile     string `json:"ca_file,omitempty"`     // PEM; empty: the system's
	Resident   string `json:"resident,omitempty"`    // auto, beside, turn
	ReaderLeft bool   `json:"reader_left,omitempty"` // the R/W stands left of the resident's screen
	LargeText  bool   `json:"large_text,omitempty"`  // 200 %

	Reception Reception `json:"reception,omitzero"`
}

// Reception is how a reception desk looks up and hands over.
type Reception struct {
	Service    string          `json:"service,omitempty"` // code of the one that is looked up; empty: the first
	Handover   handover.Config `json:"handover,omitzero"` // no way: numbers are shown only
	Stays      int             `json:"stays,omitempty"`   // s, how long a number is shown; 0: 20
	WipeOnExit bool            `json:"wipe_on_exit,omitempty"`
	Unattended bool            `json:"unattended,omitempty"` // self-check: no number on the screen
	LockAfter  int             `json:"lock_after,omitempty"` // min without a tap or a key in our window, then 休止中; 0: never
}

const fileName = "settings.json"

// Load reads the settings in dir; a file that is not there gives the zero value.
func Load(dir string) (s Settings, err error) {
	b, err := os.ReadFile(filepath.Join(dir, fileName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	return s, nil
}

// Save writes the settings in dir, whole or not at all.
func Save(dir string, s Settings) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path+".new", append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

// Roots are the authorities that vouch for the platform; nil means the system's.
// It returns ErrCA for a file without a certificate.
func (s Settings) Roots() (*x509.CertPool, error) {
	if s.CAFile == "" {
		return nil, nil
	}
	b, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read certificate authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, ErrCA
	}
	return pool, nil
}
