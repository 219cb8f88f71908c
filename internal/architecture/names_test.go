package architecture_test

import (
	"go/ast"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// meanings are names that once meant several things, and the one thing that each means now; an empty list is of names
// that say too little to mean anything.
func meanings() map[string][]string {
	return map[string][]string{
		// What a cluster or its platform reports, for clusters/NAME.yaml.
		"Facts": {"pkg/cluster", "pkg/gke", "pkg/layout", "pkg/apis/mesh"},
		// An API server as other control planes reach it, with their credential.
		"Remote": {"pkg/kubeconfig"},
		// What spec.reader says of the readers of a cluster.
		"Reader": {"pkg/apis/mesh/v1alpha1"},
		"few":    nil,
		"each":   nil,
		"plain":  nil,
		"sorted": nil,
	}
}

// TestNamesMeanOneThing: a reader who has met a name in one package knows it in all others.
func TestNamesMeanOneThing(t *testing.T) {
	found := map[string]map[string]bool{}
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		for _, declared := range declaredNames(file) {
			if found[declared] == nil {
				found[declared] = map[string]bool{}
			}
			found[declared][path.Dir(name)] = true
		}
	})
	for name, allowed := range meanings() {
		for _, in := range slices.Sorted(maps.Keys(found[name])) {
			if !slices.Contains(allowed, in) {
				t.Errorf("%s declares %s, which means something in %v: give it a name of its own", in, name, allowed)
			}
		}
		for _, in := range allowed {
			if !found[name][in] {
				t.Errorf("%s declares no %s: take it out of the list", in, name)
			}
		}
	}
}

// declaredNames are the types, constants, functions and methods of a file.
func declaredNames(file *ast.File) []string {
	var names []string
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			names = append(names, declaration.Name.Name)
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, ident := range spec.Names {
						names = append(names, ident.Name)
					}
				}
			}
		}
	}
	return names
}

// TestJSONSaysHint: what helps is called hint in all output, and hints where there are several, as it is printed.
func TestJSONSaysHint(t *testing.T) {
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		ast.Inspect(file, func(node ast.Node) bool {
			if field, ok := node.(*ast.Field); ok && field.Tag != nil {
				key, _, _ := strings.Cut(reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json"), ",")
				if strings.HasPrefix(strings.ToLower(key), "remed") {
					t.Errorf("%s: %q in JSON: call it hint", name, key)
				}
			}
			return true
		})
	})
}
