package cardio

import (
	"context"
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/jpki"
	"github.com/madoguchi/madoguchi/mykey"
)

// Tries asks how many tries of the user authentication PIN are left; it costs
// none. Blocked is 0. ErrNoCertificate: the card has no JPKI AP.
func (c *Card) Tries(ctx context.Context) (int, error) {
	return reading(ctx, c, func(t apdu.Transmitter) (int, error) {
		if err := selectJPKI(t); err != nil {
			return 0, err
		}
		return jpki.Tries(t)
	})
}

// Authenticate tries the resident's PIN once and signs each SHA-256 digest with
// the user authentication key (PKCS#1 v1.5), in one transaction. Where no try is
// left none is made. The PIN is wiped before Authenticate returns, whatever
// happens. Refused: *PINError or ErrPINBlocked.
func (c *Card) Authenticate(ctx context.Context, pin *mykey.PIN, digests [][32]byte) ([][]byte, error) {
	defer pin.Wipe()
	if !pin.Complete() {
		return nil, ErrPINMissing
	}
	if err := c.free(ctx); err != nil {
		return nil, err
	}
	// Call by call, not as one job: a job that was given up may still run, and
	// nothing but this goroutine may touch the PIN.
	var signatures [][]byte
	err := c.within(ctx, c.worker, &ownRules{pin: true}, func(t apdu.Transmitter) error {
		if err := selectJPKI(t); err != nil {
			return err
		}
		left, err := jpki.Tries(t)
		switch {
		case err != nil:
			return err
		case left == 0:
			return ErrPINBlocked
		}
		if err := jpki.Verify(t, pin); err != nil {
			return err
		}
		signatures, err = jpki.Sign(t, digests)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	return signatures, nil
}
