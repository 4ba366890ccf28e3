package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// session runs one command line after the other, as an administrator would.
func TestAdministratorsSession(t *testing.T) {
	dir := t.TempDir()
	data := "--data=" + dir
	service := func(operator string) string {
		return "admin service add " + data + " --operator=" + operator + " --code=lending --name=Lending --word=Number --card=Card"
	}
	for _, step := range []struct {
		args string
		code int
		out  string // a pattern
	}{
		{"", 2, `mykey-platform serve`},
		{"admin operator add " + data + " --code=library", 2, `--name is missing`},
		{"admin operator add " + data + " --code=LIBRARY --name=Library", 1, `^mykey-platform: an operator needs a code .*\n$`},
		{"admin operator add " + data + " --code=library --name=Library", 0, `operator: library`},
		{service("library"), 0, `service: library/lending`},
		{service("library") + " --word=", 2, `--word is missing`},
		{service("museum"), 1, `^mykey-platform: add service: no such operator\n$`},
		{service("library") + " --code=Lending", 1, `^mykey-platform: a service needs a code .*\n$`},
		{service("library") + " --registration-auth=face", 1, `^mykey-platform: what registration asks for is none or pin\n$`},
		{service("library") + ` --rule={"pattern":"["}`, 1, `^mykey-platform: number rule is none: pattern: .*\n$`},
		{service("library") + ` --rule={"patern":""}`, 1, `^mykey-platform: number rule is none: .*unknown field.*\n$`},
		{service("library") + ` --rule={"symbologies":["QR"]}`, 1, `^mykey-platform: number rule is none: symbology "QR" is none of .*\n$`},
		{service("library") + ` --rule={"check":"x+y"}`, 1, `^mykey-platform: number rule is none: check .*\n$`},
		{service("library") + ` --rule={}{}`, 1, `^mykey-platform: number rule is none: more than one JSON value\n$`},
		{service("library") + ` --shared --registration-auth=pin --rule={"pattern":"[0-9]{8}"}`, 0, `service: library/lending`},
		{"admin service list " + data, 0, `library +lending +Lending +pin +true +\{"pattern":"\[0-9\]\{8\}"\}\n$`},
		{"admin desk add " + data + " --id=lending-1 --operator=library --role=reception", 0, `enrolment code`},
		{"admin desk add " + data, 2, `--id is missing`},
		{"admin desk add " + data + " --id=counter-1 --operator=city", 2, `--role is missing`},
		{"admin desk add " + data + " --id=counter-1 --operator=city --role=mayor", 2, `none of municipal`},
		{"admin desk add " + data + " --id=counter-1 --operator=city --role=municipal=Ordinance", 0, `: [0-9A-Z]{4}(-[0-9A-Z]{4}){4}\n`},
		{"admin desk list " + data, 0, `counter-1 +city +invited +municipal`},
		{"admin desk approve " + data + " --id=counter-1 --fingerprint=" + strings.Repeat("00", 32), 1, `does not wait`},
		{"admin desk revoke " + data + " --id=counter-9", 1, `no such desk`},
		{"admin desk revoke " + data + " --id=counter-1", 0, `revoked: counter-1`},
		{"admin desk list " + data, 0, `counter-1 +city +revoked`},
		{"check " + data, 0, `log of 6 rows is whole`},
		{"serve " + data, 1, `training only`},
		{"serve --training " + data, 2, `--jpki is missing`},
		{"serve --training " + data + " more", 2, `not understood`},
	} {
		var out bytes.Buffer
		code := run(t.Context(), strings.Fields(step.args), &out, &out)
		if code != step.code || !regexp.MustCompile(step.out).MatchString(out.String()) {
			t.Errorf("%q: got %d and\n%s\nwant %d and %q", step.args, code, out.String(), step.code, step.out)
		}
	}
}

func TestServeAnswersAndStops(t *testing.T) {
	dir := t.TempDir()
	pki, err := simpki.New(simpki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var bundle []byte
	for _, der := range [][]byte{pki.Root().Raw, pki.Issuing().Raw} {
		bundle = append(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	file := filepath.Join(dir, "jpki.pem")
	if err := os.WriteFile(file, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := &stopper{cancel: cancel}
	var problems bytes.Buffer
	code := run(ctx, []string{
		"serve", "--training", "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--jpki", file,
		"--policy", simpki.PolicyAuthentication.String(),
	}, out, &problems)
	if code != 0 || !strings.HasPrefix(out.String(), "training: answers at https://127.0.0.1:") {
		t.Errorf("got %d, %q, %s", code, out.String(), problems.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "data", certificateFile)); err != nil {
		t.Errorf("certificate for desks: %v", err)
	}
}

// stopper ends the server when it says that it answers.
type stopper struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (s *stopper) Write(b []byte) (int, error) {
	defer s.cancel()
	return s.Buffer.Write(b)
}
