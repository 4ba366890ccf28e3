package sip2

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

const (
	status24 = "24              00020261124    230001"
	person   = "AE山田花子|BD東京都千代田区|BEhanako@example.jp|BF0312345678|PB19800101|"
)

func TestAnswersAsLibrarySystemsSendThem(t *testing.T) {
	for _, test := range []struct {
		name     string
		text     string
		checksum bool
		want     answer
		err      error
	}{
		{"login taken", "941AY0AZFDFD", true, answer{code: "94", fixed: "1", sequence: 0}, nil},
		{"without checksums", "941", false, answer{code: "94", fixed: "1", sequence: -1}, nil},
		{"say it again: no sequence", "96AZFEF6", true, answer{code: "96", sequence: -1}, nil},
		{"small hexadecimal digits", "96AZfef6", true, answer{code: "96", sequence: -1}, nil},
		{"known", summed(status24 + "AOUWOLS|AA12345678|" + person + "BLY|CQN|AY3AZ"), true, answer{code: "24", fixed: status24[2:], number: "12345678", valid: "Y", sequence: 3}, nil},
		{"not known, without CQ", status24 + "AOUWOLS|AA12345678|AE|BLN|", false, answer{code: "24", fixed: status24[2:], number: "12345678", valid: "N", sequence: -1}, nil},
		{"no BL", status24 + "AOUWOLS|AA12345678|AE|", false, answer{code: "24", fixed: status24[2:], number: "12345678", sequence: -1}, nil},
		{"what is supported", "98YYYYNN10000520261124    2300002.00AOUWOLS|AMLibrary|BXYYYYYYYYYYYNYYYY|", false, answer{code: "98", fixed: "YYYYNN10000520261124    2300002.00", messages: "YYYYYYYYYYYNYYYY", sequence: -1}, nil},
		{"a wrong checksum", "941AY0AZFDFE", true, answer{}, errSum},
		{"no checksum", "941", true, answer{}, errSum},
		{"no sequence", summed("941AZ"), true, answer{}, errSum},
		{"cut off", status24[:20], false, answer{}, errAnswer},
		{"a 64, which nobody asked for", "64" + status24[2:] + person, false, answer{}, errAnswer},
		{"nothing", "", false, answer{}, errAnswer},
		{"HTTP", "HTTP/1.1 400 Bad Request", false, answer{}, errAnswer},
	} {
		got, err := parse([]byte(test.text), UTF8, test.checksum)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: got %+v, %v; want %+v, %v", test.name, got, err, test.want, test.err)
		}
	}
}

// TestBarWithinShiftJIS has ポ, whose second byte is |, in the person's name.
func TestBarWithinShiftJIS(t *testing.T) {
	b, err := charset(ShiftJIS).encode(status24 + "AA12345678|AEポAA99|BLY|")
	if err != nil {
		t.Fatal(err)
	}
	if !contains(string(b), "\x83|AA99") {
		t.Fatalf("the example holds no | in a character: %q", b)
	}
	a, err := parse(b, ShiftJIS, false)
	if err != nil || a.number != "12345678" || a.valid != "Y" {
		t.Errorf("got %+v, %v; want 12345678, Y", a, err)
	}
}

func TestNothingOfThePersonIsKept(t *testing.T) {
	a, err := parse([]byte(status24+"AA12345678|"+person+"BLY|"), UTF8, false)
	if err != nil {
		t.Fatal(err)
	}
	kept := fmt.Sprintf("%+v", a)
	for f := range strings.SplitSeq(strings.TrimSuffix(person, "|"), "|") {
		if contains(kept, f[2:]) {
			t.Errorf("%s is kept", f[:2])
		}
	}
	if got := reflect.TypeFor[answer]().NumField(); got != 6 {
		t.Errorf("an answer keeps %d fields: look at what they hold", got)
	}
}

func summed(message string) string { return message + sum([]byte(message)) }

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"941AY0AZFDFD", "941", "96AZFEF6", "96", summed("941AZ"), "AZ", "AY0AZ0000", "24", "|||",
		summed(status24 + "AOUWOLS|AA12345678|" + person + "BLY|CQN|AY3AZ"),
		"98YYYYNN10000520261124    2300002.00AOUWOLS|AMLibrary|BXYYYYYYYYYYYNYYYY|",
		status24 + "AE\x83|AA99|AA12345678|BLY|",
	} {
		f.Add([]byte(seed), false, false)
		f.Add([]byte(seed), true, false)
		f.Add([]byte(seed), false, true)
		f.Add([]byte(seed), true, true)
	}
	f.Fuzz(func(t *testing.T, b []byte, sjis, checksum bool) {
		c := charset(UTF8)
		if sjis {
			c = ShiftJIS
		}
		before := string(b)
		a, err := parse(b, c, checksum)
		if string(b) != before {
			t.Fatal("parse changed its input")
		}
		if err != nil {
			if a != (answer{}) {
				t.Errorf("%v, and yet %+v", err, a)
			}
			return
		}
		if a.sequence < -1 || a.sequence > 9 || len(a.fixed) != fixed[a.code] {
			t.Errorf("got %+v", a)
		}
		// What it read, said in the simplest form, is read the same.
		again := a.code + a.fixed + field("AA", a.number) + field("BL", a.valid) + field("BX", a.messages)
		if back, err := parse([]byte(again), UTF8, false); err != nil || back.number != a.number || back.valid != a.valid || back.fixed != a.fixed {
			t.Errorf("got %+v, then %+v, %v", a, back, err)
		}
	})
}
