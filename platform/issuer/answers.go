package issuer

import (
	"bytes"
	"fmt"

	"github.com/madoguchi/madoguchi/platform/issuer/tlv"
)

// Answer to INITIALIZE UPDATE under i = 70 and S8 (Amendment D Table 7-3):
// offsets in bytes.
const (
	offKeyVersion     = 10 // after the key diversification data
	offProtocol       = 11
	offParameter      = 12
	offCardChallenge  = 13
	offCardCryptogram = 21
	offSequence       = 29
	updateSize        = 32
)

const (
	protocolSCP03 = 0x03
	parameterI    = 0x70
)

// update is a parsed answer to INITIALIZE UPDATE.
type update struct {
	keyVersion, protocol, parameter byte
	challenge, cryptogram, sequence []byte
}

// ours reports whether the card speaks SCP03 as we do.
func (u update) ours() bool {
	return u.keyVersion == cardKeyVersion && u.protocol == protocolSCP03 && u.parameter == parameterI
}

// parseUpdate reads the answer's data. What is not 32 bytes is another protocol
// or parameter: a card that our keys do not fit.
func parseUpdate(data []byte) (update, error) {
	if len(data) != updateSize {
		return update{}, fmt.Errorf("%w: INITIALIZE UPDATE, %d bytes", ErrAnswer, len(data))
	}
	return update{
		keyVersion: data[offKeyVersion],
		protocol:   data[offProtocol],
		parameter:  data[offParameter],
		challenge:  data[offCardChallenge:offCardCryptogram],
		cryptogram: data[offCardCryptogram:offSequence],
		sequence:   data[offSequence:],
	}, nil
}

// parseStatus finds the life cycle state of our instance in the answer to GET
// STATUS (GPC 2.3.1 Table 11-36).
func parseStatus(data []byte) (byte, error) {
	objects, err := tlv.Parse(data)
	if err != nil {
		return 0, fmt.Errorf("%w: GET STATUS: %w", ErrAnswer, err)
	}
	for _, o := range objects {
		if o.Tag != tagApplication {
			continue
		}
		name, err := tlv.Find(o.Value, tagAID)
		if err != nil || !bytes.Equal(name, instanceAID) {
			continue
		}
		state, err := tlv.Find(o.Value, tagState)
		if err != nil || len(state) == 0 {
			return 0, fmt.Errorf("%w: GET STATUS without a life cycle state", ErrAnswer)
		}
		return state[0], nil
	}
	return 0, fmt.Errorf("%w: GET STATUS without our card AP", ErrAnswer)
}

// parseFree gives the free non-volatile memory, in bytes, of GET DATA FF21.
func parseFree(data []byte) (int, error) {
	template, err := tlv.Find(data, tagFreeSpace)
	if err != nil {
		return 0, fmt.Errorf("%w: GET DATA FF21: %w", ErrAnswer, err)
	}
	value, err := tlv.Find(template, tagFree)
	if err != nil || len(value) == 0 || len(value) > 4 {
		return 0, fmt.Errorf("%w: GET DATA FF21 without free memory", ErrAnswer)
	}
	n := 0
	for _, b := range value {
		n = n<<8 | int(b)
	}
	return n, nil
}
