package custody_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/custody"
)

var now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string, at time.Time) *custody.Training {
	t.Helper()
	c, err := custody.OpenTraining(dir, custody.Options{Training: true, Now: func() time.Time { return at }, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hmacOf(t *testing.T, c *custody.Training, use custody.Use) []custody.Tag {
	t.Helper()
	tags, err := c.HMAC(context.Background(), use, []byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	return tags
}

func TestTrainingKeysAreRefusedOutsideTraining(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := custody.OpenTraining(dir, custody.Options{Now: time.Now, Rand: rand.Reader})
	if !errors.Is(err, custody.ErrTrainingOnly) {
		t.Errorf("got %v, want ErrTrainingOnly", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

func TestKeysAreTheSameAfterARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "custody")
	first := open(t, dir, now)
	record, err := first.SignRecord(context.Background(), mykey.Record{Kind: mykey.KindTombstone, Generation: 1, Issued: mykey.DateOf(now)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Rotate(custody.UseHolder); err != nil {
		t.Fatal(err)
	}
	second := open(t, dir, now.Add(time.Hour))
	if err := record.Verify(second.RecordKeys()); err != nil {
		t.Errorf("record of before: %v", err)
	}
	for _, use := range custody.Uses() {
		a, b := hmacOf(t, first, use), hmacOf(t, second, use)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s: other tags after the restart", use)
		}
	}
	ca1, _ := first.DeskCA()
	ca2, _ := second.DeskCA()
	if !ca1.Equal(ca2) {
		t.Error("another desk CA after the restart")
	}
	info, err := os.Stat(filepath.Join(dir, "training-keys.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v, want mode 0600", info.Mode().Perm(), err)
	}
}

func TestKeyFileThatIsDamagedOrOpenIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(file string) error{
		"readable by others": func(f string) error { return os.Chmod(f, 0o644) },
		"cut short":          func(f string) error { return os.Truncate(f, 40) },
		"key too short": func(f string) error {
			return os.WriteFile(f, []byte(`{"hmac":[{"use":"chip","version":1,"key":"AAAA"}]}`), 0o600)
		},
		"no desk CA key": func(f string) error { return os.WriteFile(f, []byte(`{"desk_ca":{"key":"AAAA"}}`), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			open(t, dir, now)
			if err := spoil(filepath.Join(dir, "training-keys.json")); err != nil {
				t.Fatal(err)
			}
			_, err := custody.OpenTraining(dir, custody.Options{Training: true, Now: time.Now, Rand: rand.Reader})
			if !errors.Is(err, custody.ErrKeyFile) {
				t.Errorf("got %v, want ErrKeyFile", err)
			}
		})
	}
}

func TestTagsOfTwoUsesCannotBeJoined(t *testing.T) {
	t.Parallel()
	c := open(t, "", now)
	seen := map[[32]byte]custody.Use{}
	for _, use := range custody.Uses() {
		tags := hmacOf(t, c, use)
		if other, twice := seen[tags[0].Sum]; twice || len(tags) != 1 || tags[0].Version != 1 {
			t.Errorf("%s: %d tags, shared with %q", use, len(tags), other)
		}
		seen[tags[0].Sum] = use
	}
	old := hmacOf(t, c, custody.UseChip)[0]
	if v, err := c.Rotate(custody.UseChip); v != 2 || err != nil {
		t.Fatalf("rotate: version %d, %v", v, err)
	}
	tags := hmacOf(t, c, custody.UseChip)
	if len(tags) != 2 || tags[0].Version != 2 || tags[1] != old {
		t.Errorf("after rotation: %v, want the new one first and the old one still", tags)
	}
	if _, err := c.HMAC(context.Background(), "unheard-of", nil); !errors.Is(err, custody.ErrNoKeys) {
		t.Errorf("unknown use: %v, want ErrNoKeys", err)
	}
}

func TestRecordKeyEndsAndWhatItSignedStaysValid(t *testing.T) {
	t.Parallel()
	at := now
	c, err := custody.OpenTraining("", custody.Options{Training: true, Now: func() time.Time { return at }, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	blank := mykey.Record{Kind: mykey.KindTombstone, Generation: 1, Issued: mykey.DateOf(now)}
	old, err := c.SignRecord(context.Background(), blank)
	if err != nil || old.KeyID != 1 {
		t.Fatalf("key %d, %v", old.KeyID, err)
	}
	at = c.RecordKeys()[0].NotAfter.Add(time.Second)
	if _, err := c.SignRecord(context.Background(), blank); !errors.Is(err, custody.ErrNoKeys) {
		t.Errorf("ended key: %v, want ErrNoKeys", err)
	}
	if id, err := c.RotateRecordKey(); id != 2 || err != nil {
		t.Fatalf("new key: %d, %v", id, err)
	}
	fresh, err := c.SignRecord(context.Background(), blank)
	if err != nil || fresh.KeyID != 2 {
		t.Errorf("signed with key %d, %v; want 2", fresh.KeyID, err)
	}
	for _, r := range []mykey.Record{old, fresh} {
		if err := r.Verify(c.RecordKeys()); err != nil {
			t.Errorf("key %d: %v", r.KeyID, err)
		}
	}
}

func TestDeskCASignsAndShowsNoKey(t *testing.T) {
	t.Parallel()
	c := open(t, "", now)
	cert, signer := c.DeskCA()
	if err := cert.CheckSignatureFrom(cert); err != nil || !cert.IsCA || !cert.MaxPathLenZero {
		t.Errorf("desk CA: %v, CA %t", err, cert.IsCA)
	}
	digest := sha256.Sum256([]byte("csr"))
	sig, err := signer.Sign(rand.Reader, digest[:], nil)
	if err != nil || !ecdsa.VerifyASN1(cert.PublicKey.(*ecdsa.PublicKey), digest[:], sig) {
		t.Errorf("signature: %v", err)
	}
	if _, is := signer.(*ecdsa.PrivateKey); is {
		t.Error("the signer is the key itself")
	}
	leaf := &x509.Certificate{SerialNumber: cert.SerialNumber, NotBefore: now, NotAfter: now.Add(time.Hour)}
	if _, err := x509.CreateCertificate(rand.Reader, leaf, cert, ed25519.NewKeyFromSeed(make([]byte, 32)).Public(), signer); err != nil {
		t.Errorf("a desk certificate: %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
		for _, v := range []any{signer, c, struct{ s any }{signer}} {
			if s := fmt.Sprintf(verb, v); strings.Contains(s, "PrivateKey") {
				t.Errorf("%s shows %q", verb, s)
			}
		}
	}
}

func TestChannelOnlyForOurKeyVersion(t *testing.T) {
	t.Parallel()
	c := open(t, "", now)
	ctx := context.Background()
	if _, err := c.SCP03(ctx, 0x31, make([]byte, 8), make([]byte, 8)); !errors.Is(err, custody.ErrNoKeys) {
		t.Errorf("key version 31: %v, want ErrNoKeys", err)
	}
	if _, err := c.SCP03(ctx, 0x30, make([]byte, 16), make([]byte, 8)); !errors.Is(err, custody.ErrNoKeys) {
		t.Errorf("challenge of 16 bytes: %v, want ErrNoKeys", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.SCP03(ended, 0x30, make([]byte, 8), make([]byte, 8)); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}
