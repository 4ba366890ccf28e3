// Command innertest DIR finds test files inside a package that import a room
// open to external test packages only (package x_test). The linter's depguard
// sees file names, not package names, so this one rule of the room table is
// checked here.
package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/madoguchi/madoguchi/"

// looser are the rooms that external test packages may import beyond the table.
var looser = []string{"training", "virtualcard", "api"}

// may says which rooms have one of them in their own row of the table.
var may = map[string][]string{
	"training":       {"virtualcard", "api"},
	"e2e":            {"training", "virtualcard"},
	"platform":       {"api"},
	"platformclient": {"api"},
	"cmd":            {"virtualcard"},
	".":              {"training"},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: innertest DIR")
		os.Exit(2)
	}
	found, err := walk(os.DirFS(os.Args[1]))
	if err != nil {
		fmt.Fprintln(os.Stderr, "innertest:", err)
		os.Exit(1)
	}
	for _, line := range found {
		fmt.Println(line)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}

// walk returns a line for each inner test file that reaches too far.
func walk(tree fs.FS) ([]string, error) {
	var found []string
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (path == "tools" || path == "build" || path == "testdata" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		lines, err := check(tree, path)
		found = append(found, lines...)
		return err
	})
	return found, err
}

func check(tree fs.FS, path string) ([]string, error) {
	source, err := fs.ReadFile(tree, path)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(file.Name.Name, "_test") {
		return nil, nil
	}
	own := room(filepath.ToSlash(filepath.Dir(path)))
	var found []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		rest, ours := strings.CutPrefix(imported, module)
		if target := room(rest); ours && target != own && slices.Contains(looser, target) && !slices.Contains(may[own], target) {
			found = append(found, fmt.Sprintf("%s: package %s imports %s; only package %s_test may", path, file.Name.Name, imported, file.Name.Name))
		}
	}
	return found, nil
}

// room is the first folder of a path.
func room(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}
