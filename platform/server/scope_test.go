package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
	"github.com/madoguchi/madoguchi/platformclient"
)

// Every kind of desk on every call of links, for its own operator's service,
// another's, and one that does not exist.
func TestWhoMayCallWhat(t *testing.T) {
	w := newWorld(t, options{office: true})
	lending, courts := w.service("library", "lending"), w.service("sports", "courts")
	h := w.holder()
	library, sports := w.counter("lending-1", "library"), w.counter("court-1", "sports")
	must(t, h.link(library, lending, "00112233"))
	must(t, h.link(sports, courts, "00445566"))

	resident := store.DeskRole{Role: registry.RoleResident}
	desk := func(id, operator string, roles ...store.DeskRole) *platformclient.Client {
		code, err := w.admin.AddDesk(t.Context(), store.Desk{ID: id, Operator: operator, Roles: roles})
		must(t, err)
		m := w.machine()
		enrolled, err := m.enrol(code.Reveal())
		must(t, err)
		return m.client(enrolled.Certificate)
	}
	revoked := desk("revoked-1", "library", reception)
	must(t, w.admin.RevokeDesk(t.Context(), "revoked-1"))
	waiting := desk("waiting-1", "library", reception, municipal) // nobody has compared its fingerprint
	none := w.config()
	nobody, err := platformclient.New(none)
	must(t, err)
	t.Cleanup(nobody.Close)

	const mine, role, other = "", "DESK-ROLE", "LINK-SERVICE"
	askers := []struct {
		name                       string
		client                     *platformclient.Client
		own, others, unknown, asks string // codes; asks: of an outcome
	}{
		{"reception", library, mine, other, other, ""},
		{"reception of another operator", sports, other, mine, other, ""},
		{"municipal of the same operator", w.municipalOf("counter-1", "library"), role, role, role, ""},
		{"resident", desk("home-1", "library", resident), role, role, role, ""},
		{"revoked", revoked, "DESK-REVOKED", "DESK-REVOKED", "DESK-REVOKED", "DESK-REVOKED"},
		{"not approved", waiting, "DESK-NOT-APPROVED", "DESK-NOT-APPROVED", "DESK-NOT-APPROVED", "DESK-NOT-APPROVED"},
		{"not enrolled", nobody, "DESK-NOT-ENROLLED", "DESK-NOT-ENROLLED", "DESK-NOT-ENROLLED", "DESK-NOT-ENROLLED"},
	}
	for _, a := range askers {
		for _, s := range []struct {
			name, want string
			service    mykey.ServiceCode
		}{{"own", a.own, lending}, {"another's", a.others, courts}, {"none", a.unknown, "nowhere"}} {
			for _, call := range []struct {
				name string
				do   func() error
			}{
				{"look-up", func() error {
					_, err := a.client.Lookup(t.Context(), s.service, h.byRecord())
					return err
				}},
				{"unlink", func() error {
					return a.client.Unlink(t.Context(), s.service, platformclient.Unlink{Holder: h.byRecord()})
				}},
				{"link", func() error {
					return a.client.Link(t.Context(), s.service, platformclient.Link{Holder: h.both(), Number: number(t, "00112233")}, nil)
				}},
			} {
				if got := codeOf(call.do()); got != s.want {
					t.Errorf("%s, %s service, %s: got %q, want %q", a.name, s.name, call.name, got, s.want)
				}
			}
		}
		if _, err := a.client.Outcome(t.Context(), platformclient.NewKey()); codeOf(err) != a.asks {
			t.Errorf("%s, outcome: got %v, want %q", a.name, err, a.asks)
		}
	}
}

func (w *world) municipalOf(id, operator string) *platformclient.Client {
	w.t.Helper()
	code, err := w.admin.AddDesk(w.t.Context(), store.Desk{ID: id, Operator: operator, Roles: []store.DeskRole{municipal}})
	must(w.t, err)
	m := w.machine()
	enrolled, err := m.enrol(code.Reveal())
	must(w.t, err)
	must(w.t, w.admin.ApproveDesk(w.t.Context(), id, enrolled.CSRFingerprint))
	return m.client(enrolled.Certificate)
}

// bareCounter is a reception desk's plain HTTP client.
func (w *world) bareCounter(id, operator string) *http.Client {
	w.t.Helper()
	code, err := w.admin.AddDesk(w.t.Context(), store.Desk{ID: id, Operator: operator, Roles: []store.DeskRole{reception}})
	must(w.t, err)
	m := w.machine()
	enrolled, err := m.enrol(code.Reveal())
	must(w.t, err)
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: w.authority, Certificates: []tls.Certificate{{Certificate: [][]byte{enrolled.Certificate}, PrivateKey: m.key}},
	}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends a body and gives the answer without what is random in every answer.
func post(t *testing.T, desk *http.Client, method, url, key, body string) (status int, header, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	got, err := desk.Do(request)
	must(t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	must(t, err)
	var problem map[string]any
	if json.Unmarshal(text, &problem) == nil && problem["reference"] != nil {
		problem["reference"] = "-"
		text, err = json.Marshal(problem)
		must(t, err)
	}
	got.Header.Del("Date")
	return got.StatusCode, fmt.Sprint(got.Header), string(text)
}

// What must not be told apart is the same to the byte, header and body.
func TestAnswersThatMustNotDifferDoNot(t *testing.T) {
	w := newWorld(t, options{})
	w.service("library", "lending")
	courts := w.service("sports", "courts")
	desk, sports := w.bareCounter("lending-1", "library"), w.counter("court-1", "sports")
	linkedElsewhere, stoppedElsewhere, stranger := w.holder(), w.holder(), w.holder()
	for i, h := range []holder{linkedElsewhere, stoppedElsewhere, stranger} {
		must(t, h.link(sports, courts, numbered(i)))
	}
	must(t, w.rules.Stop(t.Context(), w.personOf(stoppedElsewhere.resident), "lost", w.clock.Now().AddDate(1, 0, 0)))
	must(t, w.rules.Withdraw(t.Context(), w.personOf(stranger.resident)))
	lookup := func(service, member string, value []byte) string {
		status, header, answer := post(t, desk, http.MethodPost, w.url+"/v1/services/"+service+"/lookups", "",
			`{"`+member+`":"`+base64.StdEncoding.EncodeToString(value)+`"}`)
		return fmt.Sprint(status, header, answer)
	}
	want := lookup("lending", "record", linkedElsewhere.record)
	if !strings.Contains(want, `{"state":"none"}`) {
		t.Fatalf("got %s", want)
	}
	for name, got := range map[string]string{
		"linked elsewhere, by certificate":  lookup("lending", "certificate", linkedElsewhere.certificate),
		"stopped, linked elsewhere":         lookup("lending", "record", stoppedElsewhere.record),
		"stopped, by certificate":           lookup("lending", "certificate", stoppedElsewhere.certificate),
		"no such MyKey ID":                  lookup("lending", "record", stranger.record),
		"no such holder, by certificate":    lookup("lending", "certificate", stranger.certificate),
		"never had any, by the certificate": lookup("lending", "certificate", w.resident(simpkiOf(t)).certificate),
	} {
		if got != want {
			t.Errorf("%s: got %s\nwant %s", name, got, want)
		}
	}
	others, nowhere := lookup("courts", "record", linkedElsewhere.record), lookup("nowhere", "record", linkedElsewhere.record)
	if others != nowhere || !strings.Contains(others, "LINK-SERVICE") {
		t.Errorf("another operator's service: got %s\nnone: %s", others, nowhere)
	}
}

// A number is in no column, in no log line, in no answer of another operator's;
// and look-ups leave the database as it was.
func TestNumberIsNowhereInTheClear(t *testing.T) {
	w := newWorld(t, options{})
	anything := func(s *store.Service) { s.Rule = "" }
	lending, room := w.service("library", "lending", anything), w.service("library", "room", anything)
	courts := w.service("sports", "courts", anything)
	library := w.counter("lending-1", "library")
	sports := w.bareCounter("court-1", "sports")
	const canary = "CANARY-0011223344"
	h, other := w.holder(), w.holder()
	must(t, h.link(library, lending, canary))
	must(t, h.link(library, room, "00000001"))
	if err := other.link(library, lending, canary); codeOf(err) != "LINK-TAKEN" {
		t.Fatalf("got %v, want LINK-TAKEN", err)
	}
	before, logged := dump(t, w.file), strings.Count(w.log.String(), "msg=request")
	for _, who := range []platformclient.Holder{h.byRecord(), h.byCertificate(), h.both()} {
		if got := said(library.Lookup(t.Context(), lending, who)); got != canary {
			t.Fatalf("got %s, want the number", got)
		}
	}
	if got := other.found(library, lending); got != "none" {
		t.Errorf("another's card: got %s, want none", got)
	}
	if after := dump(t, w.file); after != before {
		t.Error("look-ups changed the database")
	}
	if got := strings.Count(w.log.String(), "msg=request") - logged; got != 0 {
		t.Errorf("four look-ups left %d log lines", got)
	}
	if got := other.found(library, "nowhere"); got != "LINK-SERVICE" || strings.Count(w.log.String(), "LINK-SERVICE") != 1 {
		t.Errorf("a refused one: got %s and no line, or more than one", got)
	}
	record, certificate := base64.StdEncoding.EncodeToString(h.record), base64.StdEncoding.EncodeToString(h.certificate)
	for _, service := range []mykey.ServiceCode{lending, courts, "nowhere"} {
		for _, call := range []struct{ method, path, body string }{
			{"POST", "/lookups", `{"record":"` + record + `"}`},
			{"POST", "/lookups", `{"certificate":"` + certificate + `"}`},
			{"PUT", "/links", `{"transaction":"` + hex16() + `","record":"` + record + `","certificate":"` + certificate + `","service_id":"` + canary + `","replace":true}`},
			{"POST", "/lookups", `{"record":"` + record + `"}`},
			{"POST", "/links/remove", `{"transaction":"` + hex16() + `","record":"` + record + `"}`},
		} {
			_, header, answer := post(t, sports, call.method, w.url+"/v1/services/"+string(service)+call.path, platformclient.NewKey(), call.body)
			known := service == courts // its own service, its own number: it may be told
			for _, form := range forms(canary) {
				if !known && strings.Contains(header+answer, form) {
					t.Errorf("%s %s%s: another operator was told %s", call.method, service, call.path, answer)
				}
			}
		}
	}
	db, err := sql.Open("sqlite3", "file:"+w.file)
	must(t, err)
	defer db.Close()
	if found := columnsWith(t, db, canary); len(found) != 0 {
		t.Errorf("found in %v", found)
	}
	for _, form := range forms(canary) {
		if strings.Contains(w.log.String(), form) {
			t.Errorf("the log holds %q", form)
		}
	}
	// Both numbers of one person: rows of one length, under handles that differ
	// from another operator's.
	lengths := strings1(t, db, `SELECT DISTINCT length(sealed) FROM link`)
	if len(lengths) != 1 {
		t.Errorf("sealed numbers have lengths %v, want one", lengths)
	}
}

// dump is every row of every table.
func dump(t *testing.T, file string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	must(t, err)
	defer db.Close()
	var out bytes.Buffer
	for _, table := range strings1(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM "`+table+`"`)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			must(t, rows.Scan(into...))
			fmt.Fprintf(&out, "%s %x\n", table, values)
		}
		must(t, rows.Err())
		rows.Close()
	}
	return out.String()
}
