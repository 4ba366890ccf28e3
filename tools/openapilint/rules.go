package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// inURL are the only names that may stand in a path or a query: none of them is
// about a person.
var inURL = map[string]bool{
	"service": true, "session": true, "id": true, "after": true, "key": true, "Idempotency-Key": true, "idempotencyKey": true,
}

// operational answers are read by machines of the house, not by desks: they
// need no problem answer.
func operational(path string) bool { return !strings.HasPrefix(path, "/v1/") }

// lint returns one line for each rule that is broken, in the order of the paths.
func lint(doc *openapi3.T) []string {
	var found []string
	seen := map[string]string{}
	paths := doc.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := operations[method]
			where := method + " " + path
			say := func(format string, args ...any) {
				found = append(found, where+": "+fmt.Sprintf(format, args...))
			}
			if op.OperationID == "" {
				say("no operationId")
			} else if first, twice := seen[op.OperationID]; twice {
				say("operationId %s is %s's", op.OperationID, first)
			}
			seen[op.OperationID] = where
			if op.Summary == "" {
				say("no summary")
			}
			if len(op.Tags) == 0 {
				say("no tag")
			}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				in := p.Value.In
				if (in == openapi3.ParameterInPath || in == openapi3.ParameterInQuery) && !inURL[p.Value.Name] {
					say("%s stands in the %s: people are in bodies only; if it is no person, name it in tools/openapilint", p.Value.Name, in)
				}
			}
			if !operational(path) && !refusable(op) {
				say("no answer with application/problem+json")
			}
		}
	}
	return append(found, openObjects(doc)...)
}

// refusable says whether the operation has a problem answer (RFC 9457).
func refusable(op *openapi3.Operation) bool {
	for _, r := range op.Responses.Map() {
		if r.Value.Content["application/problem+json"] != nil {
			return true
		}
	}
	return false
}

// openObjects finds request bodies that take members nobody named: decoding
// refuses unknown fields, so the contract has to say it.
func openObjects(doc *openapi3.T) []string {
	var found []string
	if doc.Components == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		s := doc.Components.Schemas[name].Value
		if !s.Type.Is("object") || s.AdditionalProperties.Schema != nil {
			continue
		}
		if has := s.AdditionalProperties.Has; has != nil && *has {
			found = append(found, "schema "+name+": takes any member")
		}
	}
	return found
}
