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
func TestTheFloorIsOneFileWithNothingOfOurs(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			sources = append(sources, f)
		}
	}
	if len(sources) != 1 {
		t.Fatalf("%d files, want one: %q", len(sources), sources)
	}
	file, err := parser.ParseFile(token.NewFileSet(), sources[0], nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"github.com/ebfe/scard": true, "github.com/mattn/go-sqlite3": true}
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(path, ".") && !allowed[path] {
			t.Errorf("imports %s", path)
		}
	}
	if len(file.Imports) == 0 {
		t.Error("no imports were found")
	}
}
