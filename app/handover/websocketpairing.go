package handover

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"sync"
	"time"
)

// PairTime is how long a pairing code holds.
const PairTime = 2 * time.Minute

const (
	pairTries = 5
	// Crockford's base 32: no I, L, O, U.
	pairAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	pairLength   = 8 // 40 bits
)

// Pairer is a Way that a page must be paired with once before it takes numbers.
type Pairer interface {
	// Pair makes a new pairing code, to be shown on the desk and typed into the
	// page: 8 characters in two groups, for one use within PairTime; five wrong
	// tries end it. An earlier code holds no longer; a page that is paired stays
	// so until another one is.
	Pair() string
}

// secret is a code's or token's hash, of one origin. The zero secret fits nothing.
type secret struct {
	hash   [sha256.Size]byte
	origin string
}

func (s secret) fits(token, origin string) bool {
	hash := sha256.Sum256([]byte(token))
	return s.origin == origin && subtle.ConstantTimeCompare(s.hash[:], hash[:]) == 1
}

// pairing knows the one page that may take numbers. A page shows its token once:
// it is answered with the next one, and as soon as the page says that it has kept
// that, the token before it is worth nothing. In between both are good, so that a
// page which is reloaded at that moment is not locked out.
type pairing struct {
	mu       sync.Mutex
	code     [sha256.Size]byte
	until    time.Time // zero: no code
	tries    int
	current  secret
	followed secret // offered, not yet confirmed
}

func (p *pairing) newCode() string {
	b := make([]byte, pairLength)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = pairAlphabet[b[i]%32]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.code, p.until, p.tries = sha256.Sum256(b), time.Now().Add(PairTime), 0
	return string(b[:4]) + "-" + string(b[4:])
}

// admit takes a token or a pairing code and gives the page's next token.
func (p *pairing) admit(token, origin string) (next string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.current.fits(token, origin):
	case p.followed.fits(token, origin):
		p.current = p.followed
	case p.spend(token):
		p.current = secret{}
	default:
		return "", false
	}
	b := make([]byte, 32)
	rand.Read(b) // never fails
	next = base64.RawURLEncoding.EncodeToString(b)
	p.followed = secret{sha256.Sum256([]byte(next)), origin}
	return next, true
}

// spend reports whether s is the pairing code, and ends it: by use, or by the
// last wrong try.
func (p *pairing) spend(s string) bool {
	if time.Now().After(p.until) {
		return false
	}
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	hash := sha256.Sum256([]byte(s))
	p.tries++
	right := subtle.ConstantTimeCompare(hash[:], p.code[:]) == 1
	if right || p.tries >= pairTries {
		p.until = time.Time{}
	}
	return right
}

// kept ends the token before next. It is false if next is no longer the last one.
func (p *pairing) kept(next, origin string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.followed.fits(next, origin) {
		return false
	}
	p.current, p.followed = p.followed, secret{}
	return true
}
