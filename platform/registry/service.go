package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/store"
)

// What a service's registration asks of the resident.
const (
	RegistrationNone = "none"
	RegistrationPIN  = "pin" // an assertion of purpose register
)

// ErrRule: not a number rule.
var ErrRule = errors.New("number rule is none")

// Rule is how the numbers of a service look. The platform itself holds numbers
// to Pattern alone; the rest is for desks.
type Rule struct {
	Symbologies []string `json:"symbologies"` // of symbologies; empty: any, typed too
	Start       string   `json:"start"`       // of NW-7
	Stop        string   `json:"stop"`
	Pattern     string   `json:"pattern"` // RE2 of the bare number, whole match; "" any
	Check       string   `json:"check"`   // scheme; desks know them
	Display     string   `json:"display"` // #### ####
	Framed      bool     `json:"framed"`
	Item        string   `json:"item"` // RE2
	Prefix      string   `json:"prefix"`
	Suffix      string   `json:"suffix"`
}

var (
	symbologies = []string{"NW7", "JAN13", "JAN8", "CODE39", "CODE128"}
	schemeForm  = regexp.MustCompile(`^[a-z0-9-]{0,32}$`)
	displayForm = regexp.MustCompile(`^[# -]{0,96}$`)
)

// longestPattern is the most characters that a pattern of a rule may have.
const longestPattern = 200

// ParseRule reads a rule (JSON, no unknown member). "" is the rule that lets
// every number pass. ErrRule says what is wrong with it.
func ParseRule(text string) (Rule, error) {
	r := Rule{Check: "none"}
	if text != "" {
		d := json.NewDecoder(bytes.NewReader([]byte(text)))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			return Rule{}, fmt.Errorf("%w: %w", ErrRule, err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return Rule{}, fmt.Errorf("%w: more than one JSON value", ErrRule)
		}
	}
	return r, r.check()
}

func (r Rule) check() error {
	for _, s := range r.Symbologies {
		if !slices.Contains(symbologies, s) {
			return fmt.Errorf("%w: symbology %q is none of %v", ErrRule, s, symbologies)
		}
	}
	for _, c := range []struct {
		what, have string
		form       *regexp.Regexp
	}{{"check", r.Check, schemeForm}, {"display", r.Display, displayForm}} {
		if !c.form.MatchString(c.have) {
			return fmt.Errorf("%w: %s %q", ErrRule, c.what, c.have)
		}
	}
	for _, p := range []struct{ what, pattern string }{{"pattern", r.Pattern}, {"item", r.Item}} {
		if len(p.pattern) > longestPattern {
			return fmt.Errorf("%w: %s is longer than %d characters", ErrRule, p.what, longestPattern)
		}
		if _, err := regexp.Compile(p.pattern); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrRule, p.what, err)
		}
	}
	return nil
}

// fits reports whether a number is one of the service's.
func (r Rule) fits(number mykey.ServiceID) (bool, error) {
	if r.Pattern == "" {
		return true, nil
	}
	whole, err := regexp.Compile(`^(?:` + r.Pattern + `)$`)
	if err != nil {
		return false, fmt.Errorf("%w: pattern: %w", ErrRule, err)
	}
	return whole.MatchString(number.Reveal()), nil
}

// Service is one of an operator's services, as its desks see it.
type Service struct {
	Code, Name, Word, Card string
	Rule                   Rule
	RegistrationAuth       string
	Shared                 bool
}

// Services lists the services of a reception desk's operator; any other desk is
// told of none.
func (r *Registry) Services(ctx context.Context, d Desk) ([]Service, error) {
	if !slices.ContainsFunc(d.Roles, func(role Role) bool { return role.Name == RoleReception }) {
		return nil, nil
	}
	rows, err := r.Store.Services(ctx, d.operator)
	if err != nil {
		return nil, err
	}
	out := make([]Service, 0, len(rows))
	for _, row := range rows {
		rule, err := ParseRule(row.Rule)
		if err != nil {
			return nil, err
		}
		out = append(out, Service{row.Code, row.Name, row.Word, row.Card, rule, row.RegistrationAuth, row.Shared})
	}
	return out, nil
}

// service finds a service of the desk's operator. ErrService says the same of
// another operator's service and of none.
func (r *Registry) service(ctx context.Context, d Desk, code string) (store.Service, error) {
	v, err := r.Store.Service(ctx, d.operator, code)
	if errors.Is(err, store.ErrNone) {
		return store.Service{}, ErrService
	}
	return v, err
}
