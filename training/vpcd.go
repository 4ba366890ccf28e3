package training

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/cardio/pcsc"
	"github.com/madoguchi/madoguchi/virtualcard/vpcd"
)

// Refusals of --training=vpcd:PORT.
var (
	// ErrSystemPCSC: PCSCLITE_CSOCK_NAME does not name a socket of our own, so
	// the system's PC/SC service and its real R/W would be used.
	ErrSystemPCSC = errors.New("training over vpcd needs a PC/SC service of its own: PCSCLITE_CSOCK_NAME must name its socket, not the system's")
	// ErrRealReader: the PC/SC service has no reader whose name begins with
	// Virtual PCD.
	ErrRealReader = errors.New("training over vpcd takes virtual readers only (Virtual PCD)")
)

// systemSocket is where pcscd's own socket is.
const systemSocket = "/run/pcscd/pcscd.comm"

// virtualReader is how vpcd names its readers.
const virtualReader = "Virtual PCD"

// checkSocket returns ErrSystemPCSC unless the environment names a PC/SC service
// of our own, by whatever way its name leads there.
func checkSocket(getenv func(string) string) error {
	socket := getenv("PCSCLITE_CSOCK_NAME")
	if !filepath.IsAbs(socket) || resolve(socket) == resolve(systemSocket) {
		return ErrSystemPCSC
	}
	return nil
}

// maxLinks is how many symbolic links one name may lead through.
const maxLinks = 40

// resolve follows the symbolic links of an absolute name, also where they lead to
// nothing: a service that does not run now may run in a moment.
func resolve(name string) string {
	at, links := "/", 0
	for rest := strings.Split(name, "/"); len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		if part == ".." {
			at = filepath.Dir(at)
			continue
		}
		next := filepath.Join(at, part)
		target, err := os.Readlink(next)
		if err != nil || links == maxLinks {
			at = next
			continue
		}
		links++
		rest = append(strings.Split(target, "/"), rest...)
		if filepath.IsAbs(target) {
			at = "/"
		}
	}
	return at
}

// remote is an R/W behind vpcd and pcscd. It is a place.
type remote struct {
	*vpcd.Slot
}

func (r remote) Insert(card onReader, _ bool) {
	card.Restore()
	r.Slot.Insert(card)
}

func (r remote) Present() bool { return r.Card() != nil }

// readerWait is how long the virtual reader may take to appear.
const readerWait = 5 * time.Second

// openReader makes the R/W, in process or behind PC/SC.
func (t *Training) openReader(ctx context.Context) error {
	if t.options.VPCD == "" {
		slot := NewSlot("virtual R/W")
		t.trainer.place = slot
		t.reader = cardio.NewReader(slot, cardio.SystemClock{}, t.options.Log)
		return nil
	}
	slot := pcsc.NewSlot(cardio.SystemClock{}, pcsc.Options{Only: virtualReader})
	t.closers = append(t.closers, slot.Close)
	if err := onlyVirtual(ctx, slot); err != nil {
		return err
	}
	cards := remote{vpcd.New(net.JoinHostPort("127.0.0.1", t.options.VPCD))}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := cards.Run(ctx); err != nil && ctx.Err() == nil {
			t.options.Log.Error("vpcd", "error", err)
		}
	}()
	t.closers = append(t.closers, func() error { stop(); <-ended; return nil })
	t.trainer.place = cards
	t.reader = cardio.NewReader(slot, cardio.SystemClock{}, t.options.Log)
	return nil
}

// onlyVirtual returns ErrRealReader where no virtual reader is.
func onlyVirtual(ctx context.Context, slot cardio.Slot) error {
	ctx, cancel := context.WithTimeout(ctx, readerWait)
	defer cancel()
	var last cardio.Presence
	for {
		p, err := slot.Wait(ctx, last)
		if err != nil {
			return fmt.Errorf("%w: found none", ErrRealReader)
		}
		if strings.HasPrefix(p.Reader, virtualReader) {
			return nil
		}
		last = p
	}
}
