package hardening

import (
	"errors"

	"golang.org/x/sys/unix"
)

// NoCoreDumps keeps the memory of this process out of core files and away from
// other processes of the same user (setrlimit(2), prctl(2) PR_SET_DUMPABLE).
func NoCoreDumps() error {
	return errors.Join(
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
	)
}
