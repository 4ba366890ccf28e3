package registry

import (
	"errors"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/mykey"
)

func TestNumberFitsTheRuleAsAWhole(t *testing.T) {
	for _, test := range []struct {
		rule, number string
		fits         bool
	}{
		{``, "anything", true},
		{`{"pattern":""}`, "anything", true},
		{`{"pattern":"[0-9]{8}"}`, "00112233", true},
		{`{"pattern":"[0-9]{8}"}`, "001122334", false},
		{`{"pattern":"[0-9]{8}"}`, "A00112233", false},
		{`{"pattern":"[0-9]{7}|[0-9]{8}"}`, "00112233", true},
		{`{"pattern":"[0-9]{7}|[0-9]{8}"}`, "0011223", true},
		{`{"pattern":"1|2"}`, "12", false},
		{`{"pattern":"(?i)a[0-9]"}`, "A1", true},
		{`{"pattern":"^[0-9]+$"}`, "1", true},
	} {
		rule, err := ParseRule(test.rule)
		if err != nil {
			t.Fatalf("%s: %v", test.rule, err)
		}
		number, err := mykey.ParseServiceID(test.number)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rule.fits(number); got != test.fits || err != nil {
			t.Errorf("%s with %s: got %t, %v, want %t", test.rule, test.number, got, err, test.fits)
		}
	}
}

func TestRuleThatIsNoneIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":             `{`,
		"two values":           `{}{}`,
		"unknown member":       `{"patern":"x"}`,
		"unknown symbology":    `{"symbologies":["QR"]}`,
		"a pattern that is no": `{"pattern":"["}`,
		"out of its group":     `{"pattern":"a)|(b"}`,
		"an item that is no":   `{"item":"["}`,
		"a scheme that is no":  `{"check":"n mod 7"}`,
		"words in the display": `{"display":"No. ####"}`,
		"a very long pattern":  `{"pattern":"` + strings.Repeat("a", longestPattern+1) + `"}`,
	} {
		if _, err := ParseRule(text); !errors.Is(err, ErrRule) {
			t.Errorf("%s: got %v, want ErrRule", name, err)
		}
	}
}
