package cardio

import (
	"bytes"
	"context"
	"errors"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/jpki"
	"github.com/madoguchi/madoguchi/cardio/mykeyap"
)

// Kind says which card it is, by what it answers: the MyKey AP first, then the
// label of its JPKI token, then an old licence's EF 2F01. The ATR is asked about
// FeliCa alone, which understands no SELECT.
func (c *Card) Kind(ctx context.Context) (Kind, error) {
	kind, err := reading(ctx, c, recognise)
	switch {
	case err != nil && errors.Is(err, ErrUnexpected), // it refuses even to look for a name
		err == nil && kind == KindOther:
		if isFeliCa(c.atr) {
			return KindFeliCa, nil
		}
		return KindOther, nil
	case err != nil && isTransport(err) && isFeliCa(c.atr) && !errors.Is(err, ErrRemoved):
		return KindFeliCa, nil // readers refuse a SELECT to it in their own ways
	case err != nil:
		return KindOther, err
	}
	return kind, nil
}

func recognise(t apdu.Transmitter) (Kind, error) {
	if found, err := mykeyap.Select(t); err != nil || found {
		return KindMyNumber, err
	}
	found, err := jpki.Select(t)
	if err != nil {
		return KindOther, err
	}
	if !found {
		return recogniseLicence(t)
	}
	label, err := jpki.Label(t)
	if err != nil {
		return KindOther, err
	}
	switch label {
	case jpki.LabelMyNumber:
		return KindMyNumber, nil
	case jpki.LabelJuki:
		return KindJuki, nil
	case jpki.LabelAndroid, jpki.LabelIOS:
		return KindPhone, nil
	}
	return KindOther, nil
}

// licenceCommon is the length of EF 2F01 of a driver's licence with a chip, in
// bytes.
const licenceCommon = 0x11

func recogniseLicence(t apdu.Transmitter) (Kind, error) {
	r, err := apdu.Exchange(t, apdu.Command{INS: insSelect, P1: 0x02, P2: 0x0C, Data: []byte{0x2F, 0x01}})
	if err != nil || r.SW != apdu.OK {
		return KindOther, err
	}
	r, err = apdu.Exchange(t, apdu.Command{INS: insReadBinary, Le: licenceCommon})
	if err != nil || r.SW != apdu.OK || len(r.Data) != licenceCommon {
		return KindOther, err
	}
	return KindLicence, nil
}

// isFeliCa recognises the ATR that PC/SC part 3 (3.1.3.2.3.2) gives a storage
// card: 4F 0C, RID A000000306, standard byte 11 (FeliCa).
func isFeliCa(atr []byte) bool {
	return bytes.Contains(atr, []byte{0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x11})
}
