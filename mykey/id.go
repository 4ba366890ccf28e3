// Package mykey is the leaf that every other room shares: the MyKey ID, the
// service ID, the PIN and the record that stands on the card. Its types cannot
// be printed by accident: every verb of fmt, slog and the encoders shows the
// masked form or refuses. Where the value itself is wanted, code says Reveal;
// a search for Reveal is the audit.
package mykey

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// Errors that Parse functions return. None carries what was parsed.
var (
	ErrID          = errors.New("not a MyKey ID (8 characters, A-Z and 0-9)")
	ErrServiceID   = errors.New("not a service ID (1 to 64 printable ASCII characters)")
	ErrServiceCode = errors.New("not a service code ([a-z0-9-], 1 to 32 characters)")
	ErrEncode      = errors.New("an ID is never encoded by accident: use Reveal")
)

// IDLength is the number of characters of a MyKey ID.
const IDLength = 8

const masked = "••••"

// ID is a MyKey ID: 8 characters, A–Z and 0–9, chosen by the resident. It is an
// identifier, never a proof. The zero ID means none. IDs compare with ==.
type ID struct{ v veiled }

// ParseID reads a MyKey ID as it stands on a card or in a request: 8 characters,
// A–Z and 0–9, nothing folded. It returns ErrID for anything else.
func ParseID(s string) (ID, error) {
	if len(s) != IDLength || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return ID{}, ErrID
	}
	return ID{veil(s)}, nil
}

// IsZero reports whether id is none.
func (id ID) IsZero() bool { return id == ID{} }

// Masked gives the form a bystander may see: the first four characters.
func (id ID) Masked() string {
	if id.IsZero() {
		return masked
	}
	return unveil(id.v)[:4] + " " + masked
}

// Reveal gives the ID itself. Every call is a place to audit.
func (id ID) Reveal() string { return unveil(id.v) }

// Format writes the masked form for every verb.
func (id ID) Format(f fmt.State, _ rune) { io.WriteString(f, id.Masked()) }

// LogValue writes the masked form.
func (id ID) LogValue() slog.Value { return slog.StringValue(id.Masked()) }

// MarshalText refuses: an encoder must say Reveal.
func (id ID) MarshalText() ([]byte, error) { return nil, ErrEncode }

// ServiceID is the number an operator already gives its user. Its form is the
// operator's: leading zeros count, letters are kept. ServiceIDs compare with ==.
type ServiceID struct{ v veiled }

// ParseServiceID accepts 1 to 64 printable ASCII characters (0x21–0x7E), else
// ErrServiceID. What is right for one service is its number rule, not this.
func ParseServiceID(s string) (ServiceID, error) {
	if len(s) < 1 || len(s) > 64 {
		return ServiceID{}, ErrServiceID
	}
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7E {
			return ServiceID{}, ErrServiceID
		}
	}
	return ServiceID{veil(s)}, nil
}

// IsZero reports whether id is none.
func (id ServiceID) IsZero() bool { return id == ServiceID{} }

// Masked gives the last three characters, as 下3けた on the resident's side.
func (id ServiceID) Masked() string {
	s := unveil(id.v)
	if len(s) <= 3 {
		return masked
	}
	return masked + " " + s[len(s)-3:]
}

// Reveal gives the number itself. Every call is a place to audit.
func (id ServiceID) Reveal() string { return unveil(id.v) }

// Format writes the masked form for every verb.
func (id ServiceID) Format(f fmt.State, _ rune) { io.WriteString(f, id.Masked()) }

// LogValue writes the masked form.
func (id ServiceID) LogValue() slog.Value { return slog.StringValue(id.Masked()) }

// MarshalText refuses: an encoder must say Reveal.
func (id ServiceID) MarshalText() ([]byte, error) { return nil, ErrEncode }

// ServiceCode names one service in URLs and settings. It is about no person and
// may be printed.
type ServiceCode string

var serviceCode = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// ParseServiceCode accepts [a-z0-9-]{1,32}, else ErrServiceCode.
func ParseServiceCode(s string) (ServiceCode, error) {
	if !serviceCode.MatchString(s) {
		return "", ErrServiceCode
	}
	return ServiceCode(s), nil
}
