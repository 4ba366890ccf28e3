package server

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/madoguchi/madoguchi/api"
)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	c, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryCallOfTheContractSaysWhoMayCallIt(t *testing.T) {
	var calls []string
	for path, item := range contract(t).Paths.Map() {
		for method, operation := range item.Operations() {
			call := method + " " + path
			calls = append(calls, call)
			route, ok := routes[call]
			if !ok {
				t.Errorf("%s is not in the table", call)
				continue
			}
			if takes := operation.RequestBody != nil; takes != (route.body != nil) || takes != (route.size > 0) {
				t.Errorf("%s: the contract takes a body: %t, the table: %t", call, takes, route.body != nil)
			}
		}
	}
	for call := range routes {
		if !slices.Contains(calls, call) {
			t.Errorf("%s is not in the contract", call)
		}
	}
}

func TestEveryCodeOfTheContractIsSomethingsProblem(t *testing.T) {
	given := []api.ProblemCode{api.CodePlatformError} // what is not in the table
	for _, p := range problems {
		given = append(given, p.code)
	}
	enum := contract(t).Components.Schemas["ProblemCode"].Value.Enum
	for _, code := range enum {
		if !slices.Contains(given, api.ProblemCode(code.(string))) {
			t.Errorf("%v is never given", code)
		}
	}
	if len(enum) < 40 {
		t.Errorf("%d codes", len(enum))
	}
}
