package membercard_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/madoguchi/madoguchi/app/membercard"
)

// TestWhatEachSchemeDoesNotCatch reproduces the share of errors, in percent, that
// pass unnoticed: random 7-digit payloads with their check digit, then one payload
// digit replaced by another, or two unequal neighbours of the payload swapped.
// exact is the share by reasoning (how many of the 90 pairs of unequal digits
// weigh the same, in how many places); measured were 3,000 trials each.
func TestWhatEachSchemeDoesNotCatch(t *testing.T) {
	t.Parallel()
	const trials = 6000
	type share struct{ measured, exact float64 }
	for _, row := range []struct {
		scheme         membercard.Scheme
		wrong, swapped share
	}{
		{membercard.M10W21, share{0, 0}, share{2.6, 100 * 2. / 90}}, // 09 and 90
		{membercard.M10W21Left, share{0, 0}, share{2.6, 100 * 2. / 90}},
		{membercard.M10W21Bulk, share{6.3, 100 * 10. / 90 * 4 / 7}, share{0, 0}}, // d and d+5 at the doubled places
		{membercard.M10W3, share{0, 0}, share{10.7, 100 * 10. / 90}},             // d and d+5
		{membercard.M7DR, share{6.2, 100 * 6. / 90}, share{7.0, 100 * 6. / 90}},  // d and d+7
		{membercard.M7DSR, share{6.2, 100 * 6. / 90}, share{7.0, 100 * 6. / 90}},
		{membercard.M7DSR0, share{6.2, 100 * 6. / 90}, share{7.0, 100 * 6. / 90}},
		{membercard.M9DR, share{2.2, 100 * 2. / 90}, share{100, 100}}, // 0 and 9; every place weighs 1
		{membercard.M9DSR, share{2.2, 100 * 2. / 90}, share{100, 100}},
		{membercard.M11W27X, share{0, 0}, share{0, 0}},
		{membercard.M11W27Zero, share{1.8, 100 * 2. / 110}, share{1.8, 100 * 18. / 90 / 11}}, // 0 and 10 look alike; both reckoned
		{membercard.M11W27None, share{0, 0}, share{0, 0}},
		{membercard.M11W102, share{0, 0}, share{0, 0}},
		{membercard.M16, share{0, 0}, share{100, 100}},
		{membercard.M43, share{0, 0}, share{100, 100}}, // not in the table, reckoned
	} {
		p := profile(row.scheme)
		random := rand.New(rand.NewPCG(1, 7))
		var wrong, swapped int
		for range trials {
			number, payload := issued(p, random)
			i := random.IntN(7)
			other := []byte(payload)
			other[i] = '0' + (other[i]-'0'+1+byte(random.IntN(9)))%10
			wrong += unnoticed(t, p, other, number)

			neighbours := []byte(payload)
			for i = random.IntN(6); neighbours[i] == neighbours[i+1]; i = random.IntN(6) {
				if same(payload) {
					number, payload = issued(p, random)
					neighbours = []byte(payload)
				}
			}
			neighbours[i], neighbours[i+1] = neighbours[i+1], neighbours[i]
			swapped += unnoticed(t, p, neighbours, number)
		}
		near(t, fmt.Sprintf("%s, one digit wrong", row.scheme), 100*float64(wrong)/trials, row.wrong.measured, row.wrong.exact)
		near(t, fmt.Sprintf("%s, neighbours swapped", row.scheme), 100*float64(swapped)/trials, row.swapped.measured, row.swapped.exact)
	}
}

// near: 0 % and 100 % admit no exception; elsewhere 6,000 trials lie within three
// standard deviations of the exact share, and the measured table within 0.8.
func near(t *testing.T, what string, got, measured, exact float64) {
	t.Helper()
	if exact == 0 || exact == 100 {
		if got != exact {
			t.Errorf("%s: %.2f %% unnoticed, want exactly %.0f", what, got, exact)
		}
		return
	}
	if d := got - exact; d < -1.2 || d > 1.2 {
		t.Errorf("%s: %.2f %% unnoticed, want %.2f ± 1.2", what, got, exact)
	}
	if d := measured - exact; d < -0.8 || d > 0.8 {
		t.Errorf("%s: the table says %.1f %%, exact is %.2f", what, measured, exact)
	}
}

// issued gives a random number of 7 digits that has a check digit.
func issued(p membercard.Profile, random *rand.Rand) (number, payload string) {
	stored := p
	stored.Check = p.Check.Stored()
	for {
		payload = fmt.Sprintf("%07d", random.IntN(10_000_000))
		if n, err := stored.Read(payload); err == nil {
			return n.Reveal(), payload
		}
	}
}

func unnoticed(t *testing.T, p membercard.Profile, payload []byte, number string) int {
	t.Helper()
	_, err := p.Read(string(payload) + number[7:])
	if err != nil && !errors.Is(err, membercard.ErrCheckDigit) {
		t.Fatalf("%s: %v", p.Check, err)
	}
	if err == nil {
		return 1
	}
	return 0
}

func same(payload string) bool {
	for i := range payload {
		if payload[i] != payload[0] {
			return false
		}
	}
	return true
}

// TestAWrongSchemeFitsTenRandomSamplesByChance documents how much the assistant's
// word is worth. A random number of digits satisfies any scheme whose check is a
// digit once in 10, and one with a tenth value X once in 11. Where all samples'
// last digits are among the seven (or nine) that a scheme can give, it is once in
// 7 (or 9): the bound that Learn states. So a wrong scheme fits ten samples with
// (1/7)^10 = 3.5e-9 at most, and any of the thirteen for digits with 1.2e-8.
func TestAWrongSchemeFitsTenRandomSamplesByChance(t *testing.T) {
	t.Parallel()
	any := 0.0
	for values, schemes := range map[float64]float64{7: 3, 9: 2, 10: 5, 11: 3} {
		any += schemes * math.Pow(1/values, 10)
	}
	if seven := math.Pow(1./7, 10); any > 1.2e-8 || math.Abs(seven-3.54e-9) > 1e-11 {
		t.Errorf("any of them fits with %.3g, modulus 7 with %.3g", any, seven)
	}
	const trials = 20_000
	for scheme, row := range map[membercard.Scheme]struct {
		random, bound float64
		last          string // what the scheme can give
	}{
		membercard.M10W21:     {1. / 10, 1. / 10, "0123456789"},
		membercard.M10W3:      {1. / 10, 1. / 10, "0123456789"},
		membercard.M7DR:       {1. / 10, 1. / 7, "0123456"},
		membercard.M7DSR:      {1. / 10, 1. / 7, "1234567"},
		membercard.M9DR:       {1. / 10, 1. / 9, "012345678"},
		membercard.M9DSR:      {1. / 10, 1. / 9, "123456789"},
		membercard.M11W27None: {1. / 11, 1. / 11, "0123456789"},
	} {
		p := profile(scheme)
		random := rand.New(rand.NewPCG(2, 10))
		var free, bound float64
		for range trials {
			payload := fmt.Sprintf("%07d", random.IntN(10_000_000))
			if _, err := p.Read(payload + string("0123456789"[random.IntN(10)])); err == nil {
				free++
			}
			if _, err := p.Read(payload + string(row.last[random.IntN(len(row.last))])); err == nil {
				bound++
			}
		}
		for what, share := range map[string][2]float64{"any last digit": {free / trials, row.random}, "a last digit it can give": {bound / trials, row.bound}} {
			if d := share[0] - share[1]; d < -0.008 || d > 0.008 { // three standard deviations
				t.Errorf("%s, %s: fits %.4f of random numbers, want %.4f ± 0.008", scheme, what, share[0], share[1])
			}
		}
	}
}
