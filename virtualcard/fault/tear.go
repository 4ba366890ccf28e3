package fault

import (
	"bytes"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// supply is the card's power as the plan wants it.
type supply struct{ c *Card }

// Program lets a write through, or ends the power in the middle of it.
func (s supply) Program(w virtualcard.Write) ([]byte, bool) {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.UpdateOfEF {
		c.updates = append(c.updates, Update{APDU: c.n, Length: w.Length})
	}
	f := c.torn
	switch {
	case f == nil:
		return w.New, true
	case f.Kind == TearCounter && !w.UpdateOfEF:
		c.fired++
		return w.New, false
	case !w.UpdateOfEF || f.Byte >= w.Length:
		return w.New, true
	}
	held, torn := Tear(*f, w)
	if !torn {
		return w.New, true
	}
	c.fired++
	return held, false
}

// Tear is what the memory holds when the power ends after f.Byte bytes of a write. Pages before
// the one that was being programmed are new, pages after it old. False: f is no tear.
func Tear(f Fault, w virtualcard.Write) ([]byte, bool) {
	page := f.Page
	if page == 0 {
		page = w.PageSize
	}
	at := w.Offset + f.Byte
	from := at / page * page
	to := min(from+page, len(w.Old))
	held := bytes.Clone(w.Old)
	copy(held[:from], w.New[:from])
	switch f.Kind {
	case TearErased:
		for i := from; i < to; i++ {
			held[i] = 0xFF
		}
	case TearPrefix:
		copy(held[:at], w.New[:at])
	case TearMixed:
		for i := from; i < to; i++ {
			took := pattern(i, f.Byte, page) // bits that took their new value already
			held[i] = w.New[i]&took | w.Old[i]&^took
		}
	default:
		return nil, false
	}
	return held, true
}

// pattern is a fixed but irregular choice of bits for byte i of a tear.
func pattern(i, k, page int) byte {
	x := uint32(i)*2654435761 ^ uint32(k)*40503 ^ uint32(page)*97
	x ^= x >> 15
	x *= 2246822519
	return byte(x >> 24)
}
