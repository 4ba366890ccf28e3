package training_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/training"
)

// In process no PC/SC context is ever opened: a service that listens where
// PCSCLITE_CSOCK_NAME points hears nothing. The same service hears the other kind
// of training, or this test would prove nothing.
func TestTrainingInProcessSpeaksToNoPCSCService(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "pcscd.comm")
	t.Setenv("PCSCLITE_CSOCK_NAME", socket) // not parallel
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{}, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			heard <- struct{}{}
			client.Close()
		}
	}()
	defer func() { listener.Close(); <-ended }()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	set, err := training.Start(ctx, training.Options{Cards: []string{"training.card.fresh"}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	set.Trainer().Insert()
	card, err := set.Reader().Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := card.Facts(ctx); err != nil {
		t.Error(err)
	}
	if err := errors.Join(card.Close(), set.Close()); err != nil {
		t.Error(err)
	}
	// A connection of ours comes after any that training made.
	own, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	own.Close()
	<-heard
	if len(heard) > 0 {
		t.Errorf("%d connections to the PC/SC service", len(heard))
	}

	go func() { <-heard; cancel() }()
	if _, err := training.Start(ctx, training.Options{VPCD: "1", Log: log}); !errors.Is(err, training.ErrRealReader) {
		t.Errorf("over vpcd: %v, want ErrRealReader", err)
	}
	if ctx.Err() == nil {
		t.Error("the service did not hear training over vpcd either: the test proves nothing")
	}
}
