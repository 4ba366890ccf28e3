package jpki

import (
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/tlv"
)

const tagSequence = 0x30

// Certificate reads the user authentication certificate (EF 000A), DER, without
// a PIN: chunks of at most 256 bytes up to the length that its first bytes name.
// Not there, or an empty file: ErrNoCertificate. A file that ends before its
// certificate, or holds something else: tlv.ErrMalformed.
func Certificate(t apdu.Transmitter) ([]byte, error) {
	found, err := selectFile(t, efCertificate)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNoCertificate
	}
	certificate, end, err := readChunk(t, 0, apdu.MaxLe)
	if err != nil {
		return nil, err
	}
	if empty(certificate) {
		return nil, ErrNoCertificate
	}
	h, err := tlv.ParseHeader(certificate)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	total := h.Size + h.Length
	if h.Tag != tagSequence || h.Length < 0 || total > maxBinaryOffset {
		return nil, fmt.Errorf("certificate: tag %X, %d bytes: %w", h.Tag, h.Length, tlv.ErrMalformed)
	}
	for len(certificate) < total {
		if end {
			return nil, fmt.Errorf("certificate ends at %d of %d bytes: %w", len(certificate), total, tlv.ErrMalformed)
		}
		var chunk []byte
		if chunk, end, err = readChunk(t, len(certificate), min(total-len(certificate), apdu.MaxLe)); err != nil {
			return nil, err
		}
		certificate = append(certificate, chunk...)
	}
	return certificate[:total:total], nil
}

// readChunk is one READ BINARY of the current EF. It reports the end of the file
// on 6282, on 6B00, and where a card answers 9000 with nothing.
func readChunk(t apdu.Transmitter, offset, length int) (chunk []byte, end bool, err error) {
	r, err := apdu.Exchange(t, apdu.Command{
		INS: insReadBinary, P1: byte(offset >> 8), P2: byte(offset), Le: length,
	})
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("read certificate: %w", err)
	case r.SW == apdu.OK:
		return r.Data, len(r.Data) == 0, nil
	case r.SW == apdu.EndOfFile:
		return r.Data, true, nil
	case r.SW == apdu.WrongOffset:
		return nil, true, nil
	}
	return nil, false, &apdu.StatusError{Doing: "read certificate", SW: r.SW}
}

// empty reports an EF that holds nothing: no bytes, or erased memory.
func empty(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return len(b) == 0 || b[0] == 0x00 || b[0] == 0xFF
}
