package apdu

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// script answers commands in order and keeps what was sent.
type script struct {
	answers []string
	sent    []string
}

func (s *script) Transmit(command []byte) ([]byte, error) {
	s.sent = append(s.sent, hex.EncodeToString(command))
	if len(s.answers) == 0 {
		return []byte{0x6F, 0x00}, nil
	}
	answer, err := hex.DecodeString(s.answers[0])
	s.answers = s.answers[1:]
	return answer, err
}

func TestExchange(t *testing.T) {
	read := Command{INS: 0xB0, P1: 0x81, Le: MaxLe}
	for _, c := range []struct {
		name    string
		answers []string
		sent    []string
		data    string
		sw      StatusWord
		err     error
	}{
		{"plain", []string{"aabb9000"}, []string{"00b0810000"}, "aabb", OK, nil},
		{"61xx, in two parts", []string{"6102", "aa6101", "bb9000"}, []string{"00b0810000", "00c0000002", "00c0000001"}, "aabb", OK, nil},
		{"6100 is 256", []string{"6100", "aa9000"}, []string{"00b0810000", "00c0000000"}, "aa", OK, nil},
		{"61xx after data", []string{"aa6101", "bb9000"}, []string{"00b0810000", "00c0000001"}, "aabb", OK, nil},
		{"61xx for ever", []string{"6101", "6101", "6101", "6101"}, []string{"00b0810000", "00c0000001", "00c0000001"}, "", 0, ErrUnexpected},
		{"6Cxx once", []string{"6c02", "aabb9000"}, []string{"00b0810000", "00b0810002"}, "aabb", OK, nil},
		{"6Cxx twice", []string{"6c02", "6c03"}, []string{"00b0810000", "00b0810002"}, "", 0x6C03, nil},
		{"6Cxx then 61xx", []string{"6c02", "6102", "aabb9000"}, []string{"00b0810000", "00b0810002", "00c0000002"}, "aabb", OK, nil},
		{"end of file", []string{"aa6282"}, []string{"00b0810000"}, "aa", EndOfFile, nil},
		{"no bytes", []string{""}, []string{"00b0810000"}, "", 0, ErrRemoved},
		{"one byte", []string{"90"}, []string{"00b0810000"}, "", 0, ErrRemoved},
		{"left in GET RESPONSE", []string{"6102", ""}, []string{"00b0810000", "00c0000002"}, "", 0, ErrRemoved},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &script{answers: c.answers}
			r, err := Exchange(s, read)
			if !errors.Is(err, c.err) || hex.EncodeToString(r.Data) != c.data || r.SW != c.sw {
				t.Errorf("Exchange = %X %v, %v; want %s %v, %v", r.Data, r.SW, err, c.data, c.sw, c.err)
			}
			if got, want := join(s.sent), join(c.sent); got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
		})
	}
}

func join(s []string) string {
	var b bytes.Buffer
	for _, x := range s {
		b.WriteString(x + " ")
	}
	return b.String()
}

func TestAScriptsCommandIsNeverSentTwice(t *testing.T) {
	s := &script{answers: []string{"6c02"}}
	r, err := Gather(s, []byte{0x84, 0xCA, 0x00, 0x45, 0x00})
	if err != nil || r.SW != 0x6C02 || len(s.sent) != 1 {
		t.Fatalf("Gather = %v, %v after %d commands; want 6C02 after one", r.SW, err, len(s.sent))
	}
}

func TestCommandsKeepTheirShape(t *testing.T) {
	long := bytes.Repeat([]byte{0xAB}, 255)
	for _, c := range []struct {
		name string
		in   Command
		want string
		t0   string
	}{
		{"case 1", Command{INS: 0x20, P2: 0x80}, "00200080", "0020008000"},
		{"case 2", Command{INS: 0xB0, Le: 4}, "00b0000004", "00b0000004"},
		{"case 2, 256", Command{INS: 0xB0, Le: MaxLe}, "00b0000000", "00b0000000"},
		{"case 3", Command{INS: 0xA4, P1: 4, P2: 12, Data: []byte{1, 2}}, "00a4040c020102", "00a4040c020102"},
		{"case 4", Command{CLA: 0x84, INS: 0xD6, Data: []byte{1}, Le: MaxLe}, "84d60000010100", "84d600000101"},
		{"255 bytes", Command{INS: 0xD6, Data: long, Le: MaxLe}, "00d60000ff" + hex.EncodeToString(long) + "00", "00d60000ff" + hex.EncodeToString(long)},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := c.in.Bytes()
			if err != nil || hex.EncodeToString(b) != c.want {
				t.Fatalf("Bytes = %X, %v; want %s", b, err, c.want)
			}
			back, ok := Parse(b)
			if again, _ := back.Bytes(); !ok || !bytes.Equal(again, b) {
				t.Errorf("Parse = %+v, %t", back, ok)
			}
			if got := hex.EncodeToString(ForT0(b)); got != c.t0 {
				t.Errorf("ForT0 = %s, want %s", got, c.t0)
			}
		})
	}
}

func TestWhatIsNoShortCommand(t *testing.T) {
	for _, in := range []string{"", "00a404", "00a4040c0007", "00a4040c0201", "00a4040c0201020300", "00b000000000ff", "00d6000000000101"} {
		b, _ := hex.DecodeString(in)
		if c, ok := Parse(b); ok {
			t.Errorf("Parse(%s) = %+v, want none", in, c)
		}
	}
	for _, c := range []Command{{Data: make([]byte, 256)}, {Le: 257}, {Le: -1}} {
		if _, err := c.Bytes(); !errors.Is(err, ErrTooLong) {
			t.Errorf("%d data bytes, Le %d: %v, want ErrTooLong", len(c.Data), c.Le, err)
		}
	}
}
