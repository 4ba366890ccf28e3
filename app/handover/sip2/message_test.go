package sip2

import (
	"fmt"
	"testing"
	"time"
)

func TestChecksumVectors(t *testing.T) {
	for _, test := range []struct{ name, message, want string }{
		{"login answered", "941AY0AZ", "FDFD"},
		{"asked again, without a sequence", "96AZ", "FEF6"},
		{"patron status", "2300120261124    230000AOUWOLS|AA12345678|AC|AD|AY3AZ", "F322"},
		// Much copied with EC78, which does not fit the rule.
		{"the login example", "9300CNLoginUserID|COLoginPassword|CPLocationCode|AY5AZ", "EC7B"},
	} {
		if got := sum([]byte(test.message)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestMessagesOnTheWire(t *testing.T) {
	at := time.Date(2026, 11, 24, 23, 0, 0, 0, time.Local)
	for _, test := range []struct {
		name     string
		message  request
		charset  charset
		checksum bool
		sequence int
		want     string
	}{
		{"patron status, as measured", patronStatus{"001", at, "UWOLS", "12345678", ""}, UTF8, true, 3, "2300120261124    230000AOUWOLS|AA12345678|AC|AD|AY3AZF322\r"},
		{"empty AC and AD stand there", patronStatus{"000", at, "", "0000001", ""}, UTF8, false, 0, "2300020261124    230000AO|AA0000001|AC|AD|\r"},
		{"a terminal's password", patronStatus{"000", at, "", "0000001", "secret"}, UTF8, false, 0, "2300020261124    230000AO|AA0000001|ACsecret|AD|\r"},
		{"an institution in Shift_JIS", patronStatus{"000", at, "図書館", "0000001", ""}, ShiftJIS, false, 0, "2300020261124    230000AO\x90\x7d\x8f\x91\x8a\xd9|AA0000001|AC|AD|\r"},
		{"login", login{"desk", "secret"}, UTF8, true, 0, "9300CNdesk|COsecret|AY0AZ"},
		{"status", scStatus{}, UTF8, false, 0, "9900802.00\r"},
		{"resend has no sequence", resend{}, UTF8, true, 7, "97AZFEF5\r"},
	} {
		b, err := seal(test.message, test.charset, test.checksum, test.sequence)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if test.name == "login" {
			test.want += sum([]byte(test.want)) + "\r"
		}
		if string(b) != test.want {
			t.Errorf("%s: got %q, want %q", test.name, b, test.want)
		}
	}
	if _, err := seal(login{"①\U0001F600", ""}, ShiftJIS, false, 0); err == nil {
		t.Error("a character that Shift_JIS has not was sent")
	}
}

func TestNoPasswordIsPrinted(t *testing.T) {
	c := Config{LoginPassword: "canary", TerminalPassword: "canary"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if got := fmt.Sprintf(verb, c); contains(got, "canary") || contains(got, fmt.Sprintf("%x", "canary")) {
			t.Errorf("%s prints it: %s", verb, got)
		}
	}
}
