package registry

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/madoguchi/madoguchi/platform/store"
)

// Roles of a desk.
const (
	RoleMunicipal = "municipal"
	RoleReception = "reception"
	RoleResident  = "resident"
)

// CertificateLife is how long a desk certificate lives; desks renew at two thirds.
const CertificateLife = 30 * 24 * time.Hour

// CodeTries is how often an enrolment code may be tried.
const CodeTries = 5

// Role is what a desk may be, and on what legal basis.
type Role struct{ Name, LegalBasis string }

// Desk is who asks.
type Desk struct {
	ID, Operator, Office, Counter, Clerk string
	Roles                                []Role
	Training                             bool

	certificate string // SHA-256 of the certificate it asks with
	operator    string // code
}

// legalBasis finds the ground to work in a role on.
func (d Desk) legalBasis(role string) error {
	for _, r := range d.Roles {
		if r.Name != role {
			continue
		}
		if r.LegalBasis == "" && !d.Training {
			return ErrLegalBasis
		}
		return nil
	}
	return ErrRole
}

// Authority is the desk CA's certificate, DER.
func (r *Registry) Authority() []byte {
	ca, _ := r.Keys.DeskCA()
	return ca.Raw
}

// Desk finds who asks by the certificate of the connection. It asks the store
// each time, so a revoked desk is refused at once. ErrNotEnrolled,
// ErrNotApproved, ErrDeskRevoked.
func (r *Registry) Desk(ctx context.Context, certificate *x509.Certificate) (Desk, error) {
	if outside := r.Now(); outside.Before(certificate.NotBefore) || outside.After(certificate.NotAfter) {
		return Desk{}, fmt.Errorf("%w: certificate has ended", ErrNotEnrolled)
	}
	fingerprint := sha256.Sum256(certificate.Raw)
	row, err := r.Store.DeskByCertificate(ctx, fingerprint)
	switch {
	case errors.Is(err, store.ErrNone):
		return Desk{}, ErrNotEnrolled
	case err != nil:
		return Desk{}, err
	case row.State == store.DeskRevoked:
		return Desk{}, ErrDeskRevoked
	case row.State == store.DeskWaiting:
		return Desk{}, ErrNotApproved
	case row.State != store.DeskLive:
		return Desk{}, ErrNotEnrolled
	}
	return r.desk(row, string(fingerprint[:])), nil
}

func (r *Registry) desk(row store.Desk, certificate string) Desk {
	d := Desk{
		ID: row.ID, Operator: row.OperatorName, Office: row.Office, Counter: row.Counter, Clerk: row.Clerk,
		Training: r.Training, certificate: certificate, operator: row.Operator,
	}
	for _, role := range row.Roles {
		d.Roles = append(d.Roles, Role{role.Role, role.LegalBasis})
	}
	return d
}

// Enrolled is what a machine gets that became a desk.
type Enrolled struct {
	Certificate    []byte // DER
	CSRFingerprint string // hex
	Approved       bool
	Desk           Desk
}

// Enrol makes a machine a desk. The same code with the same request gives a
// certificate again while its tries last, so a lost answer costs no new code.
// ErrRequest, ErrCode, ErrCodeOver.
func (r *Registry) Enrol(ctx context.Context, text string, csr []byte) (Enrolled, error) {
	public, err := parseCSR(csr)
	if err != nil {
		return Enrolled{}, err
	}
	code, err := ParseCode(text)
	if err != nil {
		return Enrolled{}, err
	}
	e, err := r.Store.TryEnrolment(ctx, code.Selector)
	if errors.Is(err, store.ErrNone) {
		return Enrolled{}, ErrCode
	}
	if err != nil {
		return Enrolled{}, err
	}
	if e.Tries > CodeTries || r.Now().After(e.Expires) {
		return Enrolled{}, ErrCodeOver
	}
	secret := code.Hash()
	if subtle.ConstantTimeCompare(secret[:], e.Secret[:]) != 1 {
		if e.Tries == CodeTries {
			return Enrolled{}, ErrCodeOver
		}
		return Enrolled{}, ErrCode
	}
	row, err := r.Store.DeskByID(ctx, e.Desk)
	if err != nil {
		return Enrolled{}, err
	}
	certificate, err := r.issue(row, public)
	if err != nil {
		return Enrolled{}, err
	}
	fingerprint := sha256.Sum256(csr)
	if e.Used {
		err = r.again(ctx, row, fingerprint, certificate)
	} else {
		row.State = r.firstState(row)
		err = r.Store.Enrol(ctx, e, row.State, fingerprint, r.authentication(row.ID, certificate),
			store.Administration{At: r.Now(), Who: "desk", What: "desk enrol", Subject: row.ID})
	}
	if errors.Is(err, store.ErrConflict) {
		return Enrolled{}, ErrCodeOver
	}
	if err != nil {
		return Enrolled{}, err
	}
	row.Clerk = r.Clerk
	return Enrolled{
		Certificate: certificate.Raw, CSRFingerprint: hex.EncodeToString(fingerprint[:]),
		Approved: row.State == store.DeskLive, Desk: r.desk(row, ""),
	}, nil
}

// again answers a repeated enrolment: only for the very request that used the
// code, and not for a desk that was revoked since.
func (r *Registry) again(ctx context.Context, row store.Desk, csr store.Hash, certificate *x509.Certificate) error {
	if row.CSR == nil || *row.CSR != csr || row.State == store.DeskRevoked {
		return store.ErrConflict
	}
	return r.Store.Authenticate(ctx, r.authentication(row.ID, certificate), r.Now())
}

func (r *Registry) firstState(row store.Desk) store.DeskState {
	if _, municipal := row.Has(RoleMunicipal); municipal && !r.Training {
		return store.DeskWaiting
	}
	return store.DeskLive
}

func (r *Registry) authentication(desk string, c *x509.Certificate) store.Authentication {
	return store.Authentication{Fingerprint: sha256.Sum256(c.Raw), Desk: desk, Clerk: r.Clerk, NotAfter: c.NotAfter}
}

// Renew gives a desk its next certificate. The old one ends by itself.
func (r *Registry) Renew(ctx context.Context, d Desk, csr []byte) (*x509.Certificate, error) {
	public, err := parseCSR(csr)
	if err != nil {
		return nil, err
	}
	certificate, err := r.issue(store.Desk{ID: d.ID, OperatorName: d.Operator}, public)
	if err != nil {
		return nil, err
	}
	a := r.authentication(d.ID, certificate)
	a.Clerk = d.Clerk
	return certificate, r.Store.Authenticate(ctx, a, r.Now())
}

// parseCSR takes PKCS #10 in DER, signed by its own ECDSA P-256 key. Of its
// content only the key is used.
func parseCSR(der []byte) (*ecdsa.PublicKey, error) {
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, fmt.Errorf("%w: certificate request", ErrRequest)
	}
	key, ok := request.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || request.CheckSignature() != nil || !bytes.Equal(request.Raw, der) {
		return nil, fmt.Errorf("%w: certificate request is not ECDSA P-256", ErrRequest)
	}
	return key, nil
}

func (r *Registry) issue(d store.Desk, public *ecdsa.PublicKey) (*x509.Certificate, error) {
	ca, signer := r.Keys.DeskCA()
	serial := make([]byte, 16)
	if _, err := io.ReadFull(r.Rand, serial); err != nil {
		return nil, fmt.Errorf("issue desk certificate: %w", err)
	}
	serial[0] = serial[0]&0x7F | 0x40 // positive, and always 16 bytes
	now := r.Now()
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{Organization: []string{d.OperatorName}, CommonName: d.ID},
		NotBefore:    now.Add(-time.Hour), // a desk's clock may be behind
		NotAfter:     now.Add(CertificateLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(r.Rand, template, ca, public, signer)
	if err != nil {
		return nil, fmt.Errorf("issue desk certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}
