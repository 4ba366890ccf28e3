package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const head = `openapi: 3.0.3
info: {title: t, version: "1"}
components:
  responses:
    Problem:
      description: a problem
      content: {application/problem+json: {schema: {type: object}}}
paths:
`

func TestRules(t *testing.T) {
	tests := []struct {
		name, paths string
		want        []string
	}{
		{"a whole operation", `
  /v1/a:
    get: {operationId: a, summary: s, tags: [x], responses: {default: {$ref: "#/components/responses/Problem"}}}`, nil},
		{"a person in a path", `
  /v1/people/{mykey}:
    get:
      operationId: a
      summary: s
      tags: [x]
      parameters: [{name: mykey, in: path, required: true, schema: {type: string}}]
      responses: {default: {$ref: "#/components/responses/Problem"}}`, []string{"GET /v1/people/{mykey}: mykey stands in the path"}},
		{"nothing said", `
  /v1/a:
    get: {responses: {"200": {description: d}}}`, []string{
			"GET /v1/a: no operationId", "GET /v1/a: no summary", "GET /v1/a: no tag", "GET /v1/a: no answer with application/problem+json",
		}},
		{"operations need no problem answer", `
  /healthz:
    get: {operationId: a, summary: s, tags: [x], responses: {"200": {description: d}}}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "openapi.yaml")
			if err := os.WriteFile(file, []byte(head+test.paths[1:]+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			doc, err := load(file)
			if err != nil {
				t.Fatal(err)
			}
			got := lint(doc)
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got %q, want lines that begin %q", got, test.want)
			}
		})
	}
}

func TestAFileThatIsNoOpenAPI(t *testing.T) {
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(file, []byte("openapi: 3.0.3\npaths: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(file); err == nil {
		t.Error("got no error for a file without info")
	}
}
