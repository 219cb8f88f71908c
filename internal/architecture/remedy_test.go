package architecture_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// printers are the files that may write the mark of a remedy, and why.
func printers() map[string]string {
	return map[string]string{
		"internal/terminal/print.go": "prints errors with their remedies",
		"internal/rulesdoc/page.go":  "shows what is printed",
	}
}

// TestRemediesAreData: a remedy is attached to an error by package hint. It is no part of a text, where
// text of somebody else could pass for it.
func TestRemediesAreData(t *testing.T) {
	allowed, marked := printers(), map[string]bool{}
	for _, folder := range []string{"cmd", "hack", "internal", "pkg", "templates"} {
		for name, literals := range marks(t, "../..", folder) {
			marked[name] = true
			if allowed[name] == "" {
				t.Errorf("%s writes a remedy into text: attach it with pkg/hint: %s", name, strings.Join(literals, ", "))
			}
		}
	}
	for name, why := range allowed {
		if !marked[name] {
			t.Errorf("%s (%s) writes no remedy: take it out of the list", name, why)
		}
	}
}

// marks are the string literals with the mark of a remedy, by file; those of tests do not count.
func marks(t *testing.T, root, folder string) map[string][]string {
	t.Helper()
	found, files := map[string][]string{}, token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING && isMark(literal.Value) {
				name := filepath.ToSlash(name)
				found[name] = append(found[name], "line "+strconv.Itoa(files.Position(literal.Pos()).Line))
			}
			return true
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func isMark(literal string) bool {
	text, err := strconv.Unquote(literal)
	return err == nil && strings.Contains(text, "hint: ")
}
