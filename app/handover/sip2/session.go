package sip2

import (
	"errors"
	"net"
	"time"
)

const (
	patience = 5 * time.Second // for each write, and for each answer
	repeats  = 3               // of one message, and of one answer
	longest  = 4096            // bytes of an answer
)

// session is one connection; one message, then its answer.
type session struct {
	conn     net.Conn
	charset  charset
	checksum bool
	sequence int
	limit    time.Duration
	stopped  chan struct{}
}

func newSession(conn net.Conn, c Config) *session {
	return &session{
		conn: conn, charset: charset(c.Encoding), checksum: c.Checksum, limit: patience, stopped: make(chan struct{}),
	}
}

// stop ends what waits, once and for all.
func (s *session) stop() {
	close(s.stopped)
	_ = s.conn.SetDeadline(time.Unix(1, 0)) // a closed connection waits for nothing
}

// exchange sends m until the library system takes it and gives its answer.
func (s *session) exchange(m request, want string) (answer, error) {
	defer func() { s.sequence = (s.sequence + 1) % 10 }()
	if err := s.send(m); err != nil {
		return answer{}, err
	}
	asked, garbled := 0, 0
	for {
		a, err := s.receive()
		switch {
		case errors.Is(err, errSum):
			if garbled++; garbled > repeats {
				return answer{}, errSum
			}
			err = s.send(resend{})
		case err == nil && a.code == resendRequest:
			if asked++; asked > repeats {
				return answer{}, errors.New("it understands no message")
			}
			err = s.send(m)
		case err == nil && a.code != want, err == nil && s.checksum && a.sequence != s.sequence:
			return answer{}, errAnswer
		case err == nil:
			return a, nil
		}
		if err != nil {
			return answer{}, err
		}
	}
}

func (s *session) send(m request) error {
	b, err := seal(m, s.charset, s.checksum, s.sequence)
	if err != nil {
		return err
	}
	defer clear(b)
	if err := s.patient(); err != nil {
		return err
	}
	_, err = s.conn.Write(b)
	return err
}

// receive reads up to CR, LF or both; what a line end leaves over is an empty
// line before the next message. It reads byte by byte, so that nobody's name
// stays in a buffer; the bytes are wiped when they are parsed.
func (s *session) receive() (answer, error) {
	if err := s.patient(); err != nil {
		return answer{}, err
	}
	b := make([]byte, 0, longest)
	defer func() { clear(b[:cap(b)]) }()
	var c [1]byte
	for {
		n, err := s.conn.Read(c[:])
		switch {
		case n == 0 && err != nil:
			return answer{}, err
		case n == 0:
		case c[0] != '\r' && c[0] != '\n':
			if len(b) == longest {
				return answer{}, errors.New("an answer without an end")
			}
			b = append(b, c[0])
		case len(b) > 0:
			return parse(b, s.charset, s.checksum)
		}
	}
}

// patient gives the next read or write its time, unless stop was called.
func (s *session) patient() error {
	if err := s.conn.SetDeadline(time.Now().Add(s.limit)); err != nil {
		return err
	}
	select {
	case <-s.stopped: // it may have set its deadline before ours
		return s.conn.SetDeadline(time.Unix(1, 0))
	default:
		return nil
	}
}
