// Package jpki speaks to the JPKI card AP (公的個人認証): the token label, the
// user authentication certificate, and the user authentication key behind its
// four-digit PIN. The signature certificate (EF 0001) is never read and its
// password never asked for.
package jpki

import (
	"errors"
	"fmt"
	"strings"

	"github.com/madoguchi/madoguchi/cardio/apdu"
)

// AID of the JPKI card AP.
const AID = "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"

// Elementary files that are ours to touch.
const (
	efTokenInfo     = 0x0006
	efCertificate   = 0x000A
	efAuthKey       = 0x0017
	efAuthPIN       = 0x0018
	labelLength     = 32
	insSelect       = 0xA4
	insReadBinary   = 0xB0
	selectDFName    = 0x04
	selectEF        = 0x02
	noAnswer        = 0x0C
	maxBinaryOffset = 0x8000 // above, P1's bit 8 would mean a short EF id
)

// Errors of the JPKI card AP.
var (
	// ErrNoCertificate: the card holds no user authentication certificate.
	ErrNoCertificate = errors.New("card has no user authentication certificate")
	// ErrPINBlocked: no try is left, or the card was issued without a PIN.
	ErrPINBlocked = errors.New("user authentication PIN is blocked")
	// ErrPINMissing: a PIN with digits missing was to be tried; nothing was sent.
	ErrPINMissing = errors.New("PIN is not complete")
)

// Token labels (EF 0006, first 32 bytes, spaces trimmed).
const (
	LabelMyNumber = "JPKIAPICCTOKEN2"
	LabelJuki     = "JPKIAPICCTOKEN" // 住基カード
	LabelAndroid  = "JPKIAPGPSETOKEN"
	LabelIOS      = "JPKIAPIOSTOKEN"
)

// Select selects the JPKI card AP by its whole name. It reports false on 6A82.
func Select(t apdu.Transmitter) (bool, error) {
	return selected(t, "select JPKI AP", apdu.Command{
		INS: insSelect, P1: selectDFName, P2: noAnswer, Data: []byte(AID),
	})
}

// Label reads the token label of the selected card AP; "" where there is none.
func Label(t apdu.Transmitter) (string, error) {
	found, err := selectFile(t, efTokenInfo)
	if err != nil || !found {
		return "", err
	}
	r, err := apdu.Exchange(t, apdu.Command{INS: insReadBinary, Le: labelLength})
	switch {
	case err != nil:
		return "", fmt.Errorf("read token label: %w", err)
	case r.SW != apdu.OK && r.SW != apdu.EndOfFile:
		return "", &apdu.StatusError{Doing: "read token label", SW: r.SW}
	}
	label := r.Data[:min(len(r.Data), labelLength)]
	return strings.Trim(string(label), " \x00"), nil
}

func selectFile(t apdu.Transmitter, id uint16) (bool, error) {
	return selected(t, fmt.Sprintf("select EF %04X", id), apdu.Command{
		INS: insSelect, P1: selectEF, P2: noAnswer, Data: []byte{byte(id >> 8), byte(id)},
	})
}

func selected(t apdu.Transmitter, doing string, c apdu.Command) (bool, error) {
	r, err := apdu.Exchange(t, c)
	switch {
	case err != nil:
		return false, fmt.Errorf("%s: %w", doing, err)
	case r.SW == apdu.FileNotFound:
		return false, nil
	case r.SW != apdu.OK:
		return false, &apdu.StatusError{Doing: doing, SW: r.SW}
	}
	return true, nil
}
