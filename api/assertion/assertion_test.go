package assertion

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
)

// The example of RFC 8785, section 3.2.2 and 3.2.4 (the canonical form in hex).
const (
	rfc8785Input = `{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`
	rfc8785Output = "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a" +
		"5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d" +
		"2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
)

func TestBodyIsWrittenAsRFC8785Says(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"the RFC's example", rfc8785Input, unhex(rfc8785Output)},
		{
			"names sorted by UTF-16 (RFC 8785, 3.2.3)",
			`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
			"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		},
		{"assertions are taken out", `{"b":1,"assertions":[{"signature":"AA=="}],"a":"<&>"}`, `{"a":"<&>","b":1}`},
		{"only at the top", `{"a":{"assertions":[]}}`, `{"a":{"assertions":[]}}`},
		{"nothing else in it", `{"assertions":[]}`, `{}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := canonicalBody([]byte(test.body))
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

// RFC 8785, appendix B.
func TestNumbersAreWrittenAsRFC8785Says(t *testing.T) {
	for in, want := range map[string]string{
		"-0": "0", "5e-324": "5e-324", "1.7976931348623157e308": "1.7976931348623157e+308",
		"9007199254740992": "9007199254740992", "295147905179352830000": "295147905179352830000",
		"9.999999999999997e22": "9.999999999999997e+22", "1e23": "1e+23", "1e21": "1e+21",
		"999999999999999700000": "999999999999999700000", "1e-6": "0.000001", "1e-7": "1e-7",
		"333333333.3333332": "333333333.3333332", "-0.0000033333333333333333": "-0.0000033333333333333333",
	} {
		got, err := canonicalBody([]byte(`{"n":` + in + `}`))
		if err != nil || string(got) != `{"n":`+want+`}` {
			t.Errorf("%s: got %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestBodyThatHasNoCanonicalFormIsRefused(t *testing.T) {
	for _, body := range []string{
		"", "null", "[]", `"x"`, "{", `{"a":1}{"b":2}`, `{"a":1,"a":2}`, `{"assertions":[],"assertions":[]}`,
		`{"a":1e999}`, "{\"a\":\"\xff\"}", `{"a":"\ud800"}`, `{"a":01}`,
	} {
		if got, err := RequestDigest("POST", "/v1/mykeys", []byte(body)); !errors.Is(err, ErrBody) {
			t.Errorf("%q: got %x, %v, want ErrBody", body, got, err)
		}
	}
}

func TestTextHoldsItsPartsInOrder(t *testing.T) {
	nonce := bytes.Repeat([]byte{0x5A}, NonceSize)
	request, err := RequestDigest("POST", "/v1/mykeys", []byte(` { "wished" : "ABCD2345" } `))
	if err != nil {
		t.Fatal(err)
	}
	if want := sha256.Sum256([]byte("POST\x00/v1/mykeys\x00{\"wished\":\"ABCD2345\"}")); request != want {
		t.Errorf("request digest: got %x, want %x", request, want)
	}
	want := "MYKEY-ASSERTION-1\x00create\x00https://platform.example\x00" + string(nonce) + string(request[:])
	if got := Text("create", "https://platform.example", nonce, request); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzRequestDigest(f *testing.F) {
	f.Add([]byte(rfc8785Input))
	f.Add([]byte(`{"assertions":[{}],"a":{"b":[1,2.5e3,"\u20ac"]}}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		once, err := canonicalBody(body)
		if err != nil {
			return
		}
		if twice, err := canonicalBody(once); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("canonical form is not stable: %q then %q (%v)", once, twice, err)
		}
	})
}

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
