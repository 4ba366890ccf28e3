package virtualcard

import "crypto/rsa"

// Identity is what JPKI puts on a card: two key pairs, their certificates and the certificates of
// the authorities that issued them, in DER. A nil certificate is not on the card. Keys are
// RSA-2048 and belong to test authorities only.
type Identity struct {
	AuthKey         *rsa.PrivateKey // EF 0017, used after the four-digit PIN
	AuthCertificate []byte          // EF 000A
	AuthIssuer      []byte          // EF 000B
	SignKey         *rsa.PrivateKey // EF 001A, used after the sign password
	SignCertificate []byte          // EF 0001, read after the sign password
	SignIssuer      []byte          // EF 0002
}
