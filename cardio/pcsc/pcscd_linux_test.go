package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/cardio/pcsc"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

// bench is a desk with a real pcscd. libpcsclite reads the socket's name once a
// process, so the name is a link that is turned to each daemon.
type bench struct {
	*testing.T
	socket  string
	daemon  *pcscdtest.Daemon
	virtual *vpcd.Slot
	reader  *cardio.Reader
	at      cardio.Presence
}

func (b *bench) start() {
	b.Helper()
	b.daemon = pcscdtest.Start(b.T)
	_ = os.Remove(b.socket) // the first time there is none
	if err := os.Symlink(b.daemon.Socket, b.socket); err != nil {
		b.Fatal(err)
	}
	b.virtual = vpcd.New(b.daemon.Address())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.virtual.Run(ctx) // ends with ctx
	}()
	b.Cleanup(func() { cancel(); <-done })
}

// until waits for a state of the R/W.
func (b *bench) until(want cardio.State) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()
	for b.at.State != want {
		p, err := b.reader.Wait(ctx, b.at)
		if err != nil {
			b.Fatalf("waiting for %v at %+v: %v", want, b.at, err)
		}
		b.at = p
	}
}

func (b *bench) open() *cardio.Card {
	b.Helper()
	card, err := b.reader.Open(b.Context())
	if err != nil {
		b.Fatalf("open at %+v: %v", b.at, err)
	}
	b.Cleanup(func() { _ = card.Close() }) // may be closed, or its service gone
	return card
}

func (b *bench) card(o virtualcard.Options) *virtualcard.Card {
	b.Helper()
	card, err := virtualcard.New(o)
	if err != nil {
		b.Fatal(err)
	}
	return card
}

func TestThroughPcscd(t *testing.T) {
	b := &bench{T: t, socket: filepath.Join(t.TempDir(), "pcscd.comm")}
	t.Setenv("PCSCLITE_CSOCK_NAME", b.socket)
	slot := pcsc.NewSlot(cardio.SystemClock{}, pcsc.Options{Only: "Virtual PCD"})
	t.Cleanup(func() { _ = slot.Close() })
	b.reader = cardio.NewReader(slot, cardio.SystemClock{}, slog.New(slog.DiscardHandler))
	b.at = cardio.Presence{State: -1}
	b.until(cardio.NoService) // the desk starts before the service does

	b.start()
	b.until(cardio.Empty)
	if _, err := b.reader.Open(t.Context()); !errors.Is(err, cardio.ErrNoCard) {
		t.Errorf("open without a card: %v, want ErrNoCard", err)
	}

	area := bytes.Repeat([]byte{0xFF}, mykey.AreaSize)
	b.virtual.Insert(b.card(virtualcard.Options{Area: area}))
	b.until(cardio.Present)
	card := b.open()
	got, err := card.Area(t.Context())
	if err != nil || !bytes.Equal(got.Bytes, area) {
		t.Fatalf("look-up: %v, %v", got, err)
	}

	b.resetByAnother(card)
	b.heldByAnother(card)
	card = b.open()

	before := b.at
	b.virtual.Insert(b.card(virtualcard.Options{Profile: virtualcard.Phone}))
	if b.at, err = b.reader.Wait(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	b.until(cardio.Present)
	if b.at == before {
		t.Error("a swap was not noticed")
	}
	if _, err := card.Area(t.Context()); !errors.Is(err, cardio.ErrRemoved) {
		t.Errorf("the card that was swapped: %v, want ErrRemoved", err)
	}
	if kind, err := b.open().Kind(t.Context()); kind != cardio.KindPhone || err != nil {
		t.Errorf("the other card: %v, %v", kind, err)
	}

	b.virtual.Remove()
	b.until(cardio.Empty)
	torn := fault.Wrap(b.card(virtualcard.Options{Area: area}))
	b.virtual.Insert(torn)
	b.until(cardio.Present)
	card = b.open()
	torn.Plan(fault.Fault{APDU: 2, Kind: fault.LoseAnswer})
	if _, err := card.Area(t.Context()); !errors.Is(err, cardio.ErrRemoved) || torn.Fired() != 1 {
		t.Errorf("pulled in Transmit: %v, %d faults; want ErrRemoved", err, torn.Fired())
	}
	b.virtual.Remove()
	b.until(cardio.Empty)

	b.virtual.Insert(b.card(virtualcard.Options{Area: area}))
	b.until(cardio.Present)
	card = b.open()
	b.virtual.Remove()
	if _, err := card.Area(t.Context()); !errors.Is(err, cardio.ErrRemoved) {
		t.Errorf("pulled at idle: %v, want ErrRemoved", err)
	}
	b.until(cardio.Empty)

	b.daemon.Stop()
	b.until(cardio.NoService)
	b.start()
	b.virtual.Insert(b.card(virtualcard.Options{Area: area}))
	b.until(cardio.Present)
	if got, err := b.open().Area(t.Context()); err != nil || !bytes.Equal(got.Bytes, area) {
		t.Errorf("after a restart of the service: %v, %v", got, err)
	}
}

// other is another program's connection to the same card.
func (b *bench) other(mode scard.ShareMode) (*scard.Card, func()) {
	b.Helper()
	ctx, err := scard.EstablishContext()
	if err != nil {
		b.Fatal(err)
	}
	card, err := ctx.Connect(b.daemon.Reader, mode, scard.ProtocolT1)
	if err != nil {
		b.Fatalf("another program: %v", err)
	}
	return card, func() { _ = ctx.Release() }
}

func (b *bench) resetByAnother(card *cardio.Card) {
	b.Helper()
	other, release := b.other(scard.ShareShared)
	defer release()
	if err := other.Disconnect(scard.ResetCard); err != nil {
		b.Fatal(err)
	}
	if got, err := card.Area(b.Context()); err != nil || !got.Reserved {
		b.Errorf("look-up after another's reset: %v, %v", got, err)
	}
}

func (b *bench) heldByAnother(card *cardio.Card) {
	b.Helper()
	if err := card.Close(); err != nil {
		b.Fatal(err)
	}
	other, release := b.other(scard.ShareExclusive)
	defer release()
	if _, err := b.reader.Open(b.Context()); !errors.Is(err, cardio.ErrInUse) {
		b.Errorf("open while another holds it: %v, want ErrInUse", err)
	}
	if err := other.Disconnect(scard.LeaveCard); err != nil {
		b.Fatal(err)
	}
	if _, err := b.open().Area(b.Context()); err != nil {
		b.Errorf("after it was let go: %v", err)
	}
}
