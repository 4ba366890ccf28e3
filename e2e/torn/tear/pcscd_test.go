//go:build linux

package tear

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/pcscdtest"
)

// daemon is this process's own pcscd; nil where pcscd is not installed.
// libpcsclite reads the name of its socket once a process.
var daemon *pcscdtest.Daemon

func TestMain(m *testing.M) {
	d, err := pcscdtest.Run()
	switch {
	case errors.Is(err, pcscdtest.ErrMissing):
		fmt.Printf("skipped=1 reason=%q\n", err)
		os.Exit(m.Run())
	case err != nil:
		fmt.Fprintln(os.Stderr, "isolated pcscd:", err)
		os.Exit(1)
	}
	daemon = d
	code := 1
	if err := os.Setenv("PCSCLITE_CSOCK_NAME", d.Socket); err == nil {
		code = m.Run()
	}
	d.Stop()
	os.Exit(code)
}

// Where a fault is planned: at the body's or the commit's UPDATE, in the middle of
// the run, at DELETE.
const (
	atBody = iota
	atCommit
	atHalf
	atDelete
)

// afterDelete is how many APDUs follow DELETE: GET DATA FF21, then SELECT of the
// MyKey AP and of the ISD, GET DATA 0045 and FF21, in the clear.
const afterDelete = 5

// TestTornThroughPcscd tears the same cards behind a real pcscd: there a torn
// command comes back as no bytes, and the reader notices late that it is empty.
func TestTornThroughPcscd(t *testing.T) {
	if daemon == nil {
		t.Skipf("skipped=1 reason=%q", "pcscd is not installed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), sampleLimit)
	defer cancel()
	c, err := Open(ctx, strconv.Itoa(daemon.Port), quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	runs := map[Part]Run{}
	for _, part := range Parts() {
		if runs[part], err = c.Measure(ctx, part); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name  string
		part  Part
		at    int
		fault fault.Fault
		left  Left
	}{
		{"first record, body never arrives", Write, atBody, fault.Fault{Kind: fault.LoseCommand}, Old},
		{"first record, body whole, nobody heard", Write, atBody, fault.Fault{Kind: fault.LoseAnswer}, Old},
		{"first record, page erased", Write, atBody, fault.Fault{Kind: fault.TearErased, Byte: 70, Page: 64}, Old},
		{"first record, bits mixed", Write, atBody, fault.Fault{Kind: fault.TearMixed, Byte: 100, Page: 128}, Old},
		{"first record, committed, nobody heard", Write, atCommit, fault.Fault{Kind: fault.LoseAnswer}, New},
		{"new record, body whole, nobody heard", Rewrite, atBody, fault.Fault{Kind: fault.LoseAnswer}, Old},
		{"new record, first bytes alone", Rewrite, atBody, fault.Fault{Kind: fault.TearPrefix, Byte: 33, Page: 32}, Old},
		{"new record, its page erased at the commit", Rewrite, atCommit, fault.Fault{Kind: fault.TearErased, Page: 128}, Old},
		{"new record, committed, nobody heard", Rewrite, atCommit, fault.Fault{Kind: fault.LoseAnswer}, New},
		{"given up, pulled half way", Release, atHalf, fault.Fault{Kind: fault.LoseAnswer}, Old},
		{"given up, DELETE never arrives", Release, atDelete, fault.Fault{Kind: fault.LoseCommand}, Old},
		{"given up, deleted, nobody heard", Release, atDelete, fault.Fault{Kind: fault.LoseAnswer}, New},
	} {
		run := runs[tc.part]
		switch tc.at {
		case atBody, atCommit:
			tc.fault.APDU = run.Updates[tc.at].APDU
		case atHalf:
			tc.fault.APDU = run.APDUs / 2
		case atDelete:
			tc.fault.APDU = run.APDUs - afterDelete
		}
		left, err := c.Try(ctx, Case{tc.part, tc.fault})
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if left != tc.left {
			t.Errorf("%s: left the %v one, want the %v", tc.name, left, tc.left)
		}
	}
}
