package handover

import (
	"context"

	"github.com/madoguchi/madoguchi/mykey"
)

// screenWay is the barcode on our own screen, which the desk's scanner reads. The
// screen draws it (ScreenBarcode); nobody can tell whether it was read.
type screenWay struct{ turns *turns }

func openScreen() screenWay { return screenWay{newTurns()} }

// Ready returns nil until Close.
func (w screenWay) Ready(ctx context.Context) error { return w.turns.ended(ctx) }

// Hand is Unknown without an error, at once: shown, and nobody can tell.
func (w screenWay) Hand(ctx context.Context, _ mykey.ServiceID, _ Window) (Outcome, error) {
	if err := w.Ready(ctx); err != nil {
		return NotDelivered, err
	}
	return Unknown, nil
}

// Close lets nothing more be shown.
func (w screenWay) Close() error {
	w.turns.over()
	return nil
}
