package floor

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// What is measured against must not hold what is measured.
func TestTheFloorHoldsNothingOfOurs(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{
		"github.com/ebfe/scard": true, "github.com/mattn/go-sqlite3": true,
		"github.com/jezek/xgb": true, "github.com/jezek/xgb/xproto": true, "github.com/jezek/xgb/xtest": true,
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(path, ".") && !allowed[path] {
				t.Errorf("%s imports %s", name, path)
			}
			seen++
		}
	}
	if seen == 0 {
		t.Error("no imports were found")
	}
}
