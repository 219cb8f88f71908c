package architecture_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// eachFile calls a function for every file of the program that is no test, by its name in the repository.
func eachFile(t *testing.T, visit func(name string, file *ast.File, source []byte)) {
	t.Helper()
	const root = "../.."
	for _, dir := range []string{"cmd", "internal", "pkg", "templates"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			visit(filepath.ToSlash(name), file, source)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// importName is how a file calls a package of the project; empty if it does not import it.
func importName(file *ast.File, pkg string) string {
	for _, spec := range file.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path != module+pkg {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return pkg[strings.LastIndexByte(pkg, '/')+1:]
	}
	return ""
}

// isSelector reports whether an expression is pkg.Name for one of the names.
func isSelector(expr ast.Expr, pkg string, names ...string) bool {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok || pkg == "" {
		return false
	}
	ident, ok := selector.X.(*ast.Ident)
	return ok && ident.Name == pkg && slices.Contains(names, selector.Sel.Name)
}

// TestOnlyLiveOpensClusters: whether a context leads to the cluster that is meant is answered in one place,
// so nothing else may get a client.
func TestOnlyLiveOpensClusters(t *testing.T) {
	opened := 0
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		cluster, apply := importName(file, "pkg/cluster"), importName(file, "pkg/apply")
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || !isSelector(call.Fun, cluster, "Open", "OpenForwarder", "OpenExecutor") && !isSelector(call.Fun, apply, "Open", "RequestToken", "SignClient") {
				return true
			}
			if opened++; !strings.HasPrefix(name, "internal/live/") {
				t.Errorf("%s opens a cluster: take what internal/live hands out", name)
			}
			return true
		})
	})
	if opened < 4 {
		t.Errorf("clusters are opened in %d places: the search has gone blind", opened)
	}
}

// TestOnlyLayoutKnowsPaths: where a file lies is said once.
func TestOnlyLayoutKnowsPaths(t *testing.T) {
	names := []string{"credentials", "trust", "sealed", "clusters", "deploy", "overlays", "base", "helm", "gcloud", "authentication", "firewall"}
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		if strings.HasPrefix(name, "pkg/layout/") {
			return
		}
		layout := importName(file, "pkg/layout")
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				if !isSelector(node.Fun, "path", "Join") && !isSelector(node.Fun, "filepath", "Join") {
					return true
				}
				for _, arg := range node.Args {
					if literal, ok := arg.(*ast.BasicLit); ok && slices.Contains(names, strings.Trim(literal.Value, "\"`/")) {
						t.Errorf("%s joins %s to a path: pkg/layout does that", name, literal.Value)
					}
				}
			case *ast.BinaryExpr:
				literal, ok := node.Y.(*ast.BasicLit)
				if ok && isSelector(node.X, layout, "Credentials", "Trust", "Sealed", "Clusters", "Deploy") && strings.HasPrefix(literal.Value, `"/`) {
					t.Errorf("%s adds %s to a directory: pkg/layout does that", name, literal.Value)
				}
			}
			return true
		})
	})
}

// TestOptionsStayWithTheirCommand: what a command does takes an input of its own, not the options of flags.
func TestOptionsStayWithTheirCommand(t *testing.T) {
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		inCLI := strings.HasPrefix(name, "internal/cli/")
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.TypeSpec)
			if !ok {
				return true
			}
			structure, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range structure.Fields.List {
				typ := field.Type
				if star, ok := typ.(*ast.StarExpr); ok {
					typ = star.X
				}
				ident, ok := typ.(*ast.Ident)
				if !ok || !strings.HasSuffix(ident.Name, "Options") || ident.Name == "Options" {
					continue
				}
				// The commands of one group may share options; nothing else embeds those of a command.
				if !inCLI || !strings.HasSuffix(spec.Name.Name, "Options") {
					t.Errorf("%s: %s holds %s: give it what it needs", name, spec.Name.Name, ident.Name)
				}
			}
			return true
		})
	})
}
