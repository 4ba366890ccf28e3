package sip2

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// Errors that callers can act on. None carries a number or anything of the answer.
var (
	ErrUnknownNumber = errors.New("the library system does not know this number")
	ErrServer        = errors.New("the library system cannot be asked")
)

// Exists asks the library system whether number is one of its users'. It is false
// with ErrUnknownNumber when the system does not know it (a number with | the
// protocol cannot even ask for), and false with ErrServer when it cannot be asked:
// not reached, login refused, no answer in 5 s. It opens a connection of its own
// and sends messages 93, 99, 23 and 97, nothing else.
func Exists(ctx context.Context, c Config, number mykey.ServiceID) (bool, error) {
	if err := c.Validate(); err != nil {
		return false, fmt.Errorf("%w: %w", ErrServer, err)
	}
	if number.IsZero() || !fits(number.Reveal()) {
		return false, ErrUnknownNumber
	}
	known, err := ask(ctx, c, number)
	switch {
	case ctx.Err() != nil && err != nil:
		return false, fmt.Errorf("ask the library system: %w", ctx.Err())
	case err != nil:
		return false, fmt.Errorf("%w: %w", ErrServer, err)
	case !known:
		return false, ErrUnknownNumber
	}
	return true, nil
}

func ask(ctx context.Context, c Config, number mykey.ServiceID) (bool, error) {
	dialer := net.Dialer{Timeout: patience, Control: ownNet(c.Global)}
	conn, err := dialer.DialContext(ctx, "tcp", c.Address)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	s := newSession(conn, c)
	defer context.AfterFunc(ctx, s.stop)()
	if c.User != "" {
		a, err := s.exchange(login{c.User, c.LoginPassword}, loginAnswer)
		if err != nil {
			return false, err
		}
		if a.fixed != "1" { // it closes the line now
			return false, errors.New("login refused")
		}
	}
	a, err := s.exchange(scStatus{}, scStatusAnswer)
	if err != nil {
		return false, err
	}
	if a.fixed[0] != 'Y' {
		return false, errors.New("it is off line")
	}
	if strings.HasPrefix(a.messages, "N") { // the first flag is message 23
		return false, errors.New("it does not answer patron status")
	}
	a, err = s.exchange(patronStatus{
		language: "000", at: time.Now(), institution: c.Institution, number: number.Reveal(), terminal: c.TerminalPassword,
	}, statusAnswer)
	if err != nil {
		return false, err
	}
	if !strings.EqualFold(strings.TrimSpace(a.number), number.Reveal()) {
		return false, errors.New("it answered for another number")
	}
	return a.valid == "Y", nil
}

// ownNet refuses addresses beyond the library's own net before anything is sent.
func ownNet(global bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		a := to.Addr().Unmap()
		if global || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
			return nil
		}
		return errors.New("the address is not in a private net")
	}
}
