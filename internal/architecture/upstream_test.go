package architecture_test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What only pkg/upstream may know: addresses at which other people publish, and versions at which their software changes.
const (
	foreignAddress = `istio-release|blob\.istio\.io|ghcr\.io|registry\.istio\.io|docker\.io/|\bgcr\.io|pkg\.dev|kubernetes-sigs/gateway-api|` +
		`gateway-api\.sigs|(^|/|\.)googleapis\.com/`
	foreignVersion = `(^|[^0-9A-Za-z.-])v?1\.[1-9][0-9](\.[0-9]+)?($|[^0-9.])`
)

// examples are versions in hints and help texts, which show how one is written and decide nothing.
func examples() []string {
	return []string{
		`use all three numbers, in quotes: "1.31.1"`,
		"use a form such as v1.36.3",
	}
}

// TestOnlyUpstreamKnowsOthers looks at every string of the program, and at the texts that it writes.
func TestOnlyUpstreamKnowsOthers(t *testing.T) {
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		// What a server of the tests answers decides nothing.
		if strings.HasPrefix(name, "pkg/upstream/") || strings.HasPrefix(name, "internal/testutil/") {
			return
		}
		for _, text := range literals(file) {
			checkForeign(t, name, text)
		}
	})
	texts := os.DirFS("../../templates")
	err := fs.WalkDir(texts, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := fs.ReadFile(texts, name)
		for line := range strings.Lines(string(text)) {
			checkForeign(t, "templates/"+name, line)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkForeign(t *testing.T, name, text string) {
	t.Helper()
	if slices.Contains(examples(), text) {
		return
	}
	for what, pattern := range map[string]string{"the address": foreignAddress, "the version": foreignVersion} {
		if found := regexp.MustCompile(pattern).FindString(text); found != "" {
			t.Errorf("%s has %s %q: a row of pkg/upstream has it, with source and date; in %q", name, what, found, text)
		}
	}
}

// literals are the strings in a Go file, without struct tags and import paths.
func literals(file *ast.File) []string {
	var texts []string
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			node.Tag = nil
		case *ast.BasicLit:
			if text, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}
