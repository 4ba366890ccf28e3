package enrolment_test

import (
	"encoding/pem"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/madoguchi/madoguchi/app/enrolment"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/training"
)

// A real platform over TLS; the key store of the OS alone has a stand-in.
func TestACodeMakesThisAccountADesk(t *testing.T) {
	keyring.MockInit()
	set, err := training.Start(t.Context(), training.Options{Cards: []string{"training.card.unknown"}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	invitation, err := set.Invite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	dir, ca := filepath.Join(home, "desk"), filepath.Join(home, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: invitation.Authority}), 0o600); err != nil {
		t.Fatal(err)
	}
	enrol := func(code string) (string, error) {
		var told strings.Builder
		err := enrolment.Run(t.Context(), dir, invitation.Address, ca, strings.NewReader(code+"\n"), &told)
		return told.String(), err
	}

	if _, err := enrol("0000-0000-0000-0000-0000"); !errors.Is(err, platformclient.ErrCode) {
		t.Errorf("a wrong code: %v; want ErrCode", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "settings.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a wrong code left settings behind: %v", err)
	}
	if _, err := settings.Certificate(); !errors.Is(err, settings.ErrNotEnrolled) {
		t.Errorf("a wrong code left a desk key behind: %v", err)
	}

	told, err := enrol(strings.ToLower(invitation.Code)) // as people type it
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told, "指紋 / fingerprint: ") || strings.Contains(told, invitation.Code) {
		t.Errorf("the administrator is told %q", told)
	}
	s, err := settings.Load(dir)
	if err != nil || s.Platform != invitation.Address {
		t.Fatalf("settings: platform %q, %v", s.Platform, err)
	}
	roots, err := s.Roots()
	if err != nil {
		t.Fatal(err)
	}
	client, err := platformclient.New(platformclient.Config{BaseURL: s.Platform, Roots: roots, Certificate: settings.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if desk, err := client.Desk(t.Context()); err != nil || desk.Counter != invitation.Counter {
		t.Errorf("the desk is %q, %v; want %q", desk.Counter, err, invitation.Counter)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(files) != 1 {
		t.Errorf("files of the desk: %v, %v; want the settings alone", files, err)
	}
}
