package membercard

import (
	"slices"
	"strings"
)

// decimal keeps a scheme for digits to payloads of digits.
func decimal(digit func(string) (byte, bool)) func(payload, start, stop string) (byte, bool) {
	return func(payload, _, _ string) (byte, bool) {
		if !only(payload, digits) {
			return 0, false
		}
		return digit(payload)
	}
}

func fromRight(payload string) string {
	b := []byte(payload)
	slices.Reverse(b)
	return string(b)
}

// weigh sums the products of digits and weights, which repeat.
func weigh(payload string, weights ...int) (sum int) {
	for i := range len(payload) {
		sum += int(payload[i]-'0') * weights[i%len(weights)]
	}
	return sum
}

// split sums the digits of the products instead.
func split(payload string, weights ...int) (sum int) {
	for i := range len(payload) {
		product := int(payload[i]-'0') * weights[i%len(weights)]
		sum += product/10 + product%10
	}
	return sum
}

func ten(sum int) (byte, bool) { return digits[(10-sum%10)%10], true }

// mod divides digit by digit: member numbers may be longer than an integer.
func mod(payload string, m int) (rest int) {
	for i := range len(payload) {
		rest = (rest*10 + int(payload[i]-'0')) % m
	}
	return rest
}

// eleven gives 11−r; a 10 is shown as ten, or is not issued (ten 0).
func eleven(payload string, ten byte, weights ...int) (byte, bool) {
	value := (11 - weigh(fromRight(payload), weights...)%11) % 11
	if value == 10 {
		return ten, ten != 0
	}
	return digits[value], true
}

// isbn is defined for nine digits; shorter ones take its weights from the right.
// A tenth would weigh 11, which counts nothing.
func isbn(payload string) (byte, bool) {
	if len(payload) > 9 {
		return 0, false
	}
	return eleven(payload, 'X', 2, 3, 4, 5, 6, 7, 8, 9, 10)
}

// sixteen counts start and stop too: the check depends on the pair.
func sixteen(payload, start, stop string) (byte, bool) {
	if !NW7.holds(payload) || !isFrame(start) || !isFrame(stop) {
		return 0, false
	}
	sum := 0
	for _, c := range start + payload + stop {
		sum += strings.IndexRune(nw7Characters, c)
	}
	return nw7Characters[(16-sum%16)%16], true
}

func fortyThree(payload, _, _ string) (byte, bool) {
	if !Code39.holds(payload) {
		return 0, false
	}
	sum := 0
	for _, c := range payload {
		sum += strings.IndexRune(code39Characters, c)
	}
	return code39Characters[sum%43], true
}
