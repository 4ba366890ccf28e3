// Package hardening makes the process keep its memory to itself: the digits of a
// PIN stand in it for as long as they are entered.
package hardening
