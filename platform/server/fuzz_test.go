package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/madoguchi/madoguchi/platformclient"
	"pgregory.net/rapid"
)

// Whatever stands in a body of a reception desk, the answer is the contract's and
// never the platform's own fault.
func TestNoBodyMakesThePlatformStumble(t *testing.T) {
	w := newWorld(t, options{})
	w.service("library", "lending")
	desk := w.bareCounter("lending-1", "library")
	h := w.holder()
	contract, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	must(t, err)
	contract.Servers = openapi3.Servers{{URL: w.url}}
	router, err := legacy.NewRouter(contract)
	must(t, err)
	good := map[string]any{
		"transaction": hex16(), "record": h.record, "certificate": h.certificate, "service_id": "00112233", "replace": false,
		"assertions": []any{map[string]any{
			"purpose": "register", "algorithm": "rsa-pkcs1-sha256", "nonce": make([]byte, 32), "certificate": h.certificate, "signature": []byte{1},
		}},
	}
	odd := []any{
		nil, "", 0, -1, 1e300, true,
		[]any{},
		map[string]any{},
		"ä", "\x00", strings.Repeat("A", 9000), "AAAA", "====",
		h.record[:127], append(bytes.Clone(h.record), 0), make([]byte, 128),
		[]any{nil, nil},
	}
	calls := []struct {
		method, path string
		members      []string
	}{
		{http.MethodPut, "/v1/services/lending/links", []string{"transaction", "record", "certificate", "service_id", "replace", "assertions"}},
		{http.MethodPost, "/v1/services/lending/links/remove", []string{"transaction", "record", "certificate"}},
		{http.MethodPost, "/v1/services/lending/lookups", []string{"record", "certificate"}},
	}
	rapid.Check(t, func(r *rapid.T) {
		call := rapid.SampledFrom(calls).Draw(r, "call")
		body := map[string]any{}
		for _, member := range call.members {
			switch rapid.IntRange(0, 3).Draw(r, member) {
			case 0: // absent
			case 1:
				body[member] = rapid.SampledFrom(odd).Draw(r, "odd")
			default:
				body[member] = good[member]
			}
		}
		text, err := json.Marshal(body)
		must(t, err)
		if cut := rapid.IntRange(0, 20).Draw(r, "cut"); cut == 0 {
			text = text[:rapid.IntRange(0, len(text)).Draw(r, "length")]
		}
		request, err := http.NewRequestWithContext(t.Context(), call.method, w.url+call.path, bytes.NewReader(text))
		must(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", rapid.SampledFrom([]string{platformclient.NewKey(), "", "short", "ä"}).Draw(r, "key"))
		answer, err := desk.Do(request)
		must(t, err)
		defer answer.Body.Close()
		content, err := io.ReadAll(answer.Body)
		must(t, err)
		if answer.StatusCode >= 500 {
			r.Fatalf("%s %s with %s: got %d %s", call.method, call.path, text, answer.StatusCode, content)
		}
		route, parameters, err := router.FindRoute(request)
		must(t, err)
		err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route},
			Status:                 answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(content)),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		})
		if err != nil {
			r.Fatalf("%s %s: answer %d is not the contract's: %v", call.method, call.path, answer.StatusCode, err)
		}
	})
}
