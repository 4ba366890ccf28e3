package ui_test

import (
	"go/constant"
	"go/types"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/madoguchi/madoguchi/assets"
)

const appPath = "github.com/madoguchi/madoguchi/app"

// codes gives every help-desk code of package app, found by its type.
func codes(t *testing.T) []string {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps}, appPath)
	if err != nil || packages.PrintErrors(loaded) > 0 || len(loaded) != 1 {
		t.Fatalf("load %s: %v", appPath, err)
	}
	var found []string
	scope := loaded[0].Types.Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && c.Type().String() == appPath+".Code" {
			found = append(found, constant.StringVal(c.Val()))
		}
	}
	if len(found) < 50 {
		t.Fatalf("only %d codes found: is this the package?", len(found))
	}
	return found
}

func TestEveryCodeHasItsThreeSentencesAndItsHelp(t *testing.T) {
	help, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	known := codes(t)
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
