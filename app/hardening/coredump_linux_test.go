package hardening_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/madoguchi/madoguchi/app/hardening"
)

func TestACrashLeavesNoMemoryBehind(t *testing.T) {
	if err := hardening.NoCoreDumps(); err != nil {
		t.Fatal(err)
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 || limit.Max != 0 {
		t.Errorf("core file limit = %+v, %v; want 0", limit, err)
	}
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil || dumpable != 0 {
		t.Errorf("dumpable = %d, %v; want 0", dumpable, err)
	}
}
