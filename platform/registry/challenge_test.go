package registry

import (
	"crypto/rand"
	"testing"
	"time"
)

func TestADeskThatThrowsNoncesAwayIsNotLockedOut(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, japan)
	c := newChallenges(func() time.Time { return now }, rand.Reader)
	busy, other := Desk{certificate: "busy"}, Desk{certificate: "other"}
	give := func(d Desk) []byte {
		t.Helper()
		nonce, err := c.give(d, purposeWrite)
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Millisecond)
		return nonce
	}
	others := give(other)
	oldest, second := give(busy), give(busy)
	var newest []byte
	for range maxChallenges - 1 {
		newest = give(busy)
	}
	for _, tc := range []struct {
		name  string
		desk  Desk
		nonce []byte
		good  bool
	}{
		{"the oldest of the busy desk", busy, oldest, false},
		{"its second", busy, second, true},
		{"its newest", busy, newest, true},
		{"its newest once more", busy, newest, false},
		{"the other desk's at the busy one", busy, others, false},
		{"the other desk's", other, others, true},
	} {
		if got := c.take(tc.desk, purposeWrite, tc.nonce); got != tc.good {
			t.Errorf("%s: taken %t, want %t", tc.name, got, tc.good)
		}
	}
	if c.per[busy.certificate] != maxChallenges-2 || len(c.per) != 1 {
		t.Errorf("out: %v, want %d at the busy desk alone", c.per, maxChallenges-2)
	}
}
