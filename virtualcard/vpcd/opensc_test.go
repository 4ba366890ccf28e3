//go:build linux

package vpcd_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// TestOpenSCUsesTheCard: programs whose authors never saw this card list it, verify the PIN and
// sign with it through pcscd; openssl checks the signature.
func TestOpenSCUsesTheCard(t *testing.T) {
	for _, tool := range []string{"pkcs15-tool", "pkcs11-tool", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped=1 reason=%q", tool+" is not installed")
		}
	}
	d := daemon(t)
	card := freshCard(t)
	insert(t, d, card)
	waitFor(t, d, scard.StatePresent)
	dir := t.TempDir()
	run := func(program string, args ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Env, cmd.Dir = d.Env(), dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s\n%s", program, strings.Join(args, " "), err, out, d.Log())
		}
		return string(out)
	}
	reader := "--reader=" + d.Reader

	dump := run("pkcs15-tool", reader, "-D")
	for _, want := range []string{"JPKI", "User Authentication PIN", "Digital Signature PIN", "User Authentication Certificate"} {
		if !strings.Contains(dump, want) {
			t.Errorf("pkcs15-tool -D does not show %q:\n%s", want, dump)
		}
	}
	run("pkcs15-tool", reader, "--verify-pin", "--auth-id", "01", "--pin", "1234")

	data := []byte("signed by a card that OpenSC takes for a real one")
	if err := os.WriteFile(filepath.Join(dir, "data"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	run("pkcs11-tool", "--sign", "-m", "SHA256-RSA-PKCS", "--id", "01", "--login", "--pin", "1234",
		"--input-file", "data", "--output-file", "signature")
	pem := run("pkcs15-tool", reader, "--read-certificate", "01")
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte(pem[strings.Index(pem, "-----BEGIN"):]), 0o600); err != nil {
		t.Fatal(err)
	}
	public := run("openssl", "x509", "-in", "cert.pem", "-pubkey", "-noout")
	if err := os.WriteFile(filepath.Join(dir, "public.pem"), []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run("openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "data"); !strings.Contains(out, "Verified OK") {
		t.Errorf("openssl: %s", out)
	}
	verifyHere(t, filepath.Join(dir, "signature"), data, card)
	if tripped := card.Tripped(); len(tripped) != 0 {
		t.Errorf("OpenSC selected %v", tripped)
	}
}

// verifyHere checks the signature against the certificate that was put on the card: openssl took
// the one that the card gave out.
func verifyHere(t *testing.T, file string, data []byte, card *virtualcard.Card) {
	t.Helper()
	signature, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(card.Snapshot()["JPKI/000A"])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if err := rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), crypto.SHA256, sum[:], signature); err != nil {
		t.Error(err)
	}
}

func freshCard(t *testing.T) *virtualcard.Card {
	t.Helper()
	pki, err := simpki.New(simpki.Options{OCSPURL: "http://127.0.0.1:1/ocsp"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := pki.Issue(simpki.Request{WithSignature: true})
	if err != nil {
		t.Fatal(err)
	}
	card, err := virtualcard.New(virtualcard.Options{Identity: id})
	if err != nil {
		t.Fatal(err)
	}
	return card
}
