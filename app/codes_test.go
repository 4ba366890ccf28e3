package app_test

import (
	"go/ast"
	"go/types"
	"sort"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/madoguchi/madoguchi/"

func load(t *testing.T, patterns ...string) []*packages.Package {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
	}, patterns...)
	if err != nil || packages.PrintErrors(loaded) > 0 || len(loaded) == 0 {
		t.Fatalf("load %v: %v", patterns, err)
	}
	return loaded
}

func TestEveryErrorOfTheRoomsBelowHasACode(t *testing.T) {
	t.Parallel()
	loaded := load(t, module+"app", module+"cardio", module+"platformclient", module+"mykey", module+"app/journal", module+"app/settings",
		module+"app/handover", module+"app/handover/sip2", module+"app/membercard")
	listed := map[string]bool{}
	var app *packages.Package
	for _, p := range loaded {
		if p.PkgPath == module+"app" {
			app = p
		}
	}
	for _, file := range app.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Names[0].Name != "faults" {
				return true
			}
			ast.Inspect(spec, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if v, ok := app.TypesInfo.Uses[s.Sel].(*types.Var); ok {
						listed[v.Pkg().Path()+"."+v.Name()] = true
					}
				}
				return true
			})
			return false
		})
	}
	var missing []string
	exported := 0
	for _, p := range loaded {
		for _, name := range p.Types.Scope().Names() {
			if _, isVar := p.Types.Scope().Lookup(name).(*types.Var); !isVar || !strings.HasPrefix(name, "Err") {
				continue
			}
			exported++
			if full := p.PkgPath + "." + name; !listed[full] && !beforeTheCounter[full] {
				missing = append(missing, full)
			}
		}
	}
	sort.Strings(missing)
	if exported < 50 || len(missing) > 0 {
		t.Errorf("%d exported errors, without a code: %v", exported, missing)
	}
}

// beforeTheCounter are errors that no clerk can meet: what was typed or encoded
// is refused where it is made, long before a card.
var beforeTheCounter = map[string]bool{
	module + "mykey.ErrID": true, module + "mykey.ErrServiceID": true, module + "mykey.ErrServiceCode": true,
	module + "mykey.ErrEncode": true, module + "mykey.ErrDate": true,
}
