package mykey

import (
	"fmt"
	"io"
	"log/slog"
)

// PINLength is the number of digits of the user authentication PIN (利用者証明用).
const PINLength = 4

const pinHeader = 5 // CLA INS P1 P2 Lc

// PIN is the one place where the digits of a PIN stand: a fixed array in which
// the VERIFY command is built too, so that no copy is made. It is used by
// pointer, by one goroutine at a time, and wiped by Wipe. The zero PIN is empty.
type PIN struct {
	n int
	// memory gives the array. It is a function because fmt, given a verb it does not
	// know, prints what an unexported field holds or points to, past every Format
	// method; of a function it prints the address.
	memory func() *pinMemory
}

type pinMemory [pinHeader + PINLength]byte

func (p *PIN) apdu() *pinMemory {
	if p.memory == nil {
		m := new(pinMemory)
		p.memory = func() *pinMemory { return m }
	}
	return p.memory()
}

// Digit adds a digit (0–9). It reports false, and adds nothing, when the PIN is
// full or d is not a digit.
func (p *PIN) Digit(d byte) bool {
	if p.n == PINLength || d > 9 {
		return false
	}
	p.apdu()[pinHeader+p.n] = '0' + d
	p.n++
	return true
}

// Erase takes the last digit away.
func (p *PIN) Erase() {
	if p.n > 0 {
		p.n--
		p.apdu()[pinHeader+p.n] = 0
	}
}

// Len is the number of digits entered.
func (p *PIN) Len() int { return p.n }

// Complete reports whether all digits are there.
func (p *PIN) Complete() bool { return p.n == PINLength }

// Command builds a command in place: the four header bytes, Lc and the digits
// (ISO/IEC 7816-4, VERIFY, case 3). The slice is the PIN's own memory: transmit
// it, then Wipe. It returns nil while digits are missing.
func (p *PIN) Command(cla, ins, p1, p2 byte) []byte {
	if !p.Complete() {
		return nil
	}
	m := p.apdu()
	m[0], m[1], m[2], m[3], m[4] = cla, ins, p1, p2, PINLength
	return m[:]
}

// Wipe forgets the digits.
func (p *PIN) Wipe() {
	clear(p.apdu()[:])
	p.n = 0
}

// Format shows nothing of the digits, for every verb.
func (p *PIN) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }

// String shows nothing of the digits.
func (p *PIN) String() string { return "PIN(••••)" }

// LogValue shows nothing of the digits.
func (p *PIN) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText refuses.
func (p *PIN) MarshalText() ([]byte, error) { return nil, ErrEncode }
