package handover

// Integrity levels of a Windows process (winnt.h, SECURITY_MANDATORY_*_RID).
const (
	integrityLow    = 0x1000
	integrityMedium = 0x2000
	integrityHigh   = 0x3000
	integritySystem = 0x4000
)

// integrity is what could be learnt of a process's level.
type integrity struct {
	level  uint32
	denied bool // Windows did not let us look
}

// above reports whether i is higher than ours: input sent to it is dropped (UIPI).
// A process that we may not even look at is one of higher rights.
func (i integrity) above(ours uint32) bool { return i.denied || i.level > ours }
