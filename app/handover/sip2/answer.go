package sip2

import (
	"bytes"
	"errors"
	"strings"
)

// Messages that a library system sends.
const (
	loginAnswer    = "94"
	resendRequest  = "96"
	scStatusAnswer = "98"
	statusAnswer   = "24"
)

// Lengths of the fixed part after the code.
var fixed = map[string]int{
	loginAnswer:    1,  // ok
	resendRequest:  0,  //
	scStatusAnswer: 34, // six flags, time-out 3, retries 3, date 18, version 4
	statusAnswer:   35, // status 14, language 3, date 18
}

var (
	errAnswer = errors.New("not an answer of SIP2")
	errSum    = errors.New("an answer with a wrong checksum")
)

// answer is what is kept of a message. The person's name (AE) and all other
// fields are dropped where they are parsed.
type answer struct {
	code     string
	fixed    string
	number   string // AA
	valid    string // BL: Y if the number is known
	messages string // BX: which messages it answers, Y or N each
	sequence int    // AY; -1: none, or no checksums
}

// parse reads one message without its line end. With checksum it must carry a
// right one, and all but 96 a sequence number.
func parse(b []byte, c charset, checksum bool) (answer, error) {
	body, sequence := b, -1
	if checksum {
		var ok bool
		if body, sequence, ok = open(b); !ok {
			return answer{}, errSum
		}
	}
	text := c.decode(body)
	if len(text) < 2 {
		return answer{}, errAnswer
	}
	a := answer{code: text[:2], sequence: sequence}
	n, known := fixed[a.code]
	if !known || len(text) < 2+n || !ascii(text[:2+n]) {
		return answer{}, errAnswer
	}
	if checksum && sequence < 0 && a.code != resendRequest {
		return answer{}, errSum
	}
	a.fixed = text[2 : 2+n]
	for f := range strings.SplitSeq(text[2+n:], "|") {
		if len(f) < 2 {
			continue
		}
		switch f[:2] {
		case "AA":
			a.number = strings.Clone(f[2:])
		case "BL":
			a.valid = strings.Clone(f[2:])
		case "BX":
			a.messages = strings.Clone(f[2:])
		}
	}
	a.code, a.fixed = strings.Clone(a.code), strings.Clone(a.fixed) // the rest of the text may go
	return a, nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7E })
}

// open takes sequence (-1: none) and checksum off. It is not ok if there is no
// checksum or a wrong one.
func open(b []byte) (body []byte, sequence int, ok bool) {
	n := len(b) - 6
	if n < 0 || !bytes.Equal(b[n:n+2], []byte("AZ")) || !strings.EqualFold(sum(b[:n+2]), string(b[n+2:])) {
		return nil, -1, false
	}
	b = b[:n]
	if n -= 3; n >= 0 && bytes.Equal(b[n:n+2], []byte("AY")) && b[n+2] >= '0' && b[n+2] <= '9' {
		return b[:n], int(b[n+2] - '0'), true
	}
	return b, -1, true
}
