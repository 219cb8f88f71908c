package architecture_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// TestKindsAreAsked: what depends on the kind of a credential is a method of access.Kind. Outside of the files of the
// kinds nothing names a kind, compares one or switches over them; so a kind is one file and one line.
func TestKindsAreAsked(t *testing.T) {
	named := 0
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		for _, use := range usesOfKinds(file) {
			named++
			if !mayKnowKinds(name) {
				t.Errorf("%s: %s: ask access.KindOf instead", name, use)
			}
		}
	})
	if named < 5 {
		t.Errorf("kinds are named in %d places: the search has gone blind", named)
	}
}

// mayKnowKinds lists the files of the kinds, their registry, and the API: the constants and the default of reader.auth.
func mayKnowKinds(name string) bool {
	return strings.HasPrefix(name, "pkg/access/kind_") ||
		slices.Contains([]string{"pkg/access/kinds.go", "pkg/apis/mesh/v1alpha1/types.go", "pkg/apis/mesh/v1alpha1/default.go"}, name)
}

// TestKindsAreFound: each way to tell one kind from another is found.
func TestKindsAreFound(t *testing.T) {
	for expression, want := range map[string]string{
		`cluster.Reader.Auth == v1alpha1.ReaderAuthToken`: "it compares reader.auth; it names v1alpha1.ReaderAuthToken",
		`cluster.Reader.Auth != "token"`:                  "it compares reader.auth",
		`string(cluster.Reader.Auth) == "token"`:          "it compares reader.auth",
		`a.Kind().Auth() == other.Auth()`:                 "it compares reader.auth",
		`f(v1alpha1.ReaderAuthFederated)`:                 "it names v1alpha1.ReaderAuthFederated",
		`func() { switch cluster.Reader.Auth {} }`:        "it compares reader.auth",
		`func() { switch a.Kind().(type) {} }`:            "it looks at the type of a kind",
		`a.Kind().(other)`:                                "it looks at the type of a kind",
		`access.KindOf(cluster).Traits().Account`:         "",
		`string(a.Kind().Auth())`:                         "",
		`firewall.Auth == "x"`:                            "",
		`cluster.Reader.Auth == ""`:                       "",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar _ = "+expression, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(usesOfKinds(file), "; "); got != want {
			t.Errorf("%s: got %q, want %q", expression, got, want)
		}
	}
}

// usesOfKinds are the places that tell one kind from another.
func usesOfKinds(file *ast.File) []string {
	var uses []string
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BinaryExpr:
			compares := node.Op == token.EQL || node.Op == token.NEQ
			if compares && (readsAuth(node.X) || readsAuth(node.Y)) && !isEmptyText(node.Y) {
				uses = append(uses, "it compares reader.auth")
			}
		case *ast.SwitchStmt:
			if node.Tag != nil && readsAuth(node.Tag) {
				uses = append(uses, "it compares reader.auth")
			}
		case *ast.TypeAssertExpr:
			if call, ok := node.X.(*ast.CallExpr); ok && (isMethod(call.Fun, "Kind") || isMethod(call.Fun, "KindOf")) {
				uses = append(uses, "it looks at the type of a kind")
			}
		case *ast.SelectorExpr:
			if strings.HasPrefix(node.Sel.Name, "ReaderAuth") && node.Sel.Name != "ReaderAuth" {
				uses = append(uses, "it names v1alpha1."+node.Sel.Name)
			}
		case *ast.Ident: // in the package of the constants itself
			if file.Name.Name == "v1alpha1" && strings.HasPrefix(node.Name, "ReaderAuth") && node.Name != "ReaderAuth" {
				uses = append(uses, "it names v1alpha1."+node.Name)
			}
		}
		return true
	})
	return uses
}

// readsAuth reports whether an expression is reader.auth, or the Auth of a kind, whatever it is converted to.
func readsAuth(expr ast.Expr) bool {
	switch expr := expr.(type) {
	case *ast.CallExpr:
		return isMethod(expr.Fun, "Auth") || len(expr.Args) == 1 && readsAuth(expr.Args[0])
	case *ast.ParenExpr:
		return readsAuth(expr.X)
	case *ast.SelectorExpr:
		reader, ok := expr.X.(*ast.SelectorExpr)
		return expr.Sel.Name == "Auth" && (ok && reader.Sel.Name == "Reader" || isIdent(expr.X, "reader"))
	}
	return false
}

// isEmptyText tells the question whether something is set.
func isEmptyText(expr ast.Expr) bool {
	literal, ok := expr.(*ast.BasicLit)
	return ok && literal.Value == `""`
}

func isMethod(expr ast.Expr, name string) bool {
	selector, ok := expr.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == name
}

func isIdent(expr ast.Expr, name string) bool {
	ident, ok := expr.(*ast.Ident)
	return ok && ident.Name == name
}
