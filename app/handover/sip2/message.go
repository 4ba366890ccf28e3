package sip2

import (
	"fmt"
	"strings"
	"time"
)

// request is a message that this package can send. There are four; none asks for
// a person's data.
type request interface {
	text() string // without sequence and checksum
}

// login is message 93. Both algorithms are 0: not encrypted.
type login struct {
	user     string
	password Password
}

func (m login) text() string {
	return "9300" + field("CN", m.user) + field("CO", string(m.password))
}

// scStatus is message 99: this client is well, prints 80 columns, speaks 2.00.
type scStatus struct{}

func (scStatus) text() string { return "9900802.00" }

// patronStatus is message 23. AC and AD stand there though they are empty: servers
// answer 96 without them.
type patronStatus struct {
	language    string // three digits; 000: the server's own
	at          time.Time
	institution string
	number      string
	terminal    Password
}

func (m patronStatus) text() string {
	return "23" + m.language + m.at.Format("20060102    150405") +
		field("AO", m.institution) + field("AA", m.number) + field("AC", string(m.terminal)) + field("AD", "")
}

// resend is message 97: say your last answer again, its checksum was wrong.
type resend struct{}

func (resend) text() string { return "97" }

func field(code, value string) string { return code + value + "|" }

// fits reports whether v can stand in a field: no delimiter, no line end.
func fits(v string) bool { return !strings.ContainsAny(v, "|\r\n\x00") }

// sum is the checksum of a message that ends with AZ: the two's complement of the
// sum of its bytes, four hexadecimal digits.
func sum(message []byte) string {
	var s uint16
	for _, b := range message {
		s += uint16(b)
	}
	return fmt.Sprintf("%04X", -s)
}

// seal gives the bytes on the wire. With a checksum, sequence is 0 to 9; a resend
// has none.
func seal(m request, c charset, checksum bool, sequence int) ([]byte, error) {
	b, err := c.encode(m.text())
	if err != nil {
		return nil, err
	}
	if checksum {
		if _, bare := m.(resend); !bare {
			b = fmt.Appendf(b, "AY%d", sequence)
		}
		b = append(b, "AZ"...)
		b = append(b, sum(b)...)
	}
	return append(b, '\r'), nil
}
