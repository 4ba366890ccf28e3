//go:build linux

package vpcd_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

// limit is how long pcscd may take to notice a card; its poll is 400 ms.
const limit = 10 * time.Second

// running is the daemon of this process; nil where pcscd is not installed.
var running *pcscdtest.Daemon

func TestMain(m *testing.M) {
	d, err := pcscdtest.Run()
	switch {
	case errors.Is(err, pcscdtest.ErrMissing):
		fmt.Printf("skipped=2 reason=%q\n", err)
		os.Exit(m.Run())
	case err != nil:
		fmt.Fprintln(os.Stderr, "isolated pcscd:", err)
		os.Exit(1)
	}
	running = d
	err = os.Setenv("PCSCLITE_CSOCK_NAME", d.Socket)
	code := 1
	if err == nil {
		code = m.Run()
	}
	d.Stop()
	os.Exit(code)
}

func daemon(t *testing.T) *pcscdtest.Daemon {
	t.Helper()
	if running == nil {
		t.Skipf("skipped=1 reason=%q", "pcscd is not installed")
	}
	return running
}

// insert serves a card until the end of the test, and waits until the reader is empty again.
func insert(t *testing.T, d *pcscdtest.Daemon, card vpcd.Card) *vpcd.Slot {
	t.Helper()
	slot := vpcd.New(d.Address())
	slot.Insert(card)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- slot.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Run ended with %v; want its context's error", err)
			}
		case <-time.After(limit):
			t.Error("the slot does not end with its context")
		}
		waitFor(t, d, scard.StateEmpty)
	})
	return slot
}

// waitFor blocks until the reader says flag.
func waitFor(t *testing.T, d *pcscdtest.Daemon, flag scard.StateFlag) {
	t.Helper()
	ctx, err := scard.EstablishContext()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ctx.Release() }()
	state := []scard.ReaderState{{Reader: d.Reader}}
	for end := time.Now().Add(limit); state[0].EventState&flag == 0; {
		state[0].CurrentState = state[0].EventState
		if err := ctx.GetStatusChange(state, time.Until(end)); err != nil {
			t.Fatalf("waiting for reader state %x: %v\n%s", flag, err, d.Log())
		}
	}
}
