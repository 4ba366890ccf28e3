package app_test

import (
	"go/ast"
	"go/constant"
	"go/types"
	"os"
	"sort"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/madoguchi/madoguchi/assets"
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

// codes gives every help-desk code of package app, found by its type.
func codes(t *testing.T, app *packages.Package) []string {
	t.Helper()
	var found []string
	scope := app.Types.Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && c.Type().String() == module+"app.Code" {
			found = append(found, constant.StringVal(c.Val()))
		}
	}
	if len(found) < 50 {
		t.Fatalf("only %d codes found: is this the package?", len(found))
	}
	return found
}

func TestEveryErrorOfTheRoomsBelowHasACode(t *testing.T) {
	t.Parallel()
	loaded := load(t, module+"app", module+"cardio", module+"platformclient", module+"mykey", module+"app/journal", module+"app/settings")
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

func TestEveryCodeHasItsThreeSentencesAndItsHelp(t *testing.T) {
	t.Parallel()
	help, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	known := codes(t, load(t, module+"app")[0])
	for _, lang := range []string{assets.Japanese, assets.EasyJapanese, assets.English} {
		catalogue, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range known {
			for _, part := range []string{"happened", "kept", "now"} {
				if key := "code." + code + "." + part; !catalogue.Has(key) {
					t.Errorf("%s: no sentence %s", lang, key)
				}
			}
		}
	}
	for _, code := range known {
		if !strings.Contains(string(help), "\n### "+code+"\n") {
			t.Errorf("troubleshooting has no entry for %s", code)
		}
	}
}
