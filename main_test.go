package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/training"
)

// asProgram has this test binary be the program itself.
const asProgram = "MADOGUCHI_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func TestTheProgramRefusesToTrainNearARealCard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("/run/pcscd/pcscd.comm", link); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		socket string
		want   error
	}{
		"no socket named":            {"", training.ErrSystemPCSC},
		"the system's":               {"/run/pcscd/pcscd.comm", training.ErrSystemPCSC},
		"a link to the system's":     {link, training.ErrSystemPCSC},
		"relative":                   {"run/pcscd.comm", training.ErrSystemPCSC},
		"a service without a reader": {filepath.Join(dir, "pcscd.comm"), training.ErrRealReader},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := exec.CommandContext(t.Context(), os.Args[0], "--training=vpcd:35963")
			program.Env = append(os.Environ(), asProgram+"=1", "PCSCLITE_CSOCK_NAME="+c.socket)
			var said bytes.Buffer
			program.Stderr = &said
			err := program.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said.String(), c.want.Error()) {
				t.Errorf("ended with %v, said %q; want exit 1, %q", err, said.String(), c.want)
			}
		})
	}
}
