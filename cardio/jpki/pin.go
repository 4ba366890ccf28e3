package jpki

import (
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/mykey"
)

const (
	insVerify  = 0x20
	currentPIN = 0x80 // P2: the reference that is selected
	insPSO     = 0x2A
	psoClass   = 0x80
	psoAsGiven = 0x00 // P1: the card pads PKCS#1 v1.5 and signs what it is given
	psoCurrent = 0x80 // P2: the key that is selected
)

// digestInfo is the DER that stands before a SHA-256 in a PKCS#1 v1.5 signature
// (RFC 8017, 9.2, note 1).
const digestInfo = "\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"

// PINError: the card refused the PIN and has Left tries more.
type PINError struct{ Left int }

// Error says how many tries are left, nothing of the PIN.
func (e *PINError) Error() string { return fmt.Sprintf("PIN refused, %d tries left", e.Left) }

// Tries asks how many tries of the user authentication PIN are left: a VERIFY
// without data, which costs none. Blocked is 0, whichever way the card says it
// (63C0, 6983, 6984). The card AP must be selected. A card AP without the PIN's
// EF answers *apdu.StatusError.
func Tries(t apdu.Transmitter) (int, error) {
	found, err := selectFile(t, efAuthPIN)
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, &apdu.StatusError{Doing: "select authentication PIN", SW: apdu.FileNotFound}
	}
	r, err := apdu.Exchange(t, apdu.Command{INS: insVerify, P2: currentPIN})
	if err != nil {
		return 0, fmt.Errorf("ask tries left: %w", err)
	}
	if left, ok := left(r.SW); ok {
		return left, nil
	}
	return 0, &apdu.StatusError{Doing: "ask tries left", SW: r.SW}
}

// Verify tries the PIN, which Tries has just selected. The command is built in
// the PIN's own memory and sent once, whatever the answer; the PIN is wiped
// before Verify returns. A refusal is *PINError or ErrPINBlocked.
func Verify(t apdu.Transmitter, pin *mykey.PIN) error {
	defer pin.Wipe()
	command := pin.Command(0x00, insVerify, 0x00, currentPIN)
	if command == nil {
		return ErrPINMissing
	}
	answer, err := t.Transmit(command)
	if err != nil {
		return fmt.Errorf("verify PIN: %w", err)
	}
	r, err := apdu.ParseResponse(answer)
	if err != nil {
		return fmt.Errorf("verify PIN: %w", err)
	}
	if r.SW == apdu.OK {
		return nil
	}
	switch n, ok := left(r.SW); {
	case !ok:
		return &apdu.StatusError{Doing: "verify PIN", SW: r.SW}
	case n == 0:
		return ErrPINBlocked
	default:
		return &PINError{Left: n}
	}
}

// Sign makes a PKCS#1 v1.5 signature over each SHA-256 digest with the user
// authentication key (COMPUTE DIGITAL SIGNATURE, ISO/IEC 7816-8, 11.7), after
// Verify.
func Sign(t apdu.Transmitter, digests [][32]byte) ([][]byte, error) {
	found, err := selectFile(t, efAuthKey)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNoCertificate
	}
	signatures := make([][]byte, 0, len(digests))
	for _, digest := range digests {
		r, err := apdu.Exchange(t, apdu.Command{
			CLA: psoClass, INS: insPSO, P1: psoAsGiven, P2: psoCurrent,
			Data: append([]byte(digestInfo), digest[:]...), Le: apdu.MaxLe,
		})
		switch {
		case err != nil:
			return nil, fmt.Errorf("sign: %w", err)
		case r.SW != apdu.OK || len(r.Data) == 0:
			return nil, &apdu.StatusError{Doing: "sign", SW: r.SW}
		}
		signatures = append(signatures, r.Data)
	}
	return signatures, nil
}

// left gives the tries that a status word names.
func left(sw apdu.StatusWord) (int, bool) {
	if sw == apdu.MethodBlocked || sw == apdu.DataInvalidated {
		return 0, true
	}
	return sw.Tries()
}

// IsDigestInfo reports data that Sign sends: a SHA-256 DigestInfo, whole.
func IsDigestInfo(data []byte) bool {
	return len(data) == len(digestInfo)+32 && string(data[:len(digestInfo)]) == digestInfo
}
