// Package api is the contract between desk and platform: openapi.yaml and what
// is generated from it (models, std-http routes, the strict server interface).
// Nothing here is written by hand but this comment and the contract itself.
package api

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config oapi-codegen.yaml openapi.yaml
