// Package sip2 asks a library system whether it knows a user's number: the SIP2
// protocol (3M, version 2.00), message 23 "patron status" alone. Message 63
// "patron information", which gives addresses and birth dates, cannot be sent: the
// messages that can are types, and there is none for it.
package sip2

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
)

// Encodings of what a library system sends and expects.
const (
	UTF8     = "utf-8"
	ShiftJIS = "shift_jis"
)

// Config is one library system. SIP2 is plain TCP: the address belongs to the
// library's own net or to a tunnel. The passwords are not in the settings file:
// whoever reads it fills them from the OS's key store.
type Config struct {
	Address          string   `json:"address"`               // host:port
	User             string   `json:"user,omitempty"`        // CN; empty: no login
	Institution      string   `json:"institution,omitempty"` // AO, the site's own value
	Encoding         string   `json:"encoding,omitempty"`    // utf-8 (also ""), shift_jis
	Checksum         bool     `json:"checksum,omitempty"`    // AY and AZ on every message
	Global           bool     `json:"global,omitempty"`      // the own net has addresses outside the private ranges
	LoginPassword    Password `json:"-"`                     // CO
	TerminalPassword Password `json:"-"`                     // AC
}

// Password is a secret that no printing shows.
type Password string

// Format writes no password.
func (Password) Format(f fmt.State, _ rune) { io.WriteString(f, "••••") }

// LogValue writes no password.
func (Password) LogValue() slog.Value { return slog.StringValue("••••") }

// MarshalText refuses: a password goes to the OS's key store, nowhere else.
func (Password) MarshalText() ([]byte, error) { return nil, errors.New("a password is never encoded") }

// Validate says what does not fit, or nil. It names no value of a secret.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		return errors.New("sip2: the address is not host:port")
	}
	switch c.Encoding {
	case "", UTF8, ShiftJIS:
	default:
		return fmt.Errorf("sip2: encoding %q: unknown", c.Encoding)
	}
	for _, v := range []string{c.User, c.Institution, string(c.LoginPassword), string(c.TerminalPassword)} {
		if !fits(v) {
			return errors.New("sip2: a field holds | or a line end")
		}
	}
	return nil
}
