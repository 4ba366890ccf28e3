package tear

import (
	"errors"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

func TestEveryAPDUAndEveryByteIsACaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, run := range []Run{
		{Part: Write, APDUs: 49, Updates: []fault.Update{{APDU: 41, Length: 128}, {APDU: 43, Length: 1}}},
		{Part: Release, APDUs: 47},
	} {
		cases := run.Cases()
		if want := 2*run.APDUs + 9*run.Bytes(); len(cases) != want || run.N() != want {
			t.Errorf("%s: %d cases, N = %d, want 2*%d+9*%d = %d", run.Part, len(cases), run.N(), run.APDUs, run.Bytes(), want)
		}
		seen := map[string]bool{}
		for _, c := range cases {
			name := c.String()
			if seen[name] {
				t.Errorf("%s comes twice", name)
			}
			seen[name] = true
			if again, err := ParseCase(name); err != nil || again != c {
				t.Errorf("%s is read as %+v, %v", name, again, err)
			}
		}
	}
}

func TestANameThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "write", "write/3", "write/3/burnt", "write/3/erased", "read/3/answer-lost", "write/3/answer-lost/0/64", "write/3/prefix/1/64/9"} {
		if c, err := ParseCase(name); !errors.Is(err, ErrName) {
			t.Errorf("%q is read as %+v, %v", name, c, err)
		}
	}
}
