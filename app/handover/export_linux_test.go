package handover

import (
	"os"
	"testing"
)

// FillPort writes to a serial port until it takes no more.
func FillPort(t *testing.T, slave *os.File) { fill(t, slave) }

// PortHolds gives what a serial port still holds.
func PortHolds(t *testing.T, master *os.File) string { return drainAll(t, master) }
