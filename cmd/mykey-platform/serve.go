package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/madoguchi/madoguchi/platform"
	"github.com/madoguchi/madoguchi/platform/verifier"
)

// certificateFile is where serve leaves the TLS certificate that it made, for
// desks of the same machine.
const certificateFile = "platform-tls.pem"

func serve(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("serve", problems)
	c := platform.Config{Now: time.Now, Rand: rand.Reader}
	f.BoolVar(&c.Training, "training", false, "published card keys; desks approve themselves")
	f.StringVar(&c.Dir, "data", "", "folder of database and keys")
	f.StringVar(&c.Listen, "listen", "127.0.0.1:8443", "address to answer on")
	f.StringVar(&c.Origin, "origin", "", "https://host[:port] that desks know (default: the address)")
	f.StringVar(&c.Clerk, "clerk", "窓口01", "who is signed in at desks that enrol in training")
	jpki := f.String("jpki", "", "JPKI's certificates, PEM: roots and authorities of user authentication")
	policy := f.String("policy", "", "policy OID of user authentication certificates")
	cert := f.String("tls-cert", "", "own TLS certificate, PEM (training: made at start)")
	key := f.String("tls-key", "", "its key, PEM")
	if err := parse(f, args, "data"); err != nil {
		return err
	}
	if !c.Training {
		return platform.ErrNoCustody
	}
	if err := parse(f, nil, "jpki", "policy"); err != nil {
		return err
	}
	c.KeyDir = c.Dir
	c.Log = slog.New(slog.NewTextHandler(problems, nil))
	var err error
	if c.Roots, c.Authorities, err = readJPKI(*jpki, *policy); err != nil {
		return err
	}
	if *cert != "" || *key != "" {
		if c.Certificate, err = tls.LoadX509KeyPair(*cert, *key); err != nil {
			return fmt.Errorf("own TLS certificate: %w", err)
		}
	}
	p, err := platform.Open(ctx, c)
	if err != nil {
		return err
	}
	if p.Authority != nil {
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Authority})
		if err := os.WriteFile(filepath.Join(c.Dir, certificateFile), block, 0o644); err != nil {
			return errors.Join(err, p.Close())
		}
	}
	fmt.Fprintln(out, "training: answers at", p.Origin)
	err = p.Wait()
	return errors.Join(err, p.Close())
}

// readJPKI sorts a PEM bundle: self-signed certificates are roots, the others
// authorities under them; where there are only roots, they issue themselves.
func readJPKI(file, policy string) ([]*x509.Certificate, []verifier.Authority, error) {
	oid, err := x509.ParseOID(policy)
	if err != nil {
		return nil, nil, fmt.Errorf("policy %q: %w", policy, err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("JPKI's certificates: %w", err)
	}
	var roots []*x509.Certificate
	var authorities []verifier.Authority
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, fmt.Errorf("JPKI's certificates: %w", err)
		}
		if bytes.Equal(cert.RawSubject, cert.RawIssuer) && cert.CheckSignatureFrom(cert) == nil {
			roots = append(roots, cert)
			continue
		}
		authorities = append(authorities, verifier.Authority{Certificate: cert, Policy: oid})
	}
	if len(roots) == 0 {
		return nil, nil, fmt.Errorf("JPKI's certificates: no root in %s", file)
	}
	if len(authorities) == 0 {
		for _, root := range roots {
			authorities = append(authorities, verifier.Authority{Certificate: root, Policy: oid})
		}
	}
	return roots, authorities, nil
}
