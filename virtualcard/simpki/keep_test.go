package simpki_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

func TestCardsStayGoodUnderKeptAuthorities(t *testing.T) {
	t.Parallel()
	pki, cert := issue(t, simpki.Request{})
	path := filepath.Join(t.TempDir(), "authorities.json")
	if _, err := simpki.Load(path, simpki.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load without a file = %v; want os.ErrNotExist", err)
	}
	if err := pki.Save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("kept with mode %v (%v); want 0600", info.Mode().Perm(), err)
	}
	again, err := simpki.Load(path, simpki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.CheckSignatureFrom(again.Issuing()); err != nil {
		t.Errorf("a certificate issued before: %v", err)
	}
	if err := again.Issuing().CheckSignatureFrom(again.Root()); err != nil {
		t.Errorf("the issuing authority: %v", err)
	}
	for _, damaged := range []string{"", "{}", `{"root":"AAAA","auth":"AAAA"}`} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := simpki.Load(path, simpki.Options{}); !errors.Is(err, simpki.ErrKept) {
			t.Errorf("Load of %q = %v; want ErrKept", damaged, err)
		}
	}
}
