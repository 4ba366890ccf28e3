package settings_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/settings"
)

func TestSettingsComeBackAsSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if got, err := settings.Load(dir); err != nil || !cmp.Equal(got, settings.Settings{}) {
		t.Fatalf("Load without a file = %+v, %v; want the zero value", got, err)
	}
	want := settings.Settings{
		Platform: "https://platform.example", Resident: "turn", ReaderLeft: true,
		Reception: settings.Reception{
			Service: "library", Stays: 10, WipeOnExit: true,
			Handover: handover.Config{Way: handover.WayKeyboard, Target: handover.TargetConfig{Process: "lending.exe", Title: "^貸出"}},
		},
	}
	if err := settings.Save(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, err := settings.Load(dir); err != nil || !cmp.Equal(got, want) {
		t.Errorf("Load = %v; (-want +got):\n%s", err, cmp.Diff(want, got))
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := settings.Load(dir); err == nil {
		t.Error("Load took a file that is not settings")
	}
}

func TestAFileWithoutAnAuthorityIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (settings.Settings{CAFile: path}).Roots(); !errors.Is(err, settings.ErrCA) {
		t.Errorf("Roots = %v; want ErrCA", err)
	}
	if pool, err := (settings.Settings{}).Roots(); pool != nil || err != nil {
		t.Errorf("Roots without a file = %v, %v; want the system's", pool, err)
	}
}

// The key store of the OS is a part of the machine: the library's own stand-in
// takes its place here.
func TestADeskKeyIsInTheKeyStoreAndNowhereElse(t *testing.T) {
	keyring.MockInit()
	if _, err := settings.Certificate(); !errors.Is(err, settings.ErrNotEnrolled) {
		t.Fatalf("Certificate before enrolment = %v; want ErrNotEnrolled", err)
	}
	r, err := settings.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.ParseCertificateRequest(r.CSR)
	if err != nil || csr.CheckSignature() != nil {
		t.Fatalf("certificate request: %v", err)
	}
	ca, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, csr.PublicKey, ca)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Keep(der); err != nil {
		t.Fatal(err)
	}
	got, err := settings.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	if !got.PrivateKey.(*ecdsa.PrivateKey).PublicKey.Equal(csr.PublicKey) {
		t.Error("the key store gave another key")
	}
}

func TestTheJournalKeyStaysTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func()
		inFile  bool
	}{
		"with a key store": {keyring.MockInit, false},
		"without one":      {func() { keyring.MockInitWithError(errors.New("no key store here")) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			c.prepare()
			dir := filepath.Join(t.TempDir(), "desk")
			first, inFile, err := settings.JournalKey(dir)
			if err != nil || inFile != c.inFile {
				t.Fatalf("JournalKey in a file: %v, %v; want %v", inFile, err, c.inFile)
			}
			again, _, err := settings.JournalKey(dir)
			if err != nil || again != first {
				t.Errorf("the second key is another one (%v)", err)
			}
			file, err := os.Stat(filepath.Join(dir, "journal.key"))
			if (err == nil) != c.inFile {
				t.Errorf("a key file is there: %v; want %v", err == nil, c.inFile)
			}
			if err == nil && file.Mode().Perm() != 0o600 {
				t.Errorf("key file has mode %v; want 0600", file.Mode().Perm())
			}
		})
	}
}

func TestASecretIsKeptOutsideTheSettingsFile(t *testing.T) {
	keyring.MockInit()
	if got := settings.Secret(settings.SIP2Login); got != "" {
		t.Error("a secret before any was kept")
	}
	if err := settings.KeepSecret(settings.SIP2Login, "made-up"); err != nil {
		t.Fatal(err)
	}
	if got := settings.Secret(settings.SIP2Login); string(got) != "made-up" {
		t.Error("the secret did not come back")
	}
	if err := settings.KeepSecret(settings.SIP2Login, ""); err != nil {
		t.Fatal(err)
	}
	if got := settings.Secret(settings.SIP2Login); got != "" {
		t.Error("the secret is still there")
	}
	if err := settings.KeepSecret("journal-key", "x"); !errors.Is(err, settings.ErrSecret) {
		t.Errorf("another name: %v, want ErrSecret", err)
	}
}
