package handover

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asStranger lets the rest of the test touch files as another user: the
// superuser, as whom containers test, is refused nothing.
func asStranger(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	t.Cleanup(func() {
		if err := unix.Setfsuid(0); err != nil {
			t.Fatal(err) // the thread stays locked and ends with the test
		}
		runtime.UnlockOSThread()
	})
	if err := unix.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	if got, err := unix.SetfsuidRetUid(-1); err != nil || got != 65534 {
		t.Fatalf("acts as %d, %v", got, err)
	}
}
