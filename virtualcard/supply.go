package virtualcard

// Write is one change of a file as the chip's memory sees it.
type Write struct {
	AP, File   string // as in Snapshot
	Offset     int    // first byte that the command changes
	Length     int    // how many it changes
	Old, New   []byte // the whole file before and after
	PageSize   int    // of the memory, in bytes
	UpdateOfEF bool   // an UPDATE; else a counter, which changes whole or not at all
}

// Supply is the power a chip programs its memory with. Program is called once for each Write and
// gives what the memory holds then (as long as Old) and whether power is still there; without it
// the command ends and nobody hears an answer. It is called while the card is busy: it must not
// call the card.
type Supply interface {
	Program(w Write) (held []byte, on bool)
}

// Mains is a Supply that never ends.
type Mains struct{}

// Program gives the new content.
func (Mains) Program(w Write) ([]byte, bool) { return w.New, true }

// SetSupply changes the power that the card is programmed with.
func (c *Card) SetSupply(s Supply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supply = s
}

// program puts a write through the supply. It reports false when the power has ended.
func (c *Card) program(w Write, to []byte) bool {
	w.PageSize = c.memory.PageSize
	held, on := c.supply.Program(w)
	copy(to, held)
	c.changed()
	if !on {
		c.restart()
		c.on = false
	}
	return on
}
