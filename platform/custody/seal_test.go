package custody_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/platform/custody"
)

func TestWhatOneOperatorSealedOpensForNoOther(t *testing.T) {
	t.Parallel()
	c := open(t, "", now)
	plain, place := []byte("00112233"), []byte("row 1")
	sealed, err := c.Seal(t.Context(), "library", plain, place)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Seal(t.Context(), "library", plain, place)
	if err != nil || bytes.Equal(sealed, again) || bytes.Contains(sealed, plain) {
		t.Errorf("got %x and %x, %v; want two that differ and hide it", sealed, again, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	later := bytes.Clone(sealed)
	later[3]++
	for _, test := range []struct {
		name, operator string
		sealed, place  []byte
		want           error
	}{
		{"the same", "library", sealed, place, nil},
		{"another operator", "sports", sealed, place, custody.ErrSealed},
		{"another row", "library", sealed, []byte("row 2"), custody.ErrSealed},
		{"changed", "library", changed, place, custody.ErrSealed},
		{"cut off", "library", sealed[:8], place, custody.ErrSealed},
		{"nothing", "library", nil, place, custody.ErrSealed},
		{"a key that is not here", "library", later, place, custody.ErrNoKeys},
	} {
		got, err := c.Open(t.Context(), test.operator, test.sealed, test.place)
		if !errors.Is(err, test.want) || (test.want == nil) != bytes.Equal(got, plain) {
			t.Errorf("%s: got %q, %v, want %v", test.name, got, err, test.want)
		}
	}
}

func TestSealedValuesOpenAfterARotationAndARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "custody")
	first := open(t, dir, now)
	old, err := first.Seal(t.Context(), "library", []byte("old"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if version, err := first.RotateSeal(); version != 2 || err != nil {
		t.Fatalf("rotate: got %d, %v, want 2", version, err)
	}
	young, err := first.Seal(t.Context(), "library", []byte("young"), nil)
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, dir, now)
	for want, sealed := range map[string][]byte{"old": old, "young": young} {
		if got, err := second.Open(t.Context(), "library", sealed, nil); err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	if old[3] != 1 || young[3] != 2 {
		t.Errorf("versions: got %d and %d, want 1 and 2", old[3], young[3])
	}
}
