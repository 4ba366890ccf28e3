//go:build linux

package canary_test

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// finder looks for many secrets at once, each in all its forms, in one pass over what
// is searched. It finds what in finds.
type finder struct {
	begins [1 << 16]bool // the first two bytes of a form
	forms  map[uint32][]ofSecret
	brief  []ofSecret // forms of less than four bytes
}

type ofSecret struct {
	form
	secret string
}

func newFinder(all map[string][]form) *finder {
	f := &finder{forms: map[uint32][]ofSecret{}}
	for secret, forms := range all {
		for _, one := range forms {
			if len(one.bytes) < 4 {
				f.brief = append(f.brief, ofSecret{one, secret})
				continue
			}
			f.begins[binary.LittleEndian.Uint16(one.bytes)] = true
			first := binary.LittleEndian.Uint32(one.bytes)
			f.forms[first] = append(f.forms[first], ofSecret{one, secret})
		}
	}
	return f
}

// in calls each for every form that content holds, with its secret.
func (f *finder) in(content []byte, each func(secret, form string)) {
	isShort := len(content) <= shortField
	for i := 0; i+4 <= len(content); i++ {
		if !f.begins[uint16(content[i])|uint16(content[i+1])<<8] {
			continue
		}
		rest := content[i:]
		for _, o := range f.forms[binary.LittleEndian.Uint32(rest)] {
			if (isShort || !o.short) && bytes.HasPrefix(rest, o.bytes) {
				each(o.secret, o.name)
			}
		}
	}
	for _, o := range f.brief {
		if (isShort || !o.short) && bytes.Contains(content, o.bytes) {
			each(o.secret, o.name)
		}
	}
}

// findEach gives, for each secret, the places that hold it, and one form it was found
// in; and how many values each place has.
func findEach(t *testing.T, run string, all map[string][]form) (found map[string]map[place]string, seen map[place]int) {
	t.Helper()
	found, seen = map[string]map[place]string{}, map[place]int{}
	for secret := range all {
		found[secret] = map[place]string{}
	}
	f := newFinder(all)
	pieces(t, run, func(p place, content []byte) {
		seen[p]++
		f.in(content, func(secret, form string) { found[secret][p] = form })
	})
	return found, seen
}
