//go:build linux

package vpcd_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// TestTornCardLeavesTheReaderAndComesBack: a command whose answer is lost comes back as no bytes,
// the card is off the reader, and laying it there again continues with what the chip remembers.
func TestTornCardLeavesTheReaderAndComesBack(t *testing.T) {
	d := daemon(t)
	area := bytes.Repeat([]byte{0x41}, virtualcard.AreaSize)
	inner, err := virtualcard.New(virtualcard.Options{Area: area})
	if err != nil {
		t.Fatal(err)
	}
	card := fault.Wrap(inner, fault.Fault{APDU: 2, Kind: fault.LoseAnswer})
	slot := insert(t, d, card)

	ctx, err := scard.EstablishContext()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ctx.Release() })
	connect := func() *scard.Card {
		t.Helper()
		waitFor(t, d, scard.StatePresent)
		c, err := ctx.Connect(d.Reader, scard.ShareShared, scard.ProtocolAny)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.Transmit(hexBytes(t, "00A4040C07F04D594B455906"))
		if err != nil || !bytes.Equal(answer, []byte{0x90, 0x00}) {
			t.Fatalf("SELECT: %X, %v", answer, err)
		}
		return c
	}

	c := connect()
	if answer, err := c.Transmit(hexBytes(t, "00B0810000")); err == nil && len(answer) >= 2 {
		t.Errorf("the torn command was answered: %X", answer)
	}
	_ = c.Disconnect(scard.LeaveCard) // the card is gone
	waitFor(t, d, scard.StateEmpty)
	if slot.Card() != nil || card.Fired() != 1 || !card.Removed() {
		t.Errorf("after the tear: card on the reader %v, fired %d", slot.Card() != nil, card.Fired())
	}

	card.Restore()
	slot.Insert(card)
	c = connect()
	answer, err := c.Transmit(hexBytes(t, "00B0810000"))
	if err != nil || !bytes.Equal(answer, append(area, 0x90, 0x00)) {
		t.Errorf("after the card came back: %X, %v", answer, err)
	}
	_ = c.Disconnect(scard.LeaveCard)
}

func hexBytes(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
