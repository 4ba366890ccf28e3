//go:build linux

package canary_test

import (
	"encoding/hex"
	"testing"
)

// The ways of writing are held by literals, not by the code that makes the forms.
func TestACanaryIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	raw := func(s string) string {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const id, pin, number = "CANARY7X", "7391", "83917641"
	for _, c := range []struct {
		name, secret, content string
		want                  bool
	}{
		{"text", id, `{"id":"CANARY7X"}`, true},
		{"lower case", id, "/cards/canary7x.json", true},
		{"UTF-16, little-endian", id, raw("430041004e004100520059003700580000"), true},
		{"UTF-16, big-endian", id, raw("000043" + "0041004e00410052005900370058"), true},
		{"UTF-16 in hexadecimal", id, "430041004e004100520059003700" + "5800", true},
		{"hexadecimal, small", id, "sw=9000 data=43414e4152593758", true},
		{"hexadecimal, capital", id, "0043414E415259375800", true},
		{"hexadecimal, spaced", id, "43 41 4e 41 52 59 37 58", true},
		{"hexadecimal, colons", id, "43:41:4e:41:52:59:37:58", true},
		{"%#v of bytes", id, "[]byte{0x43, 0x41, 0x4e, 0x41, 0x52, 0x59, 0x37, 0x58}", true},
		{"%v of bytes", id, "[67 65 78 65 82 89 55 88]", true},
		{"numbers in JSON", id, "[67,65,78,65,82,89,55,88]", true},
		{"a word of memory", id, "main.f(0x583759524", false},
		{"a word of memory, whole", id, "main.f(0x5837595241" + "4e4143)", true},
		{"escaped", id, `\u0043\u0041\u004e\u0041\u0052\u0059\u0037\u0058`, true},
		{"base64", id, "Q0FOQVJZN1g=", true},
		{"base64 after one byte", id, "AENBTkFSWTdY", true},
		{"base64 after two bytes", id, "AABDQU5BUlk3WA==", true},
		{"masked", id, "CANA ••••", false},
		{"VERIFY", pin, raw("0020008004" + "37333931"), true},
		{"VERIFY in hexadecimal", pin, "002000800437333931", true},
		{"VERIFY in base64", pin, "ACAAgAQ3MzkxAA==", true},
		{"UTF-16", pin, raw("3700330039003100"), true},
		{"digits", pin, raw("07030901"), true},
		{"digits listed", pin, "digits=[7 3 9 1]", true},
		{"a PIN block", pin, raw("247391ffffffffff"), true},
		{"packed digits", pin, raw("7391"), true},
		{"packed digits in much that is random", pin, raw("7391") + string(make([]byte, 100)), false},
		{"another PIN", pin, "1937", false},
		{"number", number, `{"service_id":"83917641"}`, true},
		{"number as its barcode reads", number, "A83917641A", true},
		{"number as its card prints it", number, `number="8391 7641"`, true},
		{"number in full width", number, "８３９１７６４１", true},
		{"number in UTF-16, in full width", number, raw("18ff13ff19ff11ff" + "17ff16ff14ff11ff"), true},
		{"number shown, in UTF-16", number, raw("3800330039003100" + "2000" + "3700360034003100"), true},
		{"number shown, in base64", number, "ODM5MSA3NjQx", true},
		{"number, digits", number, raw("0803090107060401"), true},
		{"number, packed digits", number, raw("83917641"), true},
		{"number, a word of memory", number, "main.f(0x3134363731393338)", true},
		{"number, masked", number, "••••", false},
		{"another number", number, "83917640", false},
	} {
		all := forms(c.secret)
		switch c.secret {
		case pin:
			all = pinForms(pin)
		case number:
			all = numberForms(number)
		}
		if form, got := in([]byte(c.content), all); got != c.want {
			t.Errorf("%s: found %v (%s); want %v", c.name, got, form, c.want)
		}
		got := false
		newFinder(map[string][]form{c.secret: all}).in([]byte(c.content), func(string, string) { got = true })
		if got != c.want {
			t.Errorf("%s: found %v beside others; want %v", c.name, got, c.want)
		}
	}
}
