package server_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platformclient"
)

var (
	municipal = store.DeskRole{Role: registry.RoleMunicipal, LegalBasis: "○○市条例第1条"}
	reception = store.DeskRole{Role: registry.RoleReception}
)

func TestDeskEnrolsAndIsWhatItWasInvitedAs(t *testing.T) {
	w := newWorld(t, options{})
	m := w.machine()
	enrolled, err := m.enrol(w.invite("counter-1", municipal))
	if err != nil || !enrolled.Approved {
		t.Fatalf("enrol: approved %v, %v", enrolled.Approved, err)
	}
	desk := m.client(enrolled.Certificate)
	for range 2 { // the second answer is 304
		got, err := desk.Desk(t.Context())
		if err != nil || got.Office != "市民課" || got.Operator != "○○市" || got.Clerk != "窓口01" ||
			got.LegalBasis[platformclient.RoleMunicipal] != municipal.LegalBasis || len(got.RecordKeys) != 1 {
			t.Fatalf("desk: got %+v, %v", got, err)
		}
	}
	renewed := w.machine()
	next, err := desk.RenewCertificate(t.Context(), renewed.csr)
	must(t, err)
	if _, err := renewed.client(next.Certificate).Desk(t.Context()); err != nil {
		t.Errorf("with the renewed certificate: %v", err)
	}
}

func TestEnrolmentCodeIsGoodOnceFiveTriesOneDay(t *testing.T) {
	w := newWorld(t, options{})
	wrong := func(code string) string {
		last := byte('A')
		if code[len(code)-1] == last {
			last = 'B'
		}
		return code[:len(code)-1] + string(last)
	}
	t.Run("not a code", func(t *testing.T) {
		for _, code := range []string{"", "XXXX", "0000-0000-0000-0000-0000"} {
			if _, err := w.machine().enrol(code); !errors.Is(err, platformclient.ErrCode) {
				t.Errorf("%q: got %v, want ErrCode", code, err)
			}
		}
	})
	t.Run("five wrong ones end it", func(t *testing.T) {
		code := w.invite("tries", reception)
		for try := 1; try <= registry.CodeTries; try++ {
			want := platformclient.ErrCode
			if try == registry.CodeTries {
				want = platformclient.ErrCodeOver
			}
			if _, err := w.machine().enrol(wrong(code)); !errors.Is(err, want) {
				t.Errorf("try %d: got %v, want %v", try, err, want)
			}
		}
		if _, err := w.machine().enrol(code); !errors.Is(err, platformclient.ErrCodeOver) {
			t.Errorf("the right one after five tries: got %v, want ErrCodeOver", err)
		}
	})
	t.Run("another machine cannot use it again", func(t *testing.T) {
		code := w.invite("again", reception)
		m := w.machine()
		first, err := m.enrol(code)
		must(t, err)
		second, err := m.enrol(code)
		must(t, err)
		for _, certificate := range [][]byte{first.Certificate, second.Certificate} {
			if _, err := m.client(certificate).Desk(t.Context()); err != nil {
				t.Errorf("the same machine after a lost answer: %v", err)
			}
		}
		if _, err := w.machine().enrol(code); !errors.Is(err, platformclient.ErrCodeOver) {
			t.Errorf("got %v, want ErrCodeOver", err)
		}
	})
	t.Run("after a day", func(t *testing.T) {
		code := w.invite("late", reception)
		w.clock.Forward(registry.CodeLife + time.Minute)
		if _, err := w.machine().enrol(code); !errors.Is(err, platformclient.ErrCodeOver) {
			t.Errorf("got %v, want ErrCodeOver", err)
		}
	})
}

func TestMunicipalDeskWorksOnlyAfterApproval(t *testing.T) {
	w := newWorld(t, options{office: true})
	m := w.machine()
	enrolled, err := m.enrol(w.invite("counter-1", municipal))
	must(t, err)
	desk := m.client(enrolled.Certificate)
	if _, err := desk.Desk(t.Context()); enrolled.Approved || !errors.Is(err, platformclient.ErrNotApproved) {
		t.Fatalf("before approval: approved %v, %v, want ErrNotApproved", enrolled.Approved, err)
	}
	other := hash(w.machine().csr)
	if err := w.admin.ApproveDesk(t.Context(), "counter-1", hex.EncodeToString(other[:])); err == nil {
		t.Error("approved with another machine's fingerprint")
	}
	must(t, w.admin.ApproveDesk(t.Context(), "counter-1", enrolled.CSRFingerprint))
	if _, err := desk.Desk(t.Context()); err != nil {
		t.Errorf("after approval: %v", err)
	}
	reading, err := w.machine().enrol(w.invite("library-1", reception))
	if err != nil || !reading.Approved {
		t.Errorf("a reception desk waits for nobody: got approved %v, %v", reading.Approved, err)
	}
}

func TestRevokedDeskIsRefusedAtOnce(t *testing.T) {
	w := newWorld(t, options{})
	desk := w.desk("counter-1")
	if _, err := desk.Desk(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, w.admin.RevokeDesk(t.Context(), "counter-1"))
	if _, err := desk.Desk(t.Context()); !errors.Is(err, platformclient.ErrDeskRevoked) {
		t.Errorf("on the connection that was open: got %v, want ErrDeskRevoked", err)
	}
}

func TestWhoIsNoDeskIsRefused(t *testing.T) {
	w := newWorld(t, options{})
	nobody, err := platformclient.New(w.config())
	must(t, err)
	defer nobody.Close()
	if _, err := nobody.Desk(t.Context()); !errors.Is(err, platformclient.ErrNotEnrolled) {
		t.Errorf("without a certificate: got %v, want ErrNotEnrolled", err)
	}
	m := w.machine()
	if _, err := m.client(selfSigned(t).Certificate[0]).Desk(t.Context()); !errors.Is(err, platformclient.ErrTLS) {
		t.Errorf("with a certificate of its own making: got %v, want ErrTLS", err)
	}
	desk := w.desk("counter-1")
	w.clock.Forward(registry.CertificateLife + time.Minute)
	if _, err := desk.Desk(t.Context()); !errors.Is(err, platformclient.ErrTLS) {
		t.Errorf("with a certificate that has ended: got %v, want ErrTLS", err)
	}
}
