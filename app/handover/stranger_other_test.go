//go:build !linux

package handover

import (
	"os"
	"testing"
)

func asStranger(t *testing.T) {
	t.Helper()
	if os.Geteuid() <= 0 {
		t.Skipf("skipped=1 reason=%q", "this user is refused nothing")
	}
}
