package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/madoguchi/madoguchi/api"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platform/server"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// bare is a desk's plain HTTP client, for what platformclient never sends.
func (w *world) bare(id string) *http.Client {
	w.t.Helper()
	m := w.machine()
	enrolled, err := m.enrol(w.invite(id, municipal))
	must(w.t, err)
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: w.authority, Certificates: []tls.Certificate{{Certificate: [][]byte{enrolled.Certificate}, PrivateKey: m.key}},
	}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestRequestThatIsNotTheContractsIsRefusedByName(t *testing.T) {
	w := newWorld(t, options{})
	desk := w.bare("counter-1")
	contract, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	must(t, err)
	contract.Servers = openapi3.Servers{{URL: w.url}}
	router, err := legacy.NewRouter(contract)
	must(t, err)
	certificate := base64.StdEncoding.EncodeToString(w.resident(simpki.Request{}).certificate)
	good := `{"purposes":["create"],"certificate":"` + certificate + `"}`
	const js = "application/json"
	tests := []struct {
		name, method, path, kind, body string
		status                         int
		code                           api.ProblemCode
	}{
		{"well formed", "POST", "/v1/challenges", js, good, 200, ""},
		{"who I am", "GET", "/v1/desk", "", "", 200, ""},
		{"health", "GET", "/healthz", "", "", 200, ""},
		{"ready", "GET", "/readyz", "", "", 200, ""},
		{"no session to close", "DELETE", "/v1/card-sessions/0123456789abcdef", "", "", 204, ""},
		{"no session to go on with", "POST", "/v1/card-sessions/0123456789abcdef/steps", js, `{"answers":["kAA="]}`, 409, api.CodeIssuerSession},
		{"unknown member", "POST", "/v1/challenges", js, strings.Replace(good, "{", `{"mykey_id":"AAAA2345",`, 1), 400, api.CodeDeskRequest},
		{"two values", "POST", "/v1/challenges", js, good + good, 400, api.CodeDeskRequest},
		{"not JSON", "POST", "/v1/challenges", js, "<html>", 400, api.CodeDeskRequest},
		{"nothing", "POST", "/v1/challenges", js, "", 400, api.CodeDeskRequest},
		{"null", "POST", "/v1/challenges", js, "null", 400, api.CodeDeskRequest},
		{"another type", "POST", "/v1/challenges", "text/plain", good, 415, api.CodeDeskRequest},
		{"too large", "POST", "/v1/challenges", js, `{"certificate":"` + strings.Repeat("A", 1<<20) + `"}`, 413, api.CodeDeskRequest},
		{"a body where none belongs", "DELETE", "/v1/card-sessions/0123456789abcdef", js, good, 400, api.CodeDeskRequest},
		{"no key for a change", "POST", "/v1/mykeys", js, `{"transaction":"00000000000000000000000000000000","assertions":[]}`, 400, api.CodeDeskRequest},
		{"certificate that is none", "POST", "/v1/challenges", js, `{"purposes":["create"],"certificate":"AAAA"}`, 422, api.CodeCertRefused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), test.method, w.url+test.path, strings.NewReader(test.body))
			must(t, err)
			if test.kind != "" {
				request.Header.Set("Content-Type", test.kind)
			}
			answer, err := desk.Do(request)
			must(t, err)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			must(t, err)
			var problem api.Problem
			if answer.StatusCode >= 400 {
				must(t, json.Unmarshal(body, &problem))
			}
			if answer.StatusCode != test.status || problem.Code != test.code {
				t.Errorf("got %d %s, want %d %s", answer.StatusCode, problem.Code, test.status, test.code)
			}
			if got := answer.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control: got %q", got)
			}
			route, parameters, err := router.FindRoute(request)
			must(t, err)
			must(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
				RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route},
				Status:                 answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(body)),
				Options: &openapi3filter.Options{IncludeResponseStatus: true},
			}))
		})
	}
	for _, path := range []string{"/", "/v1/desks/1", "/v2/desk", "/v1/../healthz/x"} {
		answer, err := desk.Get(w.url + path)
		must(t, err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusNotFound || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d with %q, want a problem 404", path, answer.StatusCode, answer.Header.Get("Content-Type"))
		}
	}
}

func TestDeskThatRunsWildIsAskedToWait(t *testing.T) {
	w := newWorld(t, options{rates: server.Rates{Desk: 0.001, DeskBurst: 3, Open: 1e6, OpenBurst: 1e6}})
	desk, other := w.desk("counter-1"), w.desk("counter-2")
	var last error
	for range 4 {
		_, last = desk.Desk(t.Context())
	}
	if code := codeOf(last); code != string(api.CodePlatformBusy) {
		t.Errorf("fourth call: got %v, want PLATFORM-BUSY", last)
	}
	if _, err := other.Desk(t.Context()); err != nil {
		t.Errorf("the desk beside it: %v", err)
	}
}

// A MyKey ID that was made and written is in the table mykey alone, by column,
// and in no log line.
func TestMyKeyIDStandsInOneColumnAlone(t *testing.T) {
	w := newWorld(t, options{})
	desk, r := w.desk("counter-1"), w.resident(simpki.Request{})
	canary, err := mykey.ParseID("CANARY23")
	must(t, err)
	_, err = r.make(desk, platformclient.MakeMyKey{Transaction: hex16(), Wished: canary})
	must(t, err)
	card := r.card(t, "1234567890")
	step, err := r.open(desk, write(card))
	_, err = card.run(desk, step, err)
	must(t, err)

	db, err := sql.Open("sqlite3", "file:"+w.file)
	must(t, err)
	defer db.Close()
	found := columnsWith(t, db, canary.Reveal())
	if len(found) != 1 || found[0] != "mykey.mykey_id" {
		t.Errorf("found in %v, want mykey.mykey_id alone", found)
	}
	// The search finds what is there: plant it where it must not be.
	_, err = db.ExecContext(t.Context(), `INSERT INTO operator (code, name) VALUES ('x', ?1)`, "a "+hex.EncodeToString([]byte(canary.Reveal())))
	must(t, err)
	if found := columnsWith(t, db, canary.Reveal()); len(found) != 2 {
		t.Errorf("after planting: found in %v, want two columns", found)
	}
	text := w.log.String()
	if n := strings.Count(text, "msg=request"); n < 6 {
		t.Errorf("log: %d lines of requests, want one for each", n)
	}
	for _, form := range forms(canary.Reveal()) {
		if strings.Contains(text, form) {
			t.Errorf("the log holds %q", form)
		}
	}
}

func forms(s string) []string {
	var wide []byte
	for _, c := range []byte(s) {
		wide = append(wide, c, 0)
	}
	return []string{s, string(wide), hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s)))}
}

// columnsWith searches every column of every table, as text and as bytes.
func columnsWith(t *testing.T, db *sql.DB, value string) (found []string) {
	t.Helper()
	for _, table := range strings1(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		for _, column := range strings1(t, db, `SELECT name FROM pragma_table_info('`+table+`')`) {
			for _, form := range forms(value) {
				var n int
				must(t, db.QueryRowContext(context.Background(),
					`SELECT count(*) FROM "`+table+`" WHERE instr(CAST("`+column+`" AS BLOB), ?1) > 0`, []byte(form)).Scan(&n))
				if n > 0 {
					found = append(found, table+"."+column)
				}
			}
		}
	}
	return found
}

func strings1(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		must(t, rows.Scan(&s))
		out = append(out, s)
	}
	must(t, rows.Err())
	return out
}

func codeOf(err error) string {
	for err != nil {
		if p, ok := err.(*platformclient.ProblemError); ok {
			return p.Code
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return ""
		}
		err = u.Unwrap()
	}
	return ""
}
