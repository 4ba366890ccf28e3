package registry

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/platform/store"
)

// CodeLife is how long an enrolment code lives.
const CodeLife = 24 * time.Hour

const (
	selectorLength = 4  // characters, 20 bits: finds the row, so that tries can be counted
	secretLength   = 16 // characters, 80 bits
	codeGroup      = 4
)

// codeAlphabet is Crockford's base 32: no I, L, O, U.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Code is a one-time enrolment code, XXXX-XXXX-XXXX-XXXX-XXXX: the first group
// is public, the others are its 80 secret bits.
type Code struct{ Selector, secret string }

// NewCode makes a code at random.
func NewCode(rand io.Reader) (Code, error) {
	raw := make([]byte, 15) // 24 characters; four are left
	if _, err := io.ReadFull(rand, raw); err != nil {
		return Code{}, fmt.Errorf("make a code: %w", err)
	}
	text := base32.NewEncoding(codeAlphabet).WithPadding(base32.NoPadding).EncodeToString(raw)
	return Code{text[:selectorLength], text[selectorLength : selectorLength+secretLength]}, nil
}

// ParseCode reads a code as people type it: any case, with or without hyphens,
// O for 0, I and L for 1. ErrCode.
func ParseCode(s string) (Code, error) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if len(s) != selectorLength+secretLength || strings.Trim(s, codeAlphabet) != "" {
		return Code{}, ErrCode
	}
	return Code{s[:selectorLength], s[selectorLength:]}, nil
}

// Hash is what the store keeps of the secret part; 80 random bits need no salt.
func (c Code) Hash() store.Hash { return sha256.Sum256([]byte(c.secret)) }

// Reveal gives the code for the one time that it is shown.
func (c Code) Reveal() string {
	text := c.Selector + c.secret
	var groups []string
	for i := 0; i < len(text); i += codeGroup {
		groups = append(groups, text[i:i+codeGroup])
	}
	return strings.Join(groups, "-")
}

// Format shows the public part alone, for every verb.
func (c Code) Format(f fmt.State, _ rune) { io.WriteString(f, c.Selector+"-••••") }

// Enrolment is what the store keeps of the code for a desk.
func (c Code) Enrolment(desk string, now time.Time) store.Enrolment {
	return store.Enrolment{Selector: c.Selector, Desk: desk, Secret: c.Hash(), Expires: now.Add(CodeLife)}
}
