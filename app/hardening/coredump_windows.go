package hardening

import "golang.org/x/sys/windows"

// NoCoreDumps keeps this process out of Windows Error Reporting's dialogs, whose
// reports hold memory. A dump that an administrator asks for is beyond us.
func NoCoreDumps() error {
	windows.SetErrorMode(windows.SEM_FAILCRITICALERRORS | windows.SEM_NOGPFAULTERRORBOX)
	return nil
}
