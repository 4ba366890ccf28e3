package sip2

import (
	"bufio"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

const number = "12345678"

// peer is a library system of our own, over real TCP: it knows one number, and
// what it says can be changed. It writes down what it was sent.
type peer struct {
	say  func(n int, sent, usual string) string // n: how many messages came before
	mu   sync.Mutex
	sent []string
}

func (p *peer) codes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var codes []string
	for _, m := range p.sent {
		codes = append(codes, m[:min(2, len(m))])
	}
	return codes
}

func (p *peer) serve(t *testing.T, c net.Conn) {
	defer c.Close()
	lines := bufio.NewReader(c)
	last := ""
	for n := 0; ; n++ {
		line, err := lines.ReadString('\r')
		if err != nil {
			if line != "" {
				t.Errorf("a message without an end: %q", line)
			}
			return
		}
		line = strings.TrimSuffix(line, "\r")
		p.mu.Lock()
		p.sent = append(p.sent, line)
		p.mu.Unlock()
		usual := last
		if line[:2] != "97" {
			usual = usualAnswer(line)
		}
		last = usual
		if p.say != nil {
			usual = p.say(n, line, usual)
		}
		if usual == "hang up" {
			return
		}
		if _, err := c.Write([]byte(usual)); err != nil {
			return
		}
	}
}

func usualAnswer(line string) string {
	end := ""
	if i := strings.LastIndex(line, "AY"); i >= 0 && strings.HasPrefix(line[i+3:], "AZ") {
		end = line[i : i+5]
	}
	var text string
	switch line[:2] {
	case "93":
		text = "940"
		if strings.Contains(line, "CNdesk|COsecret|") {
			text = "941"
		}
	case "99":
		text = "98YYYYNN10000520261124    2300002.00AOUWOLS|AMLibrary|BXYYYYYYYYYYYNYYYY|"
	case "23":
		_, rest, _ := strings.Cut(line, "|AA")
		asked, _, _ := strings.Cut(rest, "|")
		if asked == number {
			text = status24 + "AOUWOLS|AA" + asked + "|" + person + "BLY|CQN|"
		} else {
			text = "24YYYY          00020261124    230001AOUWOLS|AA" + asked + "|AE|BLN|"
		}
	}
	if end != "" {
		text = summed(text + end)
	}
	return text + "\r"
}

// start gives the peer's address; at the end it must have been sent nothing else
// than messages 93, 99, 23 and 97.
func (p *peer) start(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var ends sync.WaitGroup
	ends.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			ends.Go(func() { p.serve(t, c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		ends.Wait()
		for _, code := range p.codes() {
			if !slices.Contains([]string{"93", "99", "23", "97"}, code) {
				t.Errorf("message %q was sent", code)
			}
		}
	})
	return l.Addr().String()
}

func TestNumberIsKnownOrNot(t *testing.T) {
	crlf := func(_ int, _, usual string) string { return usual + "\n" }
	lf := func(_ int, _, usual string) string { return strings.TrimSuffix(usual, "\r") + "\n" }
	for _, test := range []struct {
		name   string
		c      Config
		say    func(int, string, string) string
		number string
		want   bool
		err    error
		codes  string
	}{
		{"known", Config{}, nil, number, true, nil, "99 23"},
		{"not known", Config{}, nil, "0000001", false, ErrUnknownNumber, "99 23"},
		{"with login", Config{User: "desk", LoginPassword: "secret"}, nil, number, true, nil, "93 99 23"},
		{"with checksums", Config{User: "desk", LoginPassword: "secret", Checksum: true}, nil, number, true, nil, "93 99 23"},
		{"lines end in CR LF", Config{Checksum: true}, crlf, number, true, nil, "99 23"},
		{"lines end in LF", Config{Checksum: true}, lf, number, true, nil, "99 23"},
		{"no BL", Config{}, replace("BLY|", ""), number, false, ErrUnknownNumber, "99 23"},
		{"a number that cannot be asked for", Config{}, nil, "12|34", false, ErrUnknownNumber, ""},
		{"login refused", Config{User: "desk", LoginPassword: "wrong"}, nil, number, false, ErrServer, "93"},
		{"off line", Config{}, replace("98Y", "98N"), number, false, ErrServer, "99"},
		{"no patron status", Config{}, replace("BXY", "BXN"), number, false, ErrServer, "99"},
		{"an answer for another number", Config{}, replace("AA"+number, "AA87654321"), number, false, ErrServer, "99 23"},
		{"another answer", Config{}, replace("24 ", "64 "), number, false, ErrServer, "99 23"},
		{"an answer without an end", Config{}, func(int, string, string) string { return strings.Repeat("x", 5000) }, number, false, ErrServer, "99"},
		{"it hangs up", Config{}, func(int, string, string) string { return "hang up" }, number, false, ErrServer, "99"},
		{"an old sequence", Config{Checksum: true}, func(n int, _, usual string) string {
			if n == 0 {
				return usual
			}
			return summed(status24+"AA"+number+"|BLY|AY0AZ") + "\r"
		}, number, false, ErrServer, "99 23"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &peer{say: test.say}
			test.c.Address = p.start(t)
			id, err := mykey.ParseServiceID(test.number)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Exists(t.Context(), test.c, id)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %v, %v; want %v, %v", got, err, test.want, test.err)
			}
			if codes := strings.Join(p.codes(), " "); codes != test.codes {
				t.Errorf("sent %s, want %s", codes, test.codes)
			}
			if err != nil {
				for _, secret := range []string{test.number, "山田", "secret", "wrong"} {
					if contains(err.Error(), secret) {
						t.Errorf("the error carries %s: %v", secret, err)
					}
				}
			}
		})
	}
}

func replace(what, with string) func(int, string, string) string {
	return func(_ int, _, usual string) string { return strings.Replace(usual, what, with, 1) }
}

func TestGarbledMessagesAreRepeatedThreeTimes(t *testing.T) {
	for _, test := range []struct {
		name  string
		times int
		say   string // in place of an answer to 23 and 97
		err   error
		codes string
	}{
		{"ours three times", 3, "96AZFEF6\r", nil, "99 23 23 23 23"},
		{"ours a fourth time", 4, "96AZFEF6\r", ErrServer, "99 23 23 23 23"},
		{"theirs three times", 3, "24 garbledAY1AZ0000\r", nil, "99 23 97 97 97"},
		{"theirs a fourth time", 4, "24 garbledAY1AZ0000\r", ErrServer, "99 23 97 97 97"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &peer{say: func(n int, _, usual string) string {
				if n >= 1 && n <= test.times {
					return test.say
				}
				return usual
			}}
			id, err := mykey.ParseServiceID(number)
			if err != nil {
				t.Fatal(err)
			}
			known, err := Exists(t.Context(), Config{Address: p.start(t), Checksum: true}, id)
			if known != (test.err == nil) || !errors.Is(err, test.err) {
				t.Errorf("got %v, %v; want %v", known, err, test.err)
			}
			if codes := strings.Join(p.codes(), " "); codes != test.codes {
				t.Errorf("sent %s, want %s", codes, test.codes)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, m := range p.sent[1:] {
				if m[:2] == "23" && m != p.sent[1] {
					t.Errorf("repeated otherwise: %q after %q", m, p.sent[1])
				}
			}
		})
	}
}

func TestLibrarySystemThatIsSilent(t *testing.T) {
	p := &peer{say: func(int, string, string) string { return "98" }} // and no end
	c := Config{Address: p.start(t)}
	id, err := mykey.ParseServiceID(number)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() {
		_, err := Exists(ctx, c, id)
		end <- err
	}()
	for deadline := time.Now().Add(5 * time.Second); len(p.codes()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is asked")
		}
	}
	cancel()
	select {
	case err := <-end:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	case <-time.After(2 * time.Second):
		t.Error("it still waits")
	}

	conn, err := net.Dial("tcp", c.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s := newSession(conn, c)
	if s.limit != 5*time.Second {
		t.Errorf("waits %v, want 5s", s.limit)
	}
	s.limit = 20 * time.Millisecond
	var timeout net.Error
	if _, err := s.exchange(scStatus{}, scStatusAnswer); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v, want a time-out", err)
	}
}

func TestNothingIsSentBeyondTheOwnNet(t *testing.T) {
	for _, test := range []struct {
		address string
		global  bool
		want    bool
	}{
		{"127.0.0.1:6001", false, true},
		{"10.1.2.3:6001", false, true},
		{"192.168.0.7:6001", false, true},
		{"[fd00::1]:6001", false, true},
		{"[::ffff:10.1.2.3]:6001", false, true},
		{"203.0.113.7:6001", false, false},
		{"[2001:db8::1]:6001", false, false},
		{"203.0.113.7:6001", true, true},
	} {
		if err := ownNet(test.global)("tcp", test.address, nil); (err == nil) != test.want {
			t.Errorf("%s: got %v", test.address, err)
		}
	}
	// Refused before a packet leaves: it would wait for an answer otherwise.
	id, err := mykey.ParseServiceID(number)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := Exists(t.Context(), Config{Address: "203.0.113.7:6001"}, id); !errors.Is(err, ErrServer) || time.Since(start) > time.Second {
		t.Errorf("got %v after %v, want ErrServer at once", err, time.Since(start))
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	for name, c := range map[string]Config{
		"no address": {}, "no port": {Address: "library"},
		"another encoding":   {Address: "library:6001", Encoding: "latin1"},
		"a bar":              {Address: "library:6001", Institution: "A|AB"},
		"a second message":   {Address: "library:6001", User: "desk|\r63"},
		"a password with LF": {Address: "library:6001", LoginPassword: "x\n"},
	} {
		if err := c.Validate(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := (Config{Address: "library:6001", Encoding: ShiftJIS, Institution: "図書館"}).Validate(); err != nil {
		t.Error(err)
	}
}
