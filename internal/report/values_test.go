package report

import (
	"maps"
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestEveryValueIsExplained: each value that a field takes has a meaning, and each meaning has a value.
func TestEveryValueIsExplained(t *testing.T) {
	unused := maps.Clone(meanings())
	var walk func(at string, field v1alpha1.Field)
	walk = func(at string, field v1alpha1.Field) {
		for _, value := range field.Enum {
			isFixed := field.Name == "apiVersion" || at == ".kind"
			if meaningOf(field.Name, value) == "" && !isFixed {
				t.Errorf("%s: %q is not explained", at, value)
			}
			delete(unused, field.Name+"="+value)
		}
		for _, child := range field.Fields {
			walk(at+"."+child.Name, child)
		}
	}
	for _, kind := range []string{v1alpha1.KindMesh, v1alpha1.KindClusterFacts} {
		root, err := v1alpha1.Explain(kind, nil)
		if err != nil {
			t.Fatal(err)
		}
		walk("", root)
	}
	for _, value := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("%s is a value of no field", value)
	}
}
