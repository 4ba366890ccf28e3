package gallery_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/ui/gallery"
)

// Keys that app hands over (labels, notes) and that the clerk's window asks for
// stand in string literals; all of them must be in the catalogue.
func TestEveryKeyNamedInTheSourceHasASentence(t *testing.T) {
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`^(action|note|band|menu|status|home|write|step|fact|problem|training|lookup|register|setup|locked|banner)(\.[a-z0-9-]+)+$`)
	files, err := filepath.Glob("../../app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := filepath.Glob("../clerk/*.go")
	if err != nil {
		t.Fatal(err)
	}
	cards, err := filepath.Glob("../../training/*.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 || len(clerk) == 0 || len(cards) == 0 {
		t.Fatal("no source found")
	}
	n := 0
	for _, file := range slices.Concat(files, clerk, cards) {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil || !key.MatchString(text) {
				return true
			}
			n++
			if !texts.Clerk.Has(text) {
				t.Errorf("%s: key %s has no sentence", file, text)
			}
			return true
		})
	}
	if n < 40 {
		t.Errorf("only %d keys found in the source", n)
	}
}

func TestEveryCodeOfAppHasItsSentences(t *testing.T) {
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parser.ParseFile(token.NewFileSet(), "../../app/codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`^[A-Z]+(-[A-Z]+)+$`)
	n := 0
	ast.Inspect(tree, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && code.MatchString(text) {
			n++
			for _, part := range []string{"happened", "kept", "now"} {
				if !texts.Clerk.Has("code." + text + "." + part) {
					t.Errorf("code.%s.%s has no sentence", text, part)
				}
			}
		}
		return true
	})
	if n < 50 {
		t.Errorf("only %d codes found", n)
	}
	own := regexp.MustCompile(`^resident\.([A-Z-]+)\.say$`)
	for _, key := range texts.Easy.Keys() {
		named := own.FindStringSubmatch(key)
		if named == nil {
			continue
		}
		if !texts.Clerk.Has("code." + named[1] + ".happened") {
			t.Errorf("%s is said for a code that there is not", key)
		}
		if !texts.Easy.Has("resident." + named[1] + ".more") {
			t.Errorf("%s says what is, not what to do", key)
		}
	}
}

// What a desk of the reception role can be told of is drawn with each of its codes,
// and the words that it has of its own are for codes that there are.
func TestEveryCodeOfTheReceptionDeskIsDrawn(t *testing.T) {
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, sheet := range gallery.All() {
		fmt.Fprintf(&all, "%+v\n", sheet.View)
	}
	of := regexp.MustCompile(`^code\.((?:SCAN|LINK|TAP|HANDOVER)-[A-Z0-9-]+|PLATFORM-NO-LOOKUP|CARD-RECORD-OLD|CARD-NO-RECORD)\.now$`)
	own := regexp.MustCompile(`^reception\.([A-Z0-9-]+)\.(happened|kept|now)$`)
	n := 0
	for _, key := range texts.Clerk.Keys() {
		if code := of.FindStringSubmatch(key); code != nil {
			n++
			if !strings.Contains(all.String(), code[1]) {
				t.Errorf("no View of the gallery shows %s", code[1])
			}
		}
		if strings.HasPrefix(key, "reception.") {
			code := own.FindStringSubmatch(key)
			if code == nil || !texts.Clerk.Has("code."+code[1]+"."+code[2]) {
				t.Errorf("%s is said for a code that there is not", key)
			}
		}
	}
	if n < 35 {
		t.Errorf("only %d codes of the reception desk found", n)
	}
}
