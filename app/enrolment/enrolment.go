// Package enrolment makes an account of this machine a desk: a key made here, a
// one-time code from the administrator, a certificate from the platform.
package enrolment

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"strings"

	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/platformclient"
)

// Run enrols with the platform at address. The code is read from in, never taken
// from an argument list; what the administrator compares is written to out. Key
// and certificate go to the OS's key store, the address to the settings in dir.
func Run(ctx context.Context, dir, address, caFile string, in io.Reader, out io.Writer) error {
	s, err := settings.Load(dir)
	if err != nil {
		return err
	}
	s.Platform = address
	if caFile != "" {
		s.CAFile = caFile
	}
	roots, err := s.Roots()
	if err != nil {
		return err
	}
	fmt.Fprint(out, "登録コード / enrolment code: ")
	code, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("read enrolment code: %w", err)
	}
	request, err := settings.NewRequest()
	if err != nil {
		return err
	}
	config := platformclient.Config{
		BaseURL: s.Platform, Origin: s.Origin, Roots: roots,
		Certificate: func() (*tls.Certificate, error) { return &tls.Certificate{}, nil },
	}
	enrolled, err := platformclient.Enrol(ctx, config, platformclient.Enrolment{Code: strings.TrimSpace(code), CSR: request.CSR})
	if err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	if err := request.Keep(enrolled.Certificate); err != nil {
		return err
	}
	if err := settings.Save(dir, s); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s %s\n指紋 / fingerprint: %s\n", enrolled.Desk.Office, enrolled.Desk.Counter, request.Fingerprint())
	if !enrolled.Approved {
		fmt.Fprintln(out, "管理者がこの指紋を確かめると使えるようになります。 / The administrator has to compare this fingerprint before the desk works.")
	}
	return nil
}
