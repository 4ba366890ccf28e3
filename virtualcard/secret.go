package virtualcard

import "crypto/subtle"

// secret is a PIN or password with its tries.
type secret struct {
	Value      []byte
	Left, Most int

	verified bool
}

// tries is the status word that tells how many are left.
func (s *secret) tries() status { return swTries | status(s.Left) }

// compare costs a try before it looks, so that pulling the card at the right moment wins none.
func (s *secret) compare(c *Card, file string, guess []byte) response {
	s.verified = false
	if s.Left == 0 {
		return refuse(swReferenceBlocked)
	}
	counter := []byte{byte(s.Left)}
	on := c.program(Write{
		AP: apJPKI, File: file, Length: 1, Old: []byte{byte(s.Left)}, New: []byte{byte(s.Left - 1)},
	}, counter)
	s.Left = int(counter[0])
	if !on {
		return response{}
	}
	if len(guess) != len(s.Value) || subtle.ConstantTimeCompare(guess, s.Value) != 1 {
		return refuse(s.tries())
	}
	s.Left, s.verified = s.Most, true
	c.changed()
	return ok()
}
