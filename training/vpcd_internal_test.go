package training

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/cardio"
)

func TestTrainingOverVPCDRefusesTheSystemsPCSC(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := func(name, target string) string {
		path := filepath.Join(dir, name)
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	direct := link("direct", "/run/pcscd/pcscd.comm")
	folder := link("folder", "/run/pcscd")
	climbing := link("climbing", "../../../../../../../../../../run/pcscd/pcscd.comm")
	inCircles := link("circle", filepath.Join(dir, "circle"))
	for _, c := range []struct {
		name, socket string
		refused      bool
	}{
		{"not set", "", true},
		{"the system's", "/run/pcscd/pcscd.comm", true},
		{"the system's by its older name", "/var/run/pcscd/pcscd.comm", true},
		{"the system's by a roundabout name", "/run/../run/./pcscd//pcscd.comm", true},
		{"relative", "pcscd.comm", true},
		{"relative to the system's", "../../run/pcscd/pcscd.comm", true},
		{"a link to the system's", direct, true},
		{"a link to a link", link("twice", direct), true},
		{"a link to the system's folder", filepath.Join(folder, "pcscd.comm"), true},
		{"a relative link to the system's", climbing, true},
		{"a link in circles names nothing of the system's", inCircles, false},
		{"one of our own", filepath.Join(dir, "pcscd.comm"), false},
		{"a link to one of our own", link("own", filepath.Join(dir, "pcscd.comm")), false},
		{"one beside the system's", "/run/pcscd/pcscd.comm.own", false},
	} {
		err := checkSocket(func(name string) string {
			if name != "PCSCLITE_CSOCK_NAME" {
				t.Errorf("%s was asked for", name)
			}
			return c.socket
		})
		if errors.Is(err, ErrSystemPCSC) != c.refused || (err != nil) != c.refused {
			t.Errorf("%s (%s): %v; want refused %v", c.name, c.socket, err, c.refused)
		}
	}
}

// shelf is a slot that shows one presence after another, then nothing more.
type shelf struct {
	seen  []cardio.Presence
	empty func()
}

func (s *shelf) Wait(ctx context.Context, last cardio.Presence) (cardio.Presence, error) {
	if len(s.seen) == 0 {
		s.empty()
		<-ctx.Done()
		return last, ctx.Err()
	}
	next := s.seen[0]
	s.seen = s.seen[1:]
	return next, nil
}

func (s *shelf) Connect(context.Context) (cardio.Link, error) { return nil, cardio.ErrNoCard }

func TestTrainingOverVPCDTakesVirtualReadersOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		seen []cardio.Presence
		want error
	}{
		{"none", nil, ErrRealReader},
		{"no service", []cardio.Presence{{State: cardio.NoService}}, ErrRealReader},
		{"a real one", []cardio.Presence{{State: cardio.Empty, Reader: "ACS ACR1252 00 00"}}, ErrRealReader},
		{"a real one with a card", []cardio.Presence{{State: cardio.Present, Reader: "Sony RC-S300/P 00 00"}}, ErrRealReader},
		{"a real one that only mentions it", []cardio.Presence{{State: cardio.Present, Reader: "My Virtual PCD 00 00"}}, ErrRealReader},
		{"a virtual one", []cardio.Presence{{State: cardio.Empty, Reader: "Virtual PCD 00 00"}}, nil},
		{"a virtual one after a while", []cardio.Presence{{State: cardio.NoReader}, {State: cardio.Empty, Reader: "Virtual PCD 00 01"}}, nil},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if err := onlyVirtual(ctx, &shelf{c.seen, cancel}); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		cancel()
	}
}
