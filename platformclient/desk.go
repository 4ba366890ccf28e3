package platformclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/mykey"
)

// Role is what a desk may be.
type Role string

// Roles.
const (
	RoleMunicipal Role = "municipal"
	RoleReception Role = "reception"
	RoleResident  Role = "resident"
)

// Desk is what the platform says this desk is.
type Desk struct {
	Operator   string
	Office     string // ○○市 市民課
	Counter    string // 1番窓口
	Clerk      string // who is signed in; "" nobody
	Roles      []Role
	LegalBasis map[Role]string // a role without one is not in it
	Training   bool
	RecordKeys []mykey.RecordKey
	Authority  []byte // the desk CA, X.509, DER
	Services   []Service
}

// Service is one of the operator's services, with its own words.
type Service struct {
	Code             mykey.ServiceCode
	Name             string // ○○市立図書館
	Word             string // of its number: 利用者番号
	Card             string // 利用カード
	Rule             NumberRule
	RegistrationAuth string // RegistrationNone, RegistrationPIN
	Shared           bool   // several people may be linked to one number
}

// What a service's registration asks of the resident.
const (
	RegistrationNone = "none"
	RegistrationPIN  = "pin" // an assertion of purpose register
)

// NumberRule is how a number of one service looks. The platform holds numbers
// to Pattern; the rest is the desk's work.
type NumberRule struct {
	Symbologies    []string // NW7, JAN13, JAN8, CODE39, CODE128; empty: any, typed too
	Start, Stop    string   // of NW-7, as on the cards; "" none known
	Pattern        string   // RE2 of the bare number, whole match; "" any
	Check          string   // check digit scheme
	Display        string   // as the card prints it, spacing only: #### ####
	Item           string   // RE2 of the operator's item barcodes; "" none known
	Prefix, Suffix string   // what its scanners add
	Framed         bool     // hand over with Start and Stop
}

// Desk asks what this desk is.
func (c *Client) Desk(ctx context.Context) (Desk, error) {
	c.mu.Lock()
	known, etag := c.desk, c.etag
	c.mu.Unlock()
	r := request{method: http.MethodGet, path: "/v1/desk", limit: c.limits.Call}
	if etag != "" {
		r.header = map[string]string{"If-None-Match": etag}
	}
	var answer api.Desk
	r.out = &answer
	header, err := c.send(ctx, r)
	if etag != "" && errors.Is(err, errNotModified) {
		return known, nil
	}
	if errors.Is(err, errNotModified) {
		return Desk{}, fmt.Errorf("%w: 304 to a first question", ErrNotUnderstood)
	}
	if err != nil {
		return Desk{}, err
	}
	desk, err := deskOf(answer)
	if err != nil {
		return Desk{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.desk, c.etag = desk, header.Get("ETag")
	return desk, nil
}

func deskOf(a api.Desk) (Desk, error) {
	d := Desk{
		Operator: a.Operator, Office: a.Office, Counter: a.Counter, Clerk: a.Clerk,
		LegalBasis: map[Role]string{}, Training: a.Training, Authority: a.Authority,
	}
	for _, r := range a.Roles {
		d.Roles = append(d.Roles, Role(r))
	}
	for _, b := range a.LegalBasis {
		if b.Text != "" {
			d.LegalBasis[Role(b.Role)] = b.Text
		}
	}
	for _, k := range a.RecordKeys {
		if k.KeyID < 0 || k.KeyID > 1<<32-1 || len(k.Ed25519) != 32 {
			return Desk{}, fmt.Errorf("%w: a record key is none", ErrNotUnderstood)
		}
		d.RecordKeys = append(d.RecordKeys, mykey.RecordKey{ID: uint32(k.KeyID), Public: k.Ed25519, NotAfter: k.NotAfter})
	}
	for _, s := range a.Services {
		service, err := serviceOf(s)
		if err != nil {
			return Desk{}, err
		}
		d.Services = append(d.Services, service)
	}
	return d, nil
}

func serviceOf(a api.Service) (Service, error) {
	code, err := mykey.ParseServiceCode(a.Code)
	if err != nil || !a.RegistrationAuth.Valid() {
		return Service{}, fmt.Errorf("%w: a service is none", ErrNotUnderstood)
	}
	r := a.Rule
	return Service{
		Code: code, Name: a.Name, Word: a.Word, Card: a.Card,
		Rule: NumberRule{
			Symbologies: r.Symbologies, Start: r.Start, Stop: r.Stop, Pattern: r.Pattern, Check: r.Check,
			Display: r.Display, Item: r.Item, Prefix: r.Prefix, Suffix: r.Suffix, Framed: r.Framed,
		},
		RegistrationAuth: string(a.RegistrationAuth), Shared: a.Shared,
	}, nil
}

// Enrolment is what a desk sends once.
type Enrolment struct {
	Code string // as the administrator was given it
	CSR  []byte // PKCS #10, DER, ECDSA P-256; its key never leaves the desk
	Key  string // Idempotency-Key; "" makes one
}

// Enrolled is what comes of it.
type Enrolled struct {
	Certificate    []byte // X.509, DER
	Authority      []byte // the desk CA, X.509, DER
	CSRFingerprint string // hex; the administrator compares it
	Approved       bool   // false: a municipal desk waits for the administrator
	Desk           Desk
}

// Enrol makes this machine a desk. c needs no Certificate. It returns ErrCode
// and ErrCodeOver.
func Enrol(ctx context.Context, c Config, e Enrolment) (Enrolled, error) {
	client, err := New(c)
	if err != nil {
		return Enrolled{}, err
	}
	defer client.Close()
	var answer api.Enrolled
	err = client.change(ctx, keyOr(e.Key), request{
		method: http.MethodPost, path: "/v1/desks", limit: client.limits.Call,
		in: api.EnrolRequest{Code: e.Code, Csr: e.CSR}, out: &answer,
	})
	if err != nil {
		return Enrolled{}, err
	}
	desk, err := deskOf(answer.Desk)
	if err != nil {
		return Enrolled{}, err
	}
	return Enrolled{
		Certificate: answer.Certificate, Authority: answer.Authority,
		CSRFingerprint: answer.CsrFingerprint, Approved: answer.Approved, Desk: desk,
	}, nil
}

// DeskCertificate is a desk's next certificate.
type DeskCertificate struct {
	Certificate []byte // X.509, DER
	NotAfter    time.Time
}

// RenewCertificate asks for a new certificate, at two thirds of the old one's
// life. The old one stays good until it ends.
func (c *Client) RenewCertificate(ctx context.Context, csr []byte) (DeskCertificate, error) {
	var answer api.DeskCertificate
	_, err := c.send(ctx, request{
		method: http.MethodPost, path: "/v1/desk/certificate", limit: c.limits.Call,
		in: api.CertificateRequest{Csr: csr}, out: &answer,
	})
	return DeskCertificate{answer.Certificate, answer.NotAfter}, err
}

func keyOr(key string) string {
	if key != "" {
		return key
	}
	return NewKey()
}
