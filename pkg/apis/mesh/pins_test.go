package mesh_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestPins: where the list is, or would have to go, however mesh.yaml writes what is around it.
func TestPins(t *testing.T) {
	root := strings.Repeat("ab", 32)
	for trust, want := range map[string]v1alpha1.Pins{
		"":                                  {Below: "spec"},
		"  trust:\n":                        {Below: "spec"},
		"  trust: {}\n":                     {Below: "spec.trust"},
		"  trust: {domain: shop.example}\n": {Below: "spec.trust"},
		"  trust:\n    ca:\n      keys: cluster\n": {Below: "spec.trust.ca"},
		"  trust: {ca: {roots: [" + root + "]}}\n": {Roots: []string{root}},
	} {
		text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n" + trust + "  clusters: [{name: east}]\n"
		doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text)})
		if len(problems) > 0 {
			t.Fatalf("%q: %v", trust, problems)
		}
		if diff := cmp.Diff(want, doc.Pins()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", trust, diff)
		}
	}
}
