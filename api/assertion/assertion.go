// Package assertion builds what a resident signs with the user authentication
// key of JPKI, so that one signature serves one purpose, one request, once. Desk
// and platform build it by the same code and are tested against each other.
package assertion

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gowebpki/jcs"
)

// NonceSize is the length of a nonce, in bytes.
const NonceSize = 32

const (
	prefix    = "MYKEY-ASSERTION-1"
	separator = 0x00
	member    = "assertions" // of the body: not signed, for it holds the signature
)

// ErrBody: the request body is not one JSON object that RFC 8785 can write
// (not UTF-8, a member twice, a number beyond IEEE 754).
var ErrBody = errors.New("request body has no canonical form")

// Digest is what the card's key signs: the SHA-256 of Text.
func Digest(purpose, origin string, nonce []byte, request [sha256.Size]byte) [sha256.Size]byte {
	return sha256.Sum256(Text(purpose, origin, nonce, request))
}

// Text is the assertion: "MYKEY-ASSERTION-1" ‖ 00 ‖ purpose ‖ 00 ‖ origin ‖ 00 ‖
// nonce ‖ request, where request is RequestDigest's. The origin is the
// platform's as the desk's own settings name it (https://host[:port]). Purpose
// and origin hold no 00 and the nonce has NonceSize bytes; whoever checks an
// assertion holds both to that.
func Text(purpose, origin string, nonce []byte, request [sha256.Size]byte) []byte {
	b := make([]byte, 0, len(prefix)+len(purpose)+len(origin)+3+len(nonce)+len(request))
	b = append(append(b, prefix...), separator)
	b = append(append(b, purpose...), separator)
	b = append(append(b, origin...), separator)
	b = append(b, nonce...)
	return append(b, request[:]...)
}

// RequestDigest is SHA-256(method ‖ 00 ‖ path ‖ 00 ‖ body), the body without its
// member "assertions" and in the form of RFC 8785. It returns ErrBody.
func RequestDigest(method, path string, body []byte) ([sha256.Size]byte, error) {
	canonical, err := canonicalBody(body)
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("%w: %v", ErrBody, err)
	}
	h := sha256.New()
	h.Write([]byte(method))
	h.Write([]byte{separator})
	h.Write([]byte(path))
	h.Write([]byte{separator})
	h.Write(canonical)
	return [sha256.Size]byte(h.Sum(nil)), nil
}

func canonicalBody(body []byte) ([]byte, error) {
	// The whole body first: encoding/json would keep one of two members of a
	// name in silence, jcs refuses them.
	whole, err := jcs.Transform(body)
	if err != nil {
		return nil, errors.New("not canonical JSON") // the cause may quote the body
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(whole, &members); err != nil {
		return nil, errors.New("not a JSON object")
	}
	if members == nil {
		return nil, errors.New("not a JSON object")
	}
	delete(members, member)
	rest, err := json.Marshal(members) // sorts and escapes its own way
	if err != nil {
		return nil, err
	}
	return jcs.Transform(rest)
}
