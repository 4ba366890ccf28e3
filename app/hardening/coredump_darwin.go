package hardening

import "golang.org/x/sys/unix"

// NoCoreDumps keeps the memory of this process out of core files (setrlimit(2)).
func NoCoreDumps() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
