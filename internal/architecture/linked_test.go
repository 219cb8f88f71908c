package architecture_test

import (
	"strings"
	"testing"
)

// notLinked are packages that the program can do without, and what it uses instead. Each brings megabytes,
// or code that a program with credentials should not have.
func notLinked() map[string]string {
	return map[string]string{
		"k8s.io/client-go/kubernetes":              "pkg/apigroup opens a client for one API group",
		"k8s.io/client-go/informers":               "pkg/apigroup opens a client for one API group",
		"sigs.k8s.io/gateway-api/pkg/client":       "pkg/cluster reads Gateways with the dynamic client",
		"k8s.io/cli-runtime/pkg/genericclioptions": "internal/cli defines the few flags that it needs",
		"k8s.io/cli-runtime/pkg/resource":          "pkg/apply reads and changes objects with the dynamic client",
		"k8s.io/kubectl":                           "nothing of kubectl is called",
		"sigs.k8s.io/kustomize/api/krusty":         "the program writes kustomizations; only tests build them",
	}
}

// everyKind has every kind of Kubernetes. Whatever imports apply configurations links it, with
// k8s.io/client-go/discovery (client-go applyconfigurations/meta/v1/unstructured.go).
const everyKind = "k8s.io/client-go/kubernetes/scheme"

// avoided tells what to use instead of a package, or of one below it.
func avoided(path string) (instead string, ok bool) {
	for name, instead := range notLinked() {
		if path == name || strings.HasPrefix(path, name+"/") && path != everyKind {
			return instead, true
		}
	}
	return "", false
}

// TestProgramIsLean names the import that links what the program can do without.
func TestProgramIsLean(t *testing.T) {
	for _, p := range packages(t, "-deps", "./cmd/kubectl-mesh") {
		if _, within := avoided(p.ImportPath); within {
			continue // what led here has been named
		}
		for _, path := range p.Imports {
			if instead, ok := avoided(path); ok {
				t.Errorf("%s links %s: %s", p.ImportPath, path, instead)
			}
		}
	}
}
