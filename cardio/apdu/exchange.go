package apdu

import "fmt"

// Transmitter sends one command APDU and gives the response APDU. An error means
// that the outcome is unknown.
type Transmitter interface {
	Transmit(command []byte) ([]byte, error)
}

// insGetResponse is GET RESPONSE (ISO/IEC 7816-4, 11.11.1).
const insGetResponse = 0xC0

// maxAnswer bounds a chained answer: no object of ours is longer.
const maxAnswer = 0x10000

// Exchange sends one command and gathers its answer: 61xx is followed by GET
// RESPONSE until the card has given all, 6Cxx sends the command once more with
// the Le that the card names (ISO/IEC 7816-4, 5.3.4 and table 6). A 61xx that
// brings nothing twice running, and an answer above 64 KiB, is ErrUnexpected.
func Exchange(t Transmitter, c Command) (Response, error) {
	command, err := c.Bytes()
	if err != nil {
		return Response{}, err
	}
	r, err := Gather(t, command)
	if err != nil || r.SW.SW1() != 0x6C {
		return r, err
	}
	c.Le = expected(r.SW.SW2())
	if command, err = c.Bytes(); err != nil {
		return Response{}, err
	}
	return Gather(t, command)
}

// Gather sends the command as it is, once, and follows 61xx only. It is the
// exchange of a platform's script, where nothing may be sent twice.
func Gather(t Transmitter, command []byte) (Response, error) {
	r, err := once(t, command)
	if err != nil || r.SW.SW1() != 0x61 {
		return r, err
	}
	all := append([]byte(nil), r.Data...)
	for idle := 0; r.SW.SW1() == 0x61; {
		if r, err = once(t, []byte{0x00, insGetResponse, 0x00, 0x00, r.SW.SW2()}); err != nil {
			return Response{}, err
		}
		all = append(all, r.Data...)
		if idle++; len(r.Data) > 0 {
			idle = 0
		}
		if idle == 2 || len(all) > maxAnswer {
			return Response{}, fmt.Errorf("GET RESPONSE makes no progress: %w", ErrUnexpected)
		}
	}
	return Response{Data: all, SW: r.SW}, nil
}

func once(t Transmitter, command []byte) (Response, error) {
	b, err := t.Transmit(command)
	if err != nil {
		return Response{}, err
	}
	return ParseResponse(b)
}
